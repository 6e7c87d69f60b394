"""Ways between records as people read them."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from provgraph.ingest.invalidation import invalidate
from provgraph.questions.tracing import find
from provgraph.questions.ways import common_ancestors, path
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.writers.ways import write_common, write_path
from tests.store.test_contract import put, run


@pytest.fixture
def store() -> Iterator[Store]:
    """Two runs that lead from one file to another, and a third that read both ways."""
    with closing(open_store("sqlite://")) as opened:
        put(
            opened,
            run("a", 1, 2, ("/raw",), ("/x", "/y")),
            run("b", 3, 4, ("/x", "/y"), ("/image",)),
            run("c", 3, 4, ("/x",), ("/table",)),
        )
        yield opened


def test_a_way_is_a_list(store: Store) -> None:
    raw, image = find(store, "/raw"), find(store, "/image")
    invalidate(store, raw, "2026-02-01", "bad")
    lines = write_path(path(store, image, raw, every=True), ("image", "/raw")).splitlines()
    assert lines == [
        "image → /raw",
        "4 relations, 2 ways of this length",
        "",
        "   0  /image  (file:/image@b)",
        "   1  wasGeneratedBy (data)  tool b  (b)",
        "   2  used (data)  /x  (file:/x@a)",
        "   2  used (data)  /y  (file:/y@a)",
        "   3  wasGeneratedBy (data)  tool a  (a)",
        "   4  used (data)  /raw  INVALID since 2026-02-01 00:00:00  (file:/raw)",
    ]
    back = write_path(path(store, find(store, "a"), image), ("a", "image")).splitlines()
    assert back[:2] == ["a ← image", "3 relations"]


def test_common_ancestors_are_listed_the_nearest_first(store: Store) -> None:
    names = ("/image", "/ta\nble")
    records = [find(store, "/image"), find(store, "/table")]
    lines = write_common(common_ancestors(store, records, 2), names).splitlines()
    assert lines == [
        "What led to all of these?",
        "  A  /image",
        r"  B  /ta\nble",
        "3 records; the nearest 2 are listed",
        "",
        "The nearest:",
        "     /x  (file:/x@a)  2 from A, 2 from B",
        "",
        "What led to these:",
        "     tool a  (a)  3 from A, 3 from B",
    ]
    nothing = write_common(common_ancestors(store, [find(store, "/raw"), records[0]], 5), names)
    assert "1 record\n" in nothing


def test_nothing_in_common_is_said(store: Store) -> None:
    put(store, run("d", 1, 2, (), ("/other",)))
    records = [find(store, "/other"), find(store, "/image")]
    assert "Nothing known led to all of them." in write_common(
        common_ancestors(store, records, 5), ("a", "b")
    )
