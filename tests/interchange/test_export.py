"""A store → a document → a store.

Nothing is lost of what ctapipe, CTADIRAC and random histories say.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from prov.model import ProvActivity, ProvDocument, ProvEntity, ProvGeneration, ProvUsage

from provgraph.commands.main import main
from provgraph.errors import MissingExtraError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.interchange.export import DOCUMENT_FORMATS, Selection, document_writer, export
from provgraph.model.vocabulary import Kind
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS
from tests.graphs import put
from tests.interchange.corpus import exported
from tests.interchange.corpus import put as put_document
from tests.records import History
from tests.strategies import histories

SOURCES = {"ctapipe": LOGS, "ctadirac": CORPUS / "ctaprov" / "bundles"}
#: Which formats a reader of ours takes back whole.
TWO_WAY = sorted(DOCUMENT_FORMATS.keys() - {"vo-prov-json", "vo-prov-xml", "votable"})
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.fixture(params=sorted(SOURCES))
def filled(request: pytest.FixtureRequest) -> Iterator[Store]:
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(SOURCES[request.param])]))
        yield store


@pytest.mark.slow
@pytest.mark.parametrize("format_name", TWO_WAY)
def test_a_store_comes_back_with_the_same_digest(filled: Store, format_name: str) -> None:
    content = "".join(export(filled, format_name)).encode()
    with closing(open_store("sqlite://")) as copy:
        assert put_document(copy, content) == []
        assert digest(copy.scan()) == digest(filled.scan())


@pytest.mark.slow
def test_every_store_takes_it(store: Store) -> None:
    with closing(open_store("sqlite://")) as first:
        list(load(first, [str(LOGS)]))
        assert put_document(store, exported(first)) == []
        assert digest(store.scan()) == digest(first.scan())
        assert put_document(store, exported(store)) == []
        assert digest(store.scan()) == digest(first.scan())


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_random_histories_come_back(history: History) -> None:
    with closing(open_store("sqlite://")) as store, closing(open_store("sqlite://")) as copy:
        put(store, history)
        assert put_document(copy, exported(store)) == []
        assert digest(copy.scan()) == digest(store.scan())


@pytest.mark.slow
def test_a_document_beside_what_it_was_made_from_adds_nothing(tmp_path: Path) -> None:
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(LOGS)]))
        before = digest(store.scan())
        document = tmp_path / "all.json"
        document.write_bytes(exported(store))
        (report,) = load(store, [str(document)])
        assert (report.format, report.is_clean) == ("prov-json", True)
        assert digest(store.scan()) == before
        forget(store, str(report.load))
        assert digest(store.scan()) == before


def test_the_prov_package_counts_the_same(tmp_path: Path) -> None:
    url, out = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "lineage.json"
    run = CliRunner().invoke
    run(main, ["--store", url, "load", str(LOGS)])
    answer = run(
        main, ["--store", url, "what-produced", DL3, "--format", "prov-json", "-o", str(out)]
    )
    assert answer.exit_code == 0
    document = ProvDocument.deserialize(out)
    counts = [
        len(list(document.get_records(kind)))
        for kind in (ProvActivity, ProvEntity, ProvUsage, ProvGeneration)
    ]
    assert counts == [27, 44, 90, 27]


def test_one_record_is_written_with_its_relations(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    run = CliRunner().invoke
    run(main, ["--store", url, "load", str(LOGS)])
    answer = run(main, ["--store", url, "export", DL3])
    document = ProvDocument.deserialize(BytesIO(answer.stdout_bytes))
    assert len(list(document.get_records(ProvEntity))) == 1
    assert len(list(document.get_records(ProvGeneration))) == 1


def test_a_selection_is_open_or_closed() -> None:
    lineage = {Kind.ACTIVITY: ["a"]}
    assert Selection(lineage).allows(Kind.ENTITY, "e")
    closed = Selection(lineage, is_closed=True)
    assert closed.allows(Kind.ACTIVITY, "a")
    assert not closed.allows(Kind.ENTITY, "e")


@pytest.mark.parametrize(
    ("format_name", "package", "extra"),
    [("turtle", "prov.model", "rdf"), ("votable", "astropy.table", "fits")],
)
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, format_name: str, package: str, extra: str
) -> None:
    writing = "provgraph.interchange.writing"
    for module in ("prov_package", "votable"):
        monkeypatch.delitem(sys.modules, f"{writing}.{module}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        document_writer(format_name)
    assert caught.value.extra == extra


def test_every_format_has_its_writer() -> None:
    assert all(callable(document_writer(name)) for name in DOCUMENT_FORMATS)
