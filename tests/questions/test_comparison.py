"""What differs between two histories: nothing, one thing, or the same from either side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model.comparison import (
    Change,
    InputDifference,
    LineageDiff,
    RunDifference,
    ValueDifference,
)
from provgraph.model.records import SOFTWARE, Document, End, Settings, StatedRelation
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.comparison import diff
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run

_numbers = count()


@dataclass(frozen=True)
class Step:
    """A run of a made-up history.

    Attributes:
        tool: its tool.
        reads: indexes of earlier steps, whose output it reads.
        raw: the numbers of external files that it reads.
        cut: a parameter.
        version: of its tool.
    """

    tool: str = "step"
    reads: tuple[int, ...] = ()
    raw: tuple[int, ...] = ()
    cut: int = 0
    version: str = "1"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


def history(store: Store, steps: list[Step], facts: Mapping[str, object] | None = None) -> str:
    """Put a history under names of its own into the store; the path of its last file."""
    name = f"{next(_numbers):06}"
    put(store, *(document(name, number, step, facts or {}) for number, step in enumerate(steps)))
    return f"/{name}/{len(steps) - 1}"


def document(name: str, number: int, step: Step, facts: Mapping[str, object]) -> Document:
    reads = {f"/{name}/{each}": "data" for each in step.reads}
    raw = {f"/raw/{each}": "raw" for each in step.raw}
    writes = {f"/{name}/{number}": "data", f"/{name}/{number}.log": "log"}
    values: dict[str, Value] = {"T.cut": step.cut, "T.in": [*reads], "T.log_file": f"/{name}/log"}
    return run(
        f"{step.tool}-{name}-{number}",
        number,
        reads | raw,
        writes,
        Settings("T", values),
        Settings("U", {"U.same": 1}),
        version=step.version,
        host=name,
        **facts,
    )


def compared(store: Store, a: str, b: str) -> LineageDiff:
    return diff(store, find(store, a), find(store, b))


CHAIN = [Step("take", raw=(1,)), Step("clean", reads=(0,)), Step("fit", reads=(1,))]
FORK = [Step("take", raw=(n,)) for n in range(3)] + [Step("merge", reads=(0, 1, 2))]


@pytest.mark.parametrize("steps", [CHAIN, FORK])
def test_the_same_but_for_ids_times_hosts_and_file_names(store: Store, steps: list[Step]) -> None:
    a, b = history(store, steps), history(store, steps)
    assert compared(store, a, a) == LineageDiff(
        find(store, a).id, find(store, a).id, (), len(steps)
    )
    found = compared(store, a, b)
    assert found.identical
    assert found.alike == len(steps)


@pytest.mark.parametrize("place", range(3))
def test_one_changed_parameter_is_one_difference(store: Store, place: int) -> None:
    for steps in (CHAIN, FORK):
        changed = [replace(s, cut=7) if n == place else s for n, s in enumerate(steps)]
        (found,) = compared(store, history(store, steps), history(store, changed)).runs
        assert (found.tool, found.change) == (steps[place].tool, Change.CHANGED)
        assert found.parameters == (ValueDifference("T.cut", 0, 7),)
        assert (found.version, found.packages, found.inputs) == (None, (), ())


def test_a_step_more_changes_no_other_run(store: Store) -> None:
    longer = [
        CHAIN[0],
        Step("denoise", reads=(0,)),
        Step("clean", reads=(1,)),
        Step("fit", reads=(2,)),
    ]
    found = compared(store, history(store, CHAIN), history(store, longer))
    assert [(each.tool, each.change) for each in found.runs] == [("denoise", Change.ONLY_B)]
    assert found.alike == len(CHAIN)


def test_a_parallel_run_more_is_on_one_side_only(store: Store) -> None:
    wider = [*FORK[:3], Step("take", raw=(8,)), Step("merge", reads=(0, 1, 2, 3))]
    for a, b, change in ((FORK, wider, Change.ONLY_B), (wider, FORK, Change.ONLY_A)):
        found = compared(store, history(store, a), history(store, b))
        assert [(each.tool, each.change) for each in found.runs] == [("take", change)]


def test_another_tool_stands_on_both_sides_alone(store: Store) -> None:
    other = [CHAIN[0], replace(CHAIN[1], tool="wash"), CHAIN[2]]
    found = compared(store, history(store, CHAIN), history(store, other))
    assert {(each.tool, each.change) for each in found.runs} == {
        ("clean", Change.ONLY_A),
        ("wash", Change.ONLY_B),
    }


def test_another_external_file_is_another_input(store: Store) -> None:
    other = [replace(CHAIN[0], raw=(2,)), *CHAIN[1:]]
    (found,) = compared(store, history(store, CHAIN), history(store, other)).runs
    assert found.inputs == (InputDifference("raw", "file:/raw/1", "file:/raw/2"),)


def test_parallel_runs_are_paired_by_what_they_go_back_to(store: Store) -> None:
    """Not by their order in time, nor by their names."""
    turned = [FORK[2], replace(FORK[0], cut=3), FORK[1], FORK[3]]
    (found,) = compared(store, history(store, FORK), history(store, turned)).runs
    assert found.parameters == (ValueDifference("T.cut", 0, 3),)
    assert found.inputs == ()


def test_the_order_of_steps(store: Store) -> None:
    turned = [CHAIN[0], Step("fit", reads=(0,)), Step("clean", reads=(1,))]
    found = compared(store, history(store, CHAIN), history(store, turned))
    assert {each.tool for each in found.runs} == {"clean", "fit"}
    assert all(each.inputs for each in found.runs)


def test_weightiest_first(store: Store) -> None:
    other = [
        replace(CHAIN[0], cut=1),
        replace(CHAIN[1], version="2"),
        Step("extra", reads=(1,)),
        Step("fit", reads=(2,), raw=(5,)),
    ]
    found = compared(store, history(store, CHAIN), history(store, other))
    assert [each.tool for each in found.runs] == ["extra", "clean", "take", "fit"]
    assert found.runs[1].version == ("1", "2")


def test_packages_python_environment_and_failure(store: Store) -> None:
    sides = []
    for version, facts in (("1.26", {}), ("2.0", {"status": "error"})):
        said = {
            "system.python.version": version,
            "system.environment.CTAPIPE_SVC_PATH": version,
            "system.platform.release": version,
            **facts,
        }
        name = f"p{version}"
        packages = Settings(SOFTWARE, {"numpy": version, "astropy": "7"})
        put(store, run(f"t-{name}", 0, {}, {f"/{name}": ""}, packages, **said))
        sides.append(f"/{name}")
    (found,) = compared(store, sides[0], sides[1]).runs
    assert found.packages == tuple(ValueDifference(n, "1.26", "2.0") for n in ("numpy", "python"))
    assert found.parameters == (
        ValueDifference("status", None, "error"),
        ValueDifference("system.environment.CTAPIPE_SVC_PATH", "1.26", "2.0"),
    )


def test_of_a_run_without_parameters_its_attributes_are_compared(store: Store) -> None:
    sides = []
    for name, cut in (("q1", 5), ("q2", 6)):
        facts = {"ex:cut": cut, "jobID": name, "arguments": ["t", "-o", f"/{name}"]}
        put(store, run(f"t-{name}", 0, {}, {f"/{name}": ""}, **facts))
        sides.append(f"/{name}")
    (found,) = compared(store, sides[0], sides[1]).runs
    assert [each.name for each in found.parameters] == ["arguments", "ex:cut"]


def test_two_runs(store: Store) -> None:
    changed = [*CHAIN[:2], replace(CHAIN[2], cut=4)]
    a, b = (
        history(store, steps).removesuffix("/2").removeprefix("/") for steps in (CHAIN, changed)
    )
    (found,) = compared(store, f"fit-{a}-2", f"fit-{b}-2").runs
    assert found.parameters == (ValueDifference("T.cut", 0, 4),)


def test_records_that_no_run_made(store: Store) -> None:
    ends = {name: End(Kind.ENTITY, f"product:derived-{name}") for name in ("a", "b", "x", "y", "z")}
    pairs = [("a", "x"), ("b", "x"), ("b", "y"), ("x", "z")]
    derived = (
        StatedRelation(RelationType.WAS_DERIVED_FROM, ends[effect], ends[cause])
        for effect, cause in pairs
    )
    put(store, Document(relations=tuple(derived)))
    a, b = ends["a"].id, ends["b"].id
    assert compared(store, a, b).runs == (
        RunDifference(
            None, Change.CHANGED, a, b, inputs=(InputDifference(None, None, ends["y"].id),)
        ),
    )
    assert compared(store, a, ends["x"].id).identical


def test_a_real_reprocessing_names_what_was_trained_again(corpus: Store) -> None:
    a, b = (f"/data/ctao/dl3/run02002{end}.dl3.fits" for end in ("", "_v2"))
    found = compared(corpus, a, b)
    assert [(each.tool, each.change.value) for each in found.runs] == [
        ("ctapipe-train-disp-reconstructor", "only-b"),
        ("ctapipe-train-energy-regressor", "only-b"),
        ("ctapipe-merge", "only-b"),
        ("ctapipe-apply-models", "changed"),
    ]
    assert [each.role for each in found.runs[-1].inputs] == ["reconstructor"] * 2


def test_two_real_observations_differ_in_what_is_theirs(corpus: Store) -> None:
    a, b = (f"/data/ctao/dl3/run0200{n}.dl3.fits" for n in (1, 2))
    (found,) = compared(corpus, a, b).runs
    assert {each.name.rpartition(".")[2] for each in found.parameters} == {
        "override_obs_id",
        "rng_seed",
    }
    assert [each.role for each in found.inputs] == ["DL0/Event"]


@st.composite
def _steps(draw: st.DrawFn) -> list[Step]:
    steps: list[Step] = []
    for number in range(draw(st.integers(1, 6))):
        reads = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        raw = draw(st.sets(st.integers(0, 2), max_size=2))
        tool, version = draw(st.sampled_from("xy")), draw(st.sampled_from("12"))
        steps.append(
            Step(tool, tuple(sorted(reads)), tuple(sorted(raw)), draw(st.integers(0, 1)), version)
        )
    return steps


@settings(max_examples=15)
@given(a=_steps(), b=_steps())
def test_the_other_way_round_it_is_the_mirror_image(
    store: Store, a: list[Step], b: list[Step]
) -> None:
    one, other = history(store, a), history(store, b)
    there, back = compared(store, one, other), compared(store, other, one)
    assert sorted(map(mirrored, there.runs), key=str) == sorted(back.runs, key=str)
    assert there.alike == back.alike
    sides = [{getattr(each, side) for each in there.runs} for side in "ab"]
    assert all(len(side - {None}) <= 6 for side in sides)
    assert compared(store, one, history(store, a)).identical


def mirrored(run: RunDifference) -> RunDifference:
    """The same difference seen from the other side."""
    sides = {Change.ONLY_A: Change.ONLY_B, Change.ONLY_B: Change.ONLY_A}
    return replace(
        run,
        change=sides.get(run.change, run.change),
        a=run.b,
        b=run.a,
        version=run.version and run.version[::-1],
        parameters=tuple(replace(each, a=each.b, b=each.a) for each in run.parameters),
        packages=tuple(replace(each, a=each.b, b=each.a) for each in run.packages),
        inputs=tuple(replace(each, a=each.b, b=each.a) for each in run.inputs),
    )
