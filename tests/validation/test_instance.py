"""Statements as tables of numbers."""

import numpy as np

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.instance import LABEL, Instance, StatementGatherer
from tests.validation.histories import made, run, said, used

T = ProvType


def tables(*statements: ProvStatement) -> Instance:
    gatherer = StatementGatherer()
    gatherer.take(statements)
    return gatherer.instance()


def test_the_order_of_statements_is_forgotten() -> None:
    statements = [run("A", 1, 2), used("A", "F", 3), made("G", "A", 1)]
    one, other = tables(*statements), tables(*reversed(statements), statements[0])
    assert all(np.array_equal(one.tables[type_], other.tables[type_]) for type_ in ProvType)
    assert one.times.texts == other.times.texts


def test_numbers_of_times_are_in_order_and_texts_that_are_none_come_last() -> None:
    instance = tables(
        ProvStatement(T.ACTIVITY, "A", ("yesterday", "2026-01-02T00:00:00Z")),
        ProvStatement(T.ACTIVITY, "B", ("2026-01-02T01:00:00+02:00", None)),
    )
    *times, unreadable = instance.times.texts[1:]
    assert times == ["2026-01-01T23:00:00.000", "2026-01-02T00:00:00.000"]
    assert unreadable == "yesterday"
    assert instance.times.readable == 2


def test_a_name_of_another_bundle_is_another_name() -> None:
    instance = tables(used("A", "F"), said(T.USAGE, "A", "F", None, bundle="http://b"))
    assert len(instance.tables[T.USAGE]) == 2
    terms = instance.column(T.USAGE, 1).tolist()
    assert [instance.name(term) for term in terms] == ["A", "A"]
    assert {instance.bundle(term) for term in terms} == {None, "http://b"}


def test_of_two_labels_the_smaller_one_is_shown() -> None:
    labels = [ProvStatement(T.ENTITY, "F", (), ((LABEL, Literal(text)),)) for text in "ba"]
    assert set(tables(*labels).labels.values()) == {"a"}


def test_blank_names_are_told_apart() -> None:
    instance = tables(said(T.USAGE, "A", "F", None, id="_:u"))
    blank = [instance.name(term) for term in np.flatnonzero(instance.blanks()).tolist()]
    assert blank == ["_:u"]
