"""A document that was asked before is known, and how many are kept is bounded."""

import pytest
from graphql import DocumentNode, parse

from provgraph.graphql import documents
from provgraph.graphql.documents import (
    MOST_CHARACTERS,
    MOST_DOCUMENTS,
    KnownDocuments,
    is_change,
    may_change,
)
from tests.graphql.conftest import Ask

QUERY = "query($f: String!, $d: Int) { whatProduced(file: $f, depth: $d) { depth nodes { id } } }"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


def put(known: KnownDocuments, *texts: str) -> DocumentNode:
    document = parse("{ stats { agents } }")
    for text in texts:
        known.keep(text, document)
    return document


def test_a_document_is_parsed_and_validated_once(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownDocuments()
    monkeypatch.setattr(documents, "known_documents", lambda _: known)
    parsed = []
    for depth in (1, 2, 1):
        answer = ask(QUERY, f=DL3, d=depth)["data"]["whatProduced"]
        assert answer["depth"] == depth
        parsed.append(known.get(QUERY))
    assert parsed[0] is not None
    assert parsed[0] is parsed[1] is parsed[2]


@pytest.mark.parametrize("query", ["{ stats { nothing } }", "{ stats {", "{ stats { agents } } #"])
def test_the_same_text_has_the_same_answer(ask: Ask, query: str) -> None:
    assert ask(query) == ask(query) == ask(query)


def test_what_depends_on_variables_is_checked_each_time(ask: Ask) -> None:
    assert "errors" not in ask(QUERY, f=DL3, d=1)
    for _ in range(2):
        (error,) = ask(QUERY, f=DL3, d=-1)["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        (missing,) = ask(QUERY)["errors"]
        assert "$f" in missing["message"]


def test_no_document_that_is_refused_is_kept(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownDocuments()
    monkeypatch.setattr(documents, "known_documents", lambda _: known)
    for query in ("{ stats { nothing } }", "{ stats {"):
        ask(query)
        assert known.get(query) is None


def test_those_asked_last_are_kept() -> None:
    known = KnownDocuments()
    texts = [f"{{ q{number} }}" for number in range(MOST_DOCUMENTS + 1)]
    document = put(known, *texts[:-1])
    assert known.get(texts[0]) is document  # and so it is newer than the second
    put(known, texts[-1])
    assert known.get(texts[0]) is document
    assert known.get(texts[1]) is None


def test_all_texts_together_are_bounded() -> None:
    known = KnownDocuments()
    long = MOST_CHARACTERS // 8
    texts = [f"{number}".ljust(long) for number in range(9)]
    put(known, *texts, "x" * (long + 1))
    assert [known.get(text) is not None for text in texts] == [False] + [True] * 8
    assert known.get("x" * (long + 1)) is None


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ("mutation { x }", None, True),
        ("mutation M { x } query Q { x }", "Q", False),
        ("mutation M { x } query Q { x }", "M", True),
        ("mutation M { x } query Q { x }", None, True),
        ("# mutation\n{ mutation }", None, False),
        ("mutation {", None, False),
        ("mutation { " + "x " * 50 + "}", None, False),
        ("{ __schema { mutationType { name } } }", None, False),
    ],
)
def test_which_requests_are_changes(text: str, operation: str | None, expected: bool) -> None:
    found = may_change(text) and is_change(text, operation, 50)
    assert found is expected
