"""What a transaction of the Neo4j store writes.

Nodes are written first, then the relationships that join them, in batches (Cypher's ``UNWIND``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from provgraph.model.identifiers import is_strong
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Settings,
    StatedEntity,
    StatedRelation,
    batches,
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
from provgraph.store.neo4j import bookkeeping, configuration, records, relations
from provgraph.store.neo4j.cypher import RELATIONSHIP, STATED_TYPES, entity_from
from provgraph.store.neo4j.entities import EntityReader
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.removals import Remover
from provgraph.store.neo4j.values import Properties, full_text, indexed
from provgraph.store.records import Assertion, Changes, EntityRecord, StoredMention

_MENTION_PATTERNS = {
    RelationType.USED: "(a)-[r:USED]->(e)",
    RelationType.WAS_GENERATED_BY: "(e)-[r:WAS_GENERATED_BY]->(a)",
}


class Writer:
    """Writes changes, and replaces what is there already."""

    def __init__(self, queries: Queries, entities: EntityReader) -> None:
        """Take the queries of the transaction, and what it has read of entities."""
        self._queries = queries
        self._entities = entities
        self._remover = Remover(queries)

    def write(self, changes: Changes) -> None:
        """Write changes: nodes first, then what joins them.

        Args:
            changes: what is new, what is other than before, and what is gone.

        Raises:
            StoreError: a relation names a record that neither the store nor the changes hold.
        """
        runs = {run.id: records.run_properties(run) for run in changes.runs}
        new_runs = self._queries.new_among("Activity", runs)
        self._queries.put_nodes("Activity", runs.items(), new=new_runs)
        self._put_agents(changes.agents)
        self._put_descriptions(changes.descriptions)
        stated = [*changes.relations, *self._put_entities(changes)]
        self._remover.remove_relations(changes.removals)
        self._put_mentions(changes.mentions, new_runs)
        self._remover.remove_entities(changes.removals)
        gone = {relation.key for relation in changes.removals.relations}
        self._put_relations([relation for relation in stated if relation.key not in gone])
        self._put_settings(changes.settings)
        self._put_configuration(changes, new_runs)
        self._remover.remove_records(changes.removals)
        loads = {load.id: bookkeeping.load_properties(load) for load in changes.loads}
        new_loads = self._queries.new_among("Load", loads)
        self._queries.put_nodes("Load", loads.items(), new=new_loads)
        self._put_assertions(changes.assertions)
        self._remover.remove_bookkeeping(changes.removals)
        self._queries.settle()

    def _put_assertions(self, assertions: Iterable[Assertion]) -> None:
        query = "UNWIND $rows AS row CREATE (s:Bookkeeping) SET s = row"
        for chunk in batches(map(bookkeeping.assertion_properties, assertions), BATCH):
            self._queries.write(query, chunk)

    def _put_agents(self, agents: Iterable[Agent]) -> None:
        by_type = defaultdict(list)
        for agent in agents:
            by_type[agent.type].append((agent.id, records.agent_properties(agent)))
        for kind, rows in by_type.items():
            self._queries.put_nodes("Agent", rows, _relabelled(kind, AgentType))

    def _put_descriptions(self, descriptions: Iterable[Description]) -> None:
        by_type = defaultdict(list)
        for description in descriptions:
            by_type[description.type].append(
                (description.id, records.description_properties(description))
            )
        for kind, rows in by_type.items():
            label = NODE_LABEL[kind.kind]
            finer = f"SET n:{kind.value} " if kind.value != label else ""
            others = "".join(
                f":{each.value}"
                for each in DescriptionType
                if each.value not in (label, kind.value)
            )
            self._queries.put_nodes(label, rows, f"{finer}REMOVE n{others}")

    # Entities.

    def _put_entities(self, changes: Changes) -> list[StatedRelation]:
        """Write the entities with what is stated of their identifiers.

        Returns:
            the stated relations whose ends are borne by other entities now; they are taken off the
                entities that bore the ends before.
        """
        entities = {record.id: record for record in changes.entities}
        gone = changes.removals
        stated = {each.identifier: each for each in changes.stated}
        entities |= self._bearers_of_news(
            stated, {*entities, *gone.entities}, entities, gone.stated
        )
        before = self._entities.by_id([*gone.entities, *entities])
        self._entities.forget()
        for node, labels in before:
            stated = records.stated_of(node, labels) | stated
        stated = {name: each for name, each in stated.items() if name not in set(gone.stated)}
        new = entities.keys() - {full_text(node, "id") for node, _ in before}
        by_type = defaultdict(list)
        for record in entities.values():
            mine = [stated[name] for name in dict.fromkeys(_own_names(record)) if name in stated]
            by_type[record.type].append((record.id, records.entity_properties(record, mine)))
        for kind, rows in by_type.items():
            self._queries.put_nodes("Entity", rows, _relabelled(kind, EntityType), new=new)
        return self._taken_off(_moved_names(map(entity_from, before), entities.values()))

    def _bearers_of_news(
        self,
        stated: Mapping[str, StatedEntity],
        settled: Collection[str],
        entities: Mapping[str, EntityRecord],
        gone: Iterable[str],
    ) -> dict[str, EntityRecord]:
        """The entities that change only in what is stated of them, more or less than before."""
        written = {name for record in entities.values() for name in _own_names(record)}
        others = [name for name in (*stated, *gone) if name not in written]
        found = {record.id: record for record in map(entity_from, self._entities.bearing(others))}
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
        """Delete and return the stated relations that name these identifiers of these entities."""
        query = (
            "UNWIND $rows AS row MATCH (e:Entity {id: row.id}) WITH e, row "
            f"MATCH (e)-[r:{STATED_TYPES}]-() "
            "WHERE (startNode(r) = e AND r.statedSource IN row.names) "
            "OR (endNode(r) = e AND r.statedTarget IN row.names) "
            f"WITH DISTINCT r, type(r) AS type, {RELATIONSHIP} AS stored, "
            "labels(startNode(r)) AS source, labels(endNode(r)) AS target "
            "DELETE r RETURN type, stored, source, target"
        )
        rows = [{"id": indexed(entity), "names": list(names)} for entity, names in moved.items()]
        found = (
            relations.relation_of(*row)
            for chunk in batches(rows, BATCH)
            for row in self._queries.run(query, rows=chunk)
        )
        return list({relation.key: relation for relation in found}.values())

    # Relations.

    def _put_mentions(self, mentions: Sequence[StoredMention], new_runs: Collection[str]) -> None:
        self._remover.remove_mentions(
            stored.mention for stored in mentions if stored.mention.run not in new_runs
        )
        for relation, pattern in _MENTION_PATTERNS.items():
            rows = (
                _mention_row(stored) for stored in mentions if stored.mention.relation is relation
            )
            self._queries.put_relationships(
                "MATCH (a:Activity {id: row.run}) MATCH (e:Entity {id: row.entity})",
                f"CREATE {pattern}",
                rows,
            )

    def _put_relations(self, stated_relations: Sequence[StatedRelation]) -> None:
        ends = {end for relation in stated_relations for end in (relation.source, relation.target)}
        bearers = self._ends(ends)
        groups = defaultdict(list)
        for relation in stated_relations:
            row = {
                "source": indexed(bearers.get(relation.source, relation.source.id)),
                "target": indexed(bearers.get(relation.target, relation.target.id)),
                "key": relation.key.hex(),
                "properties": relations.relation_properties(relation),
            }
            groups[relation.relation, relation.source.kind, relation.target.kind].append(row)
        for (relation_type, source, target), rows in groups.items():
            ends_by_id = (
                f"MATCH (s:{NODE_LABEL[source]} {{id: row.source}}) "
                f"MATCH (t:{NODE_LABEL[target]} {{id: row.target}})"
            )
            joining = f"MERGE (s)-[r:{RELATIONS[relation_type].neo4j_type} {{key: row.key}}]->(t)"
            self._queries.put_relationships(ends_by_id, joining, rows)

    def _ends(self, ends: Collection[End]) -> dict[End, str]:
        """The id of the entity that bears the name of each end.

        A record that nobody has described yet is written here.
        """
        names = [end.id for end in ends if end.kind is Kind.ENTITY]
        bearer: dict[str, str] = {}
        for record in map(entity_from, self._entities.bearing(names)):
            bearer |= dict.fromkeys(_own_names(record), record.id)
        unknown = [_only_named(StatedEntity(name)) for name in names if name not in bearer]
        nodes = ((each.id, records.entity_properties(each, [])) for each in unknown)
        self._queries.put_nodes("Entity", nodes, _relabelled(EntityType.DATASET, EntityType))
        self._entities.forget()
        for kind in (Kind.ACTIVITY, Kind.AGENT, *sorted(DESCRIPTIONS)):
            named = {end.id: records.end_properties(end) for end in ends if end.kind is kind}
            self._queries.add_nodes(NODE_LABEL[kind], named)
        return {end: bearer.get(end.id, end.id) for end in ends if end.kind is Kind.ENTITY}

    # Configuration.

    def _put_settings(self, settings: Sequence[Settings]) -> None:
        """Write the settings that are new, each with its parameters.

        Settings of the same content are one node, and so are parameters of the same name and value.
        """
        by_id = {each.key.hex(): each for each in settings}
        unknown = self._queries.new_among("Collection", by_id)
        new = {key: each for key, each in by_id.items() if key in unknown}
        self._queries.put_nodes(
            "Collection",
            ((key, configuration.settings_properties(each)) for key, each in new.items()),
            new=unknown,
        )
        members = {
            key: {each["id"]: each for each in configuration.parameters_of(settings)}
            for key, settings in new.items()
        }
        parameters = {key: each for mine in members.values() for key, each in mine.items()}
        self._queries.add_nodes("Parameter", parameters)
        ends = ("MATCH (c:Collection {id: row.one})", "MATCH (p:Parameter {id: other})")
        self._queries.put_links(*ends, "CREATE (c)-[:HAD_MEMBER]->(p)", members)

    def _put_configuration(self, changes: Changes, new_runs: Collection[str]) -> None:
        files = {
            place: configuration.config_file_properties(place)
            for _, place in changes.config_files_of
        }
        self._queries.add_nodes("ConfigFile", files)
        settings = [(run, key.hex()) for run, key in changes.settings_of]
        for label, links in (("Collection", settings), ("ConfigFile", changes.config_files_of)):
            used = defaultdict(set)
            for run, what in links:
                used[run].add(what)
            ends = ("MATCH (a:Activity {id: row.one})", f"MATCH (c:{label} {{id: other}})")
            for is_new, clause in ((True, "CREATE"), (False, "MERGE")):
                mine = {run: what for run, what in used.items() if (run in new_runs) is is_new}
                self._queries.put_links(*ends, f"{clause} (a)-[:WAS_CONFIGURED_BY]->(c)", mine)


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
        "properties": relations.mention_properties(stored),
    }
