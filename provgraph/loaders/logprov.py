"""Reads the provenance records that logprov and lstosa write among the lines of a log.

A record is a Python dict behind a time that stands between two equal marks, at the end of any line:
``INFO provLogger __PROV__2026-01-17T20:00:01__PROV__{'activity_id': …}``. The form is that of
lstosa (``osa.provenance.capture``) and of mservillat/logprov; all other lines are passed over.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BufferedReader
from typing import Any

from provgraph.errors import LoadError
from provgraph.loaders.ctapipe import document_of
from provgraph.loaders.protocol import Problem
from provgraph.loaders.python_literal import LARGEST_LITERAL, read_literals
from provgraph.loaders.secrets import masked, masked_value
from provgraph.model.attributes import attributes_of
from provgraph.model.identifiers import PROV, place_of
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Attributes, utc
from provgraph.model.vocabulary import EntityType, Kind, RelationType

_RECORD = re.compile(
    rb"(?:(?P<mark>[^\s\d{}]{1,40})(?P<time>\d{4}-\d\d-\d\d[T ][\d:.]+)(?P=mark)|__%)"
    rb"[ \t]*+(?P<record>\{[ \t]*+u?['\"](?:session|activity|entity)_id['\"][^\r\n]*)"
)
_MARKS_OF_A_RECORD = (b"session_id", b"activity_id", b"entity_id")
#: In a record an object of pathlib stands as it prints itself.
_PATH = re.compile(r"\b(?:Pure)?(?:Posix|Windows)?Path\((?P<text>'[^'\\]*'|\"[^\"\\]*\")\)")
#: The record of a session comes right before those of its activities. So many sessions are
#: remembered, for a log that several processes write to.
_SESSIONS = 64
_SOURCE = "logprov"
_PATHS = ("filepath", "location")
_OF_A_SESSION = ("session_id", "name", "startTime", "system", "software_version", "config_file")
_OF_A_START = ("activity_id", "name", "startTime", "in_session", "agent_name")


class LogprovLoader:
    """The loader of logs with records of logprov."""

    name = "logprov"
    reads = "logs with provenance records of lstosa or logprov"

    def recognises(self, head: bytes) -> bool:
        """Whether a source is a log with such a record in its beginning.

        Args:
            head: the source's first bytes.
        """
        return any(mark in head for mark in _MARKS_OF_A_RECORD) and bool(_RECORD.search(head))

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a log: one document a record.

        Args:
            stream: the log's bytes, decompressed.
            namespace: in which the log's paths mean files (docs/contract.md, rule 7).
            start: always 0; what a record says depends on those before it.

        Yields:
            The documents in the order of the log; a problem for each record that can't be read.
        """
        log = _Log(namespace)
        position = start
        while line := stream.readline(LARGEST_LITERAL):
            where, position = f"byte {position}", position + len(line)
            found = _RECORD.search(line)
            if found is None:
                continue
            try:
                yield from log.documents(_record(found["record"]), found["time"])
            except LoadError as error:
                yield Problem(where, f"this record is not loaded: {error}")


def _record(text: bytes) -> dict[str, Any]:
    """The dict that a record is, with its secrets masked."""
    plain = _PATH.sub(r"\g<text>", text.decode("utf-8", "replace").rstrip())
    literals = read_literals(plain)
    literal = literals[0] if len(literals) == 1 else None
    if literal is None or literal.error is not None or not isinstance(literal.value, dict):
        raise LoadError(literal.error if literal and literal.error else "it is no dict")
    return literal.value


@dataclass(frozen=True, slots=True)
class _Activity:
    """A run by the id that it has in the graph, and its name."""

    run: str
    name: str


