"""What a transaction of the Neo4j store writes.

Nodes first, then what joins them, in batches by UNWIND.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from provgraph.model.batches import batches
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.model.records import (
    SOFTWARE,
    Agent,
    Description,
    End,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    NODE_LABEL,
    RELATIONS,
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j.cypher import (
    BATCH,
    RELATIONSHIP,
    STATED_TYPES,
    Statements,
    record_of,
)
from provgraph.store.neo4j.entities import EntityReader
from provgraph.store.neo4j.removals import Remover
from provgraph.store.neo4j.values import Properties, indexed, named
from provgraph.store.records import Assertion, Changes, EntityRecord, StoredMention

_MENTION_PATTERNS = {
    RelationType.USED: "(a)-[r:USED]->(e)",
    RelationType.WAS_GENERATED_BY: "(e)-[r:WAS_GENERATED_BY]->(a)",
}


class Writer:
    """Writes changes, replacing what is there already."""

    def __init__(self, statements: Statements, entities: EntityReader) -> None:
        """Take the transaction to write in, and what it has read of entities."""
        self._statements = statements
        self._entities = entities
        self._remover = Remover(statements)

    def write(self, changes: Changes) -> None:
        """Write the changes: nodes first, then what joins them."""
        self._statements.put(
            "Activity", ((run.id, properties.run_properties(run)) for run in changes.runs)
        )
        self._put_agents(changes.agents)
        self._put_descriptions(changes.descriptions)
        relations = [*changes.relations, *self._put_entities(changes)]
        self._remover.relations(changes.removals)
        self._put_mentions(changes.mentions)
        self._remover.entities(changes.removals)
        gone = {relation.key for relation in changes.removals.relations}
        self._put_relations([relation for relation in relations if relation.key not in gone])
        self._put_settings(changes.settings)
        self._put_configuration(changes)
        self._remover.records(changes.removals)
        self._statements.put(
            "Load", ((load.id, properties.load_properties(load)) for load in changes.loads)
        )
        self._put_assertions(changes.assertions)
        self._remover.bookkeeping(changes.removals)
        self._statements.settle()

    def _put_assertions(self, statements: Iterable[Assertion]) -> None:
        rows = (
            {
                "name": "statement",
                "load": each.load.hex(),
                "subject": each.subject.hex(),
                "part": each.part,
                "content": each.content,
            }
            for each in statements
        )
        for chunk in batches(rows, BATCH):
            self._statements.write("UNWIND $rows AS row CREATE (s:Bookkeeping) SET s = row", chunk)

    def _put_agents(self, agents: Iterable[Agent]) -> None:
        by_type = defaultdict(list)
        for agent in agents:
            by_type[agent.type].append((agent.id, properties.agent_properties(agent)))
        for kind, rows in by_type.items():
            self._statements.put("Agent", rows, _relabelled(kind, AgentType))

    def _put_descriptions(self, descriptions: Iterable[Description]) -> None:
        by_type = defaultdict(list)
        for description in descriptions:
            by_type[description.type].append(
                (description.id, properties.description_properties(description))
            )
        for kind, rows in by_type.items():
            label = NODE_LABEL[kind.kind]
            finer = f"SET n:{kind.value} " if kind.value != label else ""
            others = "".join(
                f":{each.value}"
                for each in DescriptionType
                if each.value not in (label, kind.value)
            )
            self._statements.put(label, rows, f"{finer}REMOVE n{others}")

    # Entities.

    def _put_entities(self, changes: Changes) -> list[StatedRelation]:
        """Write the entities with what is stated of their identifiers.

        Returns:
            stated relations whose ends are borne by other entities now; they are taken off the old
                ones.
        """
        records = {record.id: record for record in changes.entities}
        gone = changes.removals
        stated = {each.identifier: each for each in changes.stated}
        records |= self._bearers_of_news(stated, {*records, *gone.entities}, records, gone.stated)
        before = self._entities.by_id([*gone.entities, *records])
        self._entities.forget()
        for node, labels in before:
            stated = properties.stated_of(node, labels) | stated
        stated = {name: each for name, each in stated.items() if name not in set(gone.stated)}
        by_type = defaultdict(list)
        for record in records.values():
            mine = [stated[name] for name in dict.fromkeys(_own_names(record)) if name in stated]
            by_type[record.type].append((record.id, properties.entity_properties(record, mine)))
        for kind, rows in by_type.items():
            self._statements.put("Entity", rows, _relabelled(kind, EntityType))
        return self._taken_off(_moved_names(map(record_of, before), records.values()))

    def _bearers_of_news(
        self,
        stated: Mapping[str, StatedEntity],
        settled: Collection[str],
        records: Mapping[str, EntityRecord],
        gone: Iterable[str],
    ) -> dict[str, EntityRecord]:
        """The entities of which something new, or something less, is stated that changes nothing
        else about them.
        """
        written = {name for record in records.values() for name in _own_names(record)}
        others = [name for name in (*stated, *gone) if name not in written]
        found = {record.id: record for record in map(record_of, self._entities.bearing(others))}
        found = {
            name: record
            for name, record in found.items()
            if not set(others).isdisjoint(_own_names(record))
        }
        known = {name for record in found.values() for name in _own_names(record)}
        for name in others:
            if name not in known and name in stated:
                found[name] = _only_named(stated[name])
        return {name: record for name, record in found.items() if name not in settled}

    def _taken_off(self, moved: Mapping[str, Collection[str]]) -> list[StatedRelation]:
        """The stated relations that name these identifiers of these entities; they are deleted."""
        query = (
            f"UNWIND $rows AS row MATCH (e:Entity {{id: row.id}}) WITH e, row MATCH (e)-[r:{STATED_TYPES}]-() "
            "WHERE (startNode(r) = e AND r.statedSource IN row.names) "
            "OR (endNode(r) = e AND r.statedTarget IN row.names) "
            f"WITH DISTINCT r, type(r) AS type, {RELATIONSHIP} AS stored, "
            "labels(startNode(r)) AS source, labels(endNode(r)) AS target "
            "DELETE r RETURN type, stored, source, target"
        )
        rows = [{"id": indexed(entity), "names": list(names)} for entity, names in moved.items()]
        found = (
            properties.relation_of(*row)
            for chunk in batches(rows, BATCH)
            for row in self._statements.run(query, rows=chunk)
        )
        return list({relation.key: relation for relation in found}.values())

    # Relations.

    def _put_mentions(self, mentions: Sequence[StoredMention]) -> None:
        self._remover.mentions(stored.mention for stored in mentions)
        for relation, pattern in _MENTION_PATTERNS.items():
            rows = (
                _mention_row(stored) for stored in mentions if stored.mention.relation is relation
            )
            self._statements.join(
                "MATCH (a:Activity {id: row.run}) MATCH (e:Entity {id: row.entity})",
                f"CREATE {pattern}",
                rows,
            )

    def _put_relations(self, relations: Sequence[StatedRelation]) -> None:
        ends = {end for relation in relations for end in (relation.source, relation.target)}
        bearers = self._ends(ends)
        groups = defaultdict(list)
        for relation in relations:
            row = {
                "source": indexed(bearers.get(relation.source, relation.source.id)),
                "target": indexed(bearers.get(relation.target, relation.target.id)),
                "key": relation.key.hex(),
                "properties": properties.relation_properties(relation),
            }
            groups[relation.relation, relation.source.kind, relation.target.kind].append(row)
        for (relation_type, source, target), rows in groups.items():
            ends_by_id = f"MATCH (s:{NODE_LABEL[source]} {{id: row.source}}) MATCH (t:{NODE_LABEL[target]} {{id: row.target}})"
            joining = f"MERGE (s)-[r:{RELATIONS[relation_type].neo4j_type} {{key: row.key}}]->(t)"
            self._statements.join(ends_by_id, joining, rows)

    def _ends(self, ends: Collection[End]) -> dict[End, str]:
        """The ids of the entities that bear the names of ends.

        What nobody has described yet is made.
        """
        names = [end.id for end in ends if end.kind is Kind.ENTITY]
        bearer: dict[str, str] = {}
        for record in map(record_of, self._entities.bearing(names)):
            bearer |= dict.fromkeys(_own_names(record), record.id)
        unknown = [_only_named(StatedEntity(name)) for name in names if name not in bearer]
        made = ((each.id, properties.entity_properties(each, [])) for each in unknown)
        self._statements.put("Entity", made, _relabelled(EntityType.DATASET, EntityType))
        for kind in (Kind.ACTIVITY, Kind.AGENT, *sorted(DESCRIPTIONS)):
            rows = ((end.id, properties.end_properties(end)) for end in ends if end.kind is kind)
            self._statements.put(NODE_LABEL[kind], rows, only_new=True)
        return {end: bearer.get(end.id, end.id) for end in ends if end.kind is Kind.ENTITY}

    # Configuration.

    def _put_settings(self, settings: Sequence[Settings]) -> None:
        """Write the settings that are new, each with its parameters; parameters are shared too."""
        ids = [each.key.hex() for each in settings]
        known = {
            row[0]
            for row in self._statements.by_id(
                "MATCH (c:Collection) WHERE c.id IN $ids RETURN c.id", ids
            )
        }
        new = {each.key.hex(): each for each in settings if each.key.hex() not in known}
        self._statements.put(
            "Collection", ((key, _settings_properties(key, each)) for key, each in new.items())
        )
        members = {
            key: {each["id"]: each for each in _parameters(settings)}
            for key, settings in new.items()
        }
        parameters = {key: each for mine in members.values() for key, each in mine.items()}
        self._statements.put("Parameter", parameters.items(), only_new=True)
        ends = ("MATCH (c:Collection {id: row.one})", "MATCH (p:Parameter {id: other})")
        self._statements.join_many(*ends, "CREATE (c)-[:HAD_MEMBER]->(p)", members)

    def _put_configuration(self, changes: Changes) -> None:
        files = {place: _config_file_properties(place) for _, place in changes.config_files_of}
        self._statements.put("ConfigFile", files.items(), only_new=True)
        settings = [(run, key.hex()) for run, key in changes.settings_of]
        for label, links in (("Collection", settings), ("ConfigFile", changes.config_files_of)):
            used = defaultdict(set)
            for run, what in links:
                used[run].add(what)
            ends = ("MATCH (a:Activity {id: row.one})", f"MATCH (c:{label} {{id: other}})")
            self._statements.join_many(*ends, "MERGE (a)-[:WAS_CONFIGURED_BY]->(c)", used)


def _own_names(record: EntityRecord) -> list[str]:
    """The names by which sources may state something of the entity, and mean no other one."""
    return [record.id, *filter(is_strong, record.identifiers), *record.former]


def _moved_names(
    before: Iterable[EntityRecord], after: Iterable[EntityRecord]
) -> dict[str, list[str]]:
    """Entity id → the names that were its own and are another entity's now."""
    bearer = {name: record.id for record in after for name in _own_names(record)}
    moved = {
        record.id: [name for name in _own_names(record) if bearer.get(name, record.id) != record.id]
        for record in before
    }
    return {entity: names for entity, names in moved.items() if names}


