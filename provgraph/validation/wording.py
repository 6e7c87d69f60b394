"""How findings call records: a run by its tool, a file by its base name, with their ids."""

from collections.abc import Iterable, Sequence

from provgraph.model.identifiers import base_name
from provgraph.model.values import duration_text, readable, seconds_between, time_text
from provgraph.validation.instance import Instance
from provgraph.validation.kinds import Kinds

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
        """Return the identifier of a record.

        Args:
            term: the record.

        Returns:
            The URI, or the blank name.
        """
        return self._instance.name(term)

    def ids(self, terms: Iterable[int]) -> tuple[str, ...]:
        """Return the identifiers of some records.

        Args:
            terms: the records; 0 is passed over.

        Returns:
            The identifiers, each once.
        """
        return tuple(dict.fromkeys(self.id(term) for term in terms if term))

    def bundle(self, term: int) -> str | None:
        """Return the bundle in which a record is named.

        Args:
            term: the record.

        Returns:
            The URI of the bundle; None for the document itself.
        """
        return self._instance.bundle(term)

    def short(self, term: int) -> str:
        """Return what people call a record.

        Args:
            term: the record.

        Returns:
            Its label, else the last part of its identifier.
        """
        return readable(self._instance.labels.get(term) or base_name(self.id(term)), _LONGEST)

    def full(self, term: int) -> str:
        """Return what a record is, what people call it, and its identifier.

        Args:
            term: the record.

        Returns:
            For example ``run merge (A)``.
        """
        return f"{self._kinds.noun(term)} {self.labelled(term)}"

    def labelled(self, term: int) -> str:
        """Return what people call a record, and its identifier.

        Args:
            term: the record.

        Returns:
            For example ``merge (A)``.
        """
        identifier, label = readable(self.id(term), _LONGEST), self._instance.labels.get(term)
        if label is None or label == self.id(term):
            return identifier
        return f"{readable(label, _LONGEST)} ({identifier})"

    def time(self, number: int) -> str:
        """Return a time in full.

        Args:
            number: of the time.

        Returns:
            The text of the time, as it was said if it can't be read.
        """
        return readable(self._instance.times.texts[number], _LONGEST)

    def moment(self, number: int) -> str:
        """Return a time to the second.

        Args:
            number: of the time.

        Returns:
            For example ``2026-01-01 00:00:10``.
        """
        return time_text(self._instance.times.texts[number])

    def seconds(self, earlier: int, later: int) -> float:
        """Return the seconds from one time to another.

        Args:
            earlier: the number of the first time.
            later: the number of the second time.

        Returns:
            The seconds; negative when the second time comes first.
        """
        texts = self._instance.times.texts
        return seconds_between(texts[earlier], texts[later])

    def are_times(self, *numbers: int) -> bool:
        """Whether all of these can be read as times."""
        return all(number <= self._instance.times.readable for number in numbers)

    def apart(self, one: int, other: int) -> float | None:
        """Return how far two times are apart.

        Args:
            one: the number of the first time.
            other: the number of the second time.

        Returns:
            The seconds between them; None when one of them can't be read.
        """
        return self.seconds(one, other) if self.are_times(one, other) else None

    def two_times(self, one: int, other: int) -> str:
        """Return two times in words, and how far they are apart.

        Args:
            one: the number of the first time.
            other: the number of the second time.

        Returns:
            For example ``2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart``.
        """
        how_far = f", {self.span(one, other)} apart" if self.are_times(one, other) else ""
        return f"{self.moment(one)} and {self.moment(other)}{how_far}"

    def span(self, earlier: int, later: int) -> str:
        """Return the duration between two times in words.

        Args:
            earlier: the number of the first time.
            later: the number of the second time.

        Returns:
            For example ``12 ms`` or ``1 min 40 s``.
        """
        seconds = self.seconds(earlier, later)
        if seconds < _SECOND:
            return f"{seconds * 1000:.3g} ms"
        texts = self._instance.times.texts
        return duration_text(texts[earlier], texts[later])


class RecordNaming:
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
    """Return texts with arrows between them; of a long chain the beginning and the end.

    Args:
        texts: what to put in a row.

    Returns:
        For example ``a → b → a``.
    """
    if len(texts) > _LONGEST_CHAIN:
        texts = [
            *texts[: _LONGEST_CHAIN - 2],
            f"… {len(texts) - _LONGEST_CHAIN} more …",
            *texts[-2:],
        ]
    return " → ".join(texts)


def listed(texts: Iterable[str]) -> str:
    """Return texts as an English list.

    Args:
        texts: at least one.

    Returns:
        ``a``, ``a and b``, or ``a, b and c``.
    """
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
