"""The journal of a store, and the marks of its last transactions.

The journal says which records each transaction may have changed, so that a mirror reads only those.
Marks serve optimistic concurrency: a plan marks every fact that it was decided from, and each
transaction marks every fact that it writes. As long as the two sets of marks are disjoint, the plan
holds. A fact is marked by its kind and a name, such as ``mentions`` and the id of a run. A question
that found nothing is marked, too: somebody may write an answer.
"""

import json
import os
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import TypeVar

from provgraph.identity.files import RunTimes
from provgraph.model.records import Agent, Description, End, Mention, Run, StatedEntity
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind
from provgraph.store.records import Changes, EntityRecord, JournalEntry, StoredMention
from provgraph.store.views import Facts

T = TypeVar("T")

_TURN_MARK_BYTES = 16


class Subject(StrEnum):
    """What the journal names.

    Records, by the words of `Kind`, and the names by which relations call entities.
    """

    ACTIVITY = "activity"
    ENTITY = "entity"
    AGENT = "agent"
    ACTIVITY_DESCRIPTION = "activityDescription"
    ENTITY_DESCRIPTION = "entityDescription"
    USAGE_DESCRIPTION = "usageDescription"
    GENERATION_DESCRIPTION = "generationDescription"
    PARAMETER_DESCRIPTION = "parameterDescription"
    CONFIG_FILE_DESCRIPTION = "configFileDescription"
    STATED = "stated"
    SETTINGS = "settings"
    NAME = "name"


#: Ids by what they are of; of settings the key in hexadecimal.
Subjects = dict[Subject, set[str]]


def new_mark() -> bytes:
    """A mark for an entry."""
    return os.urandom(_TURN_MARK_BYTES)


def packed(subjects: Mapping[Subject, set[str]]) -> bytes:
    """Subjects as a journal keeps them.

    Args:
        subjects: ids by what they are of.

    Returns:
        Compressed JSON.
    """
    content = {kind: sorted(ids) for kind, ids in subjects.items() if ids}
    return zlib.compress(canonical_json(content).encode())


def subjects_in(entries: Iterable[JournalEntry]) -> Subjects:
    """All subjects of some entries.

    Args:
        entries: of a journal.

    Returns:
        Each id once.
    """
    found: Subjects = {}
    for entry in entries:
        for kind, ids in json.loads(zlib.decompress(entry.content)).items():
            found.setdefault(Subject(kind), set()).update(ids)
    return found


class Journaled:
    """Gathers the subjects of one transaction."""

    def __init__(self) -> None:
        self._subjects: Subjects = {kind: set() for kind in Subject}

    def __len__(self) -> int:
        return sum(map(len, self._subjects.values()))

    def note(self, changes: Changes) -> None:
        """Add the subjects of some changes; bookkeeping is not among them.

        Args:
            changes: that a transaction writes.
        """
        gone = changes.removals
        note = self._note
        note(Subject.ACTIVITY, (run.id for run in changes.runs), gone.runs)
        note(Subject.ENTITY, (record.id for record in changes.entities), gone.entities)
        note(Subject.AGENT, (agent.id for agent in changes.agents), gone.agents)
        for end in (*(each.as_end for each in changes.descriptions), *gone.descriptions):
            note(Subject(end.kind.value), (end.id,))
        note(Subject.STATED, (stated.identifier for stated in changes.stated), gone.stated)
        note(
            Subject.ACTIVITY,
            (stored.mention.run for stored in changes.mentions),
            (each.run for each in gone.mentions),
        )
        for links in (changes.settings_of, gone.settings_of):
            note(Subject.ACTIVITY, (run for run, _ in links))
            note(Subject.SETTINGS, (key.hex() for key in {key for _, key in links}))
        for files in (changes.config_files_of, gone.config_files_of):
            note(Subject.ACTIVITY, (run for run, _ in files))
        for relation in (*changes.relations, *gone.relations):
            for end in (relation.source, relation.target):
                # A relation may call an entity by any of its names.
                note(
                    Subject.NAME if end.kind is Kind.ENTITY else Subject(end.kind.value), (end.id,)
                )

    def _note(self, kind: Subject, *ids: Iterable[str]) -> None:
        self._subjects[kind].update(*ids)

    def packed(self) -> bytes:
        """Return the subjects as the journal keeps them: compressed JSON."""
        return packed(self._subjects)


