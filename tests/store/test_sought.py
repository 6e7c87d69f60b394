"""What becomes of the conditions of a search."""

from provgraph.model.filters import NAMED_KINDS, Search
from provgraph.model.vocabulary import Kind
from provgraph.store.sought import meets, sought


def test_conditions_of_runs_mean_runs_until_files_are_asked_for() -> None:
    [runs] = sought(Search(tools=("t",)), NAMED_KINDS)
    assert (runs.kinds, len(runs.choices), runs.related) == ((Kind.ACTIVITY,), 1, ())
    made = {each.kinds: each for each in sought(Search(tools=("t",), under="/"), NAMED_KINDS)}
    assert made.keys() == {(Kind.ENTITY,), (Kind.ACTIVITY,)}
    assert made[Kind.ENTITY,].related[0][1] == runs.choices
    assert sought(Search(tools=("t",)), (Kind.AGENT,)) == ()


def test_kinds_with_the_same_conditions_are_sought_together() -> None:
    [one] = sought(Search("word"), NAMED_KINDS)
    assert one.kinds == NAMED_KINDS


def test_an_entry_meets_choices_when_it_has_a_term_of_each() -> None:
    assert meets("_a _b word", (("_a", "_c"), ("_b",)))
    assert not meets("_a word", (("_a",), ("_b", "_c")))
