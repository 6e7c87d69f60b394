"""The files that runs name, gathered from mentions.

One `File` is one file on one side (inputs or outputs) of one run, under all names that sources give
it there. Rule numbers are those of docs/contract.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from provgraph.model.derived import end_of, start_of
from provgraph.model.identifiers import scheme_of, strength
from provgraph.model.records import INFERRED, Fact, Mention, Run
from provgraph.model.values import Attributes, Value, fingerprint
from provgraph.model.vocabulary import RelationType

_DIGITS_ONLY = str.maketrans("", "", "-T:.")
_NANOSECOND_DIGITS = 23


@dataclass(frozen=True)
class RunTimes:
    """What the order of runs and the nesting of runs depend on.

    Attributes:
        id: the run's id.
        start: the earliest start that any source gives; canonical UTC, "" when none does.
        end: the latest end that any source gives; None when the run never ended.
        process: host, boot time, executable and arguments; None unless all four are known.
    """

    id: str
    start: str
    end: str | None
    process: str | None = None

    @cached_property
    def generated(self) -> str:
        """The generation time of what the run wrote (rule 3).

        That is the run's end, or its start when it never ended.
        """
        return self.end or self.start

    @cached_property
    def order(self) -> tuple[str, int, str]:
        """A key that sorts runs (rule 3, the order of runs).

        Runs are sorted by generation time; of equal ones the later start comes first, then the
        smaller id. Example: A ran from 1 to 5, B from 3 to 5, C from 0 to 6: the order is B, A, C.
        """
        digits = self.start.translate(_DIGITS_ONLY)
        return self.generated, -int(digits.ljust(_NANOSECOND_DIGITS, "0") or 0), self.id

    def encloses(self, other: "RunTimes") -> bool:
        """Tell whether another run was nested in this one (rule 5a).

        Example: a tool of ctapipe runs from 1 to 7, and inside its process a component is noted as
        a run of its own from 2 to 3.

        Args:
            other: the other run.

        Returns:
            True for a run of the same process within this run's interval. Runs whose process is not
            known are in no other.
        """
        same = self.process is not None and self.process == other.process
        return same and self.start <= other.start and other.generated <= self.generated


def times_of(run: Run) -> RunTimes:
    """Find a run's times and its process.

    Args:
        run: the run, with the facts of all sources.

    Returns:
        The times (rule 3) and the process.
    """
    return RunTimes(run.id, start_of(run.facts) or "", end_of(run.facts), _process(run.facts))


def _process(facts: Attributes) -> str | None:
    """A name for the process: host, boot time, executable and arguments; None if one is missing."""
    known: list[Value] = []
    for name in (Fact.HOST, Fact.BOOT_TIME, Fact.EXECUTABLE, Fact.ARGUMENTS):
        if name not in facts:
            return None
        known.append(list(facts[name]))
    return fingerprint(known).hex()


@dataclass(frozen=True, slots=True)
class File:
    """One file among the inputs or the outputs of one run, under all its names there.

    Attributes:
        run: the run.
        is_output: whether the run wrote the file.
        identifiers: the products and GUIDs that sources name, the strongest first; often none.
        places: where the file stood, sorted; often one.
        mentions: what sources say, one for each time that the file is named.
    """

    run: RunTimes
    is_output: bool
    identifiers: tuple[str, ...]
    places: tuple[str, ...]
    mentions: tuple[Mention, ...]


def twins(mentions: Collection[Mention]) -> dict[bytes, bytes]:
    """Find mentions of one run that name one file differently in different sources (rule 9).

    Two sources mean one file when each of them has exactly one file of that base name on that side
    of the run, unless they name it by two identifiers of one scheme. Example: the log of a run says
    that it wrote ``/tmp/x.h5`` (product P), the file catalogue says ``lfn:/cta/x.h5`` (GUID G):
    these are one file. If the catalogue has two files ``x.h5`` there, nothing is concluded.

    Args:
        mentions: all mentions of one run.

    Returns:
        Mention key → the key that the mention shares with its twins. Mentions without a twin are
        not in it.
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


def several_speak_of(
    said: Mapping[str, Collection[Mention]], known: Mapping[str, Collection[str]]
) -> tuple[list[str], dict[str, list[bytes]]]:
    """Tell the runs of which all mentions matter for new ones from those of which few do.

    Args:
        said: id of a run → new mentions (see `provgraph.store.views.Facts.mentions_beside`).
        known: id of each run that the store knows mentions of → the sources that make them.

    Returns:
        the known runs that several sources speak of; and the others, with the keys of the mentions
        that may be known already. What is inferred is of no source.
    """
    several, alone = [], {}
    for run, sources in known.items():
        speaking = {*sources, *(mention.source for mention in said[run])} - {INFERRED}
        if len(speaking) > 1:
            several.append(run)
        else:
            alone[run] = [mention.key for mention in said[run]]
    return several, alone


