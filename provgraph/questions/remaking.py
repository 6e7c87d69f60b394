"""How a file can be made again (``rerun``): which runs led to it, in which order.

What a run noted as its inputs is followed to the runs that made them, and so is what it names in
its configuration or arguments (a suspected input): ctapipe-compute-irf notes no cuts file, and
can't be repeated without one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from provgraph.errors import NoMakerError
from provgraph.model.filters import Filter
from provgraph.model.hiding import check_whole
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.recipes import Recipe, RecipeGap
from provgraph.model.records import Fact, batches
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.recipe_steps import Named, Repeated, StepMaker
from provgraph.questions.summary import summary_of
from provgraph.questions.tracing import all_pages, lineage
from provgraph.store.protocol import Store

_FILE_RELATIONS = (RelationType.USED, RelationType.WAS_GENERATED_BY)
#: How many runs one call of the store asks about.
_BATCH = 1_000
#: What the runs of one process have in common (docs/contract.md, rule 5).
_PROCESS = (Fact.HOST, Fact.BOOT_TIME, Fact.EXECUTABLE, Fact.ARGUMENTS)


def recipe_of(store: Store, root: Node) -> Recipe:
    """Find out how a file can be made again.

    Args:
        store: that holds the file.
        root: the file; or a run, to repeat it.

    Returns:
        The recipe, with what can't be rebuilt.

    Raises:
        HiddenError: some of what led to it is hidden from who asks.
        NoMakerError: no known run made the file.
        StoreError: the store failed.
    """
    origin = _RecipeOrigin.of(store, root)
    check_whole(origin.nodes.values(), "how a file is made again")
    runs = origin.needed_runs()
    if not runs:
        raise NoMakerError(f"{root.id}: no known run made it, so there is nothing to run again")
    processes = _processes(runs, origin.nodes.values())
    repeated, closed = _in_order(_repeated(store, origin, processes))
    maker = StepMaker(store, repeated, root.key)
    steps = maker.steps()
    gaps = [*origin.gaps(runs), *closed, *maker.gaps]
    return Recipe(
        root.id,
        maker.made.get(root.key),
        steps,
        tuple(maker.external.values()),
        tuple(dict.fromkeys(gaps)),
        maker.software,
    )


@dataclass
class _RecipeOrigin:
    """What led to a record: as far as it is noted, and as far as runs name it.

    Attributes:
        root: the record.
        nodes: key → record.
        edges: the relations between them.
        suspected: key of a run → the path and the key of each file that it names but did not note.
        is_cut: whether a limit cut the walk.
    """

    root: Node
    nodes: dict[bytes, Node] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    suspected: dict[bytes, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict))
    is_cut: bool = False

    @classmethod
    def of(cls, store: Store, root: Node) -> "_RecipeOrigin":
        """Walk from a record to its origin, and on from each file that a run names."""
        origin = cls(root)
        waiting = [root]
        while waiting:
            walked = lineage(store, waiting.pop())
            origin._take(walked)
            waiting += origin._suspect(store, walked)
        return origin

    def _take(self, walked: Lineage) -> None:
        self.nodes |= {node.key: node for node in walked.nodes}
        self.edges |= dict.fromkeys(walked.edges)
        self.is_cut |= walked.truncated

    def _suspect(self, store: Store, walked: Lineage) -> list[Node]:
        """Note the suspected inputs of the runs of a lineage; the files not yet walked from."""
        runs = {node.id: node.key for node in walked.of_kind(Kind.ACTIVITY)}
        found = summary_of(store, walked).suspected
        files = {each.id: each for each in _entities(store, {each.id for each in found})}
        for each in found:
            if each.id in files:
                self.suspected[runs[each.run]][each.path] = files[each.id].key
        new = [node for node in files.values() if node.key not in self.nodes]
        self.nodes |= {node.key: node for node in new}
        return new

    @property
    def makers(self) -> dict[bytes, list[bytes]]:
        """Key of a file → the keys of the runs that made it, by their ids."""
        found = self._causes(RelationType.WAS_GENERATED_BY)
        return {
            key: sorted(runs, key=lambda run: self.nodes[run].id) for key, runs in found.items()
        }

    @property
    def read(self) -> dict[bytes, list[bytes]]:
        """Key of a run → the keys of the files that it read, or only named."""
        found = self._causes(RelationType.USED)
        for run, named in self.suspected.items():
            found[run] += named.values()
        return found

    def _causes(self, *relations: RelationType) -> dict[bytes, list[bytes]]:
        """Key of a record → the keys of those that it leads to by some relations."""
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for edge in self.edges:
            if edge.relation in relations:
                found[edge.source].append(edge.target)
        return found

    def needed_runs(self) -> list[Node]:
        """The runs that made the root, those that made what these read, and so on."""
        makers, read = self.makers, self.read
        is_run = self.root.kind is Kind.ACTIVITY
        waiting = [self.root.key] if is_run else makers.get(self.root.key, [])[:1]
        found: dict[bytes, None] = {}
        while waiting:
            run = waiting.pop()
            if run not in found:
                found[run] = None
                waiting += [maker for file in read[run] for maker in makers.get(file, ())[:1]]
        return [self.nodes[run] for run in found]

    def gaps(self, runs: Iterable[Node]) -> Iterator[RecipeGap]:
        """What the way from the origin to the root can't tell."""
        if self.is_cut:
            yield RecipeGap("A limit cut the history: runs may be missing.", self.root.id)
        makers, read, causes = self.makers, self.read, self._causes(*ORIGIN_RELATIONS)
        files = {self.root.key, *(file for run in runs for file in read[run.key])}
        for file in sorted((self.nodes[key] for key in files), key=lambda node: node.id):
            others = makers.get(file.key, [])[1:]
            if others:
                said = (
                    f"Several runs are said to have made it: not repeated is {self._ids(others)}."
                )
                yield RecipeGap(said, file.id)
            origin = causes.get(file.key)
            if origin and file.key not in makers and file.kind is Kind.ENTITY:
                said = f"It comes from {self._ids(origin)}, but no run is known that made it so."
                yield RecipeGap(said, file.id)

    def _ids(self, keys: Iterable[bytes]) -> str:
        return ", ".join(sorted(self.nodes[key].id for key in keys))


