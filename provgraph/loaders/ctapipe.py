"""Reads the provenance logs of ctapipe.

JSON arrays of activities, or the older Python repr of the same.

The log's form is that of ``ctapipe.core.provenance``, 0.6 to 0.32.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BufferedReader, BytesIO
from typing import Any, cast

from provgraph.errors import LoadError
from provgraph.loaders.headers import product_identifier
from provgraph.loaders.json_stream import JsonRecords, Record, available
from provgraph.loaders.protocol import BLANK, HEAD, Problem
from provgraph.loaders.python_literal import Literal, read_literals
from provgraph.loaders.secrets import computing_environment, masked, masked_parameter
from provgraph.model.identifiers import place_of
from provgraph.model.records import SOFTWARE, Document, Fact, Mention, Run, Settings, StatedEntity
from provgraph.model.times import utc
from provgraph.model.values import Value, Values, canonical_json, key_count, storable_value
from provgraph.model.vocabulary import RelationType

CONFIGURATION_ROLE = "Tool Configuration"
#: Where a run's own paths are kept, apart from the settings that it shares with other runs.
OWN_PATHS = "paths"
#: A Python repr can't be streamed, and parsing it takes up to 500 times its size in memory: a
#: larger one is not read. Where each line is one, the log may be larger.
LARGEST_LITERAL = 256 << 10
LARGEST_LITERAL_LOG = 64 << 20

# Possessive: a head of 64 KiB that is no log must not be tried from each of its brackets again.
# A document of PROV may have any name among its own.
_JSON_LOG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*+(?:(?:\[\s*+\]\s*+)*+$"
    rb'|[\[{](?!\s*+"(?:@context|@graph|prefix|bundle|entity|activity|agent)"\s*+:).*?"activity_(?:uuid|name)")',
    re.DOTALL,
)
_PYTHON_LOG = re.compile(rb"^(?:\xef\xbb\xbf)?\s*+[\[{(].*?u?'activity_(?:uuid|name)'", re.DOTALL)
_SYSTEM_FACTS = {
    Fact.VERSION: ("ctapipe_version",),
    Fact.HOST: ("platform", "node"),
    Fact.BOOT_TIME: ("platform", "boot_time"),
    Fact.EXECUTABLE: ("executable",),
}
_OUR_FACTS = frozenset(value for name, value in vars(Fact).items() if name.isupper())
_READ_ELSEWHERE = frozenset(
    {
        "activity_name",
        "activity_uuid",
        "status",
        "start",
        "stop",
        "system",
        "input",
        "output",
        "config",
    }
)


class CtapipeLoader:
    """ctapipe's provenance logs."""

    name = "ctapipe"
    reads = "provenance logs of ctapipe (*.provlog, *.provenance.log)"

    def recognises(self, head: bytes) -> bool:
        """Whether it begins like a log: arrays of activities, or arrays with nothing in them."""
        return bool(head.strip(BLANK)) and bool(_JSON_LOG.match(head) or _PYTHON_LOG.match(head))

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """One document an activity."""
        for found in activity_records(stream, start):
            if isinstance(found, Problem):
                yield found
                continue
            try:
                yield replace(document_of(found.record, namespace), end=found.end)
            except LoadError as error:
                yield Problem(found.where, f"this activity is not loaded: {error}")


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """An activity's record, where it stands in the log, and the byte behind it.

    None where that helps nobody.
    """

    where: str
    record: Record
    end: int | None


def document_of(record: Mapping[str, Any], namespace: str) -> Document:
    """What one activity's record says.

    Args:
        record: as in the log.
        namespace: in which its paths mean files.

    Raises:
        LoadError: a field that nothing can be made of without is missing or malformed.
    """
    identifier = _text(record, "activity_uuid")
    software = _software(record)
    source = f"ctapipe {namespace}"
    inputs = [_FileEntry(entry, namespace) for entry in _list(record, "input")]
    outputs = [_FileEntry(entry, namespace) for entry in _list(record, "output")]
    mentions = [entry.mention(identifier, RelationType.USED, source) for entry in inputs]
    mentions += [
        entry.mention(identifier, RelationType.WAS_GENERATED_BY, source) for entry in outputs
    ]
    headers = {
        entry.identifier: entry.header for entry in inputs + outputs if entry.identifier is not None
    }
    config_files = (entry.place for entry in inputs if entry.role == CONFIGURATION_ROLE)
    return Document(
        run=Run(identifier, _facts(record, software is not None)),
        mentions=tuple({mention.key: mention for mention in mentions}.values()),
        entities=tuple(StatedEntity(name, header) for name, header in headers.items()),
        settings=(*_configuration(record.get("config")), *((software,) if software else ())),
        config_files=tuple(dict.fromkeys(config_files)),
    )


