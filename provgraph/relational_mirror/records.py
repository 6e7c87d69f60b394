"""Records as the mirror keeps them.

Everything that a store says of one subject, as JSON, read in bulk from a view.

From these contents alone come the rows of the published tables (`mapping`) and, read back, the
documents that make the same graph again (`reading`).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from provgraph.model.attributes import OPEN
from provgraph.model.identifiers import base_name
from provgraph.model.records import End, Fact, Run, first_text, status_of
from provgraph.model.values import Attributes, canonical_json, fingerprint
from provgraph.model.vocabulary import DESCRIPTIONS, Kind, RelationType
from provgraph.store.journal import Subject, pages
from provgraph.store.records import StoredMention, StoredRelation
from provgraph.store.views import View

Content = Mapping[str, Any]
#: The order in which records are read: each kind behind those that its rows refer to.
KINDS = (
    Subject.SETTINGS,
    Subject.STATED,
    Subject.ACTIVITY_DESCRIPTION,
    Subject.ENTITY_DESCRIPTION,
    Subject.USAGE_DESCRIPTION,
    Subject.GENERATION_DESCRIPTION,
    Subject.PARAMETER_DESCRIPTION,
    Subject.CONFIG_FILE_DESCRIPTION,
    Subject.AGENT,
    Subject.ENTITY,
    Subject.ACTIVITY,
)
#: What a status value is called, behind its activity's id, and the role in which it was generated.
STATUS = "status"
_PARTS = (Kind.PARAMETER_DESCRIPTION, Kind.CONFIG_FILE_DESCRIPTION)
_SUBJECT_OF_DESCRIPTION = {Subject(kind.value): kind for kind in DESCRIPTIONS}


@dataclass(frozen=True)
class Record:
    """All that a store says of a subject.

    Attributes:
        kind: what it is.
        id: the store's id.
        content: what is said, for JSON.
        type: the finer kind of an entity, agent or description.
    """

    kind: Subject
    id: str
    content: Content
    type: str | None = None

    @cached_property
    def key(self) -> bytes:
        """Stands for the subject in the mirror."""
        return key_of(self.kind, self.id)

    @cached_property
    def text(self) -> str:
        """The content as JSON: equal records have equal texts."""
        return canonical_json(self.content)


def key_of(kind: str, identifier: str) -> bytes:
    """16 bytes that stand for a subject in the mirror."""
    return fingerprint("mirror", kind, identifier)


def content_of(text: str) -> Content:
    """A record's content from its JSON."""
    content: Content = json.loads(text)
    return content


def status_value_id(activity: str) -> str:
    """The id of the value entity that holds an activity's status."""
    return f"{activity}_{STATUS}"


@dataclass
class Described:
    """The descriptions that a store has; they are few, for they are what many runs have in common.

    Attributes:
        ends: all of them.
        parts: kind → (tool, name) → the id of the description of that parameter or configuration
            file of that tool.
    """

    ends: set[End] = field(default_factory=set)
    parts: dict[Kind, dict[tuple[str, str], str]] = field(
        default_factory=lambda: {kind: {} for kind in _PARTS}
    )

    @classmethod
    def read(cls, view: View, page: int) -> "Described":
        """Read them all."""
        described = cls()
        for kind in DESCRIPTIONS:
            for ids in pages(view, kind.value, page):
                described._add([End(kind, each) for each in ids], view)
        return described

    def _add(self, ends: list[End], view: View) -> None:
        self.ends.update(ends)
        parts = [end for end in ends if end.kind in self.parts]
        for end, description in view.descriptions(parts).items():
            tool = first_text(description.attributes, "activityDescription")
            name = first_text(description.attributes, "name")
            if tool is not None and name is not None:
                known = self.parts[end.kind]
                known[tool, name] = min(end.id, known.get((tool, name), end.id))

    def part(self, kind: Kind, tool: str | None, names: Iterable[str]) -> dict[str, str]:
        """Name → the id of its description, of the names that are described."""
        known = self.parts[kind]
        return {
            name: known[tool, name] for name in names if tool is not None and (tool, name) in known
        }

    def named(self, attributes: Attributes) -> dict[str, str]:
        """The descriptions that attributes name, by the kind, as far as they are there."""
        found = (
            (kind, first_text(attributes, kind.value))
            for kind in DESCRIPTIONS
            if kind.value in attributes
        )
        return {
            kind.value: name
            for kind, name in found
            if name is not None and End(kind, name) in self.ends
        }