def _entities(store: Store, ids: Iterable[str]) -> list[Node]:
    """The entities with some ids."""
    wanted = tuple(sorted(ids))
    found = all_pages(store, Filter(identifiers=wanted, kinds=(Kind.ENTITY,))) if wanted else ()
    return [each.node for each in found if each.node.id in wanted]


def _processes(runs: Iterable[Node], known: Iterable[Node]) -> list[list[Node]]:
    """The runs by the process to repeat: of nested runs the outermost, then those within it.

    All runs of a process have its command line. Example: a script starts the activity ``outer``
    and within it ``inner``; the script is to be run once.
    """
    alike: dict[str, list[Node]] = defaultdict(list)
    for node in known:
        if node.kind is Kind.ACTIVITY and node.attributes.get(Fact.ARGUMENTS):
            alike[_process(node)].append(node)
    found: dict[bytes, list[Node]] = {}
    for run in runs:
        around = [each for each in alike[_process(run)] if _is_within(run, each)]
        outermost = min(around or [run], key=lambda each: (each.start_time or "", each.id))
        found.setdefault(outermost.key, [outermost])
        if run.key != outermost.key:
            found[outermost.key].append(run)
    return list(found.values())


def _process(run: Node) -> str:
    return repr([run.host, *(run.attributes.get(name) for name in _PROCESS)])


def _is_within(run: Node, other: Node) -> bool:
    """Whether a run lies within the interval of another, or is that one."""
    if run.key == other.key:
        return True
    times = (other.start_time, run.start_time, run.end_time, other.end_time)
    return all(times) and [*map(str, times)] == sorted(map(str, times))


