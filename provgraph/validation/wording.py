"""How findings call records.

A run by its tool's name, a file by its base name, both with their ids.
"""

from collections.abc import Iterable, Sequence

from provgraph.model.identifiers import base_name
from provgraph.model.times import seconds_between
from provgraph.validation.instance import Instance
from provgraph.validation.kinds import Kinds
from provgraph.writers.labels import duration_text, readable, time_text

#: So many characters of a name are shown.
_LONGEST = 160
_SECOND = 1.0
#: So many records of a cycle are shown.
_LONGEST_CHAIN = 12


class Names:
    """Names of records for messages."""

    def __init__(self, instance: Instance, kinds: Kinds) -> None:
        """Take the tables, and what each record is."""
        self._instance = instance
        self._kinds = kinds

    def id(self, term: int) -> str:
        """The record's identifier."""
        return self._instance.name(term)

    def ids(self, terms: Iterable[int]) -> tuple[str, ...]:
        """The identifiers of some records, each once."""
        return tuple(dict.fromkeys(self.id(term) for term in terms if term))

    def bundle(self, term: int) -> str | None:
        """The bundle in which the record is named."""
        return self._instance.bundle(term)

    def short(self, term: int) -> str:
        """What people call it."""
        return readable(self._instance.labels.get(term) or base_name(self.id(term)), _LONGEST)

    def full(self, term: int) -> str:
        """What it is, what people call it, and its identifier."""
        return f"{self._kinds.noun(term)} {self.labelled(term)}"

    def labelled(self, term: int) -> str:
        """What people call it, and its identifier."""
        identifier, label = readable(self.id(term), _LONGEST), self._instance.labels.get(term)
        if label is None or label == self.id(term):
            return identifier
        return f"{readable(label, _LONGEST)} ({identifier})"

    def time(self, number: int) -> str:
        """A time in full."""
        return readable(self._instance.times.texts[number], _LONGEST)

    def moment(self, number: int) -> str:
        """A time to the second."""
        return time_text(self._instance.times.texts[number])

    def seconds(self, earlier: int, later: int) -> float:
        """The seconds from one time to another."""
        texts = self._instance.times.texts
        return seconds_between(texts[earlier], texts[later])

    def are_times(self, *numbers: int) -> bool:
        """Whether all of these can be read as times."""
        return all(number <= self._instance.times.readable for number in numbers)

    def apart(self, one: int, other: int) -> float | None:
        """How many seconds lie between two times; None when one can't be read."""
        return self.seconds(one, other) if self.are_times(one, other) else None

    def two_times(self, one: int, other: int) -> str:
        """Two times, and how far they are apart."""
        how_far = f", {self.span(one, other)} apart" if self.are_times(one, other) else ""
        return f"{self.moment(one)} and {self.moment(other)}{how_far}"

    def span(self, earlier: int, later: int) -> str:
        """How long it is from one time to another."""
        seconds = self.seconds(earlier, later)
        if seconds < _SECOND:
            return f"{seconds * 1000:.3g} ms"
        texts = self._instance.times.texts
        return duration_text(texts[earlier], texts[later])


class Telling:
    """Names within one message: in full when first named, later in short."""

    def __init__(self, names: Names) -> None:
        """Begin a message."""
        self._names = names
        self.told: list[int] = []

    def __call__(self, term: int) -> str:
        """Name a record."""
        if term in self.told:
            short = self._names.short(term)
            is_clear = all(
                other == term or self._names.short(other) != short for other in self.told
            )
            return short if is_clear else self._names.labelled(term)
        self.told.append(term)
        return self._names.full(term)


def chain(texts: Sequence[str]) -> str:
    """``a → b → a``; of a long one the beginning and the end."""
    if len(texts) > _LONGEST_CHAIN:
        texts = [
            *texts[: _LONGEST_CHAIN - 2],
            f"… {len(texts) - _LONGEST_CHAIN} more …",
            *texts[-2:],
        ]
    return " → ".join(texts)


def listed(texts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
