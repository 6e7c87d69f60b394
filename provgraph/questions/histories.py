"""The history of a record as runs and what they read: what can be compared with another one.

docs/explanation/comparison.md defines the words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from provgraph.model.lineage import Edge, Lineage, Node, Setup
from provgraph.model.vocabulary import AGENT_RELATIONS, Kind, RelationType

#: What can only be compared with its like.
_Mark: TypeAlias = int


class Input(NamedTuple):
    """What a run read, or what a record comes from.

    Attributes:
        role: the part that it played; the relation, where that is not used.
        id: of the record.
        makers: the keys of the runs that it comes from.
        external: the ids of the records that it comes from and that no known run made.
    """

    role: str | None
    id: str
    makers: frozenset[bytes]
    external: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facets:
    """What tells a run from others of its tool, as marks that are equal where the thing is.

    Attributes:
        deep: all that led to it: tools, versions, settings, roles and external files.
        origin: the external files that it goes back to, whatever the steps between.
        own: its version and its settings.
        shape: the tools and roles that led to it.
    """

    deep: _Mark
    origin: _Mark
    own: _Mark
    shape: _Mark


class History:
    """What led to a record.

    Attributes:
        root: the record.
        is_cut: whether a limit cut the history.
        nodes: key → record.
        runs: key → run, nearest first.
        settings: key of a run → the keys of its settings.
        own: key of a run → those of its settings that other runs share.
    """

    def __init__(self, lineage: Lineage, shared: AbstractSet[bytes]) -> None:
        """Take what led to a record.

        Args:
            lineage: upstream, with what set up its runs.
            shared: the settings that several runs of both histories have.
        """
        self.root = lineage.root
        self.is_cut = lineage.truncated
        self.nodes = {node.key: node for node in (lineage.root, *lineage.nodes)}
        self.runs = {node.key: node for node in lineage.nodes if node.kind is Kind.ACTIVITY}
        setups = lineage.setups or {}
        # Of many runs that share all their settings there is one set.
        sets = {each.settings: frozenset(each.settings) for each in (Setup(), *setups.values())}
        self.settings = {key: sets[setups.get(key, Setup()).settings] for key in self.runs}
        self._shared = {each: each & shared for each in sets.values()}
        self._causes: dict[bytes, list[Edge]] = defaultdict(list)
        for edge in lineage.edges:
            if edge.relation not in AGENT_RELATIONS:
                self._causes[edge.source].append(edge)
        self._origins: dict[bytes, tuple[frozenset[bytes], frozenset[str]]] = {}

    @cached_property
    def inputs(self) -> dict[bytes, tuple[Input, ...]]:
        """Key of a run → what it read."""
        return {key: tuple(map(self._input, self._causes.get(key, ()))) for key in self.runs}

    @cached_property
    def of_root(self) -> tuple[Input, ...]:
        """What the root comes from; of a run the run itself."""
        if self.root.key in self.runs:
            return (Input(None, self.root.id, frozenset({self.root.key}), frozenset()),)
        makers, external = self._origin(self.root.key)
        return (Input(None, self.root.id, makers, external - {self.root.id}),)

    @cached_property
    def facets(self) -> dict[bytes, Facets]:
        """Key of a run → its facets; runs that lead to themselves have those of their tool."""
        found: dict[bytes, Facets] = {}
        for key in self._causes_first():
            found[key] = self._facets_of(key, found)
        return found

    def paths_of(self, run: bytes) -> set[str]:
        """Find the paths of the files that a run noted, as far as the history shows them.

        Args:
            run: its key.
        """
        edges = (*self._causes.get(run, ()), *self._made.get(run, ()))
        paths = {edge.location for edge in edges if edge.location}
        for edge in edges:
            for key in (edge.source, edge.target):
                paths.update(self.nodes[key].locations if key in self.nodes else ())
        return paths

    @cached_property
    def _made(self) -> dict[bytes, list[Edge]]:
        found: dict[bytes, list[Edge]] = defaultdict(list)
        for edges in self._causes.values():
            for edge in edges:
                if edge.relation is RelationType.WAS_GENERATED_BY:
                    found[edge.target].append(edge)
        return found

    def run_called(self, identifier: str) -> Node:
        """Find a run of the history; its root where no run has that id.

        Args:
            identifier: the run's id.
        """
        return self._by_id.get(identifier, self.root)

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {run.id: run for run in self.runs.values()}

    def _input(self, edge: Edge) -> Input:
        role = edge.role if edge.relation is RelationType.USED else str(edge.relation)
        return Input(role, self.nodes[edge.target].id, *self._origin(edge.target))

    def _origin(self, key: bytes) -> tuple[frozenset[bytes], frozenset[str]]:
        """The runs that a record comes from, and the records without any; through derivations."""
        found = self._origins.get(key)
        if found is None:
            found = self._origins[key] = self._traced(key)
        return found

    def _traced(self, key: bytes) -> tuple[frozenset[bytes], frozenset[str]]:
        makers: set[bytes] = set()
        external: set[str] = set()
        stack, seen = [key], {key}
        while stack:
            here = stack.pop()
            if here in self.runs:
                makers.add(here)
                continue
            causes = self._causes_of(here)
            if not causes:
                external.add(self.nodes[here].id)
            else:
                stack += causes - seen
                seen |= causes
        return frozenset(makers), frozenset(external)

    def _causes_of(self, key: bytes) -> set[bytes]:
        """What a record comes from directly: the runs that made it, else what it derives from."""
        causes = self._causes.get(key, ())
        made = {e.target for e in causes if e.relation is RelationType.WAS_GENERATED_BY}
        return made or {edge.target for edge in causes}

    def _causes_first(self) -> Iterable[bytes]:
        """The runs, each after those that it comes from, as far as they lead not to themselves."""
        waiting = {
            key: set().union(*(each.makers for each in inputs)) & self.runs.keys()
            for key, inputs in self.inputs.items()
        }
        effects: dict[bytes, list[bytes]] = defaultdict(list)
        for key, makers in waiting.items():
            for maker in makers:
                effects[maker].append(key)
        ready = [key for key, makers in waiting.items() if not makers]
        done: dict[bytes, None] = {}
        while ready:
            key = ready.pop()
            done[key] = None
            for effect in effects.get(key, ()):
                waiting[effect].discard(key)
                if not waiting[effect]:
                    ready.append(effect)
        return (*done, *(key for key in self.runs if key not in done))

    def _facets_of(self, key: bytes, known: Mapping[bytes, Facets]) -> Facets:
        run = self.runs[key]
        own = hash((run.version, self._shared[self.settings[key]]))
        deep, shape, origins = [], [], set()
        for each in self.inputs[key]:
            role = each.role or ""
            for maker in each.makers & known.keys():
                deep.append((role, known[maker].deep))
                shape.append((role, known[maker].shape))
                origins.add(known[maker].origin)
            for external in each.external:
                deep.append((role, hash(external)))
                shape.append((role, 0))
                origins.add(hash(external))
        origin = next(iter(origins)) if len(origins) == 1 else hash(frozenset(origins))
        return Facets(
            hash((run.name, own, tuple(sorted(deep)))),
            origin,
            own,
            hash((run.name, tuple(sorted(shape)))),
        )
