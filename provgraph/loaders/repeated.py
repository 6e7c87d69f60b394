"""What record after record of a log repeats: most of the configuration, the packages.

Half of a log and more is such objects. They are recognised by their text and not decoded again, and
the settings that are made of them are made once.
"""

import json
import marshal
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, cast

from provgraph.loaders.secrets import masked_parameters
from provgraph.model.records import SOFTWARE, Settings
from provgraph.model.values import (
    MAX_NESTING,
    SharedObject,
    Value,
    canonical_json,
    key_count,
    storable_value,
)

#: Where a run's own paths are kept, apart from the settings that it shares with other runs.
OWN_PATHS = "paths"
#: Settings by their component and their values as Python marshals them, which tells 1 from 1.0 and
#: True; thousands of runs have the same.
_SETTINGS: dict[tuple[str, bytes], Settings] = {}
#: The version of marshalling that writes equal values alike, wherever they came from.
_PLAINLY = 2
_MOST_SETTINGS = 4096
#: Stands in for a known object: no JSON, but Python's decoder asks what it means.
_WORD = "NaN"
#: How many characters of a record are looked through for such objects, and how many are kept.
_LOOKED_THROUGH, _KEPT = 1 << 18, 1 << 22
#: How many texts of one key are kept. To keep a text costs so many repetitions of objects of that
#: key, of which so many can be saved up.
_TEXTS_OF_A_KEY, _COST, _SAVED_UP = 16, 16, 256
#: How deeply such an object may be nested, and how deeply what it stands in.
_NESTED = 20
_MOST_NESTED = MAX_NESTING - _NESTED


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of some pairs of distinct keys; else a `ValueError`."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


_decode = json.JSONDecoder(strict=False, object_pairs_hook=_distinct).raw_decode
_Known: TypeAlias = tuple[str, SharedObject]