class _FileEntry:
    """One entry of a run's input or output list.

    What a made-up header says is said of this reading only.
    """

    def __init__(self, entry: object, namespace: str) -> None:
        if not isinstance(entry, dict):
            raise LoadError(
                f"an input or output is {type(entry).__name__}, not an object with a url"
            )
        self.place = place_of(masked(_text(entry, "url")), namespace)
        self.role = None if entry.get("role") is None else str(entry["role"])
        meta = entry.get("reference_meta")
        metadata = meta if isinstance(meta, dict) else {}
        self.identifier = product_identifier(metadata)
        self.header = _attributes(metadata) if self.identifier else {}
        rest = {
            key: value
            for key, value in entry.items()
            if key not in ("url", "role", "reference_meta")
        }
        odd = {"reference_meta": meta} if meta is not metadata else {}
        self.attributes = _attributes(
            {**rest, **odd} if self.identifier else {**metadata, **rest, **odd}
        )

    def mention(self, run: str, relation: RelationType, source: str) -> Mention:
        """The entry as said of a run."""
        return Mention(
            run,
            relation,
            self.role,
            self.place,
            self.identifier,
            source,
            attributes=self.attributes,
        )


def _facts(record: Mapping[str, Any], has_software: bool) -> dict[str, Values]:
    said = record.get("system")
    system: Mapping[str, Any] = said if isinstance(said, dict) else {}
    facts: dict[str, Values] = {Fact.NAME: (_text(record, "activity_name"),)}
    facts[Fact.START] = (_time(record, "start", required=True),)
    if end := _time(record, "stop"):
        facts[Fact.END] = (end,)
    if status := record.get("status"):
        facts[Fact.STATUS] = (str(status),)
    for fact, path in _SYSTEM_FACTS.items():
        value: Any = system
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value not in (None, ""):
            facts[fact] = (masked(str(value)),)
    return {**_other_facts(record, system, has_software), **facts}


def _other_facts(
    record: Mapping[str, Any], system: Mapping[str, Any], has_software: bool
) -> dict[str, Values]:
    """Everything else that the record says of the run, under the log's own dotted names."""
    others = ((key, value) for key, value in record.items() if key not in _READ_ELSEWHERE)
    facts: dict[str, Any] = {
        f"record.{key}" if key in _OUR_FACTS else key: value for key, value in others
    }
    if not isinstance(record.get("config", {}), dict):
        facts["config"] = record["config"]
    facts.update(_flat("system", record.get("system")))
    facts.pop("system.python.packages" if has_software else "", None)
    for path in _SYSTEM_FACTS.values():
        facts.pop(".".join(("system", *path)), None)
    facts[Fact.ARGUMENTS] = facts.pop("system.arguments", None)
    environment = system.get("environment")
    if isinstance(environment, dict):
        facts = {
            key: value for key, value in facts.items() if not key.startswith("system.environment.")
        }
        facts |= {
            f"system.environment.{key}": value
            for key, value in computing_environment(environment).items()
        }
    return _attributes({key: masked_parameter(key, value) for key, value in facts.items()})


def _flat(name: str, value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(f"{name}.{key}", item)
    else:
        yield name, value


def _attributes(said: Mapping[str, Any]) -> dict[str, Values]:
    """Each value as a set of one; what is null says nothing."""
    return {str(key): (value,) for key, value in said.items() if value is not None}


def _configuration(config: object) -> Iterator[Settings]:
    """The configuration by component; a run's own paths apart, so that the rest can be shared.

    ``Tool.component.trait`` names a parameter. ctapipe's components are classes, so their names
    begin with a capital; a dict under any other name is a value.
    """
    if not isinstance(config, dict):
        return
    settings, paths = _configured("", config)
    yield from settings
    if paths:
        yield Settings(
            OWN_PATHS, {name: masked_parameter(name, value) for name, value in paths.items()}
        )


def _configured(name: str, values: Mapping[str, Any]) -> tuple[list[Settings], dict[str, Value]]:
    """The settings of a component and of all within it, and apart from them the paths."""
    shared: dict[str, Value] = {}
    paths: dict[str, Value] = {}
    inner: dict[str, Any] = {}
    for key, value in values.items():
        full_name = f"{name}.{key}" if name else key
        if isinstance(value, dict) and key[:1].isupper():
            inner[full_name] = value
        else:
            (paths if _names_paths(value) else shared)[full_name] = value
    settings = [_settings(name, canonical_json(shared))] if shared else []
    for component, traits in inner.items():
        # A tool has paths of its own in each run; what is within it is mostly the same in thousands
        # of runs.
        known = (
            _known_component(component, canonical_json(traits))
            if name
            else _configured(component, traits)
        )
        settings += known[0]
        paths |= known[1]
    return settings, paths


@lru_cache(maxsize=512)
def _known_component(name: str, values: str) -> tuple[list[Settings], dict[str, Value]]:
    return _configured(name, json.loads(values))


@lru_cache(maxsize=4096)
def _settings(component: str, values: str) -> Settings:
    """Settings from their JSON text: thousands of runs have the same."""
    parameters = json.loads(values)
    return Settings(
        component, {name: masked_parameter(name, value) for name, value in parameters.items()}
    )


def _names_paths(value: object) -> bool:
    if isinstance(value, str):
        return value.startswith("/")
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, str) and v.startswith("/") for v in value)
    )


