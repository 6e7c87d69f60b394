"""Trees: each record is unfolded once, and no cycle or depth breaks them."""

from provgraph.model.vocabulary import RelationType
from provgraph.writers.text import write
from provgraph.writers.tree import DEEPEST
from tests.lineages import (
    activity,
    chain,
    edge,
    entity,
    lineage,
)


def test_what_was_shown_is_folded() -> None:
    model, run = (
        entity("/m.pkl", made="2026-01-01", run="t"),
        activity("t", "train", "2026-01-01", None),
    )
    first, second = (activity(name, name, "2026-01-02", None) for name in ("first", "second"))
    root, config = entity("/out.h5", made="2026-01-03", run="x"), entity("/config.yaml")
    made, used = RelationType.WAS_GENERATED_BY, RelationType.USED
    edges = [
        edge(made, root, first),
        edge(made, root, second),
        edge(used, first, model),
        edge(used, second, model),
    ]
    text = write(
        lineage(
            [root, first, second, model, run, config],
            [*edges, edge(made, model, run), edge(used, run, config)],
        )
    )
    assert text.count("made by train") == 1
    assert text.count("… shown above") == 1


def test_a_cycle_ends() -> None:
    run, file = activity("r", "stamp", "2026-01-01", None), entity("/a.h5")
    text = write(
        lineage(
            [file, run],
            [edge(RelationType.WAS_GENERATED_BY, file, run), edge(RelationType.USED, run, file)],
        )
    )
    assert "used /a.h5  … shown above" in text


def test_a_deep_branch_goes_on_at_the_left() -> None:
    lines = write(chain(3 * DEEPEST)).splitlines()
    assert any(line.endswith("… continued below at [1]") for line in lines)
    assert sum(line.startswith("[1] ") for line in lines) == 1
    assert max(map(len, lines)) < 3 * DEEPEST + 120