#: How many turns are kept, and how many marks of one: who took longer to decide has to decide
#: again.
KEPT_TURNS = 64
MOST_MARKS = 200_000
_MARK_BYTES = 8


class TouchedMarks:
    """Gathers the marks of one transaction."""

    def __init__(self) -> None:
        self._marks: set[bytes] = set()
        self._too_many = False

    def __bool__(self) -> bool:
        return bool(self._marks) or self._too_many

    def update(self, marks: Collection[bytes]) -> None:
        """Add marks; of very many nothing is kept but that they were.

        Args:
            marks: of eight bytes each.
        """
        self._too_many = self._too_many or len(self._marks) + len(marks) > MOST_MARKS
        if self._too_many:
            self._marks.clear()
        else:
            self._marks.update(marks)

    def packed(self) -> bytes | None:
        """Return the marks as a turn keeps them, one behind another.

        Returns:
            None when there were more than `MOST_MARKS`; who planned meanwhile plans again.
        """
        return None if self._too_many else b"".join(sorted(self._marks))


def marks_in(packed: Sequence[bytes | None]) -> frozenset[bytes] | None:
    """All marks of some turns.

    Args:
        packed: the marks of each turn as `TouchedMarks.packed` gave them; None where they were too
            many.

    Returns:
        The marks; None when those of one turn are not known.
    """
    found: set[bytes] = set()
    for marks in packed:
        if marks is None:
            return None
        found.update(
            bytes(marks[at : at + _MARK_BYTES]) for at in range(0, len(marks), _MARK_BYTES)
        )
    return frozenset(found)


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
    """

    def __init__(self, facts: Facts) -> None:
        """Hand all questions on to ``facts``."""
        self._facts = facts
        self._noted: list[tuple[str, list[str]]] = []

    @property
    def marks(self) -> set[bytes]:
        """The marks of all facts that were asked for.

        Most are never needed: nobody else writes meanwhile.
        """
        return {mark(kind, name) for kind, names in self._noted for name in names}

    def _asked(
        self, kind: str, names: Collection[str], answer: Callable[[Collection[str]], T]
    ) -> T:
        self._noted.append((kind, list(names)))
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

    def mentions_beside(self, said: Mapping[str, Collection[Mention]]) -> list[StoredMention]:
        """The known inputs and outputs of runs that matter for new ones.

        Args:
            said: id of a run → the new ones.

        Returns:
            Each mention once, in no order.
        """
        return self._asked("mentions", said, lambda _: self._facts.mentions_beside(said))

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
        self._noted.extend((end.kind, [end.id]) for end in ends)
        return self._facts.descriptions(ends)

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among some.

        Args:
            ids: of entities.

        Returns:
            Id → entity. Another name of an entity than its id finds nothing.
        """
        return self._asked("entity", ids, self._facts.entities)


def marks_of_changes(
    changes: Changes, mentions: Iterable[tuple[StoredMention, bool]]
) -> frozenset[bytes]:
    """Mark all that changes write.

    Args:
        changes: what is to be written.
        mentions: those that brought the changes about, and whether each can change which file
            others mean.

    Returns:
        the marks that overtaken plans are compared with.
    """
    # Most facts are named several times.
    return frozenset([mark(*fact) for fact in set(_written(changes, mentions))])


def _written(
    changes: Changes, mentions: Iterable[tuple[StoredMention, bool]]
) -> Iterator[tuple[str, str]]:
    gone = changes.removals
    for kind, written, removed in (
        ("run", (each.id for each in changes.runs), gone.runs),
        ("agent", (each.id for each in changes.agents), gone.agents),
        ("stated", (each.identifier for each in changes.stated), gone.stated),
        ("entity", (each.id for each in changes.entities), gone.entities),
    ):
        yield from ((kind, name) for name in (*written, *removed))
    described = (*(each.as_end for each in changes.descriptions), *gone.descriptions)
    yield from ((end.kind, end.id) for end in described)
    for stored, structural in mentions:
        yield from _bearing(stored, structural)
    for stored in changes.mentions:
        yield from _bearing(stored, stored.mention.is_structural(stored.twin))
    for mention in gone.mentions:
        yield from _bearing(StoredMention(mention), structural=True)


def _bearing(stored: StoredMention, structural: bool) -> Iterator[tuple[str, str]]:
    mention = stored.mention
    yield "mentions", mention.run
    if structural:
        yield from (("name", name) for name in mention.names)
    if mention.identifier is None and mention.place is not None:
        yield "plain", mention.place
