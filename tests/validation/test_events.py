"""Which event must come before which."""

from provgraph.prov.statements import ProvStatement
from provgraph.validation.events import REASONS, EventOrder, order_of, term_of
from provgraph.validation.findings import Constraint
from provgraph.validation.instance import Instance, StatementGatherer
from provgraph.validation.kinds import Kinds
from tests.validation.histories import derived, gone, made, run, used


def ordered(*statements: ProvStatement) -> tuple[Instance, EventOrder]:
    gatherer = StatementGatherer()
    gatherer.take(statements)
    instance = gatherer.instance()
    return instance, order_of(instance, Kinds(instance))


def reasons(*statements: ProvStatement) -> set[tuple[str, str, Constraint]]:
    """Whose event comes first, whose second, and why."""
    instance, order = ordered(*statements)
    return {
        (
            instance.name(term_of(int(first))),
            instance.name(term_of(int(second))),
            REASONS[reason].constraint,
        )
        for first, second, reason in zip(order.sources, order.targets, order.reasons, strict=True)
    }


def test_a_run_starts_before_it_ends() -> None:
    assert ("A", "A", Constraint.START_END) in reasons(run("A"))


def test_a_run_writes_between_its_start_and_its_end() -> None:
    within = Constraint.GENERATION_WITHIN_ACTIVITY
    assert {("A", "F", within), ("F", "A", within)} <= reasons(made("F", "A"))


def test_a_file_is_written_before_its_reader_ends() -> None:
    assert ("F", "A", Constraint.GENERATION_USAGE) in reasons(used("A", "F"))


def test_a_file_is_made_before_it_becomes_invalid() -> None:
    assert ("F", "F", Constraint.GENERATION_INVALIDATION) in reasons(gone("F"))


def test_a_source_is_made_strictly_before_what_was_derived_from_it() -> None:
    assert ("F", "G", Constraint.DERIVATION) in reasons(derived("G", "F"))
    assert next(each for each in REASONS if each.constraint is Constraint.DERIVATION).is_strict


def test_a_reading_is_an_event_of_its_own_only_if_its_time_is_told() -> None:
    _, untold = ordered(used("A", "F"))
    assert len(untold.readings.runs) == 0
    instance, told = ordered(used("A", "F", 10))
    assert [instance.name(int(run)) for run in told.readings.runs] == ["A"]
    assert told.readings.index(told.readings.first) == 0
    assert told.readings.index(told.readings.first - 1) is None
