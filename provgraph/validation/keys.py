"""Statements that must be one: those of one identifier, and the events that can happen once.

PROV-CONSTRAINTS, section 6.1. What a statement leaves open may be anything, so it agrees with all
that another one says there (definition 4); two different names, or two different times, don't
agree.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provgraph.prov.statements import SLOTS, ProvType, Slot
from provgraph.validation.findings import Finding, Gravity, Rule
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.kinds import NAMELESS
from provgraph.validation.wording import Names, Telling

#: The columns by which an event is known besides its identifier (constraints 24 to 27).
_EVENTS = {
    ProvType.GENERATION: (Rule.UNIQUE_GENERATION, (1, 2)),
    ProvType.INVALIDATION: (Rule.UNIQUE_INVALIDATION, (1, 2)),
    ProvType.START: (Rule.UNIQUE_START, (1, 3)),
    ProvType.END: (Rule.UNIQUE_END, (1, 3)),
    ProvType.MENTION: (Rule.UNIQUE_MENTION, (1,)),
}
#: Where an open place says that there is nothing (definition 4): the plan, the run behind a
#: derivation.
_NOTHING_WHERE_OPEN = {ProvType.ASSOCIATION: 3, ProvType.DERIVATION: 3}
_NOTHING = -1
_WITHOUT_KEY = (ProvType.ENTITY, ProvType.AGENT, *NAMELESS)
_VERBS = {
    ProvType.USAGE: "read",
    ProvType.GENERATION: "wrote",
    ProvType.INVALIDATION: "invalidated",
}
_WHAT = {
    Slot.ENTITY: "files",
    Slot.ACTIVITY: "runs",
    Slot.AGENT: "agents",
    Slot.ANY: "records",
    Slot.USAGE: "readings",
    Slot.GENERATION: "writings",
    Slot.BUNDLE: "bundles",
}


@dataclass
class Merged:
    """What became of statements that must be one.

    Attributes:
        instance: with blank names replaced by the names that they stand for.
        conflicts: statements that can't be one.
    """

    instance: Instance
    conflicts: list["Conflict"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that must be one but say two things at one place.

    Attributes:
        type: of the statements.
        column: 0 for the identifier, the places from 1.
        row: a statement that says all that the others leave open.
        values: the two smallest things said.
    """

    type: ProvType
    column: int
    row: tuple[int, ...]
    values: tuple[int, int]


def merged(instance: Instance) -> Merged:
    """Join the statements that must be one.

    Blank names are existential: they take the name of what they are joined with, until nothing more
    is joined.
    """
    blank = instance.blanks()
    while True:
        conflicts: list[Conflict] = []
        aliases: dict[int, int] = {}
        for type_ in instance.tables:
            if type_ in _EVENTS or type_ not in _WITHOUT_KEY:
                for group in _groups(instance, type_):
                    conflicts += _joined(type_, group, blank, aliases)
        if not aliases:
            return Merged(instance, conflicts)
        instance = instance.renamed(_followed(len(instance), aliases))


def _groups(instance: Instance, type_: ProvType) -> Iterator[Numbers]:
    """The statements of a type, of which each group must be one.

    Those joined by an identifier or an event.
    """
    table = instance.tables[type_]
    keys = [] if type_ in NAMELESS else [_numbered(table, (0,))]
    if type_ in _EVENTS:
        keys.append(_numbered(table, _EVENTS[type_][1]))
    several = np.logical_or.reduce(
        [np.bincount(key, minlength=1)[key] * (key > 0) > 1 for key in keys]
    )
    places = np.flatnonzero(several)
    leader: dict[int, int] = {int(place): int(place) for place in places}
    for key in keys:
        first: dict[int, int] = {}
        for place in places.tolist():
            if number := int(key[place]):
                _join(leader, first.setdefault(number, place), place)
    found: dict[int, list[int]] = defaultdict(list)
    for place in places.tolist():
        found[_leader(leader, place)].append(place)
    return (table[some] for some in found.values())


def _numbered(table: Numbers, columns: Sequence[int]) -> Numbers:
    """Row → the number of its key, from 1; 0 where a part of it is open."""
    parts = table[:, list(columns)]
    numbers = np.zeros(len(table), np.int64)
    whole = (parts != 0).all(axis=1)
    if whole.any():
        numbers[whole] = np.unique(parts[whole], axis=0, return_inverse=True)[1].reshape(-1) + 1
    return numbers


def _leader(leader: dict[int, int], place: int) -> int:
    while leader[place] != place:
        leader[place] = leader[leader[place]]
        place = leader[place]
    return place


def _join(leader: dict[int, int], one: int, other: int) -> None:
    one, other = _leader(leader, one), _leader(leader, other)
    leader[max(one, other)] = min(one, other)


