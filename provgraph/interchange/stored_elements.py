"""Makes statements of PROV from the elements of a store (docs/explanation/interchange.md).

This is the way back of `provgraph.interchange.reading`: an entity, activity or agent comes out as
documents said it. What provgraph concluded of a record stands beside that, under names that begin
with `provgraph.prov.marks.MARK`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from provgraph.interchange.store_reader import WholeAgent, WholeEntity, WholeRun
from provgraph.interchange.stored_relations import (
    marked,
    open_relations,
    pairs_of,
    text_or_none,
    written_time,
)
from provgraph.model.attributes import HIDDEN, OPEN, is_open_relation
from provgraph.model.identifiers import location_of
from provgraph.model.records import Agent, Description, End, Fact, Settings, StatedEntity
from provgraph.model.values import Attributes, Values, canonical_json, with_zone
from provgraph.model.vocabulary import AgentType, EntityType, Kind
from provgraph.prov import names
from provgraph.prov.marks import AGENT_TYPES, ENTITY_TYPES
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    BundleNamed,
    DocumentPart,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import types_of
from provgraph.store.records import EntityRecord

_WITH_TYPE = frozenset({EntityType.COLLECTION, EntityType.BUNDLE, EntityType.PLAN})


def of_settings(settings: Mapping[str, Settings]) -> Iterator[DocumentPart]:
    """Make an entity of each group of settings.

    Args:
        settings: by their keys in hexadecimal.

    Yields:
        one statement a group, marked with its name and values.
    """
    for key, each in settings.items():
        marks: dict[str, Values] = {"name": (each.name,), "values": (each.values,)}
        yield ProvStatement(ProvType.ENTITY, names.SETTINGS + key, (), tuple(marked(marks)))


def of_descriptions(descriptions: Mapping[End, Description]) -> Iterator[DocumentPart]:
    """Make an entity of each description.

    Args:
        descriptions: by the ends that relations name.

    Yields:
        one statement a description, marked with its type.
    """
    for end, each in descriptions.items():
        pairs = (*pairs_of(each.attributes), *marked({"type": (each.type,)}))
        yield ProvStatement(ProvType.ENTITY, names.uri_of_end(end), (), pairs)


def of_stated(stated: StatedEntity) -> Iterator[DocumentPart]:
    """Make statements of what sources state of an entity.

    Args:
        stated: under one name of the entity.

    Yields:
        that there is a bundle where it is one, the entity as documents said it, and the relations
        with an open end that it keeps.
    """
    return _entity(stated, {})


def of_entities(entities: Iterable[WholeEntity]) -> Iterator[DocumentPart]:
    """Make statements of entities, without their relations.

    Args:
        entities: with what is stated of them; those without the entity itself say nothing.

    Yields:
        first each entity with what provgraph concluded of it, then what is stated under other
        names. Of an entity that documents name by its URI, only what they state.
    """
    listed = [each for each in entities if each.entity is not None]
    for each in listed:
        if each.entity is not None and not names.is_of_document(each.id):
            own = next((some for some in each.stated if some.identifier == each.id), None)
            marks = _resolved(each.entity) | ({"stated": (True,)} if own else {})
            yield from _entity(own or StatedEntity(each.id), marks)
    for each in listed:
        for stated in each.stated:
            if stated.identifier != each.id or names.is_of_document(each.id):
                yield from _entity(stated, {})


def of_agents(agents: Iterable[WholeAgent]) -> Iterator[DocumentPart]:
    """Make statements of agents, without their relations.

    Args:
        agents: with all that is said of them.

    Yields:
        each agent as documents said it, and the relations with an open end that it keeps.
    """
    for each in agents:
        yield from _agent(each.agent)


def of_runs(runs: Iterable[WholeRun]) -> Iterator[DocumentPart]:
    """Make statements of runs, without their inputs, outputs, settings and relations.

    Args:
        runs: with all that is said of them.

    Yields:
        each run as an activity, marked with its configuration files, and the relations with an open
        end that it keeps.
    """
    for each in runs:
        files = each.config_files
        marks: dict[str, Values] = {"configFile": tuple(files)} if files else {}
        uri = names.record_uri(each.run.id, Kind.ACTIVITY)
        yield from _element(ProvType.ACTIVITY, uri, each.run.facts, marks, ())


def records_in(attributes: Attributes) -> list[Mapping[str, Any]]:
    """List what documents say of a record, where a document says it several times or in bundles.

    Args:
        attributes: of a record, as a store keeps them.

    Returns:
        of each record what it ``says``, a list of values by the name of the attribute; and its
        ``bundle``, when it stands in one. Empty when nothing needs to be kept apart.
    """
    return [each for each in attributes.get(names.RECORDS, ()) if isinstance(each, Mapping)]


def _entity(stated: StatedEntity, resolved: Mapping[str, Values]) -> Iterator[DocumentPart]:
    uri = names.entity_uri(stated.identifier)
    is_bundle = names.IS_BUNDLE in stated.attributes
    if is_bundle:
        yield BundleNamed(uri)
    marks = dict(resolved)
    implied = {EntityType.DATASET, *_implied(stated.attributes, ENTITY_TYPES)}
    if is_bundle:
        implied.add(EntityType.BUNDLE)
    if stated.type not in implied:
        marks["type"] = (stated.type,)
    more = _type_pairs(stated.type) if "type" in marks and stated.type in _WITH_TYPE else ()
    yield from _element(ProvType.ENTITY, uri, stated.attributes, marks, more)


def _agent(agent: Agent) -> Iterator[ProvStatement]:
    marks: dict[str, Values] = {} if agent.name is None else {"name": (agent.name,)}
    more: tuple[Pair, ...] = ()
    implied = min(_implied(agent.attributes, AGENT_TYPES), default=None)
    if agent.type is not None and agent.type != implied:
        marks["type"] = (agent.type,)
        more = _type_pairs(agent.type)
    uri = names.record_uri(agent.id, Kind.AGENT)
    yield from _element(ProvType.AGENT, uri, agent.attributes, marks, more)


def _element(
    kind: ProvType,
    uri: str,
    attributes: Attributes,
    marks: Mapping[str, Values],
    more: tuple[Pair, ...],
) -> Iterator[ProvStatement]:
    """Make the statements that said what a store knows of a record."""
    if not any(name.startswith((HIDDEN, OPEN)) for name in attributes):
        if attributes or marks or names.kind_in(uri) is not None:
            yield _one_record(kind, uri, attributes, (*marked(marks), *more) if marks else more)
        return
    visible = _visible(attributes)
    records = records_in(attributes)
    rest = _uncovered(visible, records) if records else visible
    if rest or marks or (not records and names.kind_in(uri) is not None):
        times = {name: attributes[name] for name in (names.START, names.END) if name in attributes}
        yield _one_record(kind, uri, {**rest, **times}, (*marked(marks), *more))
    for record in records:
        says = {name: tuple(values) for name, values in record["says"].items()}
        yield _one_record(kind, uri, says, (), text_or_none(record.get("bundle")))
    yield from (relation for _, relation in open_relations(attributes))


def _visible(attributes: Attributes) -> dict[str, Values]:
    """Leave out what is hidden from people, and the relations with an open end."""
    visible = {
        name: values for name, values in attributes.items() if not name.startswith((HIDDEN, OPEN))
    }
    for name, values in attributes.items():
        if name.startswith((OPEN, HIDDEN + OPEN)):
            own = tuple(value for value in values if not is_open_relation(value))
            visible |= {name: own} if own else {}
    return visible


def _one_record(
    kind: ProvType,
    uri: str,
    attributes: Mapping[str, Values],
    more: tuple[Pair, ...],
    bundle: str | None = None,
) -> ProvStatement:
    if kind is not ProvType.ACTIVITY:
        return ProvStatement(kind, uri, (), (*pairs_of(attributes), *more), bundle)
    start, more_starts = _time_of(attributes, Fact.START, names.START, min)
    end, more_ends = _time_of(attributes, Fact.END, names.END, max)
    others = {
        name: values for name, values in attributes.items() if name not in (Fact.START, Fact.END)
    }
    if more_starts or more_ends:
        more = (*more, *marked({Fact.START: more_starts, Fact.END: more_ends}))
    return ProvStatement(kind, uri, (start, end), (*pairs_of(others), *more), bundle)


def _time_of(
    attributes: Mapping[str, Values],
    fact: str,
    text_name: str,
    choose: Callable[[Iterable[str]], str],
) -> tuple[str | None, Values]:
    """Find the time that a document can say, as it was written, and those of other sources."""
    values = [str(value) for value in attributes.get(fact, ())]
    if not values:
        return None, ()
    chosen = choose(values)
    return written_time(chosen, attributes.get(text_name, ())), tuple(
        value for value in values if value != chosen
    )


def _uncovered(
    attributes: Mapping[str, Values], records: Sequence[Mapping[str, Any]]
) -> dict[str, Values]:
    """Keep what none of the records says."""
    covered = {
        (name, canonical_json(value))
        for record in records
        for name, values in record["says"].items()
        for value in values
    }
    left = {
        name: tuple(value for value in values if (name, canonical_json(value)) not in covered)
        for name, values in attributes.items()
    }
    return {name: values for name, values in left.items() if values}


def _resolved(entity: EntityRecord) -> dict[str, Values]:
    """Tell what provgraph concluded of an entity, for whoever reads the document."""
    found: dict[str, Values] = {
        "resolved": (True,),
        "identifier": entity.identifiers,
        "location": tuple(location_of(each.place) for each in entity.standings),
        "generatedAtTime": _if_known(with_zone(entity.generated_at)),
        "invalidatedAtTime": _if_known(with_zone(entity.invalidated_at)),
        "dataLevel": _if_known(entity.data_level),
    }
    return {name: values for name, values in found.items() if values}


def _type_pairs(kind: EntityType | AgentType) -> tuple[Pair, ...]:
    return ((PROV + "type", Literal(PROV + kind.value, QUALIFIED_NAME)),)


def _implied(attributes: Attributes, types: Mapping[str, Any]) -> list[Any]:
    """List the finer types that follow from the types that are said."""
    return [types[uri] for uri in types_of(attributes) if uri in types]


def _if_known(value: str | None) -> Values:
    return () if value is None else (value,)
