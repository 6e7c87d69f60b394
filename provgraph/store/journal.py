"""The journal of a store, and the marks of its last transactions.

The journal says which records each transaction may have changed, so that a mirror reads only those.
Marks serve optimistic concurrency (`provgraph.ingest.deciding.neighbourhood`): a plan marks every
fact that it read, each commit every fact that it wrote; while the two are disjoint the plan still
holds.
"""

import json
import os
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind
from provgraph.store.records import Changes, JournalEntry

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

    def __bool__(self) -> bool:
        return any(self._subjects.values())

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
            note(Subject.SETTINGS, (key.hex() for _, key in links))
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
