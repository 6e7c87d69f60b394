"""What people who look at the graph in Neo4j Browser or Bloom take with them, and what helps them.

The kit is a style in PROV's colours and saved questions; both are files of the package
(``provgraph/data/neo4j``). `set_up` makes the indexes that the questions go along, and joins each
load to the records that it speaks of. Nothing of it is provenance: answers and digest stay as they
are.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from provgraph.errors import NoStoreError
from provgraph.model.records import batches, key_of
from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL, Kind
from provgraph.store.neo4j.address import address_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.opening import opened
from provgraph.store.neo4j.schema import existing_indexes, exists
from provgraph.store.neo4j.transaction import TAKE_TURN

#: What Neo4j Browser calls the folder of the questions.
FOLDER = "provgraph"
STYLE = "provgraph.grass"
#: The properties that only the saved questions go along. The store has no need of these indexes.
_INDEXES = (
    ("Activity", ("startTime",)),
    ("Activity", ("name", "version", "status", "startTime")),
    ("Entity", ("generatedAtTime",)),
    ("Entity", ("invalidatedAtTime",)),
)
#: How many loads are joined in one transaction.
_LOADS = 200
_WAIT_SECONDS = 300
#: The kinds of records that a load may speak of, with those that keep their key.
_SUBJECTS = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT, *sorted(DESCRIPTIONS))
_SUBJECT = " UNION ALL ".join(
    f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.key = subject RETURN n" for kind in _SUBJECTS
)
_JOIN = (
    "UNWIND $rows AS row MATCH (l:Load {id: row.id}) "
    "CALL (row) { "
    "MATCH (s:Bookkeeping) WHERE s.load = row.key RETURN DISTINCT s.subject AS subject } "
    f"CALL (subject) {{ {_SUBJECT} }} "
    "MERGE (l)-[:ASSERTS]->(n) RETURN count(*)"
)


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that Neo4j Browser keeps among its favourites.

    Attributes:
        name: of its file, without ending.
        text: the Cypher, with what it is for in comments.
    """

    name: str
    text: str

    @property
    def title(self) -> str:
        """What Neo4j Browser calls it: its first line."""
        return self.text.partition("\n")[0].removeprefix("//").strip()


@dataclass(frozen=True, slots=True)
class SetUp:
    """What `set_up` has done.

    Attributes:
        indexes: how many indexes were missing and are there now.
        loads: how many loads there are.
        joined: how many pairs of a load and a record that it speaks of.
    """

    indexes: int
    loads: int
    joined: int


def questions() -> list[SavedQuestion]:
    """Read the saved questions, by name."""
    found = (files("provgraph") / "data" / "neo4j" / "questions").iterdir()
    named = {each.name: each.read_text(encoding="utf-8") for each in found}
    return [
        SavedQuestion(name.removesuffix(".cypher"), named[name])
        for name in sorted(named)
        if name.endswith(".cypher")
    ]


def style() -> str:
    """Read the style: the colours and captions of nodes and relationships, as GraSS."""
    return (files("provgraph") / "data" / "neo4j" / STYLE).read_text(encoding="utf-8")


def archive() -> bytes:
    """Pack the questions as Neo4j Browser imports them.

    Returns:
        A zip file, always the same.
    """
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for each in questions():
            entry = ZipInfo(f"{FOLDER}/{each.name}.cypher")
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, each.text)
    return packed.getvalue()


def set_up(url: str, password: str | None = None) -> SetUp:
    """Make indexes for the saved questions, and join each load to what it speaks of.

    May be done again at any time, also while others load; what is there already stays.

    Args:
        url: of a store, as `provgraph.store.neo4j.store.open_neo4j` takes it.
        password: instead of the one in the URL.

    Returns:
        What was done.

    Raises:
        SettingsError: the URL is none of Neo4j.
        NoStoreError: nobody has written to the database yet.
        UnfinishedCopyError: it is a copy that is not whole.
        StoreError: the server refuses.
    """
    with closing(Connection(address_of(url, password))) as connection:
        if not (opened(connection).was_imported or exists(connection)):
            raise NoStoreError(str(connection), "the database is not provgraph's yet")
        made = _make_indexes(connection)
        found = connection.read("MATCH (l:Load) RETURN l.id ORDER BY l.time, l.id")
        loads = [row[0] for row in found]
        return SetUp(made, len(loads), sum(_joined(connection, loads)))


def _make_indexes(connection: Connection) -> int:
    existing, made = existing_indexes(connection), 0
    for label, keys in _INDEXES:
        name = f"provgraph_browser_{label}_{'_'.join(keys)}"
        if name not in existing:
            properties = ", ".join(f"n.{key}" for key in keys)
            connection.execute(
                f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({properties})"
            )
            made += 1
    if made:
        connection.execute(f"CALL db.awaitIndexes({_WAIT_SECONDS})")
    return made


def _joined(connection: Connection, loads: list[str]) -> Iterator[int]:
    """How many records each batch of loads is joined to; a writer at a time, as for loading."""
    for some in batches(loads, _LOADS):
        rows = [{"id": each, "key": key_of(Kind.LOAD, each).hex()} for each in some]
        with connection.transaction(TAKE_TURN) as transaction:
            found = transaction.run(_JOIN, rows=rows).single(strict=True)
        yield found[0]
