"""What ProvToolbox, the standard's other implementation, makes of the documents that provgraph
writes.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from prov.model import ProvDocument

from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.interchange.reading.package_documents import statements_of
from provgraph.interchange.writing import prov_n
from provgraph.loaders.protocol import Problem
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS, missing
from tests.services import ServiceUnavailable
from tests.services.provtoolbox import judged
from tests.validation.test_corpus import DOCUMENTS, document_at, verdict_on

#: Its validator doesn't know mentions (PROV-LINKS).
MENTIONS = "mention-"


def judge(texts: Iterable[str], folder: Path) -> list[dict[str, Any]]:
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.provn")
        paths[-1].write_text(text, encoding="utf-8")
    try:
        return judged(paths)
    except ServiceUnavailable as error:
        missing(error)
        raise


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Sequence[tuple[Path, dict[str, Any]]]:
    texts = (in_prov_n(document_at(path)) for path in DOCUMENTS)
    return list(zip(DOCUMENTS, judge(texts, tmp_path_factory.mktemp("judge")), strict=True))


def in_prov_n(document: ProvDocument) -> str:
    return "".join(
        prov_n.write(each for each in statements_of(document) if not isinstance(each, Problem))
    )


def test_both_judge_alike(verdicts: Sequence[tuple[Path, dict[str, Any]]]) -> None:
    """Of the test cases of the W3C and of ProvToolbox, as provgraph writes them in PROV-N."""
    others = {path.name for path, told in verdicts if "refused" in told}
    assert others == {path.name for path in DOCUMENTS if path.name.startswith(MENTIONS)}
    differ = [
        (path.name, told)
        for path, told in verdicts
        if path.name not in others and told["valid"] != verdict_on(document_at(path)).is_valid
    ]
    assert differ == []


@pytest.mark.parametrize(
    "source", [LOGS, CORPUS / "ctaprov" / "bundles"], ids=["ctapipe", "ctadirac"]
)
def test_whole_stores_are_read_and_valid(source: Path, tmp_path: Path) -> None:
    store = open_store("sqlite://")
    list(load(store, [str(source)]))
    [told] = judge(["".join(export(store, "prov-n"))], tmp_path)
    ours = ProvDocument.deserialize(content="".join(export(store, "prov-json")))
    store.close()
    assert told == {"statements": len(list(ours.get_records())), "valid": True, "why": []}