def _repeated(
    store: Store, origin: _RecipeOrigin, processes: Iterable[list[Node]]
) -> Iterator[Repeated]:
    """Each process with all that its runs read and made."""
    listed = list(processes)
    named = _names(store, [run.id for runs in listed for run in runs])
    edges_of = _edges_of(store, listed)
    nodes = store.nodes({_ends(edge)[1] for edges in edges_of for edge in edges})
    for runs, edges in zip(listed, edges_of, strict=True):
        keys = {run.key: run.id for run in runs}
        read: list[Named] = []
        made: list[Named] = []
        for edge in edges:
            run, file = _ends(edge)
            if file in nodes:
                others = named.get((keys[run], nodes[file].id, edge.relation), ())
                said = Named(nodes[file], edge.location, edge.role, others=tuple(others))
                (made if edge.relation is RelationType.WAS_GENERATED_BY else read).append(said)
        for key in keys:
            for path, file in origin.suspected.get(key, {}).items():
                read.append(Named(origin.nodes[file], path, is_inferred=True))
        own = {each.file.key for each in made}
        read = [each for each in read if each.file.key not in own]
        yield Repeated(runs[0], tuple(runs), tuple(read), tuple(made))


def _edges_of(store: Store, processes: Sequence[list[Node]]) -> list[list[Edge]]:
    """What the runs of each process read and made, asked for at once."""
    numbers = {run.key: number for number, runs in enumerate(processes) for run in runs}
    found: list[list[Edge]] = [[] for _ in processes]
    for edge in store.edges_of(sorted(numbers), _FILE_RELATIONS):
        if (run := _ends(edge)[0]) in numbers:
            found[numbers[run]].append(edge)
    return found


def _ends(edge: Edge) -> tuple[bytes, bytes]:
    """The run and the file of a use or a generation."""
    is_made = edge.relation is RelationType.WAS_GENERATED_BY
    return (edge.target, edge.source) if is_made else (edge.source, edge.target)


def _names(
    store: Store, runs: Iterable[str]
) -> dict[tuple[str, str, RelationType], dict[str, None]]:
    """Run, file and relation → the paths by which sources say that the run named the file.

    A relation shows one of them: of a scratch path in a log and a catalogue path in a job's
    description the latter, though the command line has the former.
    """
    found: dict[tuple[str, str, RelationType], dict[str, None]] = defaultdict(dict)
    with store.viewing() as view:
        mentions = [each for batch in batches(runs, _BATCH) for each in view.mentions_of(batch)]
    places = sorted(
        (each for each in mentions if each.mention.place), key=lambda each: str(each.mention.place)
    )
    for each in places:
        key = (each.mention.run, each.entity, each.mention.relation)
        found[key][location_of(str(each.mention.place))] = None
    return found


def _in_order(found: Iterable[Repeated]) -> tuple[list[Repeated], list[RecipeGap]]:
    """The processes, each after those that made what it reads; of several the earlier first."""
    repeated = {each.run.key: each for each in found}
    maker = {made.file.key: key for key, each in repeated.items() for made in each.made}
    causes = {
        key: {maker[read.file.key] for read in each.read if read.file.key in maker} - {key}
        for key, each in repeated.items()
    }
    effects: dict[bytes, list[bytes]] = defaultdict(list)
    for key, before in causes.items():
        for cause in before:
            effects[cause].append(key)
    ready: list[tuple[str, str, bytes]] = []
    done: dict[bytes, None] = {}
    for key in [key for key, before in causes.items() if not before]:
        heappush(ready, _rank(repeated[key]))
    while ready:
        key = heappop(ready)[-1]
        done[key] = None
        for effect in effects[key]:
            causes[effect].discard(key)
            if not causes[effect]:
                heappush(ready, _rank(repeated[effect]))
    left = sorted((each for key, each in repeated.items() if key not in done), key=_rank)
    said = "It needs what is made from its own products, so its place in the order is a guess."
    gaps = [RecipeGap(said, each.run.id) for each in left]
    return [*(repeated[key] for key in done), *left], gaps


def _rank(repeated: Repeated) -> tuple[str, str, bytes]:
    run = repeated.run
    return run.start_time or run.end_time or "", run.id, run.key