@dataclass
class _Log:
    """What the records of a log have said so far, as far as later records need it."""

    namespace: str
    _sessions: OrderedDict[str, Mapping[str, Any]] = field(default_factory=OrderedDict)
    _activities: dict[str, _Activity] = field(default_factory=dict)
    _entities: dict[str, tuple[str | None, Attributes]] = field(default_factory=dict)

    def documents(self, record: dict[str, Any], time: bytes | None) -> Iterator[Document]:
        """What a record says."""
        if "session_id" in record:
            self._sessions[str(record["session_id"])] = record
            while len(self._sessions) > _SESSIONS:
                self._sessions.popitem(last=False)
        elif "activity_id" in record:
            yield self._of_activity(record, time)
        elif "member_id" in record:
            yield self._relation(record, RelationType.HAD_MEMBER, "member_id")
        elif "progenitor_id" in record:
            yield self._relation(record, RelationType.WAS_DERIVED_FROM, "progenitor_id")
        else:
            self._remember(record)

    def _of_activity(self, record: dict[str, Any], time: bytes | None) -> Document:
        identifier = str(record["activity_id"])
        if "name" in record:
            return self._start(identifier, record, time)
        activity = self._activities.get(identifier)
        if activity is None:
            raise LoadError(f"the log does not tell the start of the activity {identifier}")
        if "used_id" in record:
            return self._mention(activity, RelationType.USED, "used", record)
        if "generated_id" in record:
            return self._mention(activity, RelationType.WAS_GENERATED_BY, "generated", record)
        facts = {key: masked_value(value) for key, value in record.items()}
        parameters = facts.pop("parameters", None)
        for name in ("activity_id", "session_tag"):
            facts.pop(name, None)
        if (end := facts.pop("endTime", None)) is not None:
            facts[Fact.END] = utc(str(end))
        settings = (Settings(activity.name, parameters),) if isinstance(parameters, dict) else ()
        return Document(run=Run(activity.run, attributes_of(facts)), settings=settings)

    def _start(self, identifier: str, record: dict[str, Any], time: bytes | None) -> Document:
        """The start of a run, with what is said of its session.

        An activity's id has six digits and is unique within its session alone; without a session
        the time of its record is added.
        """
        session = str(record.get("in_session") or (time or b"").decode())
        activity = _Activity(f"{session}_{identifier}", str(record["name"]))
        self._activities[identifier] = activity
        of_session = self._sessions.get(session, {})
        others = {k: v for k, v in of_session.items() if k not in _OF_A_SESSION}
        others |= {k: v for k, v in record.items() if k not in _OF_A_START}
        system = of_session.get("system")
        document = document_of(
            {
                **others,
                "session": of_session.get("name"),
                "activity_name": activity.name,
                "activity_uuid": activity.run,
                "start": record.get("startTime") or (time or b"").decode(),
                "input": [],
                "output": [],
                "system": {
                    **(system if isinstance(system, dict) else {}),
                    "ctapipe_version": of_session.get("software_version"),
                },
            },
            self.namespace,
        )
        return self._with_agent_and_configuration(document, activity, record, of_session)

    def _with_agent_and_configuration(
        self,
        document: Document,
        activity: _Activity,
        record: Mapping[str, Any],
        session: Mapping[str, Any],
    ) -> Document:
        name, path = record.get("agent_name"), session.get("config_file")
        agents = () if name is None else (Agent(str(name), str(name)),)
        run = End(Kind.ACTIVITY, activity.run)
        return replace(
            document,
            agents=agents,
            relations=tuple(
                StatedRelation(RelationType.WAS_ASSOCIATED_WITH, run, End(Kind.AGENT, agent.id))
                for agent in agents
            ),
            config_files=() if not path else (place_of(masked(str(path)), self.namespace),),
        )

    def _remember(self, record: dict[str, Any]) -> None:
        """Keep what is said of a file or value until a run names it."""
        said = {key: masked_value(value) for key, value in record.items()}
        identifier = str(said.pop("entity_id"))
        said.pop("session_tag", None)
        paths = [said.pop(name) for name in _PATHS if name in said]
        place = place_of(str(paths[0]), self.namespace) if paths and paths[0] else None
        self._entities[identifier] = place, attributes_of(said)

    def _mention(
        self, activity: _Activity, relation: RelationType, side: str, record: Mapping[str, Any]
    ) -> Document:
        """A file or value that a run read or wrote."""
        named, role = str(record[f"{side}_id"]), record.get(f"{side}_role")
        place, said = self._entities.get(named, (None, {}))
        identifier = self._identifier(named)
        mention = Mention(
            run=activity.run,
            relation=relation,
            role=None if role is None else str(role),
            place=place,
            identifier=identifier,
            source=f"{_SOURCE} {self.namespace}",
            attributes={} if identifier else said,
        )
        entities = () if identifier is None else (_stated(identifier, said),)
        return Document(run=Run(activity.run, {}), mentions=(mention,), entities=entities)

    def _identifier(self, named: str) -> str | None:
        """The identifier of what is no file; a file is known by its path (rule 4).

        The id of a file may be a hash of its path, and so the same for all versions of it.
        """
        if self._entities.get(named, (None, {}))[0] is not None:
            return None
        return f"{PROV}:{named}" if ":" in named else f"{PROV}:{_SOURCE}:{named}"

    def _relation(self, record: dict[str, Any], relation: RelationType, other: str) -> Document:
        """A relation of two entities that are no files."""
        source, target = (self._identifier(str(record[name])) for name in ("entity_id", other))
        if source is None or target is None:
            raise LoadError(f"{relation.value} of a file that only its path tells can't be kept")
        ends = End(Kind.ENTITY, source), End(Kind.ENTITY, target)
        time = record.get("generated_time")
        when = None if time is None else utc(str(time))
        return Document(relations=(StatedRelation(relation, *ends, time=when),))


def _stated(identifier: str, said: Attributes) -> StatedEntity:
    """What is said of a value or an object in memory."""
    is_value = "value" in said
    return StatedEntity(identifier, said, EntityType.VALUE if is_value else EntityType.DATASET)
