"""Faults, and one trial of each: what is done to loaders and stores, and what became of it."""

import random
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from provgraph.ingest.loading import load
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from provgraph.store.waiting import PATIENCE_SECONDS
from tests.faults.consistency import faults_in
from tests.faults.limits import STEP, impatient, in_steps
from tests.faults.loaders import Loader
from tests.faults.material import RUNS, Material, counted, exit_code_of
from tests.faults.proxy import Proxy
from tests.faults.targets import SQLiteTarget, Target
from tests.services import Server
from tests.services.process import PASSWORD

#: How many loaders write at once, how many of them get the long log, and into how many hands other
#: logs come.
AT_ONCE = 8
GET_THE_LONG_LOG = 2
HANDS = 3
#: How many logs all of the loaders get.
FOR_ALL = 5
#: The seconds within which an impatient loader ends after its store has gone for good: many, for a
#: busy machine.
BOUND = 300.0
#: `provgraph load` ends so when the store can't be reached.
UNREACHABLE = 3
#: How long a server stays away, or a network is silent, at most; in seconds, and much less than a
#: loader's patience.
AWAY = 8.0
SILENT = 5.0
#: How long a fault may wait for what a loader does between two requests, in seconds.
BETWEEN = 0.3


@dataclass
class Outcome:
    """What happened in one trial.

    Attributes:
        was_hit: whether the fault came while a loader was at work on the store.
        finished: whether that loader did all its work nevertheless.
        inconsistencies: what was wrong in the store, right after the fault or after loading again.
        lost: how many records were missing after loading again, and loads that were reported but
            not kept.
        breaches: what the user was promised and did not get: an exit code, a plain message, an end.
        seconds: how long it took.
    """

    was_hit: bool = False
    finished: bool = False
    inconsistencies: list[str] = field(default_factory=list)
    lost: int = 0
    breaches: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def complaints(self) -> list[str]:
        """All that should not have happened."""
        lost = [f"{self.lost} records lost"] if self.lost else []
        return [*self.inconsistencies, *lost, *self.breaches]


@dataclass(frozen=True)
class Course:
    """How an undisturbed loader proceeds.

    Attributes:
        reached: seconds from its start to its first step into the store.
        reports: seconds to each report.
        requested: bytes that it sends to the server.
        commits: how often it commits.
        bytes_written: what it takes of a small disk.
    """

    reached: float
    reports: tuple[float, ...]
    requested: int = 0
    commits: int = 0
    bytes_written: int = 0


