"""Statements that must be one: those of one identifier, and events that can happen only once.

PROV-CONSTRAINTS, section 6.1. What a statement leaves open may be anything, so it agrees with
whatever another statement says there (definition 4). Two different names, or two different
times, do not agree.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provgraph.prov.statements import SLOTS, ProvType, Slot
from provgraph.validation.cycles import graph_of
from provgraph.validation.findings import Constraint, Finding, Gravity
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.kinds import NAMELESS
from provgraph.validation.wording import Names, RecordNaming

#: The columns by which an event is known besides its identifier (constraints 24 to 27).
_EVENTS = {
    ProvType.GENERATION: (Constraint.UNIQUE_GENERATION, (1, 2)),
    ProvType.INVALIDATION: (Constraint.UNIQUE_INVALIDATION, (1, 2)),
    ProvType.START: (Constraint.UNIQUE_START, (1, 3)),
    ProvType.END: (Constraint.UNIQUE_END, (1, 3)),
    ProvType.MENTION: (Constraint.UNIQUE_MENTION, (1,)),
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
    """Statements that must be one but say two things in one slot.

    Attributes:
        type: of the statements.
        column: 0 for the identifier; the slots count from 1.
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

    Args:
        instance: the statements.

    Returns:
        The joined statements, and those that can't be joined.
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
    """Yield groups of statements of one type; all statements of a group must be one.

    An identifier or an event joins them.
    """
    table = instance.tables[type_]
    keys = [] if type_ in NAMELESS else [_numbered(table, (0,))]
    if type_ in _EVENTS:
        keys.append(_numbered(table, _EVENTS[type_][1]))
    several = np.logical_or.reduce(
        [np.bincount(key, minlength=1)[key] * (key > 0) > 1 for key in keys]
    )
    rows = np.flatnonzero(several)
    edges: list[tuple[int, int]] = []
    for key in keys:
        first: dict[int, int] = {}
        for index, number in enumerate(key[rows].tolist()):
            if number:
                edges.append((first.setdefault(number, index), index))
    joined = graph_of(np.array(edges, np.int64).reshape(-1, 2), len(rows))
    groups: dict[int, list[int]] = defaultdict(list)
    membership = joined.connected_components(mode="weak").membership
    for row, group in zip(rows.tolist(), membership, strict=True):
        groups[group].append(row)
    return (table[group] for group in groups.values())


def _numbered(table: Numbers, columns: Sequence[int]) -> Numbers:
    """Row → the number of its key, from 1; 0 where a part of it is open."""
    parts = table[:, list(columns)]
    numbers = np.zeros(len(table), np.int64)
    whole = (parts != 0).all(axis=1)
    if whole.any():
        numbers[whole] = np.unique(parts[whole], axis=0, return_inverse=True)[1].reshape(-1) + 1
    return numbers


def _joined(
    type_: ProvType, group: Numbers, blank: NDArray[np.bool_], aliases: dict[int, int]
) -> Iterator[Conflict]:
    """Yield what the statements of a group disagree on.

    ``aliases`` notes which blank names get a name by that.
    """
    stated = [np.unique(column[column != 0]) for column in _closed(type_, group).T]
    row = tuple(int(values[0]) if len(values) else 0 for values in stated)
    for column, values in enumerate(stated):
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
    """Replace an omitted plan or activity by _NOTHING.

    There an omission means "none", elsewhere "unknown" (PROV-CONSTRAINTS, definition 4).
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
    """Tell users of conflicts.

    Args:
        conflicts: statements that can't be one.
        names: of the records.

    Yields:
        A finding for each conflict.
    """
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


def _rule(conflict: Conflict) -> Constraint:
    if conflict.type is ProvType.MENTION:
        return Constraint.UNIQUE_MENTION
    if conflict.type is ProvType.ACTIVITY:
        return Constraint.KEY_OBJECT
    return _EVENTS[conflict.type][0] if conflict.column == 0 else Constraint.KEY_PROPERTIES


def _message(conflict: Conflict, is_time: bool, names: Names) -> str:
    tell = RecordNaming(names)
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


def _occasion(conflict: Conflict, tell: RecordNaming, names: Names) -> str:
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
