"""Which records were made from invalid ones, in Cypher."""

from collections import defaultdict
from collections.abc import Collection

from provgraph.model.vocabulary import ORIGIN_RELATIONS
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import MARKED

_RELATIONS = "|".join(each.name for each in ORIGIN_RELATIONS)
#: Pairs of an invalid record and a record that was made from it.
TAINTED = (
    f"{MARKED} WITH n AS mark MATCH (mark)<-[:{_RELATIONS}*1..]-(n) "
    "WHERE n.key IN $keys AND n <> mark RETURN DISTINCT coalesce(mark.fullId, mark.id), n.key"
)


def taints(connection: Connection, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
    """The invalid records that some records were made from.

    See `provgraph.store.protocol.Questions.taints`.

    Args:
        connection: to read on.
        keys: of the records.

    Returns:
        Key → the sorted ids of the invalid records.
    """
    found: dict[bytes, set[str]] = defaultdict(set)
    for mark, key in connection.read(TAINTED, keys=[key.hex() for key in keys]):
        found[bytes.fromhex(key)].add(mark)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}
