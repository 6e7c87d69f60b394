"""The files that runs name, gathered from mentions: one `File` is one file on one side of one run.

Rule numbers are those of CONTRACT section 2.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from provgraph.model.identifiers import scheme_of, strength
from provgraph.model.records import Fact, Mention, Run, end_of, start_of
from provgraph.model.values import Attributes, Value, fingerprint
from provgraph.model.vocabulary import RelationType

_DIGITS_ONLY = str.maketrans("", "", "-T:.")
_NANOSECOND_DIGITS = 23


@dataclass(frozen=True)
class RunTimes:
    """What the order of runs and the nesting of runs depend on.

    Attributes:
        id: the activity's id.
        start: the earliest start that any source gives; canonical UTC, "" when none does.
        end: the latest end; None when it never ended.
        process: host, boot time, executable and arguments; None unless all four are known.
    """

    id: str
    start: str
    end: str | None
    process: str | None = None

    @cached_property
    def generated(self) -> str:
        """The generation time of what it wrote: its end, its start when it never ended (rule 3)."""
        return self.end or self.start

    @cached_property
    def order(self) -> tuple[str, int, str]:
        """Sorts runs: by generation time; of equal ones the later start first.

        Then the smaller id (rule 3).
        """
        digits = self.start.translate(_DIGITS_ONLY)
        return self.generated, -int(digits.ljust(_NANOSECOND_DIGITS, "0") or 0), self.id

    def encloses(self, other: "RunTimes") -> bool:
        """Whether the other is a run of the same process inside this one's interval (rule 5a)."""
        same = self.process is not None and self.process == other.process
        return same and self.start <= other.start and other.generated <= self.generated


def times_of(run: Run) -> RunTimes:
    """A run's times and process from its joined facts."""
    return RunTimes(run.id, start_of(run.facts) or "", end_of(run.facts), _process(run.facts))


def _process(facts: Attributes) -> str | None:
    known: list[Value] = []
    for name in (Fact.HOST, Fact.BOOT_TIME, Fact.EXECUTABLE, Fact.ARGUMENTS):
        if name not in facts:
            return None
        known.append(list(facts[name]))
    return fingerprint(known).hex()


@dataclass(frozen=True)
class File:
    """One file among the inputs or the outputs of one run, under all the names that sources give it
    there.
    """

    run: RunTimes
    is_output: bool
    identifiers: tuple[str, ...]
    places: tuple[str, ...]
    mentions: tuple[Mention, ...]


def twins(mentions: Collection[Mention]) -> dict[bytes, bytes]:
    """Which mentions of one run name one file differently in different sources (rule 9).

    They do when each source that has the base name on that side has exactly one file of it, and no
    two of them name it by different identifiers of one scheme.

    Args:
        mentions: all mentions of one run.

    Returns:
        mention key → the key that it shares with its twins; mentions without a twin are not in it.
    """
    own = _own_products(mentions)
    found: dict[bytes, bytes] = {}
    for (relation, name), same_name in _by_base_name(mentions).items():
        names_by_source: dict[str, set[_Names]] = defaultdict(set)
        for mention in same_name:
            names_by_source[mention.source].add(_names_within_run(mention, own))
        one_each = all(len(names) == 1 for names in names_by_source.values())
        names = set.union(*names_by_source.values())
        if one_each and len(names) > 1 and not _contradict(names):
            shared = fingerprint(same_name[0].run, relation, name)
            found.update((mention.key, shared) for mention in same_name)
    return found


_Names = tuple[str | None, str | None]


def _own_products(mentions: Iterable[Mention]) -> dict[str, set[str]]:
    """Place → what the run's named inputs there are called."""
    own: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if not mention.is_output and mention.place is not None and mention.identifier is not None:
            own[mention.place].add(mention.identifier)
    return own


def _names_within_run(mention: Mention, own: Mapping[str, set[str]]) -> _Names:
    """Place and identifier.

    An unnamed input has the one that the run names at its place (rule 5, last sentence).
    """
    if mention.identifier is None and not mention.is_output and mention.place is not None:
        named = own.get(mention.place, set())
        if len(named) == 1:
            return mention.place, next(iter(named))
    return mention.place, mention.identifier


def _contradict(names: Iterable[_Names]) -> bool:
    """Whether two of the identifiers are of one scheme: then they name two files."""
    schemes = [
        scheme_of(identifier)
        for identifier in {identifier for _, identifier in names}
        if identifier
    ]
    return len(schemes) != len(set(schemes))


