"""Reads the records that the mirror keeps from a view of a store, many at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from provgraph.interchange.store_reader import DESCRIPTION_SUBJECTS, StoreReader, WholeRun
from provgraph.model.attributes import OPEN
from provgraph.model.derived import end_of, start_of, status_of
from provgraph.model.identifiers import base_name
from provgraph.model.records import End, Fact, Run
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Kind
from provgraph.relational_mirror.description_index import DescriptionIndex
from provgraph.relational_mirror.records import Content, Record, status_value_id, tool_of
from provgraph.store.journal import Subject
from provgraph.store.records import StoredMention, StoredRelation

#: What an open relation may say of itself.
_OPEN_FIELDS = ("role", "time", "open", "artefactType")


class RecordReader:
    """Reads records with their contents, all in one order that depends on the store alone."""

    def __init__(self, reader: StoreReader, descriptions: DescriptionIndex) -> None:
        """Take a reader.

        Args:
            reader: of the store.
            descriptions: that the same view of the store has.
        """
        self._reader = reader
        self._descriptions = descriptions
        self._readers: dict[Subject, Callable[[Collection[str]], Iterable[Record]]] = {
            Subject.SETTINGS: self._settings,
            Subject.STATED: self._stated,
            Subject.AGENT: self._agents,
            Subject.ENTITY: self._entities,
            Subject.ACTIVITY: self._activities,
        }

    def records(self, kind: Subject, ids: Collection[str]) -> dict[str, Record]:
        """Read records.

        Args:
            kind: one of `provgraph.relational_mirror.records.KINDS`.
            ids: of subjects of this kind.

        Returns:
            id → the record, of those among these that the store has.
        """
        if kind in DESCRIPTION_SUBJECTS:
            return {record.id: record for record in self._described(kind, ids)}
        return {record.id: record for record in self._readers[kind](ids)}

    def _settings(self, keys: Collection[str]) -> Iterable[Record]:
        for key, settings in self._reader.settings(keys).items():
            yield Record(Subject.SETTINGS, key, {"name": settings.name, "values": settings.values})

    def _stated(self, names: Collection[str]) -> Iterable[Record]:
        for name, stated in self._reader.stated(names).items():
            yield Record(Subject.STATED, name, {"attributes": stated.attributes}, stated.type.value)

    def _described(self, kind: Subject, ids: Collection[str]) -> Iterable[Record]:
        found = self._reader.descriptions(DESCRIPTION_SUBJECTS[kind], ids)
        for end, description in found.items():
            content = {
                "attributes": description.attributes,
                "refersTo": self._descriptions.named_in(description.attributes),
            }
            yield Record(kind, end.id, content, description.type.value)

    def _agents(self, ids: Collection[str]) -> Iterable[Record]:
        for whole in self._reader.agents(ids):
            agent = whole.agent
            content = {
                "name": agent.name,
                "attributes": agent.attributes,
                "relations": self._relations(whole.relations),
                "open": self._open(agent.attributes),
            }
            yield Record(Subject.AGENT, agent.id, content, agent.type)

    def _entities(self, ids: Collection[str]) -> Iterable[Record]:
        for whole in self._reader.entities(ids):
            entity = whole.entity
            if entity is None:  # never, for every entity is asked for
                continue
            content = {
                "identifiers": entity.identifiers,
                "standings": [
                    [each.place, each.rank, each.since, each.until] for each in entity.standings
                ],
                "generatedAt": entity.generated_at,
                "invalidatedAt": entity.invalidated_at,
                "dataLevel": entity.data_level,
                "attributes": entity.attributes,
                "relations": self._relations(whole.relations),
                "open": self._open(entity.attributes),
            }
            yield Record(Subject.ENTITY, entity.id, content, entity.type.value)

    def _activities(self, ids: Collection[str]) -> Iterable[Record]:
        known_values = self._reader.known_entities(list(map(status_value_id, ids)))
        found = self._reader.runs(ids)
        names = self._parameter_names(found)
        for whole in found:
            run = whole.run
            ordered = sorted(whole.mentions, key=lambda each: each.mention.key)
            relations = self._relations(whole.relations)
            content = {
                "facts": run.facts,
                "mentions": [self._mention(each) for each in ordered],
                "settings": sorted(whole.settings),
                "configFiles": whole.config_files,
                "relations": relations,
                "open": self._open(run.facts),
                "described": self._descriptions_of(whole, tool_of(run.facts, relations), names),
                # Where the graph has the value itself, that is its row.
                "status": None if status_value_id(run.id) in known_values else _status(run),
            }
            yield Record(Subject.ACTIVITY, run.id, content)

    def _parameter_names(self, runs: Iterable[WholeRun]) -> dict[str, list[str]]:
        """Key of settings → the names in them; nothing when no parameter is described."""
        if not self._descriptions.parts[Kind.PARAMETER_DESCRIPTION]:
            return {}
        known = self._reader.settings({key for run in runs for key in run.settings})
        return {key: list(each.values) for key, each in known.items()}

    def _descriptions_of(
        self, whole: WholeRun, tool: str | None, names: Mapping[str, Iterable[str]]
    ) -> Content:
        """Which descriptions there are of a run's tool, parameters and configuration files."""
        index = self._descriptions
        parameters = {name for key in whole.settings for name in names.get(key, ())}
        files = map(base_name, whole.config_files)
        described: dict[str, Any] = {
            "parameters": index.parts_of(Kind.PARAMETER_DESCRIPTION, tool, parameters),
            "configFiles": index.parts_of(Kind.CONFIG_FILE_DESCRIPTION, tool, files),
            "tool": tool is not None and End(Kind.ACTIVITY_DESCRIPTION, tool) in index.ends,
        }
        return {part: found for part, found in described.items() if found}

    def _open(self, attributes: Attributes) -> list[Content]:
        """Relations of which a source leaves an end open, as loaders keep them on the other one."""
        return [
            {
                "type": name.removeprefix(OPEN),
                "described": self._descriptions.named_in(
                    {key: (each,) for key, each in relation.items()}
                ),
                **{key: relation[key] for key in _OPEN_FIELDS if key in relation},
            }
            for name, values in attributes.items()
            if name.startswith(OPEN)
            for relation in values
            if isinstance(relation, Mapping)
        ]

    def _mention(self, stored: StoredMention) -> Content:
        mention = stored.mention
        return _filled(
            {
                "type": mention.relation.value,
                "role": mention.role,
                "place": mention.place,
                "identifier": mention.identifier,
                "source": mention.source,
                "time": mention.time,
                "attributes": dict(mention.attributes),
                "entity": stored.entity,
                "rule": stored.rule,
                "described": self._descriptions.named_in(mention.attributes),
            }
        )

    def _relations(self, relations: Iterable[StoredRelation]) -> list[Content]:
        ordered = sorted(relations, key=lambda each: each.relation.key)
        return [self._relation(each) for each in ordered]

    def _relation(self, stored: StoredRelation) -> Content:
        relation = stored.relation
        return _filled(
            {
                "type": relation.relation.value,
                "source": [relation.source.kind.value, relation.source.id],
                "target": [relation.target.kind.value, relation.target.id],
                "role": relation.role,
                "time": relation.time,
                "attributes": dict(relation.attributes),
                "means": stored.target,
                "described": self._descriptions.named_in(relation.attributes),
            }
        )


def _filled(content: Content) -> Content:
    """The fields that are not empty."""
    return {name: value for name, value in content.items() if value is not None and value != {}}


def _status(run: Run) -> str | None:
    """The status where a source gives one, or times that tell; None of a run that is only named."""
    facts = run.facts
    is_known = Fact.STATUS in facts or start_of(facts) is not None or end_of(facts) is not None
    return status_of(facts).value if is_known else None
