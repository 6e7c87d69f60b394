"""Statements as columns of small integers, so that millions of them can be checked set by set.

The statements of all bundles stand in the same tables: names of different bundles have different
numbers, so no constraint can reach from one bundle into another (PROV-CONSTRAINTS, section 7.2).
"""

from array import array
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from provgraph.errors import LoadError
from provgraph.model.values import utc
from provgraph.prov.statements import SLOTS, ProvStatement, ProvType, Slot

Numbers: TypeAlias = NDArray[np.int64]

PROV = "http://www.w3.org/ns/prov#"
TYPE, LABEL = PROV + "type", PROV + "label"
EMPTY_COLLECTION = PROV + "EmptyCollection"
BLANK = "_:"
#: Stands at a place where nothing is said.
ABSENT = 0


class _Interned:
    """Keys by the order in which they were first seen, from 1."""

    def __init__(self) -> None:
        self.numbers: dict[str | tuple[str, str], int] = {}

    def __call__(self, key: str | tuple[str, str]) -> int:
        return self.numbers.setdefault(key, len(self.numbers) + 1)


class StatementGatherer:
    """Takes statements one by one; `instance` makes tables of them."""

    def __init__(self) -> None:
        self.count = 0
        self._terms = _Interned()
        self._times = _Interned()
        self._columns = {
            type_: [array("q") for _ in range(len(places) + 1)] for type_, places in SLOTS.items()
        }
        self._labels: dict[int, str] = {}
        self._empty: set[int] = set()

    def take(self, statements: Iterable[ProvStatement]) -> None:
        """Take more statements.

        Args:
            statements: any number of them, in any order.
        """
        for statement in statements:
            self._take(statement)

    def _take(self, statement: ProvStatement) -> None:
        self.count += 1
        columns = self._columns[statement.type]
        identifier = self._term(statement.id, statement.bundle)
        columns[0].append(identifier)
        places = statement.slots + (None,) * (len(columns) - 1 - len(statement.slots))
        for column, place, text in zip(columns[1:], SLOTS[statement.type], places, strict=True):
            is_time = place is Slot.TIME
            column.append(
                (self._times(text) if text else ABSENT)
                if is_time
                else self._term(text, statement.bundle)
            )
        for name, value in statement.attributes:
            if name == LABEL:
                self._labels[identifier] = min(value.text, self._labels.get(identifier, value.text))
            elif name == TYPE and value.text == EMPTY_COLLECTION:
                self._empty.add(identifier)

    def _term(self, name: str | None, bundle: str | None) -> int:
        if name is None:
            return ABSENT
        return self._terms(name if bundle is None else (bundle, name))

    def instance(self) -> "Instance":
        """The tables.

        Names and times are numbered by their order, so that the order of statements is forgotten.
        """
        keys, terms = _sorted(self._terms)
        texts, times = _times(self._times)
        tables = {
            type_: np.unique(_table(columns, (None, *SLOTS[type_]), terms, times), axis=0)
            for type_, columns in self._columns.items()
        }
        labels = {int(terms[old]): text for old, text in self._labels.items()}
        return Instance(
            tables, keys, texts, labels, np.array(sorted(terms[list(self._empty)]), np.int64)
        )


def _table(
    columns: list["array[int]"], places: tuple[Slot | None, ...], terms: Numbers, times: Numbers
) -> Numbers:
    """Return the table of one type: one row for each statement."""
    renamed = [
        (times if place is Slot.TIME else terms)[np.array(column, np.int64)]
        for column, place in zip(columns, places, strict=True)
    ]
    return np.stack(renamed, axis=1)


def _sorted(interned: _Interned) -> tuple[list[str | tuple[str, str]], Numbers]:
    """The keys in their order behind an empty one, and old number → new number."""
    keys = sorted(interned.numbers, key=lambda each: ("", each) if isinstance(each, str) else each)
    new = np.zeros(len(keys) + 1, np.int64)
    new[[interned.numbers[each] for each in keys]] = np.arange(1, len(keys) + 1)
    return ["", *keys], new


