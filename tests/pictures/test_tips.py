"""What the tooltip of a box says, of one record and of several."""

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.pictures.figure import figure
from provgraph.pictures.look import Look
from provgraph.pictures.tips import tip_of
from tests.lineages import marked, night


def test_of_several_runs_those_that_failed_are_named_first() -> None:
    runs = [node for node in night(12, failed=(3, 7)).nodes if node.name == "ctapipe-process"]
    assert tip_of("ctapipe-process", runs) == (
        "ctapipe-process × 12",
        "version 0.28.0",
        "2 error",
        "2026-11-21 08:00 to 08:12",
        "run-03  error",
        "run-07  error",
        "run-00",
        "run-01",
        "run-02",
        "and 7 more",
    )


def test_an_invalid_record_says_since_when_and_by_whom() -> None:
    boxes = figure(marked(), Look()).boxes
    (bad,) = [each for each in boxes if each.invalid]
    assert "INVALID since 2026-12-01T00:00:00.000Z by Ada: moonlight" in bad.tip
    assert "more behind it: the answer ends here" in bad.tip
    others = [each for each in boxes if each is not bad]
    assert all(any(line.startswith("made from invalid ") for line in each.tip) for each in others)


def test_configuration_is_listed_at_the_run() -> None:
    run = Node(b"1", "r", Kind.ACTIVITY, "step")
    file = Node(b"2", "file:/base.yaml", Kind.ENTITY, location="/base.yaml")
    again = Node(b"3", "file:/base.yaml", Kind.CONFIG_FILE, location="/base.yaml")
    parameters = {f"p{number:02}": (number,) for number in range(20)}
    settings = Node(b"4", "aa", Kind.COLLECTION, "Tool", attributes=parameters)
    tip = tip_of("step", [run], [file, again, settings])
    assert tip[2:6] == ("configuration:", "/base.yaml", "parameters of Tool:", "p00 = 0")
    assert tip[-1] == "and 8 more"