class Gatherer:
    """Reads records from one view."""

    def __init__(self, view: View, described: Described) -> None:
        """Take the view, and what is known of descriptions in it."""
        self._view = view
        self._described = described
        readers: dict[Subject, Callable[[Collection[str]], Iterable[Record]]] = {
            Subject.SETTINGS: self._settings,
            Subject.STATED: self._stated,
            Subject.AGENT: self._agents,
            Subject.ENTITY: self._entities,
            Subject.ACTIVITY: self._activities,
        }
        self._readers = readers

    def records(self, kind: Subject, ids: Collection[str]) -> dict[str, Record]:
        """The records of the subjects among these that the store has, by their ids."""
        if kind in _SUBJECT_OF_DESCRIPTION:
            return {record.id: record for record in self._descriptions(kind, ids)}
        return {record.id: record for record in self._readers[kind](ids)}

    def _settings(self, keys: Collection[str]) -> Iterable[Record]:
        for key, settings in self._view.settings(keys).items():
            yield Record(Subject.SETTINGS, key, {"name": settings.name, "values": settings.values})

    def _stated(self, names: Collection[str]) -> Iterable[Record]:
        for name, stated in self._view.stated(names).items():
            yield Record(Subject.STATED, name, {"attributes": stated.attributes}, stated.type.value)

    def _descriptions(self, kind: Subject, ids: Collection[str]) -> Iterable[Record]:
        ends = [End(_SUBJECT_OF_DESCRIPTION[kind], each) for each in ids]
        for end, description in self._view.descriptions(ends).items():
            content = {
                "attributes": description.attributes,
                "refersTo": self._described.named(description.attributes),
            }
            yield Record(kind, end.id, content, description.type.value)

    def _agents(self, ids: Collection[str]) -> Iterable[Record]:
        relations = self._relations(Kind.AGENT, ids)
        for agent in self._view.agents(ids).values():
            content = {
                "name": agent.name,
                "attributes": agent.attributes,
                "relations": relations[agent.id],
                "open": self._open(agent.attributes),
            }
            yield Record(Subject.AGENT, agent.id, content, agent.type)

    def _entities(self, ids: Collection[str]) -> Iterable[Record]:
        relations = self._relations(Kind.ENTITY, ids)
        for entity in self._view.entities(ids).values():
            content = {
                "identifiers": entity.identifiers,
                "standings": [
                    [each.place, each.rank, each.since, each.until] for each in entity.standings
                ],
                "generatedAt": entity.generated_at,
                "invalidatedAt": entity.invalidated_at,
                "dataLevel": entity.data_level,
                "attributes": entity.attributes,
                "relations": relations[entity.id],
                "open": self._open(entity.attributes),
            }
            yield Record(Subject.ENTITY, entity.id, content, entity.type.value)

    def _activities(self, ids: Collection[str]) -> Iterable[Record]:
        view = self._view
        mentions: dict[str, list[StoredMention]] = defaultdict(list)
        for stored in view.mentions_of(ids):
            mentions[stored.mention.run].append(stored)
        relations = self._relations(Kind.ACTIVITY, ids)
        settings, files = view.settings_of(ids), view.config_files_of(ids)
        known_values = view.entities(list(map(status_value_id, ids)))
        parts = self._described.parts
        names = self._parameter_names(settings) if parts[Kind.PARAMETER_DESCRIPTION] else {}
        for run in view.runs(ids).values():
            places = sorted(files.get(run.id, ()))
            mine = sorted(settings.get(run.id, ()))
            tool = tool_of(run.facts, relations[run.id])
            parameters = {name for key in mine for name in names.get(key, ())}
            described: dict[str, Any] = {
                "parameters": self._described.part(Kind.PARAMETER_DESCRIPTION, tool, parameters),
                "configFiles": self._described.part(
                    Kind.CONFIG_FILE_DESCRIPTION, tool, map(base_name, places)
                ),
                "tool": tool is not None
                and End(Kind.ACTIVITY_DESCRIPTION, tool) in self._described.ends,
            }
            ordered = sorted(mentions[run.id], key=lambda each: each.mention.key)
            content = {
                "facts": run.facts,
                "mentions": [self._mention(each) for each in ordered],
                "settings": mine,
                "configFiles": places,
                "relations": relations[run.id],
                "open": self._open(run.facts),
                "described": {part: found for part, found in described.items() if found},
                # Where the graph has the value itself, that is its row.
                "status": None if status_value_id(run.id) in known_values else _status(run),
            }
            yield Record(Subject.ACTIVITY, run.id, content)

    def _parameter_names(self, settings: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
        known = self._view.settings({key for keys in settings.values() for key in keys})
        return {key: list(each.values) for key, each in known.items()}

    def _relations(self, kind: Kind, ids: Collection[str]) -> dict[str, list[Content]]:
        """The stated relations of which these records are the source, by its id."""
        found: dict[str, list[StoredRelation]] = defaultdict(list)
        asked = set(ids)
        for stored in self._view.relations_of(kind, ids):
            if stored.relation.source.kind is kind and stored.source in asked:
                found[stored.source].append(stored)
        ordered = {
            source: [
                self._relation(each) for each in sorted(some, key=lambda each: each.relation.key)
            ]
            for source, some in found.items()
        }
        return defaultdict(list, ordered)

    def _open(self, attributes: Attributes) -> list[Content]:
        """Relations of which a source leaves an end open, as loaders keep them on the other one."""
        found = (
            (name, said)
            for name, values in attributes.items()
            if name.startswith(OPEN)
            for said in values
        )
        return [
            {
                "type": name.removeprefix(OPEN),
                "described": self._described.named({key: (value,) for key, value in said.items()}),
                **{
                    key: said[key]
                    for key in ("role", "time", "open", "artefactType")
                    if key in said
                },
            }
            for name, said in found
            if isinstance(said, Mapping)
        ]

    def _mention(self, stored: StoredMention) -> Content:
        mention = stored.mention
        said = {
            "type": mention.relation.value,
            "role": mention.role,
            "place": mention.place,
            "identifier": mention.identifier,
            "source": mention.source,
            "time": mention.time,
            "attributes": dict(mention.attributes),
            "entity": stored.entity,
            "rule": stored.rule,
            "described": self._described.named(mention.attributes),
        }
        return {name: value for name, value in said.items() if value is not None and value != {}}

    def _relation(self, stored: StoredRelation) -> Content:
        relation = stored.relation
        said = {
            "type": relation.relation.value,
            "source": [relation.source.kind.value, relation.source.id],
            "target": [relation.target.kind.value, relation.target.id],
            "role": relation.role,
            "time": relation.time,
            "attributes": dict(relation.attributes),
            "means": stored.target,
            "described": self._described.named(relation.attributes),
        }
        return {name: value for name, value in said.items() if value is not None and value != {}}


def tool_of(facts: Mapping[str, Any], relations: Iterable[Content]) -> str | None:
    """The id of what describes the activity: as stated, else of its name and version.

    None when it has not both.
    """
    stated = description_of(relations, Kind.ACTIVITY_DESCRIPTION)
    if stated is not None:
        return stated
    name, version = (first_text(facts, fact) for fact in (Fact.NAME, Fact.VERSION))
    return None if name is None or version is None else f"{name}_{version}"


def description_of(relations: Iterable[Content], kind: Kind) -> str | None:
    """The id of the description that relations give a record; of several the smallest."""
    found = (
        each["means"]
        for each in relations
        if each["type"] == RelationType.IS_DESCRIBED_BY and each["target"][0] == kind.value
    )
    return min(found, default=None)


def _status(run: Run) -> str | None:
    """The status where a source gives one, or times that tell; None of a run that is only named."""
    known = {Fact.STATUS, Fact.START, Fact.END} & run.facts.keys()
    return status_of(run.facts).value if known else None