@dataclass
class Scene:
    """One trial: its store, its sources, its luck."""

    target: Target
    material: Material
    course: Course
    chance: random.Random
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def proxy(self) -> Proxy:
        """The proxy before the store's server."""
        assert self.target.proxy is not None
        return self.target.proxy

    @property
    def server(self) -> Server:
        """The store's server."""
        assert self.target.server is not None
        return self.target.server


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        what: in words, for the table of results.
        stores: which it can befall.
        trial: does one, and notes what happened.
        on_small_disk: whether the store must be on one.
    """

    what: str
    stores: tuple[str, ...]
    trial: Callable[[Scene], None]
    on_small_disk: bool = False


def trial(name: str, target: Target, material: Material, course: Course, seed: int) -> Outcome:
    """One trial of a fault; the seed decides what chance decides.

    Args:
        name: of the fault, in `FAULTS`.
        target: the store; what it holds is lost.
        material: what is loaded.
        course: of an undisturbed loader there, by `undisturbed`.
        seed: any number.
    """
    scene = Scene(target, material, course, random.Random(f"{name} {target.name} {seed}"))
    started = time.monotonic()
    target.heal()
    target.empty()
    try:
        FAULTS[name].trial(scene)
    except subprocess.TimeoutExpired as error:
        scene.outcome.breaches.append(f"a loader did not end within {error.timeout:.0f} s")
    finally:
        target.heal()
    scene.outcome.seconds = time.monotonic() - started
    return scene.outcome


def undisturbed(target: Target, material: Material) -> Course:
    """How one loader proceeds that nothing disturbs."""
    if target.disk is not None:
        # The first time a server also takes space for a log that it then keeps.
        _undisturbed(target, material)
    return _undisturbed(target, material)


def _undisturbed(target: Target, material: Material) -> Course:
    target.heal()
    target.empty()
    before = target.disk.used() if target.disk else 0
    with Loader(target.loader_url, material.sources) as loader:
        assert loader.wait_for(target.is_reached), loader.said
        reached = time.monotonic() - loader.started
        assert loader.end() == material.whole.exit_code, loader.said
        reports = tuple(at - loader.started for at, _ in loader.reports)
    written = target.disk.used() - before if target.disk else 0
    if target.proxy is None:
        return Course(reached, reports, bytes_written=written)
    return Course(reached, reports, target.proxy.requested, target.proxy.matches, written)


# One loader, and something that strikes it or its store.


def _struck(
    scene: Scene,
    strike: Callable[[Scene, Loader], None],
    allowed: Mapping[int, str],
    *,
    before: Callable[[], None] | None = None,
) -> None:
    """Strike a loader at a random moment; then look at the store, load again, and look again.

    Args:
        scene: of the trial.
        strike: does it, and ends it again where the loader could then go on.
        allowed: exit code → a pattern of what the message must hold; an undisturbed end is allowed
            always.
        before: a function of `tests.faults.limits` that the loader's process runs first.
    """
    with Loader(scene.target.loader_url, _shuffled(scene), before=before) as loader:
        _await_moment(scene, loader)
        scene.outcome.was_hit = loader.is_running
        strike(scene, loader)
        _judge(scene, loader, allowed)
    _afterwards(scene)


def _shuffled(scene: Scene) -> list[Path]:
    return scene.chance.sample(scene.material.sources, len(scene.material.sources))


def _await_moment(scene: Scene, loader: Loader) -> None:
    """Wait for a random moment of the loader's work, told by its progress, so that a slow machine
    changes little.
    """
    course, proxy = scene.course, scene.target.proxy
    if proxy is not None:
        share = scene.chance.uniform(0, course.requested)
        loader.wait_for(lambda: proxy.requested > share)
        # In what it does between two requests, too.
        loader.wait_for(lambda: False, scene.chance.uniform(0, BETWEEN))
        return
    moment = scene.chance.uniform(course.reached, course.reports[-1])
    reports = [at for at in course.reports if at <= moment]
    loader.wait_for(lambda: scene.target.is_reached() and len(loader.reports) >= len(reports))
    loader.wait_for(lambda: False, moment - (reports[-1] if reports else course.reached))


def _judge(scene: Scene, loader: Loader, allowed: Mapping[int, str]) -> None:
    """Note how the loader ended, and what it has reported but the store does not know."""
    code = loader.end()
    scene.outcome.finished = code == scene.material.whole.exit_code and len(loader.reports) == len(
        scene.material.sources
    )
    if not scene.outcome.finished and code not in allowed:
        scene.outcome.breaches.append(f"exit {code}: {loader.said[-400:]}")
    elif not scene.outcome.finished and not re.search(allowed[code], loader.said):
        scene.outcome.breaches.append(
            f"exit {code} without saying {allowed[code]!r}: {loader.said[-400:]}"
        )
    scene.outcome.breaches += _unseemly(loader)
    scene.target.heal()
    recorded = _loads(scene)
    scene.outcome.lost += sum(
        report["load"] not in recorded for _, report in loader.reports if report["load"]
    )


def _unseemly(loader: Loader) -> list[str]:
    """What a user should never see.

    The password, or anything that is not provgraph's own plain message.
    """
    lines = (line for line in loader.said.splitlines() if line)
    return [
        f"shows {line[:200]!r}"
        for line in lines
        if PASSWORD in line or not line.startswith(("provgraph: ", "Aborted!"))
    ]


def _afterwards(scene: Scene) -> None:
    """The store must be consistent at once, and loading again must complete it."""
    target, material = scene.target, scene.material
    scene.outcome.inconsistencies += faults_in(target.url, material)
    with Loader(target.loader_url, material.sources) as again:
        if (code := again.end()) != material.whole.exit_code:
            scene.outcome.breaches.append(f"loading again ends with {code}: {again.said[-400:]}")
    _check_whole(scene)


def _check_whole(scene: Scene) -> None:
    """After all was loaded, the store must hold just what an undisturbed load gives."""
    faults = faults_in(scene.target.url, scene.material)
    with closing(open_store(scene.target.url)) as store:
        due = scene.material.whole.stats
        faults += [
            f"{n} {name} instead of {due.get(name, 0)}"
            for name, n in store.stats().items()
            if n != due.get(name)
        ]
        if faults:
            scene.outcome.lost += (scene.material.whole.contents - counted(store.scan())).total()
    scene.outcome.inconsistencies += (f"after loading all: {each}" for each in faults)


def _kill_loader(scene: Scene) -> None:
    _struck(scene, lambda _, loader: loader.send(signal.SIGKILL), {-signal.SIGKILL: ""})


def _interrupt_loader(scene: Scene) -> None:
    _struck(
        scene,
        lambda _, loader: loader.send(signal.SIGINT),
        {130: "", -signal.SIGINT: "", 1: "Aborted"},
    )


def _terminate_loader(scene: Scene) -> None:
    _struck(scene, lambda _, loader: loader.send(signal.SIGTERM), {143: "", -signal.SIGTERM: ""})


def _kill_server(scene: Scene) -> None:
    """Kill the server and start it again on its data.

    The loader waits for it, as long as it has promised.
    """
    allowed: dict[int, str] = {}

    def strike(scene: Scene, loader: Loader) -> None:
        killed = time.monotonic()
        scene.server.kill()
        scene.proxy.refuse()
        loader.wait_for(lambda: False, scene.chance.uniform(0, AWAY))
        scene.server.start()
        scene.proxy.restore()
        if time.monotonic() - killed > PATIENCE_SECONDS / 2:
            # On a busy machine a start can take so long that a loader loses its patience, or does
            # not come to another attempt before.
            allowed[UNREACHABLE] = "provgraph: the store at"

    _struck(scene, strike, allowed)


def _reset_connections(scene: Scene) -> None:
    """The server is there all the time, so the loader has no reason to give up."""
    _struck(scene, lambda scene, _: scene.proxy.cut(), {})


def _silent_network(scene: Scene) -> None:
    def strike(scene: Scene, loader: Loader) -> None:
        scene.proxy.silence()
        loader.wait_for(lambda: False, scene.chance.uniform(1, SILENT))
        scene.proxy.restore()

    _struck(scene, strike, {})


def _cut_for_good(scene: Scene) -> None:
    def strike(scene: Scene, loader: Loader) -> None:
        scene.proxy.refuse()
        loader.end(BOUND)

    _struck(scene, strike, {UNREACHABLE: "provgraph: the store at"}, before=impatient)


def _lose_answer_to_commit(scene: Scene) -> None:
    """The transaction is committed, and the loader can't know."""
    scene.proxy.lose_answer_to(scene.chance.randint(1, scene.course.commits))
    with Loader(scene.target.loader_url, _shuffled(scene)) as loader:
        loader.end()
        scene.outcome.was_hit = scene.proxy.answer_lost.is_set()
        _judge(scene, loader, {})
    _afterwards(scene)