class RepeatedObjects:
    """Decodes records by the help of objects that stood in earlier records.

    A record that is unusual in any way is left to the usual decoder.
    """

    def __init__(self, openings: re.Pattern[str]) -> None:
        """Take where such objects are to be looked for.

        Args:
            openings: matches a key in quotes and the colon behind it, right before the brace that
                an object begins with. The first group is the key, without a backslash; where the
                group is not set there is no such object.
        """
        self._openings = openings
        self._known: dict[str, tuple[_Known, ...]] = {}
        self._saved_up: dict[str, int] = {}
        self._kept = 0
        self._typical = _LOOKED_THROUGH

    def decoded(self, text: str, at: int) -> tuple[dict[str, Any], int] | None:
        """Decode a record.

        Args:
            text: the text that it stands in.
            at: where it begins.

        Returns:
            The record, with texts that every store can hold, and how many characters its own text
            has. None where it is too large, damaged, unusual, or perhaps not whole.
        """
        short, known, unknown = self._shortened(text, at)
        if short.count(_WORD) != len(known):
            return None
        following, left_out = iter(known), 0

        def value_of(word: str) -> object:
            nonlocal left_out
            if word != _WORD:
                return float(word)
            words, value = next(following)
            left_out += len(words) - len(_WORD)
            return value

        decoder = json.JSONDecoder(
            strict=False, object_pairs_hook=_distinct, parse_constant=value_of
        )
        try:
            found, end = decoder.raw_decode(short)
        except (ValueError, RecursionError):
            return None
        brackets = short.count("{") + short.count("[")
        if brackets > _MOST_NESTED and key_count(found, _MOST_NESTED) is None:
            return None
        usable = storable_record(found, short[:end])
        if usable is not found and key_count(usable) != key_count(found, _MOST_NESTED):
            return None
        self._learn(text[at : at + end + left_out], unknown)
        return usable, end + left_out

    def expect(self, size: int) -> None:
        """Be ready for another record of about the same size.

        Args:
            size: how many characters the text of a record had.
        """
        self._typical = min(_LOOKED_THROUGH, max(size * 5 // 4, self._typical * 7 // 8))

    def _shortened(self, text: str, at: int) -> tuple[str, list[_Known], list[tuple[str, int]]]:
        """The text of a record, as far as it may reach, with a word in the place of known objects.

        Behind a key and its colon a decoder expects a value, or it has failed before. So it reads
        all else as it would without these words.

        Returns:
            The text; the known objects with their own texts; the keys of unknown objects, and how
            far behind ``at`` these begin.
        """
        pieces: list[str] = []
        found: list[_Known] = []
        unknown: list[tuple[str, int]] = []
        start, limit = at, min(len(text), at + self._typical)
        opening = self._openings.search(text, at, limit)
        while opening:
            key, position = opening[1], opening.end()
            for known in (of_key := self._known.get(key, ())):
                if text.startswith(known[0], position):
                    if known is not of_key[0]:
                        self._known[key] = (known, *(each for each in of_key if each is not known))
                    pieces += text[start:position], _WORD
                    found.append(known)
                    start = position = position + len(known[0])
                    self._saved_up[key] = min(_SAVED_UP, self._saved_up[key] + 1)
                    break
            else:
                if key and self._saved_up.get(key, _SAVED_UP) >= _COST:
                    unknown.append((key, position - at))
            opening = self._openings.search(text, position, limit)
        return "".join(pieces) + text[start:limit], found, unknown

    def _learn(self, raw: str, unknown: Iterable[tuple[str, int]]) -> None:
        """Keep the unknown objects of a record."""
        for key, begin in unknown:
            if begin < len(raw):
                value, end = _decode(raw, begin)
                words = raw[begin:end]
                if _is_storable(words) and "\\" not in words:
                    self._keep(key, words, value)

    def _keep(self, key: str, words: str, value: dict[str, Any]) -> None:
        if key_count(value, _NESTED) is None:
            return
        if self._kept + len(words) > _KEPT:
            self._known, self._kept = {}, 0
        self._kept += len(words)
        self._saved_up[key] = self._saved_up.get(key, _SAVED_UP) - _COST
        self._known[key] = ((words, SharedObject(value)), *self._known.get(key, ()))[
            :_TEXTS_OF_A_KEY
        ]


def storable_record(found: dict[str, Any], raw: str) -> dict[str, Any]:
    """Make the texts of a record fit for every store.

    Args:
        found: the record.
        raw: its text. Most show at a glance that they are fit.

    Returns:
        The record itself, or one like it.
    """
    return found if _is_storable(raw) else cast("dict[str, Any]", storable_value(found))


def _is_storable(raw: str) -> bool:
    return raw.isascii() and "\\u" not in raw and "\x00" not in raw


# What is made of them.


def settings_of(config: object) -> Iterator[Settings]:
    """Make settings of a configuration, one for each component.

    Paths stand apart, under `OWN_PATHS`: each run has its own, and thousands of runs can share the
    rest. A parameter is named by tool, component and trait, such as
    ``ProcessorTool.SimTelEventSource.max_events``. ctapipe's components are classes, so their names
    begin with a capital; a dict under any other name is a value.

    Args:
        config: the ``config`` of an activity.

    Yields:
        The settings; none when the configuration is no object.
    """
    if not isinstance(config, dict):
        return
    settings, paths = _split_configuration("", config)
    yield from settings
    if paths:
        yield Settings(OWN_PATHS, masked_parameters(paths))


def _split_configuration(
    name: str, values: Mapping[str, Any]
) -> tuple[list[Settings], dict[str, Value]]:
    """The settings of a component and of all components within it; apart from them the paths."""
    shared: dict[str, Value] = {}
    paths: dict[str, Value] = {}
    components: dict[str, Any] = {}
    before = f"{name}." if name else ""
    for key, value in values.items():
        kind = type(value)
        if kind is str or kind is list:
            (paths if _names_paths(value) else shared)[before + key] = value
        elif isinstance(value, dict) and key[:1].isupper():
            components[before + key] = value
        else:
            shared[before + key] = value
    settings = [_settings(name, shared)] if shared else []
    for component, traits in components.items():
        inner_settings, inner_paths = (
            _repeated_component(component, traits)
            if isinstance(traits, SharedObject)
            else _split_configuration(component, traits)
        )
        settings += inner_settings
        paths |= inner_paths
    return settings, paths


@lru_cache(maxsize=512)
def _repeated_component(name: str, traits: SharedObject) -> tuple[list[Settings], dict[str, Value]]:
    """`_split_configuration` of a component that is the same in thousands of runs."""
    return _split_configuration(name, traits)


def _settings(component: str, values: dict[str, Any]) -> Settings:
    """The settings of some values: one instance for all runs that have the same."""
    try:
        content = marshal.dumps(values, _PLAINLY)
    except ValueError:  # there is a shared object in them
        content = repr(values).encode("utf-8", "surrogatepass")
    words = component, content
    settings = _SETTINGS.get(words)
    if settings is None:
        settings = Settings(component, masked_parameters(values))
        if len(_SETTINGS) >= _MOST_SETTINGS:
            _SETTINGS.clear()
        _SETTINGS[words] = settings
    return settings


def _names_paths(value: str | list[Any]) -> bool:
    """Whether a value is an absolute path, or a list of such paths."""
    if isinstance(value, str):
        return value[:1] == "/"
    for item in value:
        if not isinstance(item, str) or item[:1] != "/":
            return False
    return bool(value)


def software_of(record: Mapping[str, Any]) -> Settings | None:
    """Make settings of the names and versions of the Python packages.

    Args:
        record: the record of an activity.

    Returns:
        The settings; None when the record has no such list.
    """
    try:
        python = record["system"]["python"]
        if isinstance(python, SharedObject):
            return _repeated_packages(python)
        return _packages(canonical_json(python["packages"]))
    except (KeyError, TypeError):
        return None


@lru_cache(maxsize=256)
def _repeated_packages(python: SharedObject) -> Settings:
    """The packages of a Python that is the same in thousands of runs."""
    return _packages(canonical_json(python["packages"]))


@lru_cache(maxsize=256)
def _packages(json_list: str) -> Settings:
    """The packages from the JSON text of a list; the same settings for the same text."""
    packages = [(str(each["name"]), str(each["version"])) for each in json.loads(json_list)]
    return Settings(SOFTWARE, dict(sorted(packages)))
