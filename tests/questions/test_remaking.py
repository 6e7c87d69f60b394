"""Which runs make a file again, and in which order."""

import pytest

from provgraph.errors import NoMakerError
from provgraph.store.protocol import Store
from tests.questions.recipes import made, recipe, step
from tests.questions.runs import run


def test_the_real_pipeline_down_to_raw_data(corpus: Store) -> None:
    found = recipe(corpus, "/data/ctao/dl3/run02001.dl3.fits")
    assert [each.number for each in found.steps] == list(range(1, 28))
    assert [each.location for each in found.inputs] == [
        *(f"/data/ctao/dl0/gamma_run0000{n}.simtel.zst" for n in (1, 2, 3)),
        *(f"/data/ctao/dl0/proton_run0010{n}.simtel.zst" for n in (1, 2, 3)),
        "/data/ctao/dl0/gamma_run02001.simtel.zst",
    ]
    assert found.product is not None
    assert (found.product.step, found.product.name) == (27, "run02001.dl3.fits")
    # Each file is made before it is read.
    numbers = {file: each.number for each in found.steps for file in each.outputs}
    for each in found.steps:
        for argument in each.arguments:
            assert numbers.get(argument.file or each.outputs[0], 0) <= each.number
    # The cuts that ctapipe-compute-irf never lists are made by an earlier step.
    irf = found.steps[25]
    assert (irf.tool, irf.version, irf.software) == ("ctapipe-compute-irf", "0.28.0", 1)
    assert irf.arguments[2].text == "--cuts"
    assert irf.arguments[3].file == found.steps[24].outputs[0]
    assert found.software[0]["python"] == "3.11.7"
    assert [gap.what for gap in found.gaps] == [
        "It names /data/ctao/dl2/run00103_full.dl2.h5, which nobody noted as its input: "
        "taken as one.",
        "It names /data/ctao/irf/cuts.fits, which nobody noted as its input: taken as one.",
        "It ran the script /opt/pipeline/create_dl3.py, whose text isn't kept.",
    ]


def test_each_version_of_a_path_is_made_by_its_own_run(corpus: Store) -> None:
    found = recipe(corpus, "/data/ctao/dl3/run02002_v2.dl3.fits")
    models = [file for each in found.steps for file in each.outputs if file.name == "energy.pkl"]
    assert len(models) == 2
    assert len({file.step for file in models}) == 2


def test_a_file_that_no_run_made(corpus: Store) -> None:
    with pytest.raises(NoMakerError, match="no known run made it"):
        recipe(corpus, "/data/ctao/dl0/gamma_run02001.simtel.zst")


def test_a_run_itself_is_repeated(corpus: Store) -> None:
    found = recipe(corpus, "456b1d60-ee36-40d3-87c1-6170f4e4a8df")
    assert found.steps[-1].tool == "ctapipe-train-particle-classifier"
    assert found.product is None


def test_order_and_files_of_runs_made_by_hand() -> None:
    found = made(
        "/c/end",
        step("c-1", 3, "/b/x /r/raw", "/c/end /c/side"),
        step("b-1", 2, "/a/x", "/b/x"),
        step("a-1", 1, "/r/raw", "/a/x"),
    )
    assert [(each.run, each.name) for each in found.steps] == [
        ("a-1", "01-a"),
        ("b-1", "02-b"),
        ("c-1", "03-c"),
    ]
    assert [file.location for file in found.inputs] == ["/r/raw"]
    assert [file.name for file in found.steps[2].outputs] == ["end"]
    assert found.gaps == ()


def test_nested_runs_are_one_command() -> None:
    """A script starts ``outer``, within it ``inner``; both have the script's command line."""
    process = {"arguments": ["s.py"], "bootTime": "x", "version": "1"}
    outer = run("outer-1", 1, {"/raw": "in", "/part": "in"}, {"/end": "out"}, **process)
    inner = run("inner-1", 1, {"/raw": "in"}, {"/part": "out"}, **process)
    found = made("/end", outer, inner)
    (only,) = found.steps
    assert [file.location for file in only.inputs] == ["/raw"]
