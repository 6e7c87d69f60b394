"""Reads provgraph's own mirror back.

In a mirror, schema ``provgraph`` beside the ctaprov tables holds every record as a whole, and
nothing else needs to be read. `provgraph.relational_mirror` writes the mirror;
docs/how-to/mirror.md describes it.
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
_IS_THERE = (
    "SELECT count(*) FROM information_schema.tables "
    "WHERE table_schema = %s AND table_name IN ('record', 'mirror')"
)


def is_mirror(connection: psycopg.Connection[Any], schema: str) -> bool:
    """Whether the ctaprov tables in a schema are a mirror of provgraph's.

    Args:
        connection: to the database.
        schema: the schema of the ctaprov tables.
    """
    there = connection.execute(_IS_THERE, [SCHEMA]).fetchone()
    if there is None or there[0] < 2:
        return False
    target = connection.execute(f"SELECT target FROM {SCHEMA}.mirror").fetchone()  # noqa: S608 - our own name
    return target is not None and target[0] == schema


def fingerprint(connection: psycopg.Connection[Any]) -> list[str]:
    """What tells the records of a mirror from others.

    Args:
        connection: to the mirror's database.

    Returns:
        The number of records, and two sums over their MD5.
    """
    half = (
        "coalesce(sum(('x' || substr(md5(kind || id || content), {}, 15))::bit(60)::bigint), 0)"
        "::text"
    )
    query = f"SELECT count(*)::text, {half.format(1)}, {half.format(16)} FROM {SCHEMA}.{RECORD}"  # noqa: S608
    return list(connection.execute(query).fetchone() or ())


def documents(connection: psycopg.Connection[Any]) -> Iterator[Document]:
    """Read a mirror.

    Args:
        connection: to the mirror's database.

    Yields:
        One document a record, in the order of the records' keys. Together they hold all that was
        loaded into the store that the mirror is of.
    """
    for kind, read in _READERS.items():
        query = sql.SQL("SELECT id, type, content FROM {} WHERE kind = {} ORDER BY key").format(
            sql.Identifier(SCHEMA, RECORD), sql.Literal(kind)
        )
        with connection.cursor(f"provgraph {kind}") as cursor:
            cursor.itersize = _FETCHED
            for identifier, type_name, content in cursor.execute(query):
                yield read(_RecordRow(connection, identifier, type_name, json.loads(content)))


class _RecordRow:
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
        query = (
            f"SELECT content FROM {SCHEMA}.{RECORD} "  # noqa: S608 - our own names
            "WHERE kind = 'settings' AND id = ANY(%s) ORDER BY key"
        )
        keys = self.content["settings"]
        found = self.connection.execute(query, [keys]).fetchall() if keys else []
        return tuple(
            Settings(each["name"], each["values"])
            for (text,) in found
            for each in [json.loads(text)]
        )


def _activity(row: _RecordRow) -> Document:
    return Document(
        run=Run(row.id, row.attributes("facts")),
        mentions=tuple(_mention(row.id, each) for each in row.content["mentions"]),
        relations=row.relations(),
        settings=row.settings(),
        config_files=tuple(row.content["configFiles"]),
    )


def _entity(row: _RecordRow) -> Document:
    """The relations of an entity.

    All else of the entity follows from what is stated, and from what runs read and wrote.
    """
    return Document(relations=row.relations())


def _stated(row: _RecordRow) -> Document:
    return Document(
        entities=(
            StatedEntity(row.id, row.attributes(), EntityType(row.type or EntityType.DATASET)),
        )
    )


def _agent(row: _RecordRow) -> Document:
    kind = AgentType(row.type) if row.type else None
    return Document(
        agents=(Agent(row.id, row.content["name"], kind, row.attributes()),),
        relations=row.relations(),
    )


def _description(row: _RecordRow) -> Document:
    return Document(
        descriptions=(
            Description(
                row.id, DescriptionType(row.type or DescriptionType.ENTITY), row.attributes()
            ),
        )
    )


_READERS: Mapping[str, Callable[[_RecordRow], Document]] = {
    **{kind.value: _description for kind in sorted({each.kind for each in DescriptionType})},
    Kind.AGENT.value: _agent,
    "stated": _stated,
    Kind.ACTIVITY.value: _activity,
    Kind.ENTITY.value: _entity,
}


def _attributes(content: Mapping[str, Iterable[Any]]) -> Attributes:
    return {name: tuple(values) for name, values in content.items()}


def _mention(run: str, content: Content) -> Mention:
    return Mention(
        run,
        RelationType(content["type"]),
        content.get("role"),
        content.get("place"),
        content.get("identifier"),
        content.get("source", ""),
        content.get("time"),
        _attributes(content.get("attributes", {})),
    )


def _relation(content: Content) -> StatedRelation:
    source, target = (
        End(Kind(kind), identifier) for kind, identifier in (content["source"], content["target"])
    )
    return StatedRelation(
        RelationType(content["type"]),
        source,
        target,
        content.get("role"),
        content.get("time"),
        _attributes(content.get("attributes", {})),
    )
