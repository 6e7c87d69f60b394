"""Names for records that a document gives none: blank nodes of RDF.

A name comes from what the document says of the node, and of all blank nodes that it is connected
with, so it is the same wherever and whenever the document is read, and one comment more changes
nothing. Nodes of which a document says the same are told apart by their places in it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from provgraph.interchange.reading.prov_o.triples import Resource, Triple, is_blank
from provgraph.prov.names import OURS
from provgraph.prov.statements import Literal

#: How the names begin that blank nodes get.
BLANK = f"{OURS}blank:"
#: From how far a node's neighbours are told apart. What is said further away enters the names by
#: the hash of the connected nodes together.
_STEPS = 4

#: What one triple says of a blank node: the direction, the predicate and the graph; and the term
#: at its other end.
_Edge: TypeAlias = tuple[str, Resource | Literal]


def blank_names(triples: Sequence[Triple]) -> dict[Resource, str]:
    """Name the blank nodes of a document. The time is linear in the number of triples.

    Args:
        triples: all of the document.

    Returns:
        blank node → a URI that provgraph makes up for it.
    """
    edges = _edges(triples)
    if not edges:
        return {}
    groups = _groups(edges)
    hashes = _hashes(edges)
    together: dict[Resource, list[str]] = defaultdict(list)
    for node in edges:
        together[groups[node]].append(hashes[node])
    of_groups = {group: _hash(sorted(found)) for group, found in together.items()}
    times_seen: dict[str, int] = defaultdict(int)
    names = {}
    for node in edges:
        found = _hash((of_groups[groups[node]], hashes[node]))[:32]
        times_seen[found] += 1
        number = times_seen[found]
        names[node] = f"{BLANK}{found}" + (f"-{number}" if number > 1 else "")
    return names


def _edges(triples: Iterable[Triple]) -> dict[Resource, list[_Edge]]:
    """List what is said of each blank node, the nodes in the order of the document."""
    edges: dict[Resource, list[_Edge]] = {}
    for subject, predicate, value, graph in triples:
        if is_blank(subject):
            edges.setdefault(subject, []).append((f"> {predicate} {graph}", value))
        if isinstance(value, str) and is_blank(value):
            edges.setdefault(value, []).append((f"< {predicate} {graph}", subject))
    return edges


def _hashes(edges: Mapping[Resource, Sequence[_Edge]]) -> dict[Resource, str]:
    hashes = dict.fromkeys(edges, "")
    for _ in range(_STEPS):
        hashes = {
            node: _hash(sorted(f"{how} {_text(end, hashes)}" for how, end in found))
            for node, found in edges.items()
        }
    return hashes


def _text(term: Resource | Literal, hashes: Mapping[Resource, str]) -> str:
    return repr(term) if isinstance(term, Literal) else f"<{hashes.get(term, term)}>"


def _groups(edges: Mapping[Resource, Sequence[_Edge]]) -> dict[Resource, Resource]:
    """Find the nodes that are connected through blank nodes: node → one node of its group."""
    groups: dict[Resource, Resource] = {}
    for first in edges:
        waiting = [] if first in groups else [first]
        while waiting:
            node = waiting.pop()
            if node not in groups:
                groups[node] = first
                waiting.extend(
                    end for _, end in edges[node] if isinstance(end, str) and end in edges
                )
    return groups


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
