"""Plans of changes: what new documents change in a store.

What is new is joined with what is known, and it is decided again which file is which. A plan looks
only at what the new documents touch, directly or through shared places and identifiers. It leaves
the store as if all documents had come at once (`docs/contract.md`, rule 8).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from provgraph.identity.files import times_of
from provgraph.ingest.deciding.assertions import (
    join_agents,
    join_descriptions,
    join_entities,
)
from provgraph.ingest.deciding.neighbourhood import (
    Neighbourhood,
    TouchedMention,
    decide_entities,
    marks_of_decisions,
    mentions_beside,
    touched_mentions,
)
from provgraph.ingest.deciding.restating import restated
from provgraph.model.attributes import is_hidden, is_open, join_attributes
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    StatedEntity,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import DESCRIPTIONS, DescriptionType, Kind
from provgraph.prov.names import is_native
from provgraph.store.journal import ReadRecorder
from provgraph.store.protocol import Transaction
from provgraph.store.records import Changes, StoredMention
from provgraph.store.views import Facts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Values of one run that differ between sources; all are kept (`docs/contract.md`, rule 9).

    Attributes:
        run: the id of the run.
        fact: the name of the fact, such as ``startTime``.
        values: the different values, in their fixed order.
    """

    run: str
    fact: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What documents change in a store, as decided from its facts.

    Attributes:
        changes: to be written.
        disagreements: where the documents disagree with each other or with what was known.
        reads: knows the facts that it was decided from.
        touched: marks of the facts that it changes.
    """

    changes: Changes
    disagreements: tuple[Disagreement, ...]
    reads: ReadRecorder
    touched: frozenset[bytes]

    def holds_in(self, transaction: Transaction, turn: int) -> bool:
        """Tell whether the plan may still be written.

        Args:
            transaction: the only writer of the store while it lasts.
            turn: the last turn that was visible when the plan was made.

        Returns:
            False when a later transaction wrote what the plan was decided from, or when nobody
            knows any more what it wrote.
        """
        written = transaction.touched_since(turn)
        if written is None:
            return False
        return not written or self.reads.marks.isdisjoint(written)


def current_plan(
    transaction: Transaction, early: ChangePlan | None, turn: int, documents: Sequence[Document]
) -> ChangePlan:
    """The plan that may be written now: an early one if nobody has overtaken it, else a new one.

    Args:
        transaction: the only writer of the store while it lasts.
        early: what was planned from a view of the store; None without such a plan.
        turn: the last turn that the view surely showed (`provgraph.store.protocol.View.settled`).
        documents: what the plan is for.

    Returns:
        ``early`` when nobody has written since that turn what it was decided from. Else a plan
        that is made anew from what the transaction sees.
    """
    if early is not None and early.holds_in(transaction, turn):
        return early
    return plan_changes(transaction, documents, is_written_at_once=True)


def plan_changes(
    facts: Facts, documents: Sequence[Document], *, is_written_at_once: bool = False
) -> ChangePlan:
    """Decide what documents change.

    Args:
        facts: as they stand, in a view or in a transaction.
        documents: what sources say, in any order.
        is_written_at_once: whether the same transaction writes the plan, so that nobody can
            overtake it and nothing need be noted of what it was decided from.

    Returns:
        the changes, with the marks by which it is seen later whether the plan still holds.

    Raises:
        LookupError: the facts contradict each other, as those of a view that does not show one
            moment may.
    """
    reads = ReadRecorder(facts)
    update = _Update(facts if is_written_at_once else reads, documents)
    changes = update.changes()
    return ChangePlan(
        changes,
        tuple(update.disagreements),
        reads,
        marks_of_decisions(changes, update.touched),
    )


def integrate(transaction: Transaction, documents: Sequence[Document]) -> ChangePlan:
    """Plan what documents change, and write it.

    Args:
        transaction: that is to be committed afterwards.
        documents: what sources say, in any order.

    Returns:
        the plan that was written.
    """
    planned = plan_changes(transaction, documents)
    transaction.apply(planned.changes, planned.touched)
    return planned


class _Update:
    """The integration of some documents.

    Three steps: the facts that the documents add, the neighbourhood that these facts touch, and
    what is decided anew in the neighbourhood.
    """

    def __init__(self, facts: Facts, documents: Sequence[Document]) -> None:
        self.facts = facts
        self.documents = documents
        self.disagreements: list[Disagreement] = []
        self.touched: list[TouchedMention] = []
        self._ends_by_kind: defaultdict[Kind, set[str]] = defaultdict(set)
        for document in documents:
            for relation in document.relations:
                self._ends_by_kind[relation.source.kind].add(relation.source.id)
                self._ends_by_kind[relation.target.kind].add(relation.target.id)

    def changes(self) -> Changes:
        changes = Changes()
        self._plain_facts(changes)
        changes.runs, moved = self._joined_runs()
        changes.stated = self._joined_entities()
        self.touched = self._touched_mentions(moved)
        # What is stated again in the same words changes nothing.
        stated = {entity.identifier: entity for entity in changes.stated}
        if not self.touched and (entities := restated(self.facts, stated)) is not None:
            changes.entities = entities
            return changes
        neighbourhood = Neighbourhood(self.facts, self.touched, stated.keys())
        decide_entities(self.facts, neighbourhood, stated, changes)
        return changes

    def _plain_facts(self, changes: Changes) -> None:
        settings = {}
        for document in self.documents:
            changes.relations.extend(document.relations)
            for setting in document.settings:
                settings[setting.key] = setting
            if document.run is not None:
                keys = (*(setting.key for setting in document.settings), *document.settings_keys)
                changes.settings_of.extend((document.run.id, key) for key in keys)
                changes.config_files_of.extend(
                    (document.run.id, place) for place in document.config_files
                )
        changes.settings = list(settings.values())
        changes.agents = self._joined_agents()
        changes.descriptions = self._joined_descriptions()

    def _joined_runs(self) -> tuple[list[Run], set[str]]:
        """Find the runs whose facts change, and the known runs whose times or process change."""
        said: dict[str, Attributes] = {name: {} for name in self._ends(Kind.ACTIVITY)}
        for document in self.documents:
            if document.run is not None:
                facts = said.get(document.run.id)
                new = document.run.facts
                said[document.run.id] = join_attributes(facts, new) if facts else new
        known = self.facts.runs(said)
        changed: list[Run] = []
        moved: set[str] = set()
        for identifier, facts in said.items():
            before = known.get(identifier)
            run = Run(identifier, join_attributes(before.facts, facts) if before else facts)
            if before is None or before.facts != run.facts:
                changed.append(run)
                self._note_disagreements(run)
                if before is not None and times_of(before) != times_of(run):
                    moved.add(identifier)
        return changed, moved

    def _note_disagreements(self, run: Run) -> None:
        several = (
            (name, values)
            for name, values in run.facts.items()
            if len(values) > 1 and _is_single(name) and not _are_objects(values)
        )
        self.disagreements.extend(Disagreement(run.id, name, values) for name, values in several)

    def _joined_agents(self) -> list[Agent]:
        said: dict[str, Agent] = {}
        ends = self._ends(Kind.AGENT)
        known = self.facts.agents(
            ends | {agent.id for document in self.documents for agent in document.agents}
        )
        for document in self.documents:
            for agent in document.agents:
                said[agent.id] = join_agents(said.get(agent.id) or known.get(agent.id), agent)
        said.update((name, Agent(name)) for name in ends - said.keys() - known.keys())
        return [agent for agent in said.values() if known.get(agent.id) != agent]

    def _joined_descriptions(self) -> list[Description]:
        said: dict[End, Description] = {}
        ends = {end for kind in DESCRIPTIONS for end in map(partial(End, kind), self._ends(kind))}
        known = self.facts.descriptions(
            ends | {each.as_end for d in self.documents for each in d.descriptions}
        )
        for document in self.documents:
            for each in document.descriptions:
                said[each.as_end] = join_descriptions(
                    said.get(each.as_end) or known.get(each.as_end), each
                )
        said.update(
            (end, Description(end.id, DescriptionType.of(end.kind)))
            for end in ends - said.keys() - known.keys()
        )
        return [each for end, each in said.items() if known.get(end) != each]

    def _joined_entities(self) -> list[StatedEntity]:
        known = self.facts.stated(self._stated_names())
        said = dict(known)
        for document in self.documents:
            for entity in document.entities:
                said[entity.identifier] = join_entities(said.get(entity.identifier), entity)
        for identifier in self._ends(Kind.ENTITY) - said.keys():
            said[identifier] = StatedEntity(identifier)
        return [entity for entity in said.values() if known.get(entity.identifier) != entity]

    def _ends(self, kind: Kind) -> set[str]:
        """Give the records of one kind that stated relations name.

        These records exist, though no source may say anything else of them.
        """
        return self._ends_by_kind[kind]

    def _stated_names(self) -> set[str]:
        return self._ends(Kind.ENTITY) | {
            entity.identifier for d in self.documents for entity in d.entities
        }

    def _touched_mentions(self, moved: Collection[str]) -> list[TouchedMention]:
        """Find mentions that are new or have other twins now, or whose run has other times now."""
        said: dict[str, dict[bytes, Mention]] = defaultdict(dict)
        for document in self.documents:
            for mention in document.mentions:
                said[mention.run][mention.key] = mention
        runs = said.keys() | set(moved)
        known = mentions_beside(self.facts, said, moved)
        return [
            each
            for run in sorted(runs)
            for each in touched_mentions(
                known[run], _mentions(known[run]) | said[run], run in moved
            )
        ]


def _is_single(fact: str) -> bool:
    """Whether a run has one value of this fact, so that two values are a disagreement.

    An attribute of a PROV document may have any number of values.
    """
    return not is_hidden(fact) and not is_open(fact) and is_native(fact)


def _are_objects(values: Sequence[object]) -> bool:
    """Whether values are about several things, such as one object a parameter."""
    return all(isinstance(value, Mapping) for value in values)


def _mentions(known: Mapping[bytes, StoredMention]) -> dict[bytes, Mention]:
    return {key: stored.mention for key, stored in known.items()}