def _only_named(stated: StatedEntity) -> EntityRecord:
    """An entity of which nothing is known but what is stated."""
    names = (stated.identifier,)
    return EntityRecord(
        stated.identifier, stated.type, names, (), None, None, None, stated.attributes
    )


def _relabelled(
    kind: AgentType | EntityType | None, kinds: type[AgentType] | type[EntityType]
) -> str:
    """The clause that gives a node the label of its finer kind, in place of another one."""
    others = "".join(f":{each.value}" for each in kinds if each is not kind)
    return (f"SET n:{kind.value} " if kind is not None else "") + f"REMOVE n{others}"


def _mention_row(stored: StoredMention) -> Properties:
    return {
        "run": indexed(stored.mention.run),
        "entity": indexed(stored.entity),
        "properties": properties.mention_properties(stored),
    }


def _settings_properties(key: str, settings: Settings) -> Properties:
    kind = "software environment" if settings.name == SOFTWARE else "configuration"
    return {"id": key, "name": settings.name, "type": kind}


def _parameters(settings: Settings) -> Iterator[Properties]:
    is_software = settings.name == SOFTWARE
    return (
        properties.parameter_properties(name, value, is_software)
        for name, value in settings.values.items()
    )


def _config_file_properties(place: str) -> Properties:
    return {**named("id", place), "name": base_name(place), "location": location_of(place)}
