"""The texts of boxes, of one record and of several."""

from provgraph.pictures.figure import figure
from provgraph.pictures.look import Look
from tests.lineages import marked, night


def test_parallel_runs_become_one_box_that_says_how_many_failed() -> None:
    boxes = figure(night(12, failed=(3, 7)), Look(fold=True)).boxes
    assert [(each.name, each.detail) for each in boxes] == [
        ("merged.dl2.h5", "DL2  /data/night"),
        ("ctapipe-merge", "0.28.0  2026-11-21 09:00:00"),
        ("run000*.dl1.h5 × 12", "DL1  /data/night"),
        ("ctapipe-process × 12", "2 error  2026-11-21 08:00 to 08:12"),
        ("base.yaml", "/data/config"),
        ("run000*.simtel.zst × 12", "DL0  /data/night"),
    ]
    runs = boxes[3]
    assert runs.is_failed
    assert runs.tip == (
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


def test_a_box_says_that_its_record_is_invalid_and_by_whom() -> None:
    boxes = figure(marked(), Look()).boxes
    (bad,) = [each for each in boxes if each.is_invalid]
    assert (bad.is_tainted, bad.has_more) == (False, True)
    assert bad.detail.startswith("INVALID  more behind  ")
    assert "INVALID since 2026-12-01T00:00:00.000Z by Ada: moonlight" in bad.tip
    others = [each for each in boxes if each is not bad]
    assert all(each.is_tainted and each.detail.startswith("tainted  ") for each in others)
    assert all(any(line.startswith("made from invalid ") for line in each.tip) for each in others)
