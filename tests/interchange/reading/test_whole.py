"""Relative names of a document get the document's address."""

from provgraph.interchange.reading.whole import WholeDocument
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import (
    QUALIFIED_NAME,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)

_TIME = "2026-01-01T00:00:00Z"
_FILE = "file:///data/prov.provn"


def test_all_names_resolve_and_nothing_else() -> None:
    usage = ProvStatement(
        ProvType.USAGE,
        "_:u",
        ("#run", None, _TIME),
        (("#tag", Literal("#v", QUALIFIED_NAME)), ("urn:x", Literal("#text"))),
        "b",
    )
    problem = Problem("here", "what")
    whole = WholeDocument([usage, BundleNamed("b"), problem]).at(_FILE)
    assert whole.has_relative_names
    assert whole.parts == [
        ProvStatement(
            ProvType.USAGE,
            "_:u",
            (f"{_FILE}#run", None, _TIME),
            ((f"{_FILE}#tag", Literal(f"{_FILE}#v", QUALIFIED_NAME)), ("urn:x", Literal("#text"))),
            "file:///data/b",
        ),
        BundleNamed("file:///data/b"),
        problem,
    ]


def test_a_document_without_relative_names_stays_as_it_is() -> None:
    parts = [ProvStatement(ProvType.ENTITY, "urn:e", ())]
    assert WholeDocument([*parts]).at(_FILE) == WholeDocument([*parts])