def _joined(
    type_: ProvType, group: Numbers, blank: NDArray[np.bool_], aliases: dict[int, int]
) -> Iterator[Conflict]:
    """What the statements of a group disagree on.

    ``aliases`` notes which blank names they give a name.
    """
    said = [np.unique(column[column != 0]) for column in _closed(type_, group).T]
    row = tuple(int(values[0]) if len(values) else 0 for values in said)
    for column, values in enumerate(said):
        is_time = column > 0 and SLOTS[type_][column - 1] is Slot.TIME
        names = values if is_time else values[~blank[values] | (values == _NOTHING)]
        if len(names) > 1:
            yield Conflict(type_, column, row, (int(names[0]), int(names[1])))
        if not is_time:
            kept = (
                names[names != _NOTHING]
                if len(names[names != _NOTHING])
                else values[values != _NOTHING]
            )
            aliases.update(
                (int(each), int(kept[0]))
                for each in values
                if each > 0 and blank[each] and each != kept[0]
            )


def _closed(type_: ProvType, group: Numbers) -> Numbers:
    """The statements, with what is open where that says that there is nothing told apart from what
    may be anything.
    """
    if type_ not in _NOTHING_WHERE_OPEN:
        return group
    closed = group.copy()
    column = closed[:, _NOTHING_WHERE_OPEN[type_]]
    column[column == 0] = _NOTHING
    return closed


def _followed(count: int, aliases: dict[int, int]) -> Numbers:
    """Term → what takes its place, through all aliases."""
    terms = np.arange(count)
    terms[list(aliases)] = list(aliases.values())
    while not np.array_equal(further := terms[terms], terms):
        terms = further
    return terms


def findings(conflicts: Sequence[Conflict], names: Names) -> Iterator[Finding]:
    """What users are told of the conflicts."""
    for conflict in conflicts:
        yield _finding(conflict, names)


def _finding(conflict: Conflict, names: Names) -> Finding:
    is_time = _is_time(conflict)
    terms = _terms(conflict, is_time)
    time = names.time(conflict.values[0]) if is_time else None
    return Finding(
        Gravity.ERROR,
        _rule(conflict),
        names.ids(term for term in terms if term != _NOTHING),
        _message(conflict, is_time, names),
        time,
        names.apart(*conflict.values) if is_time else None,
        names.bundle(terms[0]) if terms else None,
    )


def _is_time(conflict: Conflict) -> bool:
    return conflict.column > 0 and SLOTS[conflict.type][conflict.column - 1] is Slot.TIME


def _terms(conflict: Conflict, is_time: bool) -> list[int]:
    places = ((None, *SLOTS[conflict.type])[number] for number in range(len(conflict.row)))
    row = [term for term, place in zip(conflict.row, places, strict=True) if place is not Slot.TIME]
    return [term for term in (*row, *(() if is_time else conflict.values)) if term > 0]


def _rule(conflict: Conflict) -> Rule:
    if conflict.type is ProvType.MENTION:
        return Rule.UNIQUE_MENTION
    if conflict.type is ProvType.ACTIVITY:
        return Rule.KEY_OBJECT
    return _EVENTS[conflict.type][0] if conflict.column == 0 else Rule.KEY_PROPERTIES


def _message(conflict: Conflict, is_time: bool, names: Names) -> str:
    tell = Telling(names)
    one, other = conflict.values
    if is_time:
        return f"{_occasion(conflict, tell, names)}: {names.two_times(one, other)}"
    if conflict.column == 0:
        return (
            f"{_occasion(conflict, tell, names)} in two statements of different identifiers: "
            f"{names.short(one)} and {names.short(other)}"
        )
    what = _WHAT[SLOTS[conflict.type][conflict.column - 1]]
    first = (
        f"statement {conflict.type} {names.short(conflict.row[0])}"
        if conflict.row[0]
        else f"{conflict.type} of {tell(conflict.row[1])}"
    )
    said = " and ".join("none" if each == _NOTHING else tell(each) for each in (one, other))
    return f"{first} is told with different {what}: {said}"


def _occasion(conflict: Conflict, tell: Telling, names: Names) -> str:
    """The event that is told twice."""
    row = conflict.row
    if conflict.type is ProvType.ACTIVITY:
        return f"{tell(row[0])} has two {'start' if conflict.column == 1 else 'end'} times"
    when = " at two times" if _is_time(conflict) else ""
    if conflict.type in (ProvType.START, ProvType.END):
        return f"{tell(row[1])} {'started' if conflict.type is ProvType.START else 'ended'}{when}"
    run, file = (row[1], row[2]) if conflict.type is ProvType.USAGE else (row[2], row[1])
    verb = _VERBS[conflict.type]
    if run and file and conflict.type is ProvType.USAGE:
        return (
            f"statement used {names.short(row[0])} tells that {tell(run)} {verb} {tell(file)}{when}"
        )
    if run and file:
        return f"{tell(run)} {verb} {tell(file)}{when}"
    return f"statement {conflict.type} {names.short(row[0])}{when}"