def _times(interned: _Interned) -> tuple["Times", Numbers]:
    """Return the times in their order, and old number → new number.

    Texts that are no times stand behind all times.
    """
    canonical = {str(text): _canonical(str(text)) for text in interned.numbers}
    readable = sorted({time for time in canonical.values() if time is not None})
    unreadable = sorted(text for text, time in canonical.items() if time is None)
    numbers = {text: number for number, text in enumerate((*readable, *unreadable), start=1)}
    new = np.zeros(len(canonical) + 1, np.int64)
    for text, time in canonical.items():
        new[interned.numbers[text]] = numbers[text if time is None else time]
    return Times(["", *readable, *unreadable], len(readable)), new


def _canonical(text: str) -> str | None:
    try:
        return utc(text)
    except LoadError:
        return None


class Times:
    """Times in their order: of two numbers up to ``readable`` the greater is the later time."""

    def __init__(self, texts: list[str], readable: int) -> None:
        self.texts = texts
        self.readable = readable


class Instance:
    """All that is said, in tables of numbers.

    A name is known by a number, its *term*; 0 stands where nothing is said.

    Attributes:
        tables: type → one row for each statement, without repetitions: the identifier, then the
            slots.
        times: number → time.
        labels: term → what people call it.
        empty: the terms that are said to be empty collections, in order.
    """

    def __init__(
        self,
        tables: dict[ProvType, Numbers],
        keys: list[str | tuple[str, str]],
        times: Times,
        labels: dict[int, str],
        empty: Numbers,
    ) -> None:
        self.tables = tables
        self.times = times
        self.labels = labels
        self.empty = empty
        self._keys = keys

    def __len__(self) -> int:
        """How many numbers of terms there are, 0 among them."""
        return len(self._keys)

    def column(self, type_: ProvType, number: int) -> Numbers:
        """Return one column of a table.

        Args:
            type_: of the statements.
            number: 0 for the identifiers; the slots count from 1.

        Returns:
            A number for each statement.
        """
        return self.tables[type_][:, number]

    def name(self, term: int) -> str:
        """Return the name that a term stands for.

        Args:
            term: the number.

        Returns:
            The URI, or the blank name.
        """
        key = self._keys[term]
        return key if isinstance(key, str) else key[1]

    def bundle(self, term: int) -> str | None:
        """Return the bundle in which a name stands.

        Args:
            term: the number of the name.

        Returns:
            The URI of the bundle; None for the document itself.
        """
        key = self._keys[term]
        return None if isinstance(key, str) else key[0]

    def blanks(self) -> NDArray[np.bool_]:
        """For each term whether it is a blank name, which may stand for another name."""
        return np.array([self.name(term).startswith(BLANK) for term in range(len(self))], np.bool_)

    def renamed(self, terms: Numbers) -> "Instance":
        """Replace terms.

        Args:
            terms: term → the term that takes its place.

        Returns:
            The statements with their terms replaced.
        """
        tables = {
            type_: np.unique(
                np.stack(
                    [
                        table[:, number] if place is Slot.TIME else terms[table[:, number]]
                        for number, place in enumerate((None, *SLOTS[type_]))
                    ],
                    axis=1,
                ),
                axis=0,
            )
            for type_, table in self.tables.items()
        }
        return Instance(tables, self._keys, self.times, self.labels, np.unique(terms[self.empty]))

    def with_rows(self, type_: ProvType, rows: Numbers) -> "Instance":
        """Add statements.

        Args:
            type_: of the statements.
            rows: the statements, in the form of a table.

        Returns:
            These statements and the added ones.
        """
        tables = self.tables | {
            type_: np.unique(np.concatenate([self.tables[type_], rows]), axis=0)
        }
        return Instance(tables, self._keys, self.times, self.labels, self.empty)