def _fill_disk(scene: Scene) -> None:
    """Leave less space than the load needs."""
    assert scene.target.disk is not None
    scene.target.disk.fill(int(scene.course.bytes_written * scene.chance.uniform(0, 0.9)))
    with Loader(scene.target.loader_url, _shuffled(scene), before=impatient) as loader:
        # PostgreSQL, when there is no room even for a connection, says no more than that it can't
        # write a file.
        _judge(scene, loader, {1: "full", UNREACHABLE: "full|could not write init file"})
        scene.outcome.was_hit = not scene.outcome.finished
    _afterwards(scene)


def _hold_write_lock(scene: Scene) -> None:
    """Another program writes to the file.

    The loader says that it waits, and goes on when its turn comes.
    """
    target = scene.target
    assert isinstance(target, SQLiteTarget)
    with closing(open_store(target.url)) as store:
        store.make()
    with closing(sqlite3.connect(target.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Loader(target.loader_url, _shuffled(scene)) as loader:
            scene.outcome.was_hit = loader.wait_for(lambda: "wait" in loader.said)
            if not scene.outcome.was_hit:
                scene.outcome.breaches.append(f"does not say that it waits: {loader.said!r}")
            other.execute("COMMIT")
            _judge(scene, loader, {})
    _afterwards(scene)


def _kill_in_steps(scene: Scene) -> None:
    """Between the transactions of one source, or in one of them.

    The next loader goes on behind the last.
    """
    *_, long = scene.material.sources
    with Loader(scene.target.loader_url, [long], before=in_steps) as loader:
        steps = scene.chance.randint(1, RUNS // STEP)
        loader.wait_for(lambda: scene.proxy.matches >= steps)
        loader.wait_for(lambda: False, scene.chance.uniform(0, BETWEEN))
        loader.send(signal.SIGKILL)
        scene.outcome.finished = loader.end() == 0
        scene.outcome.breaches += _unseemly(loader)
    begun = _loads(scene)
    scene.outcome.was_hit = "unfinished" in begun.values()
    _afterwards(scene)
    scene.outcome.lost += len(begun.keys() - _loads(scene).keys())


def _loads(scene: Scene) -> dict[str, str]:
    """Load id → status."""
    with closing(open_store(scene.target.url)) as store:
        store.make()
        return {record.id: record.status for record in store.loads()}


# Several loaders.


def _eight_at_once(scene: Scene) -> None:
    """Overlapping sets of the sources, by several loaders that all start on an empty store."""
    undisturbed_reports = {report.source: report for report in scene.material.whole.reports}
    scene.outcome.was_hit = True
    with ExitStack() as stack:
        shares = _shares(scene)
        loaders = [stack.enter_context(Loader(scene.target.loader_url, share)) for share in shares]
        for loader, share in zip(loaders, shares, strict=True):
            code, due = (
                loader.end(),
                exit_code_of([undisturbed_reports[str(path)] for path in share]),
            )
            if code != due or len(loader.reports) != len(share):
                scene.outcome.breaches.append(f"exit {code} instead of {due}: {loader.said[-400:]}")
            scene.outcome.breaches += _unseemly(loader)
    scene.outcome.finished = not scene.outcome.breaches
    if scene.outcome.finished:
        _check_whole(scene)
    else:
        _afterwards(scene)


def _shares(scene: Scene) -> list[list[Path]]:
    """A list of sources for each loader.

    Some sources are in all of them, each is in at least one.
    """
    *logs, long = scene.material.sources
    shares: list[list[Path]] = [[] for _ in range(AT_ONCE)]
    for_all = scene.chance.sample(logs, FOR_ALL)
    for path in logs:
        hands = AT_ONCE if path in for_all else scene.chance.randint(1, HANDS)
        for share in scene.chance.sample(shares, hands):
            share.append(path)
    for share in scene.chance.sample(shares, GET_THE_LONG_LOG):
        share.append(long)
    for share in shares:
        scene.chance.shuffle(share)
    return shares


def _permuted(scene: Scene) -> None:
    """The real logs in another order, in several loads, some of them twice."""
    scene.outcome.was_hit = True
    scene.material = scene.material.logs
    with closing(open_store(scene.target.url)) as store:
        for part in _parts(scene):
            list(load(store, map(str, part)))
        as_due = digest(store.scan()) == scene.material.whole.digest
    scene.outcome.finished = True
    if not as_due:
        _check_whole(scene)


def _parts(scene: Scene) -> Sequence[Sequence[Path]]:
    order = _shuffled(scene)
    order += scene.chance.sample(order, scene.chance.randint(0, 10))
    cuts = sorted(scene.chance.sample(range(1, len(order)), scene.chance.randint(0, 3)))
    return [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


_ALL = ("SQLite", "PostgreSQL", "Neo4j")
_SERVERS = ("PostgreSQL", "Neo4j")
FAULTS: Mapping[str, Fault] = {
    "permutation": Fault("the real logs in another order, in parts, some twice", _ALL, _permuted),
    "eight": Fault("eight processes load overlapping sets at once", _ALL, _eight_at_once),
    "wait": Fault("another program holds the write lock", ("SQLite",), _hold_write_lock),
    "kill-loader": Fault("kill -9 of the loader", _ALL, _kill_loader),
    "kill-in-steps": Fault(
        "kill -9 of a loader in the middle of a very large source", ("Neo4j",), _kill_in_steps
    ),
    "interrupt": Fault("SIGINT to the loader", _ALL, _interrupt_loader),
    "terminate": Fault("SIGTERM to the loader", _ALL, _terminate_loader),
    "kill-server": Fault("kill -9 and restart of the server", _SERVERS, _kill_server),
    "reset": Fault("connections reset", _SERVERS, _reset_connections),
    "silence": Fault("no packet passes for some seconds", _SERVERS, _silent_network),
    "cut": Fault("the network is cut for longer than a loader waits", _SERVERS, _cut_for_good),
    "commit": Fault("the answer to COMMIT is lost", _SERVERS, _lose_answer_to_commit),
    "disk": Fault("the store's disk is full", _ALL, _fill_disk, on_small_disk=True),
}
