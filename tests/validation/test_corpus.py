"""The verdicts of the W3C's and ProvToolbox's test cases, as the prov package ships them."""

import re
from pathlib import Path

import prov.tests
import pytest
from prov.model import ProvDocument

from provgraph.ingest.loading import load
from provgraph.interchange.reading.package_documents import statements_of
from provgraph.prov.statements import ProvStatement
from provgraph.store.registry import open_store
from provgraph.validation.checking import Verdict, check
from provgraph.validation.sources import check_store

CORPUS = Path(prov.tests.__file__).parent / "unification"
DOCUMENTS = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".xml", ".provx", ".json"))
#: Documents that are valid though their names say otherwise. ProvToolbox, where they come from,
#: expects the same of all but the last ("SUCCESS" in its ValidateTest), and does not run that one;
#: the W3C's own list has usage-f5 to f7 as PASS, and none of these as FAIL.
VALID_ALL_THE_SAME = {
    "usage-fail1.xml": "a run may read one file several times: no constraint makes usages unique",
    "usage-fail5.xml": "as usage-fail1",
    "usage-fail6.xml": "as usage-fail1",
    "usage-fail7.xml": "as usage-fail1",
    "delegation-fail4.xml": (
        "the activity of a delegation is expandable (definition 4): open, it may be the other's"
    ),
    "delegation-fail5.xml": (
        "as delegation-fail4, and the responsible agent, as in delegation-success3"
    ),
}


def verdict_of(path: Path) -> bool:
    """Whether the document is valid, by its name."""
    if path.name in VALID_ALL_THE_SAME:
        return True
    verdict = re.search(r"success|fail|PASS|FAIL", path.name)
    assert verdict is not None
    return verdict[0] in ("success", "PASS")


def document_at(path: Path) -> ProvDocument:
    """The document.

    Three are in ProvToolbox's dialect, whose name for a bundle's content is its own.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return ProvDocument.deserialize(content=text, format="json")
    if path.name.startswith("bundle-"):
        text = re.sub(r"(</?prov:bundle)(?=[ >])", r"\1Content", text)
    return ProvDocument.deserialize(content=text.encode(), format="xml")


def verdict_on(document: ProvDocument) -> Verdict:
    return check(each for each in statements_of(document) if isinstance(each, ProvStatement))


def test_the_corpus_is_whole() -> None:
    assert len(DOCUMENTS) == 174
    assert {path.name for path in DOCUMENTS} >= VALID_ALL_THE_SAME.keys()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_verdict(path: Path) -> None:
    verdict = verdict_on(document_at(path))
    assert verdict.is_valid == verdict_of(path), verdict.findings


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if re.search(r"FAIL.*c\d\d", path.name)],
    ids=lambda path: path.name,
)
def test_the_constraint_in_the_name_is_found(path: Path) -> None:
    demanded = {int(number) for number in re.findall(r"c(\d\d)", path.name)} - {50}
    found = {finding.constraint.number for finding in verdict_on(document_at(path)).findings}
    assert demanded <= found


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if not path.name.startswith("bundle-")],
    ids=lambda path: path.name,
)
def test_a_store_that_holds_the_document_gets_the_same_verdict(path: Path) -> None:
    store = open_store("sqlite://")
    list(load(store, [str(path)]))
    found = check_store(store).verdict
    store.close()
    assert found is not None
    assert found.is_valid == verdict_of(path), found.findings
