"""A view of a store as somebody sees it who may not see all records: for documents.

It has what documents are made of, and nothing else: the rest is refused.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NoReturn

from typing_extensions import override

from provgraph.errors import HiddenError
from provgraph.identity.files import RunTimes
from provgraph.model.hiding import WHY_WITHHELD, WITHHELD, told_attributes, told_value
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    key_of,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import DESCRIPTIONS, EntityType, Kind
from provgraph.prov.marks import SOURCE
from provgraph.store.masking import Masks, Showing
from provgraph.store.nodes import activity_node, agent_node, entity_node
from provgraph.store.records import (
    EntityRecord,
    JournalEntry,
    Page,
    StoredMention,
    StoredRelation,
)
from provgraph.store.views import View

#: What is told of a run some of whose files are hidden: not how it was set up.
_TOLD_FACTS: Final = (
    *(Fact.NAME, Fact.VERSION, Fact.STATUS),
    *(Fact.START, Fact.END, Fact.HOST),
)
#: What documents say of a hidden record.
_MASKED: Final[Attributes] = {"masked": (True,)}


class HidingView(View):
    """A view as one request sees it that may not see all; see `provgraph.store.views`.

    Attributes:
        turn: how many transactions were committed before.
        settled: the last turn of which all is surely visible here.
        is_snapshot: whether the view shows one moment.
    """

    def __init__(self, view: View, masks: Masks) -> None:
        """Take a view.

        Args:
            view: of all records.
            masks: what of it is shown.
        """
        self._view, self._masks = view, masks
        self._aliases: dict[str, str] = {}
        self._types: dict[str, EntityType] = {}
        self.turn, self.settled, self.is_snapshot = view.turn, view.settled, view.is_snapshot

    @override
    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        known = self._view.runs(self._real(Kind.ACTIVITY, ids))
        shown = map(self._run, known.values())
        return {run.id: run for run in shown}

    def _run(self, run: Run) -> Run:
        showing = self._masks.showing(key_of(Kind.ACTIVITY, run.id))
        if showing is Showing.MASKED:
            return Run(self._masks.alias(Kind.ACTIVITY, run.id), _MASKED)
        told = self._told(run.facts)
        if showing is Showing.WHOLE:
            return Run(run.id, told)
        facts = {name: told[name] for name in _TOLD_FACTS if name in told}
        return Run(run.id, {**facts, WITHHELD: (WHY_WITHHELD,)})

    @override
    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        found = self._view.mentions_of(self._real(Kind.ACTIVITY, runs))
        self._learn(Kind.ENTITY, [each.entity for each in found])
        return list(map(self._mention, found))

    def _mention(self, stored: StoredMention) -> StoredMention:
        mention = stored.mention
        run = self._masks.shown_id(Kind.ACTIVITY, mention.run)
        entity = self._masks.shown_id(Kind.ENTITY, stored.entity)
        if (run, entity) == (mention.run, stored.entity):
            told = replace(mention, attributes=self._told(mention.attributes))
            return replace(stored, mention=told)
        bare = Mention(run, mention.relation, identifier=entity, source=SOURCE)
        return StoredMention(bare, entity=entity)

    @override
    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        known = self._view.entities(self._real(Kind.ENTITY, ids))
        shown = map(self._entity, known.values())
        return {each.id: each for each in shown}

    def _entity(self, record: EntityRecord) -> EntityRecord:
        alias = self._masks.shown_id(Kind.ENTITY, record.id)
        if alias == record.id:
            return replace(record, attributes=self._told(record.attributes))
        self._types[alias] = record.type
        return EntityRecord(
            alias, record.type, (), (), None, None, None, _MASKED, external=record.external
        )

    @override
    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        self._learn(Kind.ENTITY, identifiers)
        shown = [each for each in identifiers if not self._is_masked(Kind.ENTITY, each)]
        told = {
            name: replace(each, attributes=self._told(each.attributes))
            for name, each in self._view.stated(shown).items()
        }
        masked = self._types.keys() & set(identifiers)
        return told | {each: StatedEntity(each, _MASKED, self._types[each]) for each in masked}

    @override
    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        self._real(Kind.AGENT, ids)
        shown = [each for each in ids if not self._is_masked(Kind.AGENT, each)]
        return {
            name: replace(each, attributes=self._told(each.attributes))
            for name, each in self._view.agents(shown).items()
        }

    @override
    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        return self._view.descriptions(ends)

    @override
    def subjects(self, kind: str, after: str, limit: int) -> Page:
        if kind not in set(DESCRIPTIONS):
            _refuse()
        return self._view.subjects(kind, after, limit)

    @override
    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        found = self._view.relations_of(kind, self._real(kind, ids))
        for some in Kind:
            self._learn(some, [name for each in found for end, name in _ends(each) if end is some])
        return [shown for each in found for shown in self._relation(each)]

    def _relation(self, stored: StoredRelation) -> Iterator[StoredRelation]:
        said = stored.relation
        source, target = (key_of(*end) for end in _ends(stored))
        if not (self._masks.is_masked(source) or self._masks.is_masked(target)):
            told = replace(said, attributes=self._told(said.attributes))
            yield replace(stored, relation=told)
        elif self._masks.is_told_of_masked(source, target):
            effect = self._masks.shown_id(said.source.kind, stored.source)
            cause = self._masks.shown_id(said.target.kind, stored.target)
            ends = End(said.source.kind, effect), End(said.target.kind, cause)
            yield StoredRelation(StatedRelation(said.relation, *ends), effect, cause)

    # How runs were set up.

    @override
    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        found = self._view.settings_of(self._whole(runs))
        self._aliased({key for keys in found.values() for key in keys})
        return {run: [self._aliases.get(key, key) for key in keys] for run, keys in found.items()}

    def _aliased(self, keys: Collection[str]) -> None:
        """Give settings that name a hidden path other keys: a key is made of what they say."""
        for key, each in self._view.settings(keys).items():
            if told_value(dict(each.values), self._masks.hidden) != each.values:
                self._aliases[key] = self._masks.pseudonym(bytes.fromhex(key)).hex()

    @override
    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        real = {alias: key for key, alias in self._aliases.items()}
        known = self._view.settings([real.get(key, key) for key in keys])
        return {
            self._aliases.get(key, key): self._masks.settings(each) for key, each in known.items()
        }

    @override
    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        found = self._view.config_files_of(self._whole(runs))
        return {run: self._masks.places(some) for run, some in found.items()}

    def _whole(self, runs: Collection[str]) -> list[str]:
        """The runs of which nothing is hidden."""
        known = self._real(Kind.ACTIVITY, runs)
        showing = self._masks.showing
        return [run for run in known if showing(key_of(Kind.ACTIVITY, run)) is Showing.WHOLE]

    def _real(self, kind: Kind, ids: Collection[str]) -> list[str]:
        """The ids as the store has them; how much of the records is shown is known then."""
        known = [self._masks.real_id(each) for each in ids]
        self._learn(kind, known)
        return known

    def _learn(self, kind: Kind, ids: Iterable[str]) -> None:
        """Find out how much of records is shown; a store in memory has one reader at a time."""
        new = [each for each in dict.fromkeys(ids) if not self._masks.is_known(key_of(kind, each))]
        if not new:
            return
        if kind is Kind.ENTITY:
            self._masks.learn_of(map(entity_node, self._view.entities(new).values()))
        elif kind is Kind.AGENT:
            self._masks.learn_of(map(agent_node, self._view.agents(new).values()))
        elif kind is Kind.ACTIVITY:
            self._learn_of_runs(new)

    def _learn_of_runs(self, runs: list[str]) -> None:
        files: dict[bool, dict[bytes, set[bytes]]] = {True: {}, False: {}}
        mentions = self._view.mentions_of(runs)
        self._learn(Kind.ENTITY, [each.entity for each in mentions])
        for each in mentions:
            listed = files[each.mention.is_output]
            run, file = key_of(Kind.ACTIVITY, each.mention.run), key_of(Kind.ENTITY, each.entity)
            listed.setdefault(run, set()).add(file)
        nodes = map(activity_node, self._view.runs(runs).values())
        self._masks.learn_of_runs(nodes, files[True], files[False])

    def _is_masked(self, kind: Kind, identifier: str) -> bool:
        return self._masks.is_masked(key_of(kind, identifier))

    def _told(self, attributes: Attributes) -> Attributes:
        return told_attributes(attributes, self._masks.hidden)

    # What is refused.

    @override
    def mentions_beside(self, said: Mapping[str, Collection[Mention]]) -> list[StoredMention]:
        _refuse()

    @override
    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        _refuse()

    @override
    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        _refuse()

    @override
    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        _refuse()

    @override
    def bearers(self, names: Collection[str]) -> set[str]:
        _refuse()

    @override
    def store_id(self) -> str | None:
        _refuse()

    @override
    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        _refuse()


def _ends(stored: StoredRelation) -> tuple[tuple[Kind, str], tuple[Kind, str]]:
    """Kind and id of the records at both ends."""
    said = stored.relation
    return (said.source.kind, stored.source), (said.target.kind, stored.target)


def _refuse() -> NoReturn:
    raise HiddenError.about("what is no part of a document")
