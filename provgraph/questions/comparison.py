"""What differs between what led to one record and what led to another (``provgraph diff``).

docs/explanation/comparison.md says what counts as a difference.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from provgraph.model.attributes import json_safe, readable_attributes
from provgraph.model.comparison import (
    Change,
    InputDifference,
    LineageDiff,
    RunDifference,
    ValueDifference,
)
from provgraph.model.hiding import check_whole
from provgraph.model.identifiers import says_what_is_written
from provgraph.model.lineage import WALK_LIMIT, Direction, Lineage, Node
from provgraph.model.records import SOFTWARE, Fact, Settings
from provgraph.model.values import Value
from provgraph.model.vocabulary import FAILED, ORIGIN_RELATIONS
from provgraph.questions.alignment import Pairs, align
from provgraph.questions.histories import History
from provgraph.settings import NEW_OBJECTS_OF_LONG_WORK, few_collections
from provgraph.store.protocol import Store

#: What is the same input: the runs that it comes from, and the files that no known run made.
_Identity: TypeAlias = tuple[frozenset[bytes], frozenset[str]]
_CONFIGURATION = re.compile("config", re.IGNORECASE)
#: Attributes that say which run it was, when, and where; not how it was set up.
_OF_THE_RUN = re.compile(
    r"(?:^|[._-])(?:id|ids|uuid|pid|date|time|time_utc|start|end|host|site|node|exit_code)$"
    r"|duration|bootTime|executable|^system\.|Time$|I[Dd]$"
)
_ENVIRONMENT = "system.environment."
_PYTHON = "system.python.version"


def diff(store: Store, a: Node, b: Node) -> LineageDiff:
    """Say what differs between what led to one record and what led to another.

    Args:
        store: where to look.
        a: the first file or run.
        b: the second file or run.

    Returns:
        The runs that differ, the weightiest first.

    Raises:
        HiddenError: some of it is hidden from who asks.
        StoreError: the store failed.
    """
    with few_collections(NEW_OBJECTS_OF_LONG_WORK):
        return _comparison(store, a, b)


def _comparison(store: Store, a: Node, b: Node) -> LineageDiff:
    """What differs. All that was read for it is gone when this returns."""
    walks = store.walks((a, b), Direction.UPSTREAM, ORIGIN_RELATIONS, None, WALK_LIMIT)
    check_whole((node for each in walks for node in each.nodes), "what differs between histories")
    ours, theirs = _histories(walks)
    pairs = align(ours, theirs)
    settings = _differing_settings(store, ours, theirs, pairs)
    return _Compared(ours, theirs, pairs, settings).answer()


def _differing_settings(
    store: Store, a: History, b: History, pairs: Pairs
) -> dict[bytes, Settings]:
    """The settings that one of two counterparts has, and the other has not."""
    keys = {
        key.hex() for mine, other in pairs.items() for key in a.settings[mine] ^ b.settings[other]
    }
    with store.viewing() as view:
        return {bytes.fromhex(key): each for key, each in view.settings(keys).items()}


def _histories(walks: Sequence[Lineage]) -> list[History]:
    """The histories, with the settings that several runs of both have."""
    setups = {key: each for walk in walks for key, each in (walk.setups or {}).items()}
    counts = Counter(key for each in setups.values() for key in each.settings)
    shared = frozenset(key for key, count in counts.items() if count > 1)
    return [History(each, shared) for each in walks]


@dataclass(frozen=True)
class _Compared:
    """Two histories, the counterparts in them, and the settings that may differ."""

    a: History
    b: History
    pairs: Pairs
    settings: Mapping[bytes, Settings]

    def answer(self) -> LineageDiff:
        compared = [self._pair(mine, other) for mine, other in self.pairs.items()]
        found = [
            *(each for each in compared if not each.is_alike),
            *self._one_sided(self.a, self.pairs.keys(), Change.ONLY_A),
            *self._one_sided(self.b, set(self.pairs.values()), Change.ONLY_B),
        ]
        found.sort(key=self._weight)
        return LineageDiff(
            self.a.root.id,
            self.b.root.id,
            (*self._without_runs(), *found),
            sum(each.is_alike for each in compared),
            self.a.is_cut or self.b.is_cut,
        )

    def _one_sided(
        self, history: History, paired: Collection[bytes], change: Change
    ) -> Iterator[RunDifference]:
        for key, run in history.runs.items():
            if key not in paired:
                ids = (run.id, None) if change is Change.ONLY_A else (None, run.id)
                yield RunDifference(run.name, change, *ids)

    def _without_runs(self) -> Iterator[RunDifference]:
        """What two records come from that no run made."""
        sides = (self.a.of_root, self.b.of_root)
        if not any(each.makers for side in sides for each in side):
            ours, theirs = (sorted(side[0].external) for side in sides)
            left = [each for each in ours if each not in theirs]
            right = [each for each in theirs if each not in ours]
            if left or right:
                inputs = tuple(InputDifference(None, *ends) for ends in zip_longest(left, right))
                ids = (self.a.root.id, self.b.root.id)
                yield RunDifference(None, Change.CHANGED, *ids, inputs=inputs)

    def _pair(self, mine: bytes, other: bytes) -> RunDifference:
        ours, theirs = self.a.runs[mine], self.b.runs[other]
        ids = (ours.name, Change.CHANGED, ours.id, theirs.id)
        if mine == other:
            return RunDifference(*ids)
        parameters, packages = self._values(mine, other)
        return RunDifference(
            *ids,
            version=((ours.version, theirs.version) if ours.version != theirs.version else None),
            parameters=tuple(parameters),
            packages=tuple(packages),
            inputs=tuple(self._inputs(mine, other)),
        )

    def _values(
        self, mine: bytes, other: bytes
    ) -> tuple[list[ValueDifference], list[ValueDifference]]:
        """The parameters and the packages that differ."""
        sides = (self.a.settings[mine], self.b.settings[other])
        ours, theirs = self.a.runs[mine], self.b.runs[other]
        own = (sides[0] - sides[1], sides[1] - sides[0])
        parameters, packages = (
            [self._joined(keys, software) for keys in own] for software in (False, True)
        )
        facts = _differing_attributes(ours, theirs, has_settings=any(sides))
        for index, (run, said) in enumerate(zip((ours, theirs), facts, strict=True)):
            packages[index] |= {"python": said.pop(_PYTHON)} if _PYTHON in said else {}
            parameters[index] |= said
            if run.status in FAILED:
                parameters[index][Fact.STATUS] = str(run.status)
        differing = list(_differences(*parameters))
        if differing:
            names = (self.a.paths_of(mine), self.b.paths_of(other))
            differing = [each for each in differing if not _names_own_files(each, *names)]
        return differing, list(_differences(*packages))

    def _joined(self, keys: Iterable[bytes], software: bool) -> dict[str, Value]:
        """The values of some settings, either of the software or of all else."""
        return {
            name: value
            for key in sorted(keys)
            if key in self.settings and (self.settings[key].name == SOFTWARE) is software
            for name, value in self.settings[key].values.items()
        }

    def _inputs(self, mine: bytes, other: bytes) -> Iterator[InputDifference]:
        """The inputs that no input of the counterpart in the same role stands for."""
        is_recorded = bool(self.a.settings[mine] and self.b.settings[other])
        ours, theirs = (
            side.inputs(run, is_recorded)
            for side, run in zip(self._sides, (mine, other), strict=True)
        )
        for role in sorted(ours.keys() | theirs.keys()):
            left, right = ours.get(role, []), theirs.get(role, [])
            if [each.identity for each in left] != [each.identity for each in right]:
                yield from _differing(role, left, right)

    @cached_property
    def _sides(self) -> tuple["_ComparedSide", "_ComparedSide"]:
        same = {key: key for key in self.pairs.values()}
        return _ComparedSide(self.a, self.pairs), _ComparedSide(self.b, same)

    def _weight(self, found: RunDifference) -> tuple[object, ...]:
        """Runs on one side first, then by what differs; among equals nearest to the root."""
        sides = ((self.a, found.a), (self.b, found.b))
        runs = [history.run_called(each) for history, each in sides if each is not None]
        return (
            found.change is Change.CHANGED,
            found.version is None,
            not found.packages,
            not found.parameters,
            min(run.distance for run in runs),
            min(run.id for run in runs),
        )


class _ComparedInput(NamedTuple):
    """An input of a run.

    Attributes:
        id: of what was read.
        is_told: whether runs on one side only made it.
        identity: what stands for it in the other history.
    """

    id: str
    is_told: bool
    identity: _Identity


class _ComparedSide:
    """One of two histories, as it is compared with the other one."""

    def __init__(self, history: History, names: Pairs) -> None:
        """Take the history.

        Args:
            history: as it is.
            names: key of a run that has a counterpart → what stands for both of them.
        """
        self._history, self._names = history, names
        self._identities: dict[_Identity, _Identity] = {}

    def inputs(self, run: bytes, is_recorded: bool) -> dict[str, list[_ComparedInput]]:
        """Role → inputs of a run. Recorded parameters say what a configuration file says."""
        found: dict[str, list[_ComparedInput]] = {}
        for each in self._history.inputs[run]:
            role, identifier, makers, external = each
            if makers or not is_recorded or not _is_configuration(role):
                is_told = bool(makers) and self._names.keys().isdisjoint(makers)
                read = _ComparedInput(identifier, is_told, self._identity((makers, external)))
                found.setdefault(role or "", []).append(read)
        return found

    def _identity(self, origin: _Identity) -> _Identity:
        """What stands for an input; most files are read by many runs."""
        found = self._identities.get(origin)
        if found is None:
            found = self._identities[origin] = self._seen_through(*origin)
        return found

    def _seen_through(self, origins: frozenset[bytes], files: frozenset[str]) -> _Identity:
        """The counterparts that made an input, and the external files that it is or comes from.

        What stands on one side only is looked through: a step more or less changes no other run.
        """
        makers: set[bytes] = set()
        external = set(files)
        stack, seen = list(origins), set(origins)
        while stack:
            run = stack.pop()
            if run in self._names:
                makers.add(self._names[run])
                continue
            inputs = self._history.inputs.get(run, ())
            inputs = tuple(each for each in inputs if not _is_configuration(each.role))
            if not inputs:
                makers.add(run)
            for before in inputs:
                external |= before.external
                stack += before.makers - seen
                seen |= before.makers
        return frozenset(makers), frozenset(external)


@lru_cache(maxsize=1024)
def _is_configuration(role: str | None) -> bool:
    return _CONFIGURATION.search(role or "") is not None


def _differing(
    role: str, left: list[_ComparedInput], right: list[_ComparedInput]
) -> Iterator[InputDifference]:
    """What counterparts read in one role and no input of the other stands for."""
    lacking, added = (
        sorted(_beyond(*sides), key=lambda each: each.id)
        for sides in ((left, right), (right, left))
    )
    for a, b in zip_longest(lacking, added):
        if any(each is not None and each.is_told for each in (a, b)) and None in (a, b):
            continue  # a run on one side only made it, which says as much
        yield InputDifference(role or None, a.id if a else None, b.id if b else None)


def _beyond(
    inputs: Iterable[_ComparedInput], others: Iterable[_ComparedInput]
) -> Iterator[_ComparedInput]:
    """The inputs that the other side does not have, or has less often."""
    left = Counter(each.identity for each in others)
    for each in inputs:
        if left[each.identity] > 0:
            left[each.identity] -= 1
        else:
            yield each


def _differences(a: Mapping[str, Value], b: Mapping[str, Value]) -> Iterator[ValueDifference]:
    """Each name whose values differ; true is not 1."""
    for name in sorted(a.keys() | b.keys()):
        ours, theirs = a.get(name), b.get(name)
        is_equal = ours == theirs and isinstance(ours, bool) is isinstance(theirs, bool)
        if not is_equal:
            yield ValueDifference(name, json_safe(ours), json_safe(theirs))


def _differing_attributes(a: Node, b: Node, *, has_settings: bool) -> list[dict[str, Value]]:
    """What else says how two runs were set up, as far as it differs: environment and Python.

    Where no source records the parameters of the runs, these are also their arguments and all
    attributes that don't say which run it was, when and where.
    """
    if a.attributes == b.attributes:
        return [{}, {}]
    names = {
        name
        for name in a.attributes.keys() | b.attributes.keys()
        if a.attributes.get(name) != b.attributes.get(name)
        and (
            name == _PYTHON
            or name.startswith(_ENVIRONMENT)
            or not (has_settings or _OF_THE_RUN.search(name))
        )
    }
    return [
        readable_attributes({name: run.attributes[name] for name in names & run.attributes.keys()})
        for run in (a, b)
    ]


def _names_own_files(each: ValueDifference, ours: set[str], theirs: set[str]) -> bool:
    """Whether two values are but the names of files that each run noted or wrote."""
    if says_what_is_written(each.name) and each.a is not None and each.b is not None:
        return all("/" in str(value) for value in (each.a, each.b))
    return _is_of(each.a, ours) and _is_of(each.b, theirs)


def _is_of(value: Value, paths: set[str]) -> bool:
    """Whether a value is a path among some, the end of one, or a list of such."""
    if isinstance(value, list):
        return bool(value) and all(_is_of(item, paths) for item in value)
    if not isinstance(value, str) or not value:
        return False
    return value in paths or any(path.endswith(f"/{value}") for path in paths)
