"""The IVOA's flavour of PROV-JSON, as voprov reads it."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests import services
from tests.conftest import CORPUS, LOGS, missing
from tests.interchange.corpus import put
from tests.interchange.writing.test_vo_classes import model_document
from tests.services.environments import python_with

#: voprov needs prov 2, and so can't stand beside ours.
VOPROV = Path(services.__file__).with_name("voprov.txt")
_COUNT = """
import sys, json, collections
from voprov.models.model import VOProvDocument
for path in sys.argv[1:]:
    document = VOProvDocument.deserialize(path)
    print(json.dumps(collections.Counter(type(each).__name__ for each in document.get_records())))
"""


@pytest.fixture
def jobs() -> Iterator[Store]:
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(CORPUS / "ctaprov" / "bundles")]))
        yield store


def _document(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(export(store, "vo-prov-json")))
    return found


def test_the_classes_and_names_are_the_models(jobs: Store) -> None:
    document = _document(jobs)
    assert document["prefix"]["voprov"] == "http://www.ivoa.net/documents/ProvenanceDM/index.html#"
    assert document.keys() >= {
        "activity",
        "datasetEntity",
        "agent",
        "activityDescription",
        "parameter",
        "configFile",
        "isDescribedBy",
        "wasConfiguredBy",
        "used",
        "wasGeneratedBy",
    }
    (agent,) = document["agent"].values()
    assert agent == {
        "prov:name": "CTA Observatory",
        "voprov:type": "Organization",
        "prov:type": {"$": "prov:Organization", "type": "xsd:QName"},
    }
    products = [
        entity
        for name, entity in document["datasetEntity"].items()
        if name.startswith("pge:product:")
    ]
    assert products
    assert all({"prov:name", "voprov:location"} <= product.keys() for product in products)
    described = next(iter(document["isDescribedBy"].values()))
    assert described["voprov:described"].startswith("pga:")
    assert described["voprov:descriptor"].startswith("pgd:activityDescription/")
    assert {each["voprov:artefactType"] for each in document["wasConfiguredBy"].values()} == {
        "Parameter",
        "Configfile",
    }
    assert not [name for name in json.dumps(document).split('"') if "provgraph." in name]


def test_it_reads_back(jobs: Store) -> None:
    content = "".join(export(jobs, "vo-prov-json")).encode()
    with closing(open_store("sqlite://")) as copy:
        assert put(copy, content) == []
        counts = copy.stats()
    assert (counts["activities"], counts["agents"], counts["descriptions"]) == (12, 1, 4)


@pytest.fixture(scope="module")
def voprov() -> str:
    """A Python that has it."""
    try:
        return str(python_with(VOPROV))
    except services.ServiceUnavailable as error:
        missing(error)
        raise


def test_voprov_reads_the_chain_and_every_class(voprov: str, tmp_path: Path) -> None:
    """Its reader of XML refuses what it has written itself."""
    paths = [tmp_path / name for name in ("chain.json", "model.json")]
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(LOGS)]))
        paths[0].write_text("".join(export(store, "vo-prov-json")))
        counts = store.stats()
    with closing(open_store("sqlite://")) as store:
        assert put(store, model_document(full=True)) == []
        paths[1].write_text("".join(export(store, "vo-prov-json")))
    run = (voprov, "-c", _COUNT, *map(str, paths))
    lines = subprocess.run(run, capture_output=True, check=True).stdout.splitlines()
    found, model = (Counter(json.loads(each)) for each in lines)
    assert found["VOProvActivity"] == counts["activities"]
    assert found["VOProvDataSetEntity"] == counts["entities"]
    assert found["VOProvGeneration"] == counts["wasGeneratedBy"]
    assert not model.keys() & {"ProvEntity", "ProvInfluence", "VOProvInfluence"}
    assert len(model) == 25
