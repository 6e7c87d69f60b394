"""Marks of facts: whether a plan may still be written when others have written meanwhile.

This is optimistic concurrency. A plan marks every fact that it was decided from, and each
transaction marks every fact that it writes. As long as the two sets of marks are disjoint, the plan
holds. A fact is marked by its kind and a name, such as ``mentions`` and the id of a run. A question
that found nothing is marked, too: somebody may write an answer.
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
    """Mark a kind of fact about a record.

    Args:
        kind: such as ``run``, ``mentions``, ``name``, ``plain``, ``stated`` or ``entity``.
        name: the record's id, or the place or identifier.

    Returns:
        eight bytes. Should two facts have the same mark by chance, a plan is made once too often.
    """
    return blake2b(f"{kind} {name}".encode(), digest_size=8).digest()


class ReadRecorder:
    """Facts that note which of them a decision was made from.

    A plan that was made early is still good if no later transaction changed a fact whose mark is
    noted here (`provgraph.ingest.deciding.integration.current_plan`). The questions and answers are
    those of `provgraph.store.views.Facts`.

    Attributes:
        marks: of all facts that were asked for.
    """

    def __init__(self, facts: Facts) -> None:
        """Hand all questions on to ``facts``."""
        self._facts = facts
        self.marks: set[bytes] = set()

    def _asked(
        self, kind: str, names: Collection[str], answer: Callable[[Collection[str]], T]
    ) -> T:
        self.marks.update(mark(kind, name) for name in names)
        return answer(names)

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among some.

        Args:
            ids: of runs.

        Returns:
            Id → the run with all its facts.
        """
        return self._asked("run", ids, self._facts.runs)

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All inputs and outputs of some runs.

        Args:
            runs: their ids.

        Returns:
            Each mention once, in no order.
        """
        return self._asked("mentions", runs, self._facts.mentions_of)

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions by which others may be decided.

        A mark is noted for each name. Twin keys need none of their own: each comes from a mention
        that was read before.

        Args:
            names: places and identifiers.
            twins: twin keys.

        Returns:
            The mentions that bear one of the names or twin keys, each once, in no order.
        """
        return self._asked(
            "name", names, lambda names: self._facts.structural_mentions(names, twins)
        )

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs that are known by their path alone.

        Args:
            places: the paths.

        Returns:
            Each mention at one of the places once, in no order.
        """
        return self._asked("plain", places, self._facts.plain_reads)

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When runs ran.

        Args:
            runs: their ids.

        Returns:
            Id → its times, of those that are known.
        """
        return self._asked("run", runs, self._facts.times)

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What sources state of identifiers.

        Args:
            identifiers: strong ones, or ids of entities that are known by their path alone.

        Returns:
            Identifier → what is stated, where anything is.
        """
        return self._asked("stated", identifiers, self._facts.stated)

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among some.

        Args:
            ids: of agents.

        Returns:
            Id → agent.
        """
        return self._asked("agent", ids, self._facts.agents)

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among some.

        Args:
            ends: kind and id of each: one id may stand for descriptions of several kinds.

        Returns:
            Kind and id → description.
        """
        self.marks.update(mark(end.kind, end.id) for end in ends)
        return self._facts.descriptions(ends)

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among some.

        Args:
            ids: of entities.

        Returns:
            Id → entity. Another name of an entity than its id finds nothing.
        """
        return self._asked("entity", ids, self._facts.entities)


def marks_of_changes(changes: Changes, mentions: Iterable[TouchedMention]) -> frozenset[bytes]:
    """Mark all that changes write.

    Args:
        changes: what is to be written.
        mentions: the mentions that brought the changes about.

    Returns:
        the marks that overtaken plans are compared with.
    """
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
