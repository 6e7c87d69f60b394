"""Cycles and paths in a graph of numbered things."""

from collections.abc import Iterator
from functools import cached_property

import igraph
import numpy as np
from numpy.typing import NDArray

from provgraph.validation.instance import Numbers

#: The shortest cycle is looked for through so many edges of a component, through fewer where each
#: takes long.
_TRIED = 100
#: About how many edges are walked to find the shortest cycle of a component.
_WALKED = 2_000_000


def graph_of(edges: Numbers, count: int) -> igraph.Graph:
    """Make a directed graph.

    Args:
        edges: pairs of nodes, of shape (edges, 2).
        count: how many nodes there are; nodes are 0 … count - 1.

    Returns:
        The graph.
    """
    return igraph.Graph(n=count, edges=np.ascontiguousarray(edges), directed=True)


class Cycles:
    """A directed graph, given by its edges."""

    def __init__(self, sources: Numbers, targets: Numbers) -> None:
        """Take the edges; nodes are any numbers."""
        ends = np.concatenate([sources, targets])
        self.nodes, places = np.unique(ends, return_inverse=True)
        self._edges: Numbers = places.reshape(2, -1).T.astype(np.int64)

    @property
    def edges(self) -> Numbers:
        """The edges as pairs of indexes of ``nodes``, in the order given."""
        return self._edges

    @cached_property
    def _graph(self) -> igraph.Graph:
        return graph_of(self._edges, len(self.nodes))

    @cached_property
    def components(self) -> Numbers:
        """For each index of a node, the strongly connected component of the node."""
        # A graph of its own, which is let go: of large ones no other is needed.
        return np.array(
            graph_of(self._edges, len(self.nodes)).connected_components(mode="strong").membership,
            np.int64,
        )

    def parts(self) -> Iterator[Numbers]:
        """Yield, for each component with a cycle, the indexes of the edges in it."""
        component = self.components[self._edges]
        inside = np.flatnonzero(component[:, 0] == component[:, 1])
        inside = inside[np.argsort(component[inside, 0], kind="stable")]
        borders = np.flatnonzero(np.diff(component[inside, 0])) + 1
        yield from np.split(inside, borders) if len(inside) else ()

    def path(self, source: int, target: int) -> list[int]:
        """Find a shortest path.

        Args:
            source: the index of the first node.
            target: the index of the last node.

        Returns:
            The indexes of the nodes on the path, both ends included.
        """
        found: list[int] = self._graph.get_shortest_path(source, target, mode="out")
        return found

    def path_within(self, part: Numbers, source: int, target: int) -> Numbers:
        """Find a shortest path that stays in one part of the graph.

        Args:
            part: the indexes of the edges of the part.
            source: the index of the first node.
            target: the index of the last node.

        Returns:
            The indexes of the edges on the path.
        """
        graph = Cycles(*self._edges[part].T)
        here, there = np.searchsorted(graph.nodes, [source, target]).tolist()
        found: Numbers = part[
            graph._graph.get_shortest_path(here, there, mode="out", output="epath")
        ]
        return found

    def shortest(self, through: NDArray[np.bool_] | None = None) -> Iterator[list[int]]:
        """Find a shortest cycle in each component that has a cycle.

        Args:
            through: for each edge whether it is demanded: a cycle must hold one of the demanded
                edges. None when any cycle will do.

        Yields:
            The nodes of the cycle, the smallest first.
        """
        for part in self.parts():
            demanded = part if through is None else part[through[part]]
            if len(demanded):
                graph = Cycles(*self.nodes[self._edges[part]].T)
                yield _shortest(graph, self.nodes[self._edges[demanded]])

    def reachable(self, nodes: Numbers) -> Numbers:
        """Find all that edges lead to.

        Args:
            nodes: where to begin.

        Returns:
            These nodes and all that can be reached from them, in order.
        """
        here = np.flatnonzero(np.isin(self.nodes, nodes))
        if not len(here):
            return nodes
        beginning = len(self.nodes)
        graph = self._graph.copy()
        graph.add_vertices(1)
        graph.add_edges([(beginning, int(place)) for place in here])
        found = [place for place in graph.subcomponent(beginning, mode="out") if place != beginning]
        return np.union1d(nodes, self.nodes[found])


def _shortest(graph: Cycles, through: Numbers) -> list[int]:
    """Return a shortest cycle of a strongly connected graph through one of some edges.

    The edges are given by their nodes.
    """
    edges = np.unique(through, axis=0)[: min(_TRIED, 1 + _WALKED // len(graph.edges))]
    places = np.searchsorted(graph.nodes, edges).tolist()
    found = min((_through(graph, source, target) for source, target in places), key=len)
    first = found.index(min(found))
    return [int(graph.nodes[place]) for place in (*found[first:], *found[:first])]


def _through(graph: Cycles, source: int, target: int) -> list[int]:
    """The places on a shortest cycle through an edge."""
    return [source] if source == target else [source, *graph.path(target, source)[:-1]]
