"""Reads provgraph's own mirror back.

Schema ``provgraph`` beside the ctaprov tables holds every record as a whole.

`provgraph.relational_mirror` writes it; docs/how-to/mirror.md says how.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType

SCHEMA = "provgraph"
RECORD = "record"
Content = Mapping[str, Any]
_FETCHED = 500
_IS_THERE = "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s AND table_name IN ('record', 'mirror')"


def is_mirror(connection: psycopg.Connection[Any], schema: str) -> bool:
    """Whether the ctaprov tables in a schema are a mirror of provgraph's."""
    there = connection.execute(_IS_THERE, [SCHEMA]).fetchone()
    if there is None or there[0] < 2:
        return False
    target = connection.execute(f"SELECT target FROM {SCHEMA}.mirror").fetchone()  # noqa: S608 - our own name
    return target is not None and target[0] == schema


def fingerprint(connection: psycopg.Connection[Any]) -> list[str]:
    """Texts that are others whenever the records are."""
    half = "coalesce(sum(('x' || substr(md5(kind || id || content), {}, 15))::bit(60)::bigint), 0)::text"
    query = f"SELECT count(*)::text, {half.format(1)}, {half.format(16)} FROM {SCHEMA}.{RECORD}"  # noqa: S608
    return list(connection.execute(query).fetchone() or ())


def documents(connection: psycopg.Connection[Any]) -> Iterator[Document]:
    """All that a mirror's store was told, one document a record, in the order of their keys."""
    for kind, read in _READERS.items():
        query = sql.SQL("SELECT id, type, content FROM {} WHERE kind = {} ORDER BY key").format(
            sql.Identifier(SCHEMA, RECORD), sql.Literal(kind)
        )
        with connection.cursor(f"provgraph {kind}") as cursor:
            cursor.itersize = _FETCHED
            for identifier, type_name, content in cursor.execute(query):
                yield read(_Row(connection, identifier, type_name, json.loads(content)))


class _Row:
    """A record as it stands in the table."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        identifier: str,
        type_name: str | None,
        content: Content,
    ):
        self.connection = connection
        self.id = identifier
        self.type = type_name
        self.content = content

    def attributes(self, name: str = "attributes") -> Attributes:
        return _attributes(self.content[name])

    def relations(self) -> tuple[StatedRelation, ...]:
        return tuple(map(_relation, self.content["relations"]))

    def settings(self) -> tuple[Settings, ...]:
        query = f"SELECT content FROM {SCHEMA}.{RECORD} WHERE kind = 'settings' AND id = ANY(%s) ORDER BY key"  # noqa: S608
        keys = self.content["settings"]
        found = self.connection.execute(query, [keys]).fetchall() if keys else []
        return tuple(
            Settings(each["name"], each["values"])
            for (text,) in found
            for each in [json.loads(text)]
        )


def _activity(row: _Row) -> Document:
    return Document(
        run=Run(row.id, row.attributes("facts")),
        mentions=tuple(_mention(row.id, each) for each in row.content["mentions"]),
        relations=row.relations(),
        settings=row.settings(),
        config_files=tuple(row.content["configFiles"]),
    )


def _entity(row: _Row) -> Document:
    """Its relations; all else follows from what is stated, and from what runs read and wrote."""
    return Document(relations=row.relations())


def _stated(row: _Row) -> Document:
    return Document(
        entities=(
            StatedEntity(row.id, row.attributes(), EntityType(row.type or EntityType.DATASET)),
        )
    )


def _agent(row: _Row) -> Document:
    kind = AgentType(row.type) if row.type else None
    return Document(
        agents=(Agent(row.id, row.content["name"], kind, row.attributes()),),
        relations=row.relations(),
    )


def _description(row: _Row) -> Document:
    return Document(
        descriptions=(
            Description(
                row.id, DescriptionType(row.type or DescriptionType.ENTITY), row.attributes()
            ),
        )
    )


_READERS: Mapping[str, Callable[[_Row], Document]] = {
    **{kind.value: _description for kind in sorted({each.kind for each in DescriptionType})},
    Kind.AGENT.value: _agent,
    "stated": _stated,
    Kind.ACTIVITY.value: _activity,
    Kind.ENTITY.value: _entity,
}


def _attributes(said: Mapping[str, Iterable[Any]]) -> Attributes:
    return {name: tuple(values) for name, values in said.items()}


def _mention(run: str, said: Content) -> Mention:
    return Mention(
        run,
        RelationType(said["type"]),
        said.get("role"),
        said.get("place"),
        said.get("identifier"),
        said.get("source", ""),
        said.get("time"),
        _attributes(said.get("attributes", {})),
    )


def _relation(said: Content) -> StatedRelation:
    source, target = (
        End(Kind(kind), identifier) for kind, identifier in (said["source"], said["target"])
    )
    return StatedRelation(
        RelationType(said["type"]),
        source,
        target,
        said.get("role"),
        said.get("time"),
        _attributes(said.get("attributes", {})),
    )
