"""Constraints and indexes of the Neo4j store, made when the first writer comes."""

import time
from collections.abc import Collection

from provgraph.errors import StoreError
from provgraph.model.filters import NAMED_KINDS
from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL, Kind, RelationType
from provgraph.store.neo4j.connection import Connection
from provgraph.store.nodes import INDEXED

#: Finds entities by the names that no other index finds them by; a full-text index sees into lists.
ALIASES = "provgraph_entity_aliases"
#: Finds records by what people look for (`provgraph.store.terms`).
TERMS = "provgraph_search_terms"
#: Finds parameters by what people look for.
PARAMETER_TERMS = "provgraph_parameter_terms"
#: Find the entities that no known run made, by time and by name: no others have `searchExternal`.
_EXTERNAL_INDEXES = tuple(
    ("searchExternal", order, "key") for order in ("searchTime", "searchName")
)
EXTERNAL = f"provgraph_{NODE_LABEL[Kind.ENTITY]}_{'_'.join(_EXTERNAL_INDEXES[-1])}"
#: Finds the entities that stood somewhere before they were made: no others have `searchEarly`.
_EARLY_INDEX = ("searchEarly", "searchTime", "key")
EARLY = f"provgraph_{NODE_LABEL[Kind.ENTITY]}_{'_'.join(_EARLY_INDEX)}"
_RANGE_INDEXES = (
    (Kind.ENTITY, "key"),
    (Kind.ENTITY, "location"),
    (Kind.ENTITY, "name"),
    *((kind, key) for kind in NAMED_KINDS for key in ("calledAs", "localName")),
    (Kind.ENTITY, "invalidSince"),
    (Kind.ACTIVITY, "invalidSince"),
    *((kind, key) for kind in NAMED_KINDS for key in ("searchTime", "searchName")),
    (Kind.ACTIVITY, "key"),
    (Kind.AGENT, "key"),
    *((kind, "key") for kind in sorted(DESCRIPTIONS)),
    (Kind.LOAD, "sha256"),
    (Kind.LOAD, "source"),
    (Kind.LOAD, "time"),
)
#: Plain reads have neither identifier nor twin, so the indexes of two properties hold structural
#: mentions alone.
_MENTION_INDEXES = (
    (RelationType.USED, ("place",)),
    (RelationType.USED, ("place", "identifier")),
    (RelationType.USED, ("place", "twin")),
    (RelationType.USED, ("identifier",)),
    (RelationType.USED, ("twin",)),
    (RelationType.WAS_GENERATED_BY, ("place",)),
    (RelationType.WAS_GENERATED_BY, ("identifier",)),
    (RelationType.WAS_GENERATED_BY, ("twin",)),
)
#: The label of what is no provenance and no load: the writers' lock, the journal, and assertions.
BOOKKEEPING = "Bookkeeping"
#: When the entity ``n`` lost the last place where it stood; null while it stands.
_LOSS = (
    "CASE WHEN size(coalesce(n.until, [])) > 0 AND NOT '' IN n.until THEN datetime(reduce("
    "last = '', time IN n.until | CASE WHEN time > last THEN time ELSE last END) + 'Z') END"
)
#: A canonical time, as a regular expression.
_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3,9}"
_ATTEMPTS = 5
_WAIT_SECONDS = 300


def definitions() -> dict[str, str]:
    """Each constraint and index.

    Returns:
        Name → the query that makes it.
    """
    found = {}
    for label in (*NODE_LABEL.values(), BOOKKEEPING):
        name = f"provgraph_{label}_id"
        found[name] = (
            f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )
    for kind, keys in (
        *((kind, (key,)) for kind, key in _RANGE_INDEXES),
        *((Kind.ENTITY, keys) for keys in (*_EXTERNAL_INDEXES, _EARLY_INDEX)),
    ):
        name = f"provgraph_{NODE_LABEL[kind]}_{'_'.join(keys)}"
        properties = ", ".join(f"n.{key}" for key in keys)
        found[name] = (
            f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{NODE_LABEL[kind]}) ON ({properties})"
        )
    for key in ("load", "subject"):
        name = f"provgraph_{BOOKKEEPING}_{key}"
        found[name] = f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{BOOKKEEPING}) ON (n.{key})"
    for relation, keys in _MENTION_INDEXES:
        name = f"provgraph_{relation.name}_{'_'.join(keys)}"
        properties = ", ".join(f"r.{key}" for key in keys)
        found[name] = (
            f"CREATE INDEX {name} IF NOT EXISTS FOR ()-[r:{relation.name}]-() ON ({properties})"
        )
    found[ALIASES] = (
        f"CREATE FULLTEXT INDEX {ALIASES} IF NOT EXISTS FOR (n:{NODE_LABEL[Kind.ENTITY]}) "
        # The keyword analyzer takes each name as one word.
        "ON EACH [n.aliases, n.otherNames] OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}}"
    )
    labels = "|".join(NODE_LABEL[kind] for kind in NAMED_KINDS)
    for name, each in ((TERMS, labels), (PARAMETER_TERMS, NODE_LABEL[Kind.PARAMETER])):
        found[name] = (
            f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{each}) "
            # The terms are words already.
            "ON EACH [n.searchTerms] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
        )
    return found


def exists(connection: Connection) -> bool:
    """Whether anybody has written to a database yet.

    Args:
        connection: to the database.
    """
    return ALIASES in existing_indexes(connection)


def is_current(connection: Connection) -> bool:
    """Whether a database has all that this provgraph makes there.

    Args:
        connection: to the database.
    """
    return definitions().keys() <= existing_indexes(connection)


