"""PROV-N, with expressions that can't be read."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.package_documents import statements_of
from provgraph.interchange.reading.prov_n import read_prov_n
from provgraph.loaders.protocol import Problem
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import PROV, QUALIFIED_NAME, Literal, ProvStatement

_EX = "http://example.org/"


def _read(body: str) -> tuple[list[ProvStatement], list[Problem]]:
    text = f"document\nprefix ex <{_EX}>\n{body}\nendDocument\n"
    parts = read_prov_n(text.encode(), statements_of)
    return (
        [each for each in parts if isinstance(each, ProvStatement)],
        [each for each in parts if isinstance(each, Problem)],
    )


@pytest.mark.parametrize(
    "bad",
    [
        'prov:insertedInto(ex:d2, ex:d1, {("k", ex:v)})',
        "ex:derivedByHand(ex:a, ex:b)",
        "entity(no:e)",
        "activity(ex:a, yesterday, -)",
        "used(ex:a ex:b)",
        "wasDerivedFrom(ex:a)",
    ],
)
def test_one_bad_expression_is_one_problem_with_its_place(bad: str) -> None:
    statements, problems = _read(f"entity(ex:e1)\n{bad}\nentity(ex:e2)")
    assert [each.id for each in statements] == [_EX + "e1", _EX + "e2"]
    assert [each.where.partition(",")[0] for each in problems] == ["line 4"]


def test_a_known_prefix_need_not_be_declared() -> None:
    (entity,), problems = _read("entity(ex:e, [prov:type='voprov:Parameter', ex:n=\"foaf:no\"])")
    assert problems == []
    assert (PROV + "type", Literal(VOPROV + "Parameter", QUALIFIED_NAME)) in entity.attributes


def test_a_declared_prefix_keeps_its_meaning() -> None:
    (entity,), _ = _read("entity(ex:e)")
    assert entity.id == _EX + "e"
    statements, problems = _read(f"bundle ex:b prefix foaf <{_EX}x/> entity(foaf:e) endBundle")
    assert problems == []
    assert [each.id for each in statements] == [f"{_EX}x/e"]


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(LoadError, match="can't be read"):
        read_prov_n(b"document entity(", statements_of)
