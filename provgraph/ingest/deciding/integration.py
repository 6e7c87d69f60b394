"""Plans of changes: what new documents change in a store.

What is new is joined with what is known, and it is decided again which file is which. A plan looks
only at what the new documents touch, directly or through shared places and identifiers. It leaves
the store as if all documents had come at once (`docs/contract.md`, rule 8).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from provgraph.identity.files import RunTimes, times_of
from provgraph.ingest.deciding.assertions import (
    join_agents,
    join_descriptions,
    join_entities,
)
from provgraph.ingest.deciding.neighbourhood import (
    Neighbourhood,
    TouchedMention,
    decide_entities,
    mark,
    marks_of_changes,
    mentions_by_run,
    touched_mentions,
)
from provgraph.model.attributes import is_hidden, is_open
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    StatedEntity,
)
from provgraph.model.values import Attributes, join_attributes
from provgraph.model.vocabulary import DESCRIPTIONS, DescriptionType, Kind
from provgraph.prov.names import is_native
from provgraph.store.protocol import Transaction
from provgraph.store.records import Changes, EntityRecord, StoredMention
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
        seen: marks of the facts that it was decided from (see `ReadRecorder`).
        touched: marks of the facts that it changes.
    """

    changes: Changes
    disagreements: tuple[Disagreement, ...]
    seen: frozenset[bytes]
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
        return written is not None and self.seen.isdisjoint(written)


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
    return plan_changes(transaction, documents)


def plan_changes(facts: Facts, documents: Sequence[Document]) -> ChangePlan:
    """Decide what documents change.

    Args:
        facts: as they stand, in a view or in a transaction.
        documents: what sources say, in any order.

    Returns:
        the changes, with the marks by which it is seen later whether the plan still holds.

    Raises:
        LookupError: the facts contradict each other, as those of a view that does not show one
            moment may.
    """
    seen = ReadRecorder(facts)
    update = _Update(seen, documents)
    changes = update.changes()
    return ChangePlan(
        changes,
        tuple(update.disagreements),
        frozenset(seen.marks),
        marks_of_changes(changes, update.touched),
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
    """One integration.

    Facts first, then the neighbourhood they touch, then what is decided anew.
    """

    def __init__(self, facts: Facts, documents: Sequence[Document]) -> None:
        self.facts = facts
        self.documents = documents
        self.disagreements: list[Disagreement] = []
        self.touched: list[TouchedMention] = []

    def changes(self) -> Changes:
        changes = Changes()
        self._plain_facts(changes)
        changes.runs, moved = self._joined_runs()
        changes.stated = self._joined_entities()
        self.touched = self._touched_mentions(moved)
        neighbourhood = Neighbourhood(self.facts, self.touched, self._stated_names())
        decide_entities(
            self.facts,
            neighbourhood,
            {entity.identifier: entity for entity in changes.stated},
            changes,
        )
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
        """The runs whose facts change, and the ids of known runs whose times or process change."""
        said: dict[str, Attributes] = {name: {} for name in self._ends(Kind.ACTIVITY)}
        for document in self.documents:
            if document.run is not None:
                said[document.run.id] = join_attributes(
                    said.get(document.run.id, {}), document.run.facts
                )
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
            if len(values) > 1 and _is_single(name)
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
        """The records that stated relations name.

        They exist, though nothing else may be said of them.
        """
        ends = (
            end
            for d in self.documents
            for relation in d.relations
            for end in (relation.source, relation.target)
        )
        return {end.id for end in ends if end.kind is kind}

    def _stated_names(self) -> set[str]:
        return self._ends(Kind.ENTITY) | {
            entity.identifier for d in self.documents for entity in d.entities
        }

    def _touched_mentions(self, moved: Collection[str]) -> list[TouchedMention]:
        """Mentions that are new, that have other twins now, or whose run has other times now."""
        said: dict[str, dict[bytes, Mention]] = defaultdict(dict)
        for document in self.documents:
            for mention in document.mentions:
                said[mention.run][mention.key] = mention
        runs = said.keys() | set(moved)
        known = mentions_by_run(self.facts, runs)
        return [
            each
            for run in sorted(runs)
            for each in touched_mentions(
                known[run], _mentions(known[run]) | said[run], run in moved
            )
        ]


def _is_single(fact: str) -> bool:
    """Whether sources that give a fact several values disagree.

    A document's attribute may have any number of them.
    """
    return not is_hidden(fact) and not is_open(fact) and is_native(fact)


def _mentions(known: Mapping[bytes, StoredMention]) -> dict[bytes, Mention]:
    return {key: stored.mention for key, stored in known.items()}


class ReadRecorder:
    """Facts that note which of them a decision was made from.

    A plan that was made early is still good if no later transaction changed a fact whose mark is
    noted here; see `current_plan`. The questions and answers are those of
    `provgraph.store.protocol.Facts`.

    Attributes:
        marks: of all facts that were asked for.
    """

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
