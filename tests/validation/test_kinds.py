"""What each named thing is."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.validation.instance import StatementGatherer
from provgraph.validation.kinds import ACTIVITY, ENTITY, Kinds
from tests.validation.histories import file, made, run, said, used

T = ProvType


@pytest.mark.parametrize(
    ("statement", "nouns"),
    [
        (run("A"), {"A": "run"}),
        (file("F"), {"F": "file"}),
        (said(T.AGENT, id="x"), {"x": "agent"}),
        (used("A", "F"), {"A": "run", "F": "file"}),
        (made("F", "A"), {"A": "run", "F": "file"}),
        (said(T.INFLUENCE, "x", "y"), {"x": "record", "y": "record"}),
        (said(T.ASSOCIATION, "A", "x", None), {"A": "run", "x": "agent"}),
    ],
)
def test_a_thing_is_what_its_slots_demand(statement: ProvStatement, nouns: dict[str, str]) -> None:
    gatherer = StatementGatherer()
    gatherer.take([statement])
    instance = gatherer.instance()
    kinds = Kinds(instance)
    found = {instance.name(term): kinds.noun(term) for term in range(1, len(instance))}
    assert found == nouns


def test_one_name_may_be_two_things() -> None:
    gatherer = StatementGatherer()
    gatherer.take([run("X"), file("X"), file("F")])
    instance = gatherer.instance()
    both = Kinds(instance).all_of(ENTITY | ACTIVITY).tolist()
    assert [instance.name(term) for term in both] == ["X"]