_Names = tuple[str | None, str | None]


def _own_products(mentions: Iterable[Mention]) -> dict[str, set[str]]:
    """Place → the identifiers of the run's inputs there."""
    own: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if not mention.is_output and mention.place is not None and mention.identifier is not None:
            own[mention.place].add(mention.identifier)
    return own


def _names_within_run(mention: Mention, own: Mapping[str, set[str]]) -> _Names:
    """The place and the identifier of a mention.

    An input without an identifier gets the one that the run names at its place (rule 5, last
    sentence). Example: a run reads ``/x`` twice, once with the header of product P: both are P.
    """
    if mention.identifier is None and not mention.is_output and mention.place is not None:
        named = own.get(mention.place, set())
        if len(named) == 1:
            return mention.place, next(iter(named))
    return mention.place, mention.identifier


def _contradict(names: Iterable[_Names]) -> bool:
    """Whether two identifiers are of one scheme: two products are two files."""
    schemes = [
        scheme_of(identifier)
        for identifier in {identifier for _, identifier in names}
        if identifier
    ]
    return len(schemes) != len(set(schemes))


def files_of(
    mentions: Iterable[Mention], twin_of: Mapping[bytes, bytes], runs: Mapping[str, RunTimes]
) -> list[File]:
    """Gather mentions to files.

    Args:
        mentions: mentions of any runs. All twins of a mention must be among them.
        twin_of: mention key → the key that the mention shares with its twins (see `twins`).
        runs: run id → the run's times.

    Returns:
        The files, in the order of their first mentions.
    """
    groups: dict[tuple[object, ...], list[Mention]] = defaultdict(list)
    for mention in mentions:
        names = twin_of.get(mention.key) or (mention.place, mention.identifier)
        groups[(mention.run, mention.relation, names)].append(mention)
    return [_file(group, runs) for group in groups.values()]


def _file(mentions: list[Mention], runs: Mapping[str, RunTimes]) -> File:
    """The file that these mentions name."""
    first = mentions[0]
    identifiers = {mention.identifier for mention in mentions if mention.identifier is not None}
    places = {mention.place for mention in mentions if mention.place is not None}
    # Most files have one name at most.
    sorted_identifiers = identifiers if len(identifiers) < 2 else sorted(identifiers, key=strength)
    return File(
        run=runs[first.run],
        is_output=first.is_output,
        identifiers=tuple(sorted_identifiers),
        places=tuple(places if len(places) < 2 else sorted(places)),
        mentions=tuple(mentions),
    )


def _by_base_name(mentions: Iterable[Mention]) -> dict[tuple[RelationType, str], list[Mention]]:
    """Side and base name → the mentions that have a place and that a source states."""
    groups: dict[tuple[RelationType, str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.base_name is not None and not mention.is_inferred:
            groups[(mention.relation, mention.base_name)].append(mention)
    return groups


class EquivalenceClasses:
    """Sets of identifiers that name one entity (docs/contract.md, rules 2 and 6).

    Each set is called by its strongest member. Example: after
    ``add_together(["guid:G", "product:P"])`` both have the name ``product:P``. The sets are kept
    as trees (union-find, with path halving).
    """

    def __init__(self, together: Iterable[Iterable[str]]) -> None:
        """Make the identifiers of each group one class.

        Args:
            together: groups of identifiers.
        """
        self._parent: dict[str, str] = {}
        for group in together:
            self.add_together(group)

    def add(self, identifiers: Iterable[str]) -> None:
        """Make identifiers known, each in a class of its own unless it has one.

        Args:
            identifiers: the identifiers.
        """
        for identifier in identifiers:
            self._parent.setdefault(identifier, identifier)

    def add_together(self, identifiers: Iterable[str]) -> None:
        """Make identifiers one class, with all that were in their classes before.

        Args:
            identifiers: the identifiers.
        """
        first: str | None = None
        for identifier in identifiers:
            root = self.name(identifier)
            first = root if first is None else self._join(first, root)

    def name(self, identifier: str) -> str:
        """Find the name of an identifier's class.

        Args:
            identifier: any identifier; an unknown one becomes a class of its own.

        Returns:
            The strongest identifier of the class.
        """
        parent = self._parent.setdefault(identifier, identifier)
        while parent != self._parent[parent]:
            self._parent[identifier] = self._parent[parent]
            identifier, parent = parent, self._parent[parent]
        return parent

    def groups(self) -> dict[str, set[str]]:
        """List the classes.

        Returns:
            The name of each class → its identifiers.
        """
        found: dict[str, set[str]] = {}
        for identifier in list(self._parent):
            found.setdefault(self.name(identifier), set()).add(identifier)
        return found

    def _join(self, left: str, right: str) -> str:
        """Put one tree under the root of the other; the stronger root stays."""
        stronger, weaker = sorted((left, right), key=strength)
        self._parent[weaker] = stronger
        return stronger
