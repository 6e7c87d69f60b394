"""The files that runs name, gathered from mentions: one `File` is one file on one side of one run.

Rule numbers are those of CONTRACT section 2.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from provgraph.model.identifiers import scheme_of, strength
from provgraph.model.records import Fact, Mention, Run
from provgraph.model.runs import end_of, start_of
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
