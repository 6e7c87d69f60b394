"""The former names that sources' words tell are those that the store keeps."""

import json
from contextlib import closing

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import Document, StatedEntity
from provgraph.store.registry import open_store
from provgraph.store.relational import former, tables
from tests.store.test_contract import run


def test_former_names_are_found_as_they_are_kept() -> None:
    stated = ("file:/x@a", "file:/y", "file:/z@a", "file:/nobody", "product:X")
    documents = [
        run("a", 0, 1, ("/y", "/raw"), ("/x", "/z=Z", "/z=Y")),
        run("b", 2, 3, ("/x=X", "/y=V")),
    ]
    with closing(open_store("sqlite://")) as store:
        with store.writing() as transaction:
            integrate(transaction, documents)
        with store._database.writer().connect() as connection:  # type: ignore[attr-defined]
            assert not former.are_any_stated(connection)
        with store.writing() as transaction:
            integrate(transaction, [Document(entities=tuple(map(StatedEntity, stated)))])
        with store._database.writer().connect() as connection:  # type: ignore[attr-defined]
            rows = connection.execute(tables.entity.select()).all()
            kept = {row.id: tuple(json.loads(row.former)) for row in rows if row.former}
            assert former.are_any_stated(connection)
            assert former.names_of(connection, [row.id for row in rows]) == kept
    assert kept == {
        "product:X": ("file:/x@a",),
        "product:V": ("file:/y",),
        "product:Z": ("file:/z@a",),
        "file:/nobody": ("file:/nobody",),
    }
