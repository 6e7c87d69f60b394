"""The revisions of descriptions, found by the ids that they must have."""

from collections.abc import Collection, Iterator, Mapping

from provgraph.model.descriptions import APPROVED_BY, PARTS, revision_id
from provgraph.model.lineage import Node
from provgraph.model.records import key_of
from provgraph.model.vocabulary import DESCRIPTIONS, Kind
from provgraph.store.protocol import Questions

#: So many revisions are looked for at once. Between two revisions so many may be gone.
_BATCH = 16


def revisions(store: Questions, bases: Collection[str]) -> dict[str, dict[int, Node]]:
    """Find the revisions of descriptions of tools.

    Args:
        store: where to look.
        bases: the ids of the first revisions.

    Returns:
        Base → number → the description; bases without any are left out.

    Raises:
        StoreError: the store failed.
    """
    found: dict[str, dict[int, Node]] = {}
    waiting, start = set(bases), 1
    while waiting:
        numbers = range(start, start + _BATCH)
        keys = {
            key_of(Kind.ACTIVITY_DESCRIPTION, revision_id(base, number)): (base, number)
            for base in waiting
            for number in numbers
        }
        nodes = store.nodes(keys)
        for key, node in nodes.items():
            base, number = keys[key]
            found.setdefault(base, {})[number] = node
        waiting = {keys[key][0] for key in nodes}
        start += _BATCH
    return found


def parts_of(store: Questions, tools: Collection[Node]) -> dict[bytes, dict[Kind, list[Node]]]:
    """Find the descriptions of the parts of tools.

    Args:
        store: where to look.
        tools: the descriptions of the tools.

    Returns:
        Key of the description of a tool → kind of description → the parts as they were listed;
        none where a source that isn't provgraph's own describes the tool.

    Raises:
        StoreError: the store failed.
    """
    listed = {tool.key: dict(_listed(tool)) for tool in tools}
    wanted = {key for kinds in listed.values() for keys in kinds.values() for key in keys}
    nodes = store.nodes(wanted)
    return {
        tool: {kind: [nodes[key] for key in keys if key in nodes] for kind, keys in kinds.items()}
        for tool, kinds in listed.items()
    }


def _listed(tool: Node) -> Iterator[tuple[Kind, list[bytes]]]:
    """The keys of the parts that the description of a tool lists, by their kind."""
    for said in tool.attributes.get(PARTS, ()):
        if isinstance(said, Mapping):
            for kind, ids in said.items():
                if kind in DESCRIPTIONS and isinstance(ids, list):
                    yield Kind(kind), [key_of(Kind(kind), str(each)) for each in ids]


def current(known: dict[int, Node]) -> Node:
    """Choose the revision that counts: the last that somebody approved, else the last.

    Args:
        known: number → description, at least one.
    """
    approved = [number for number, node in known.items() if APPROVED_BY in node.attributes]
    return known[max(approved or known)]
