"""Records that meet a filter, in Cypher.

Each condition of the filter is one query along an index; a record has to be found by all of them.
"""

from collections.abc import Collection, Mapping
from typing import Any

from neo4j import Record

from provgraph.errors import StoreError
from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.store import nodes
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import BY_ALIAS, NODE, alias_query, node_from
from provgraph.store.neo4j.values import indexed
from provgraph.store.records import Found, FoundPage

#: Records that bear an identifier.
BY_ID = f"""
CALL () {{
  MATCH (n:Entity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Entity) WHERE n.location IN $locations RETURN n
  UNION {BY_ALIAS}
  UNION MATCH (n:Activity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Agent) WHERE n.id IN $ids RETURN n
}}
RETURN labels(n), n {NODE}"""
_BY_VERSION = (
    "MATCH (a:Activity {id: $activity})<-[r:WAS_GENERATED_BY]-(n:Entity) "
    f"WHERE r.place = $place WITH DISTINCT n RETURN labels(n), n {NODE}"
)
_BY_BASE_NAME = (
    f"CALL () {{ MATCH (n:Entity) WHERE n.name = $name RETURN n UNION {BY_ALIAS} }} "
    f"RETURN labels(n), n {NODE}"
)


def find(connection: Connection, wanted: Filter, order: SortOrder, page: PageRequest) -> FoundPage:
    """The records that meet a filter; see `provgraph.store.protocol.Questions.find`.

    Args:
        connection: to read on.
        wanted: which records.
        order: in which order.
        page: how many, and behind which.

    Returns:
        One page.
    """
    found = (each for each in _matches(connection, wanted) if each.node.kind in wanted.kinds)
    return nodes.found_page(found, order, page)


def _matches(connection: Connection, wanted: Filter) -> list[Found]:
    """What all conditions lead to; rank and place are those of the first that knows a place."""
    answers: list[list[Found]] = []
    if wanted.base_name is not None:
        answers.append(_at_base_name(connection, wanted.base_name))
    if wanted.version is not None:
        answers.append(_written(connection, wanted.version))
    if wanted.identifiers is not None:
        answers.append(_bearing(connection, wanted.identifiers))
    first, *others = answers
    for other in others:
        keys = {each.node.key for each in other}
        first = [each for each in first if each.node.key in keys]
    return first


def _bearing(connection: Connection, identifiers: Collection[str]) -> list[Found]:
    asked = set(identifiers)
    if not asked:
        return []
    rows = _rows(
        connection,
        BY_ID,
        ids=list(map(indexed, asked)),
        locations=[indexed(location_of(each)) for each in asked],
        aliases=alias_query("aliases", asked),
    )
    found = []
    for labels, stored in rows:
        node, ranks = node_from(labels, stored), _ranks(stored)
        if node.id in asked or not asked.isdisjoint(node.identifiers):
            found.append(Found(node, max(ranks.get(each, 0) for each in asked)))
    return found


def _written(connection: Connection, version: Version) -> list[Found]:
    rows = connection.read(
        _BY_VERSION, activity=indexed(version.activity), place=indexed(version.place)
    )
    return [
        Found(node_from(labels, stored), _ranks(stored).get(version.place, 0))
        for labels, stored in rows
    ]


def _at_base_name(connection: Connection, name: str) -> list[Found]:
    rows = _rows(
        connection, _BY_BASE_NAME, name=indexed(name), aliases=alias_query("otherNames", [name])
    )
    found = []
    for labels, stored in rows:
        node, ranks = node_from(labels, stored), _ranks(stored)
        places = (
            each for each in node.identifiers if not is_strong(each) and base_name(each) == name
        )
        found += [Found(node, ranks.get(place, 0), place) for place in places]
    return found


def _rows(connection: Connection, query: str, **parameters: Any) -> list[Record]:
    """Rows that indexes find.

    There are none where nobody has written yet, because there is no full-text index then.
    """
    try:
        return connection.read(query, **parameters)
    except StoreError:
        if schema.exists(connection):
            raise
        return []


def _ranks(stored: Mapping[str, Any]) -> dict[str, int]:
    """Place → the entity's rank among all that stood there."""
    return dict(zip(stored.get("places", ()), stored.get("ranks", ()), strict=True))