def has_indexes(connection: Connection, names: Collection[str]) -> bool:
    """Whether records can be searched: those of an older provgraph can't.

    Args:
        connection: to the database.
        names: of the indexes that find them.
    """
    query = "SHOW INDEXES YIELD name, state WHERE name IN $names AND state = 'ONLINE'"
    return len(connection.read(query, names=list(names))) == len(names)


def create_missing(connection: Connection) -> None:
    """Make the constraints and indexes that are missing, and wait until they can be used.

    Args:
        connection: to the database.

    Raises:
        StoreError: the server refuses.
    """
    existing = existing_indexes(connection)
    if existing and f"provgraph_{NODE_LABEL[Kind.ENTITY]}_calledAs" not in existing:
        _fill_names(connection)
    if existing and f"provgraph_{NODE_LABEL[Kind.ENTITY]}_invalidSince" not in existing:
        _fill_marks(connection)
    if existing and EXTERNAL not in existing:
        fill_external(connection)
    if existing and EARLY not in existing:
        fill_early(connection)
    if make_missing(connection):
        connection.execute(
            "MATCH (l:Load {id: 'writer-lock'}) DELETE l"
        )  # as provgraph 0.1 left it


def make_missing(connection: Connection) -> bool:
    """Make the constraints and indexes that are missing, of nodes that this provgraph wrote.

    Args:
        connection: to the database.

    Returns:
        Whether any was missing.

    Raises:
        StoreError: the server refuses.
    """
    existing = existing_indexes(connection)
    missing = [definition for name, definition in definitions().items() if name not in existing]
    for definition in missing:
        _make(connection, definition)
    if missing:
        connection.execute(f"CALL db.awaitIndexes({_WAIT_SECONDS})")
    return bool(missing)


def make_constraints(connection: Connection) -> None:
    """Make what a copy needs while it is filled: the constraints alone.

    Without the index of aliases a database is no store (`exists`).

    Args:
        connection: to the database.

    Raises:
        StoreError: the server refuses.
    """
    connection.execute(f"DROP INDEX {ALIASES} IF EXISTS")
    for definition in definitions().values():
        if definition.startswith("CREATE CONSTRAINT"):
            _make(connection, definition)


def _fill_names(connection: Connection) -> None:
    """Give the names that people may ask for to the records of a provgraph that had none."""
    for kind in NAMED_KINDS:
        is_uri = "n.id STARTS WITH 'prov:'" if kind is Kind.ENTITY else "n.id =~ '.*[/#:].*'"
        last = f"toLower(left(last(split(last(split(n.id, '/')), '#')), {INDEXED}))"
        local = f"CASE WHEN {is_uri} THEN {last} END"
        called = f"CASE WHEN n.name <> n.id THEN toLower(left(n.name, {INDEXED})) ELSE {local} END"
        connection.execute(
            f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.calledAs IS NULL CALL (n) "
            f"{{ SET n.calledAs = {called}, n.localName = {local} }} "
            "IN TRANSACTIONS OF 10000 ROWS"
        )


def _fill_marks(connection: Connection) -> None:
    """Give the property that marks are found by to the marked records of an older provgraph.

    There a mark could stand in the place of the time at which a file was overwritten.
    """
    for kind, more in ((Kind.ACTIVITY, ""), (Kind.ENTITY, f", n.invalidatedAtTime = {_LOSS}")):
        connection.execute(
            f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.invalidated IS NOT NULL "
            "AND n.invalidSince IS NULL CALL (n) { "
            "UNWIND CASE WHEN 'invalidated' IN coalesce(n.severalValues, []) "
            "THEN n.invalidated ELSE [n.invalidated] END AS time "
            f"WITH n, time WHERE toStringOrNull(time) =~ '{_TIME}' "
            f"WITH n, min(time) AS since SET n.invalidSince = since + 'Z'{more} "
            "} IN TRANSACTIONS OF 10000 ROWS"
        )


def fill_external(connection: Connection) -> None:
    """Mark the entities that no known run made, in a database that an older provgraph wrote.

    Args:
        connection: to the database.
    """
    connection.execute(
        f"MATCH (n:{NODE_LABEL[Kind.ENTITY]}) WHERE NOT EXISTS {{ (n)-[:WAS_GENERATED_BY]->() }} "
        "CALL (n) { SET n.searchExternal = true } IN TRANSACTIONS OF 10000 ROWS"
    )


def fill_early(connection: Connection) -> None:
    """Mark the entities that stood somewhere before they were made, of an older provgraph.

    Args:
        connection: to the database.
    """
    connection.execute(
        f"MATCH (n:{NODE_LABEL[Kind.ENTITY]}) "
        # Lists of empty texts alone are lacking in what `neo4j-admin` has imported.
        "WHERE n.searchTime > '' AND CASE WHEN n.since IS NULL THEN n.places IS NOT NULL "
        "ELSE any(time IN n.since WHERE time < n.searchTime) END "
        "CALL (n) { SET n.searchEarly = true } IN TRANSACTIONS OF 10000 ROWS"
    )


def existing_indexes(connection: Connection) -> set[str]:
    """The names of the indexes of a database, those of its constraints among them.

    Args:
        connection: to the database.
    """
    return {row[0] for row in connection.read("SHOW INDEXES YIELD name")}


def _make(connection: Connection, definition: str) -> None:
    """Make one constraint or index.

    Several writers may come first at once. Then ``IF NOT EXISTS`` may not see what another writer
    has not committed yet, so the query is tried again.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return connection.execute(definition)
        except StoreError as error:
            if ".Schema." not in str(error) or attempt == _ATTEMPTS:
                raise
            time.sleep(0.2 * attempt)
    return None
