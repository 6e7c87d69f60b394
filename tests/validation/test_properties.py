"""What holds of every history: against an oracle, and against time itself."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.prov.statements import ProvStatement
from provgraph.validation.findings import Constraint
from tests.validation.histories import ANYTHING, FILES, STATEMENTS, derived, true_histories, verdict
from tests.validation.oracle import History

_EXAMPLES = int(os.environ.get("PROVGRAPH_TEST_HISTORIES", "100"))


@settings(max_examples=_EXAMPLES, deadline=None)
@given(true_histories())
def test_what_can_have_happened_is_valid(statements: list[ProvStatement]) -> None:
    assert verdict(*statements).findings == ()


@settings(max_examples=_EXAMPLES, deadline=None)
@given(ANYTHING)
def test_the_verdict_is_the_oracles(statements: list[ProvStatement]) -> None:
    found = verdict(*statements)
    assert found.is_valid == History(statements).is_possible(), found.findings


@settings(max_examples=_EXAMPLES, deadline=None)
@given(st.data(), ANYTHING)
def test_the_order_and_repetition_of_statements_never_matter(
    data: st.DataObject, statements: list[ProvStatement]
) -> None:
    shuffled = data.draw(st.permutations([*statements, *statements[:2]]))
    assert verdict(*shuffled).findings == verdict(*statements).findings


@settings(max_examples=_EXAMPLES, deadline=None)
@given(ANYTHING, STATEMENTS)
def test_more_statements_never_make_a_history_valid(
    statements: list[ProvStatement], one_more: ProvStatement
) -> None:
    if not verdict(*statements).is_valid:
        assert not verdict(*statements, one_more).is_valid


@settings(max_examples=_EXAMPLES, deadline=None)
@given(st.lists(st.sampled_from(FILES), min_size=1, unique=True), ANYTHING)
def test_a_strict_cycle_is_always_found(cycle: list[str], others: list[ProvStatement]) -> None:
    around = [
        derived(effect, cause) for effect, cause in zip(cycle[1:] + cycle[:1], cycle, strict=True)
    ]
    told = [
        finding
        for finding in verdict(*around, *others).findings
        if finding.constraint is Constraint.DERIVATION
    ]
    assert any(
        len(finding.records) <= len(cycle) and "itself" in finding.message for finding in told
    )


@settings(max_examples=_EXAMPLES, deadline=None)
@given(ANYTHING, ANYTHING)
def test_bundles_are_checked_by_themselves(
    statements: list[ProvStatement], others: list[ProvStatement]
) -> None:
    there = [
        ProvStatement(each.type, each.id, each.slots, each.attributes, "http://b")
        for each in others
    ]
    found = verdict(*statements, *there)
    assert [each for each in found.findings if each.bundle is None] == list(
        verdict(*statements).findings
    )
    assert found.is_valid == (verdict(*statements).is_valid and verdict(*others).is_valid)
