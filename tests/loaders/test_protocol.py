"""All loaders hold to the protocol."""

from importlib.metadata import entry_points

import pytest

from provgraph.loaders.protocol import (
    BLANK,
    AddressedLoader,
    Problem,
    StatementLoader,
    numbered,
)
from provgraph.loaders.registry import GROUP, loader_named
from provgraph.model.records import Document
from tests.loaders.examples import read

NAMES = sorted(entry_points(group=GROUP).names)


@pytest.mark.parametrize("name", NAMES)
def test_a_loader_bears_the_name_of_its_entry_point(name: str) -> None:
    loader = loader_named(name)
    assert loader.name == name
    assert loader.reads


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("head", [b"", BLANK, b"\x00" * 64, b"\x1f\x8b", b"id,name\n1,x\n"])
def test_no_loader_takes_what_is_of_no_format(name: str, head: bytes) -> None:
    assert not loader_named(name).recognises(head)


def test_loaders_of_prov_can_be_read_as_statements() -> None:
    loaders = {name: loader_named(name) for name in NAMES}
    are = {name for name, loader in loaders.items() if isinstance(loader, StatementLoader)}
    assert are == {name for name in NAMES if name.startswith("prov-")}


def test_loaders_of_prov_want_to_know_where_a_document_is() -> None:
    loaders = {name: loader_named(name) for name in NAMES}
    are = {name for name, loader in loaders.items() if isinstance(loader, AddressedLoader)}
    assert are == {name for name in NAMES if name.startswith("prov-")}


def test_a_problem_has_its_place() -> None:
    _, (problem,) = read(b'[{"activity_uuid": "A"')
    assert isinstance(problem, Problem)
    assert problem.where == "byte 1"


def test_what_is_known_of_a_database_is_left_out_by_its_number() -> None:
    problem = Problem("row 2", "is not loaded")
    found: list[Document | Problem] = [Document(), problem, Document(), Document()]
    assert [getattr(each, "end", None) for each in numbered(found, 0, 10)] == [10, None, 20, 30]
    assert list(numbered(found, 20, 10)) == [problem, Document(end=30)]
