"""All that a store holds, as statements of PROV, read in pages."""

from collections.abc import Collection, Iterator

from provgraph.identity.standing import newest_first
from provgraph.model.identifiers import base_name
from provgraph.model.prov import Literal, Pair, ProvStatement, ProvType
from provgraph.model.records import Fact, Run
from provgraph.model.runs import end_of, first_text, start_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.journal import Subject
from provgraph.store.protocol import EntityRecord, StoredRelation, View
from provgraph.validation.instance import LABEL

#: How many records are read at once.
PAGE = 500
_PROV_SCHEME = "prov:"
#: The relations of PROV; the others of a store (IVOA's) say nothing about order.
_TYPES: dict[RelationType, ProvType] = {
    RelationType.USED: ProvType.USAGE,
    RelationType.WAS_GENERATED_BY: ProvType.GENERATION,
    RelationType.WAS_INVALIDATED_BY: ProvType.INVALIDATION,
    RelationType.WAS_STARTED_BY: ProvType.START,
    RelationType.WAS_ENDED_BY: ProvType.END,
    RelationType.WAS_INFORMED_BY: ProvType.COMMUNICATION,
    RelationType.WAS_DERIVED_FROM: ProvType.DERIVATION,
    RelationType.WAS_ASSOCIATED_WITH: ProvType.ASSOCIATION,
    RelationType.WAS_ATTRIBUTED_TO: ProvType.ATTRIBUTION,
    RelationType.ACTED_ON_BEHALF_OF: ProvType.DELEGATION,
    RelationType.WAS_INFLUENCED_BY: ProvType.INFLUENCE,
    RelationType.HAD_MEMBER: ProvType.MEMBERSHIP,
    RelationType.SPECIALIZATION_OF: ProvType.SPECIALIZATION,
    RelationType.ALTERNATE_OF: ProvType.ALTERNATE,
    RelationType.MENTION_OF: ProvType.SPECIALIZATION,  # PROV-LINKS, inference 1; a store keeps no bundle for it
}
_TIMED = (ProvType.USAGE, ProvType.GENERATION, ProvType.INVALIDATION)


def statements(view: View) -> Iterator[ProvStatement]:
    """What a store says, as statements; the names of entities are their ids, of ``prov`` identifiers the URI.

    A run's start is the earliest and its end the latest that any source gives (CONTRACT section 2 rule 3), and the
    time at which a file was no longer there is the store's own conclusion (rule 4).

    Args:
        view: of the store.

    Raises:
        StoreError: the store failed.
    """
    for kind, read in ((Kind.ACTIVITY, _activities), (Kind.ENTITY, _entities), (Kind.AGENT, _agents)):
        after: str | None = ""
        while after is not None:
            page = view.subjects(Subject(kind.value), after, PAGE)
            yield from read(view, page.ids)
            yield from _relations(view, kind, page.ids)
            after = page.after


def _activities(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for run in view.runs(ids).values():
        yield _activity(run)
    for stored in view.mentions_of(ids):
        mention, entity = stored.mention, _uri(stored.entity)
        if mention.is_output:
            yield ProvStatement(ProvType.GENERATION, None, (entity, mention.run, mention.time))
        else:
            yield ProvStatement(ProvType.USAGE, None, (mention.run, entity, mention.time))


def _activity(run: Run) -> ProvStatement:
    name = first_text(run.facts, Fact.NAME)
    return ProvStatement(ProvType.ACTIVITY, run.id, (start_of(run.facts), end_of(run.facts)), _label(name))


def _entities(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for entity in view.entities(ids).values():
        yield ProvStatement(ProvType.ENTITY, _uri(entity.id), (), _label(_file_name(entity)))
        if entity.invalidated_at is not None:
            yield ProvStatement(ProvType.INVALIDATION, None, (_uri(entity.id), None, entity.invalidated_at))


def _agents(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for agent in view.agents(ids).values():
        yield ProvStatement(ProvType.AGENT, agent.id, (), _label(agent.name))


def _relations(view: View, kind: Kind, ids: Collection[str]) -> Iterator[ProvStatement]:
    """The stated relations that begin at these records."""
    asked = set(ids)
    for stored in view.relations_of(kind, ids):
        relation = stored.relation
        if relation.source.kind is kind and stored.source in asked and relation.relation in _TYPES:
            yield ProvStatement(_TYPES[relation.relation], None, _places(stored))


def _places(stored: StoredRelation) -> tuple[str | None, ...]:
    relation = stored.relation
    source, target = (
        _uri(name) if end.kind is Kind.ENTITY else name
        for name, end in ((stored.source, relation.source), (stored.target, relation.target))
    )
    type_ = _TYPES[relation.relation]
    if type_ in (ProvType.START, ProvType.END):
        is_trigger = relation.target.kind is Kind.ENTITY
        return source, target if is_trigger else None, None if is_trigger else target, relation.time
    return (source, target, relation.time) if type_ in _TIMED else (source, target)


def _uri(entity: str) -> str:
    return entity.removeprefix(_PROV_SCHEME)


def _file_name(entity: EntityRecord) -> str | None:
    standings = newest_first(entity.standings)
    return base_name(standings[0].place) if standings else first_text(entity.attributes, "name")


def _label(name: str | None) -> tuple[Pair, ...]:
    return () if name is None else ((LABEL, Literal(name)),)
