"""What statements mean because of others."""

from provgraph.interchange.reading.attributes import AttributeReader, value_hashes
from provgraph.interchange.reading.context import PartOrProblem, StatementContext
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.statements import PROV, Literal, ProvStatement, ProvType

_EX = "http://example.org/"
_LABEL = (PROV + "label", Literal("x"))
A1, E1, X = (_EX + name for name in ("a1", "e1", "x"))


def test_kinds_are_those_that_the_document_says() -> None:
    statements: list[PartOrProblem] = [
        ProvStatement(ProvType.INFLUENCE, None, (A1, E1)),
        ProvStatement(ProvType.ENTITY, E1, ()),
        ProvStatement(ProvType.ENTITY, A1, ()),
        ProvStatement(ProvType.ACTIVITY, A1, (None, None)),
        ProvStatement(ProvType.AGENT, X, ()),
    ]
    context = StatementContext.of(lambda: statements)
    assert [context.kind(each) for each in (A1, E1)] == [Kind.ACTIVITY, Kind.ENTITY]
    assert context.kind(names.AGENT + "ada") is Kind.AGENT
    assert context.kind(X) is Kind.ENTITY, "no influence names it, so nobody looked"


def test_kinds_that_no_element_says_follow_from_the_other_relations() -> None:
    statements: list[PartOrProblem] = [
        ProvStatement(ProvType.INFLUENCE, None, (A1, E1)),
        ProvStatement(ProvType.USAGE, None, (A1, E1, None)),
        ProvStatement(ProvType.AGENT, X, ()),
        ProvStatement(ProvType.INFLUENCE, None, (X, None)),
        ProvStatement(ProvType.GENERATION, None, (X, A1, None)),
    ]
    context = StatementContext.of(lambda: statements)
    assert [context.kind(each) for each in (A1, E1, X)] == [Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT]


def test_what_bundles_say_is_known() -> None:
    inside = ProvStatement(ProvType.ENTITY, E1, (), (_LABEL,), _EX + "b")
    outside = ProvStatement(ProvType.ENTITY, E1, (), (_LABEL,))
    attributes, _ = AttributeReader().read_element(outside)
    assert StatementContext.of(lambda: [inside]).in_bundles == set(
        value_hashes(outside, attributes)
    )
    assert StatementContext.of(lambda: [outside]).in_bundles == set()


def test_a_document_without_influences_is_read_once() -> None:
    reads = []

    def statements() -> list[PartOrProblem]:
        reads.append(1)
        return [ProvStatement(ProvType.ENTITY, E1, ())]

    StatementContext.of(statements)
    assert len(reads) == 1
