"""What was read and what was written, as sets of marks.

Whether two transactions can have missed each other.

Facts may be read, and decided on, while others write. That is as good as having waited for one's
turn if none of those who were faster wrote what was read; `seen` marks the one, `touched` the
other.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from typing import TypeVar

from provgraph.identity.files import RunTimes
from provgraph.ingest.deciding.neighbourhood import TouchedMention
from provgraph.model.records import Agent, Description, End, Run, StatedEntity
from provgraph.store.records import Changes, EntityRecord, StoredMention
from provgraph.store.views import Facts

T = TypeVar("T")


def mark(kind: str, name: str) -> bytes:
    """Eight bytes for a kind of fact about a record; a chance collision only costs time."""
    return blake2b(f"{kind} {name}".encode(), digest_size=8).digest()


class ReadRecorder:
    """Facts, with a mark for each question about them; see `provgraph.store.views.Facts`."""

    def __init__(self, facts: Facts) -> None:
        """Hand questions on to ``facts``."""
        self._facts = facts
        self.marks: set[bytes] = set()

    def _asked(
        self, kind: str, names: Collection[str], answer: Callable[[Collection[str]], T]
    ) -> T:
        self.marks.update(mark(kind, name) for name in names)
        return answer(names)

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among these, with all their facts."""
        return self._asked("run", ids, self._facts.runs)

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All mentions of these runs."""
        return self._asked("mentions", runs, self._facts.mentions_of)

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions that bear one of the names or twin keys, without plain reads.

        Twins are of seen runs.
        """
        return self._asked(
            "name", names, lambda names: self._facts.structural_mentions(names, twins)
        )

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs at these places that are known by their path alone."""
        return self._asked("plain", places, self._facts.plain_reads)

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When the runs ran."""
        return self._asked("run", runs, self._facts.times)

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What is stated of these identifiers."""
        return self._asked("stated", identifiers, self._facts.stated)

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among these."""
        return self._asked("agent", ids, self._facts.agents)

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among these."""
        self.marks.update(mark(end.kind, end.id) for end in ends)
        return self._facts.descriptions(ends)

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among these."""
        return self._asked("entity", ids, self._facts.entities)


def marks_of_changes(changes: Changes, mentions: Iterable[TouchedMention]) -> frozenset[bytes]:
    """Marks of all that the changes write, and of the mentions that brought them about."""
    return frozenset(mark(kind, name) for kind, name in _written(changes, mentions))


def _written(changes: Changes, mentions: Iterable[TouchedMention]) -> Iterator[tuple[str, str]]:
    gone = changes.removals
    yield from (("run", run) for run in (*(run.id for run in changes.runs), *gone.runs))
    yield from (
        ("agent", agent) for agent in (*(agent.id for agent in changes.agents), *gone.agents)
    )
    described = (*(each.as_end for each in changes.descriptions), *gone.descriptions)
    yield from ((end.kind, end.id) for end in described)
    yield from (
        ("stated", name)
        for name in (*(entity.identifier for entity in changes.stated), *gone.stated)
    )
    yield from (
        ("entity", entity)
        for entity in (*(entity.id for entity in changes.entities), *gone.entities)
    )
    for each in mentions:
        yield from _bearing(each.now, each.can_change_others)
    for stored in changes.mentions:
        yield from _bearing(stored, stored.is_structural)
    for mention in gone.mentions:
        yield from _bearing(StoredMention(mention), structural=True)


def _bearing(stored: StoredMention, structural: bool) -> Iterator[tuple[str, str]]:
    mention = stored.mention
    yield "mentions", mention.run
    if structural:
        yield from (("name", name) for name in mention.names)
    if mention.identifier is None and mention.place is not None:
        yield "plain", mention.place