def _software(record: Mapping[str, Any]) -> Settings | None:
    """Name and version of the Python packages; None when the record has no such list."""
    try:
        return _packages(canonical_json(record["system"]["python"]["packages"]))
    except (KeyError, TypeError):
        return None


@lru_cache(maxsize=256)
def _packages(listed: str) -> Settings:
    """The packages in a list's JSON text: thousands of runs have the same."""
    packages = [(str(each["name"]), str(each["version"])) for each in json.loads(listed)]
    return Settings(SOFTWARE, dict(sorted(packages)))


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    if not isinstance(value, str) or not value.strip():
        raise LoadError(
            f"its {field} is {'missing' if value is None else f'malformed: {str(value)[:60]!r}'}"
        )
    return value


def _list(record: Mapping[str, Any], field: str) -> list[Any]:
    value = record.get(field)
    if not isinstance(value, list):
        raise LoadError(f"its {field} is {'missing' if value is None else 'not a list'}")
    return value


def _time(record: Mapping[str, Any], field: str, *, required: bool = False) -> str | None:
    value = record.get(field)
    text = value.get("time_utc") if isinstance(value, dict) else value
    if text is None and not required:
        return None
    if not isinstance(text, str):
        raise LoadError(f"its {field} time is {'missing' if text is None else 'malformed'}")
    return utc(text)


def activity_records(stream: BufferedReader, start: int = 0) -> Iterator[LocatedRecord | Problem]:
    """The activities in a log as records, without a look at what they say.

    Args:
        stream: the log's bytes, decompressed.
        start: the byte of the log at which the stream stands.
    """
    if not start and not _JSON_LOG.match(stream.peek(HEAD)[:HEAD]):
        for literal in _literal_records(stream):
            yield literal if isinstance(literal, Problem) else LocatedRecord(*literal, None)
        return
    records = JsonRecords(stream, lambda record: "activity_uuid" in record, start)
    for found in records:
        yield (
            found
            if isinstance(found, Problem)
            else LocatedRecord(f"byte {found[0]}", found[1], records.position())
        )


def _literal_records(stream: BufferedReader) -> Iterator[tuple[str, Record] | Problem]:
    """Reprs can't be streamed: the whole text is one, or each of its lines is."""
    data, broken = available(stream, LARGEST_LITERAL_LOG + 1)
    if len(data) > LARGEST_LITERAL_LOG:
        what = f"a log in the older Python form of more than {LARGEST_LITERAL_LOG >> 20} MiB is not read"
        yield Problem("byte 0", f"{what}; cut it between two lines")
        return
    found: Iterable[tuple[str, Record] | Problem]
    try:
        found = list(_literals(0, data))
    except LoadError as error:
        found = _literal_lines(data) if b"\n" in data.strip() else [Problem("byte 0", str(error))]
    yield from found
    if broken is not None:
        yield Problem(f"byte {len(data)}", f"the rest can't be read: {broken}")


def _literal_lines(data: bytes) -> Iterator[tuple[str, Record] | Problem]:
    offset = 0
    for line in BytesIO(data):
        try:
            if line.strip():
                yield from _literals(offset, line)
        except LoadError as error:
            yield Problem(f"byte {offset}", str(error))
        offset += len(line)


def _literals(offset: int, data: bytes) -> Iterator[tuple[str, Record] | Problem]:
    """The activities in one repr, which begins at this byte of the log."""
    if len(data) > LARGEST_LITERAL:
        raise LoadError(f"a Python literal of more than {LARGEST_LITERAL >> 10} KiB is not read")
    bom = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    for each in read_literals(data[bom:].decode("utf-8", "surrogateescape")):
        yield from _activity(f"byte {offset + bom + each.offset}", each)


def _activity(where: str, literal: Literal) -> Iterator[tuple[str, Record] | Problem]:
    record = literal.value
    if literal.error is not None:
        yield Problem(where, literal.error)
    elif not isinstance(record, dict) or (keys := key_count(record)) is None:
        yield Problem(where, f"a {type(record).__name__} that is no activity; it is not loaded")
    else:
        usable = cast("Record", storable_value(record))
        yield where, usable
        if literal.keys != keys or key_count(usable) != keys:
            yield Problem(where, "a key stands twice in one object; only its last value is loaded")
