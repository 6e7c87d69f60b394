"""Is a store consistent, and what exactly is in it? By its public interface, and by SQL or Cypher
underneath.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase, Record
from sqlalchemy import Column, Engine, Table, and_, exists, func, literal_column, or_, select

from provgraph.model.records import key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.digest import digest
from provgraph.store.neo4j.address import address_of
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.registry import open_store
from provgraph.store.relational import tables
from provgraph.store.relational.connection import sqlite_database
from provgraph.store.relational.postgresql import postgresql_engine
from tests.faults.material import Material, counted

#: How many records of a kind of fault are named.
_NAMED = 5
_RECORDS = (tables.activity, tables.entity, tables.agent, tables.description)
#: Each column that leads to records, and where to.
_ENDS: tuple[tuple[Column[bytes], tuple[Table, ...]], ...] = (
    (tables.relation.c.source, _RECORDS),
    (tables.relation.c.target, _RECORDS),
    (tables.relation.c.place, (tables.name,)),
    (tables.relation.c.identifier, (tables.name,)),
    (tables.naming.c.entity, (tables.entity,)),
    (tables.naming.c.name, (tables.name,)),
    (tables.settings_of.c.activity, (tables.activity,)),
    (tables.settings_of.c.part, (tables.settings, tables.settings_group)),
    (tables.settings_group.c.settings, (tables.settings,)),
    (tables.config_file_of.c.activity, (tables.activity,)),
    (tables.config_file_of.c.place, (tables.name,)),
)
#: What no Neo4j store holds, each as a statement that finds it.
_NEVER = {
    "nodes without id": "MATCH (n:!Bookkeeping) WHERE n.id IS NULL RETURN labels(n) AS found",
    "records without key": (
        "MATCH (n:Entity|Activity|Agent) WHERE n.key IS NULL RETURN n.id AS found"
    ),
    "relationships without key": (
        "MATCH (s)-[r:USED|WAS_GENERATED_BY]->(t) WHERE r.key IS NULL "
        "RETURN [s.id, type(r), t.id] AS found"
    ),
    "relationships that are there twice": (
        "MATCH ()-[r]->() WHERE r.key IS NOT NULL "
        "WITH r.key AS key, count(*) AS times WHERE times > 1 RETURN key AS found"
    ),
    "configurations that are there twice": (
        "MATCH (a)-[r:WAS_CONFIGURED_BY|HAD_MEMBER]->(c) WHERE r.key IS NULL "
        "WITH a, c, count(*) AS times WHERE times > 1 RETURN [a.id, c.id] AS found"
    ),
    "entities that nothing is of": "MATCH (n:Entity) WHERE NOT (n)--() RETURN n.id AS found",
}


def faults_in(url: str, material: Material) -> list[str]:
    """What is wrong in a store into which only sources of the material were loaded.

    Nothing, in a consistent one.

    Args:
        url: of the store.
        material: the sources that may have been loaded, all or some, wholly.
    """
    is_neo4j = url.startswith(("bolt", "neo4j"))
    faults = list(_in_cypher(url) if is_neo4j else _in_sql(url))
    said = _said_in_cypher(url) if is_neo4j else _said_in_sql(url)
    with closing(open_store(url)) as store:
        store.make()
        loads = list(store.loads())
        if strangers := {load.sha256 for load in loads} - material.by_checksum.keys():
            return [*faults, f"loads of sources that were never loaded: {sorted(strangers)}"]
        faults += _in_loads(store, loads, material)
        faults += _in_statements(said, loads, material)
        faults += _in_settings(store)
    return faults


def _in_loads(store: Store, loads: Collection[LoadRecord], material: Material) -> Iterator[str]:
    """Whether exactly the sources that are recorded as loaded are there."""
    times = Counter((load.sha256[:8], load.namespace) for load in loads)
    yield from _some("loads of bytes that are recorded already", times - Counter(set(times)))
    yield from _half_visible(store, loads, material)
    expected = material.of(loads)
    if digest(store.scan()) != expected.digest:
        found = counted(store.scan())
        yield from _some("records that follow from no recorded load", found - expected.contents)
        yield from _some("records that are missing", expected.contents - found)


def _half_visible(store: Store, loads: Collection[LoadRecord], material: Material) -> Iterator[str]:
    runs = material.runs
    keys = {key_of(Kind.ACTIVITY, run): run for ids in runs.values() for run in ids}
    visible = {keys[key] for key in store.nodes(keys)}
    loaded = {load.sha256: load for load in loads}
    said = frozenset[str]().union(*map(material.runs_of, loads))
    wrong = []
    for checksum, ids in runs.items():
        load = loaded.get(checksum)
        due = material.runs_of(load) if load else frozenset()
        seen = visible & (ids - (said - due))
        if seen != due:
            recorded = load.status if load else "not recorded as loaded"
            name = material.by_checksum[checksum].name
            wrong.append(
                f"{name}: {len(seen)} of {len(ids)} runs visible instead of {len(due)}, {recorded}"
            )
    yield from _some("sources that are there in part or unrecorded", Counter(wrong))


def _in_statements(
    said: Mapping[bytes, set[bytes]], loads: Iterable[LoadRecord], material: Material
) -> Iterator[str]:
    """Whether it is kept of each load what it says, so that it can be forgotten, and of no load
    that is not there.
    """
    recorded = {key_of(Kind.LOAD, load.id): load for load in loads}
    yield from _some(
        "loads that say something and are not recorded", Counter(said.keys() - recorded.keys())
    )
    wrong = []
    for key, load in recorded.items():
        due = {key_of(Kind.ACTIVITY, run) for run in material.runs_of(load)}
        if (kept := said.get(key, set())) != due:
            name = Path(load.source).name
            wrong.append(
                f"{name}: {load.status}, of {len(due)} runs what it says of {len(kept & due)} "
                f"is kept, and of {len(kept - due)} others"
            )
    yield from _some("loads that can't be forgotten", Counter(wrong))


def _in_settings(store: Store) -> Iterator[str]:
    """Whether the shared settings are whole: their key is the hash of what they say."""
    keys, users = set(), {}
    for kind, content in store.scan():
        assert isinstance(content, list)
        if kind == "settings":
            keys.add(str(content[1]))
        elif kind == "wasConfiguredBy":
            users[str(content[1])] = key_of(Kind.ACTIVITY, str(content[0]))
    found = store.parameters_of({users[key] for key in keys})
    whole = {settings.key.hex() for each in found.values() for settings in each}
    yield from _some("settings that are not what their keys say", Counter(keys - whole))


def _in_sql(url: str) -> Iterator[str]:
    engine = _engine(url)
    try:
        if url.startswith("sqlite"):
            yield from _damage(engine)
        if _has_tables(engine):
            yield from _open_ends(engine)
    finally:
        engine.dispose()


def _said_in_sql(url: str) -> dict[bytes, set[bytes]]:
    """Key of a load → keys of the subjects of which it says something."""
    engine = _engine(url)
    said = defaultdict(set)
    with engine.connect() as connection:
        if engine.dialect.has_table(connection, tables.assertion.name):
            for load, subject in connection.execute(
                select(tables.assertion.c.load, tables.assertion.c.subject)
            ):
                said[bytes(load)].add(bytes(subject))
    engine.dispose()
    return said


def _engine(url: str) -> Engine:
    return (
        sqlite_database(url).writer() if url.startswith("sqlite") else postgresql_engine(url, None)
    )


def _damage(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    if said != ["ok"]:
        yield f"the file is damaged: {said}"


def _has_tables(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(engine.dialect.has_table(connection, tables.relation.name))


def _open_ends(engine: Engine) -> Iterator[str]:
    """Columns with keys of records that are not there."""
    for column, targets in _ENDS:
        missing = and_(
            *(~exists(literal_column("1")).where(target.c.key == column) for target in targets)
        )
        query = select(func.count()).select_from(column.table).where(column.is_not(None), missing)
        with engine.connect() as connection:
            count = connection.execute(query).scalar_one()
        if count:
            yield f"{count} rows of {column} lead to nothing"
    yield from _entities_of_nothing(engine)


def _entities_of_nothing(engine: Engine) -> Iterator[str]:
    ends = or_(
        tables.relation.c.source == tables.entity.c.key,
        tables.relation.c.target == tables.entity.c.key,
    )
    query = select(tables.entity.c.id).where(~exists(literal_column("1")).where(ends))
    with engine.connect() as connection:
        yield from _some(
            "entities that nothing is of", Counter(connection.execute(query).scalars())
        )


def _in_cypher(url: str) -> Iterator[str]:
    for what, query in _NEVER.items():
        yield from _some(what, Counter(str(record["found"]) for record in _asked(url, query)))


def _said_in_cypher(url: str) -> dict[bytes, set[bytes]]:
    """As `_said_in_sql`."""
    said = defaultdict(set)
    for record in _asked(
        url, "MATCH (s:Bookkeeping) WHERE s.load IS NOT NULL RETURN s.load, s.subject"
    ):
        said[bytes.fromhex(record[0])].add(bytes.fromhex(record[1]))
    return said


def _asked(url: str, query: str) -> Sequence[Record]:
    address = address_of(url)
    login = (address.user or "", address.password or "")
    # An empty database knows no labels yet, which is worth a word to those who type.
    with GraphDatabase.driver(
        address.server, auth=login, notifications_min_severity="OFF"
    ) as driver:
        return driver.execute_query(query, database_=address.database).records


def _some(what: str, found: Counter[Any]) -> Iterator[str]:
    if found:
        named = "; ".join(str(each)[:200] for each in sorted(found)[:_NAMED])
        yield f"{found.total()} {what}: {named}"