def files_of(
    mentions: Iterable[Mention], twin_of: Mapping[bytes, bytes], runs: Mapping[str, RunTimes]
) -> list[File]:
    """The files behind mentions, in a fixed order.

    Args:
        mentions: of any runs; twins must be there together.
        twin_of: mention key → what it shares with its twins.
        runs: run id → its times.
    """
    groups: dict[tuple[object, ...], list[Mention]] = defaultdict(list)
    for mention in mentions:
        names = twin_of.get(mention.key) or (mention.place, mention.identifier)
        groups[(mention.run, mention.relation, names)].append(mention)
    return [_file(group, runs) for group in groups.values()]


def _file(mentions: list[Mention], runs: Mapping[str, RunTimes]) -> File:
    identifiers = {mention.identifier for mention in mentions if mention.identifier is not None}
    places = {mention.place for mention in mentions if mention.place is not None}
    return File(
        run=runs[mentions[0].run],
        is_output=mentions[0].is_output,
        identifiers=tuple(sorted(identifiers, key=strength)),
        places=tuple(sorted(places)),
        mentions=tuple(mentions),
    )


def _by_base_name(mentions: Iterable[Mention]) -> dict[tuple[RelationType, str], list[Mention]]:
    groups: dict[tuple[RelationType, str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.base_name is not None:
            groups[(mention.relation, mention.base_name)].append(mention)
    return groups


class EquivalenceClasses:
    """Classes of identifiers.

    Each class is called by its strongest member (CONTRACT section 2, rules 2 and 6).
    """

    def __init__(self, together: Iterable[Iterable[str]]) -> None:
        """Put the identifiers of each group together into one class."""
        self._parent: dict[str, str] = {}
        for group in together:
            self.add_together(group)

    def add(self, identifiers: Iterable[str]) -> None:
        """Make each identifier known, in a class of its own unless it has one."""
        for identifier in identifiers:
            self._parent.setdefault(identifier, identifier)

    def add_together(self, identifiers: Iterable[str]) -> None:
        """Make the identifiers one class."""
        first: str | None = None
        for identifier in identifiers:
            root = self.name(identifier)
            first = root if first is None else self._join(first, root)

    def name(self, identifier: str) -> str:
        """What the identifier's class is called; an unknown one is its own class."""
        parent = self._parent.setdefault(identifier, identifier)
        while parent != self._parent[parent]:
            self._parent[identifier] = self._parent[parent]
            identifier, parent = parent, self._parent[parent]
        return parent

    def groups(self) -> dict[str, set[str]]:
        """Each class, by its name."""
        found: dict[str, set[str]] = {}
        for identifier in list(self._parent):
            found.setdefault(self.name(identifier), set()).add(identifier)
        return found

    def _join(self, left: str, right: str) -> str:
        stronger, weaker = sorted((left, right), key=strength)
        self._parent[weaker] = stronger
        return stronger


@dataclass(frozen=True, slots=True)
class Standing:
    """One entity at one place.

    Attributes:
        place: the path or URL, as an identifier.
        rank: sorts the entities that stood at one place, the newest greatest.
        since: when it was last written or seen there; "" when not known.
        until: when the next write there ended that; None while it stands.
    """

    place: str
    rank: int
    since: str
    until: str | None


def newest_first(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """An entity's places.

    Those where it still stands first, of those the newest, of equal ones the smallest.
    """
    by_place = sorted(standings, key=lambda standing: standing.place)
    by_time = sorted(by_place, key=lambda standing: standing.since, reverse=True)
    return tuple(sorted(by_time, key=lambda standing: standing.until is not None))


class Timeline:
    """The writes at one place.

    A write has an odd rank, twice its index and one; a sighting after ``n`` writes the even rank
    ``2 n``.
    """

    def __init__(self, writes: Sequence[File]) -> None:
        """Take the writes in their order."""
        self.writes = writes
        self._orders = [file.run.order for file in writes]
        self._index = {id(file): index for index, file in enumerate(writes)}

    def count_before(self, reader: RunTimes) -> int:
        """How many of the writes are of runs that come before the reader in the order of runs (rule
        5).
        """
        return bisect_left(self._orders, reader.order)

    def rank_of_write(self, file: File) -> int:
        """The rank of one of the writes."""
        return 2 * self._index[id(file)] + 1

    def rank_of_sighting(self, reader: RunTimes) -> int:
        """The rank of a file that the reader met there when it started."""
        count = self.count_before(reader)
        return 2 * bisect_right(
            self.writes, reader.start, hi=count, key=lambda file: file.run.generated
        )

    def after(self, rank: int) -> Iterator[File]:
        """The writes after a write or a sighting."""
        return islice(self.writes, (rank + 1) // 2, None)


def loss_of_all(standings: Sequence[Standing]) -> str | None:
    """When the last of the places was lost.

    None while one of them still holds, or when there is none.
    """
    lost = [standing.until for standing in standings if standing.until is not None]
    return max(lost) if lost and len(lost) == len(standings) else None
