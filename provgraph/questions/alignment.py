"""Which run of one history is the counterpart of which run of another one.

docs/explanation/comparison.md defines it.

Everything here treats both histories alike: to exchange them exchanges the pairs, and no more.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from provgraph.model.lineage import Node
from provgraph.questions.histories import Facets, History, Input

#: Key of a run of the first history → key of its counterpart in the second.
Pairs: TypeAlias = dict[bytes, bytes]

#: What two runs of one tool have to share to be counterparts, the strictest first.
_FACETS: tuple[Callable[[Facets], object], ...] = (
    lambda each: each.deep,
    lambda each: (each.origin, each.own, each.shape),
    lambda each: (each.origin, each.own),
    lambda each: (each.origin, each.shape),
    lambda each: each.origin,
    lambda each: (each.own, each.shape),
    lambda each: each.own,
    lambda each: each.shape,
    lambda each: None,
)


def align(a: History, b: History) -> Pairs:
    """Find the counterparts of the runs of two histories.

    Args:
        a: the first history.
        b: the second history.

    Returns:
        The pairs. No run is in two of them, and both runs of a pair are of one tool.
    """
    return _Alignment(a, b).pairs()


class _Alignment:
    """The pairs that are known so far."""

    def __init__(self, a: History, b: History) -> None:
        self._a, self._b = a, b
        # A run that led to both records is its own counterpart.
        self._pairs = {key: key for key in a.runs if key in b.runs}
        self._taken = set(self._pairs)

    def pairs(self) -> Pairs:
        self._descend([(self._a.of_root, self._b.of_root)])
        # What stands above a run that only one history has: nearest to the root first.
        for tool in self._left_tools():
            self._pair(*(self._left(history, tool) for history in (self._a, self._b)))
        return self._pairs

    def _descend(self, inputs: Iterable[tuple[Sequence[Input], Sequence[Input]]]) -> None:
        """Pair the runs that made inputs of counterparts in one role, and so on to the origin."""
        queue = deque(inputs)
        while queue:
            ours, theirs = (
                self._makers(history, each)
                for history, each in zip((self._a, self._b), queue.popleft(), strict=True)
            )
            for key in sorted(ours.keys() & theirs.keys()):
                for pair in self._matched(ours[key], theirs[key]):
                    queue.append((self._a.inputs[pair[0]], self._b.inputs[pair[1]]))

    def _makers(
        self, history: History, inputs: Sequence[Input]
    ) -> dict[tuple[str, str], list[bytes]]:
        """Role and tool → the runs that made inputs."""
        found: dict[tuple[str, str], dict[bytes, None]] = defaultdict(dict)
        for each in inputs:
            for maker in each.makers:
                if maker in history.runs:
                    found[each.role or "", history.runs[maker].name or ""][maker] = None
        return {key: list(makers) for key, makers in found.items()}

    def _pair(self, ours: list[bytes], theirs: list[bytes]) -> None:
        for mine, other in self._matched(ours, theirs):
            self._descend([(self._a.inputs[mine], self._b.inputs[other])])

    def _matched(self, ours: Iterable[bytes], theirs: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
        """Pair those of some runs of one tool that are nobody's counterpart yet."""
        left = [key for key in ours if key not in self._pairs]
        right = [key for key in theirs if key not in self._taken]
        found: list[tuple[bytes, bytes]] = []
        # One run on each side is a pair whatever they share.
        alone = len(left) == len(right) == 1
        for facet in _FACETS[-1:] if alone else _FACETS:
            if left and right:
                new = list(self._sharing(facet, left, right))
                found += new
                mine, other = {pair[0] for pair in new}, {pair[1] for pair in new}
                left = [key for key in left if key not in mine]
                right = [key for key in right if key not in other]
        self._pairs.update(found)
        self._taken.update(other for _, other in found)
        return found

    def _sharing(
        self, facet: Callable[[Facets], object], left: list[bytes], right: list[bytes]
    ) -> Iterator[tuple[bytes, bytes]]:
        """The pairs of runs that share a facet; of several the earliest is that of the earliest."""
        groups: dict[object, tuple[list[bytes], list[bytes]]] = defaultdict(lambda: ([], []))
        for key in left:
            groups[facet(self._a.facets[key])][0].append(key)
        for key in right:
            groups[facet(self._b.facets[key])][1].append(key)
        both = [
            (sorted(ours, key=self._order), sorted(theirs, key=self._order))
            for ours, theirs in groups.values()
            if ours and theirs
        ]
        both.sort(key=lambda sides: min(self._order(each[0]) for each in sides))
        for ours, theirs in both:
            yield from zip(ours, theirs, strict=False)

    def _order(self, key: bytes) -> tuple[str, str]:
        run = self._run(key)
        return run.start_time or "", run.id

    def _run(self, key: bytes) -> Node:
        return self._a.runs.get(key) or self._b.runs[key]

    def _left(self, history: History, tool: str) -> list[bytes]:
        done = self._pairs.keys() if history is self._a else self._taken
        return [k for k, run in history.runs.items() if (run.name or "") == tool and k not in done]

    def _left_tools(self) -> list[str]:
        """The tools of runs without a counterpart in both histories, nearest to the root first."""
        distances: dict[str, list[int]] = defaultdict(list)
        sides = [
            {
                run.name or "": run.distance
                for key, run in reversed(history.runs.items())
                if key not in done
            }
            for history, done in ((self._a, self._pairs.keys()), (self._b, self._taken))
        ]
        for side in sides:
            for tool, distance in side.items():
                distances[tool].append(distance)
        shared = sides[0].keys() & sides[1].keys()
        return sorted(shared, key=lambda tool: (min(distances[tool]), tool))
