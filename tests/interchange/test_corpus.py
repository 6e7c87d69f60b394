"""Every document of the prov package's test corpus loads and comes out equal.

The exceptions stand in `corpus`.
"""

from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import UnknownFormatError
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import empty_neo4j
from tests.interchange.corpus import (
    CHANGED,
    PARTLY_READ,
    READ_ALL_THE_SAME,
    READ_IN_PART,
    are_equal,
    exported,
    files,
    in_package,
    name_of,
    put,
    read,
)
from tests.services import Neo4jServer

DOCUMENTS = files(
    "json/*.json",
    "unification/**/*.json",
    "unification/**/*.provx",
    "rdf/*.ttl",
    "rdf/*.trig",
    "xml/*.xml",
    "provn/provtoolbox/*.provn",
    "provn/provtoolbox-corpus/*.provn",
    "jsonld/*.jsonld",
)
SPECIFIED = files("provn/spec/**/*.provn")


def _comes_out_equal(store: Store, path: Path) -> bool:
    content = path.read_bytes()
    assert put(store, content) == []
    return are_equal(in_package(content, path.suffix), in_package(exported(store), ".json"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_document_comes_out_as_it_went_in(path: Path) -> None:
    name = name_of(path)
    if name in PARTLY_READ:
        assert any(isinstance(each, Problem) for each in read(path.read_bytes()))
        return
    with closing(open_store("sqlite://")) as store:
        if name in READ_ALL_THE_SAME:
            assert put(store, path.read_bytes()) == []
        elif name in READ_IN_PART:
            (problem,) = put(store, path.read_bytes())
            assert "which belong together" in problem.what
        else:
            assert _comes_out_equal(store, path) == (name not in CHANGED)


@pytest.mark.parametrize("path", SPECIFIED, ids=name_of)
def test_examples_of_the_specifications_read_as_the_package_reads_them(path: Path) -> None:
    """Some are no PROV-N: the package has the list (tests/test_provn_corpus.py)."""
    try:
        in_package(path.read_bytes(), path.suffix)
    except Exception:
        assert any(isinstance(each, Problem) for each in read(path.read_bytes()))
        return
    with closing(open_store("sqlite://")) as store:
        assert _comes_out_equal(store, path)


@pytest.mark.parametrize("path", files("malformed/*"), ids=name_of)
def test_what_is_malformed_is_refused(path: Path) -> None:
    try:
        found = read(path.read_bytes())
    except UnknownFormatError:
        return
    assert [each for each in found if isinstance(each, Problem)]
    assert not [each for each in found if isinstance(each, Document)]


@pytest.mark.neo4j
def test_documents_come_out_of_neo4j_as_they_went_in(neo4j_server: Neo4jServer) -> None:
    different = []
    for path in files("json/bundle*.json", "json/*1.json", "unification/*.json"):
        empty_neo4j(neo4j_server.url)
        with closing(open_store(neo4j_server.url)) as store:
            if not _comes_out_equal(store, path):
                different.append(name_of(path))
    assert different == []
