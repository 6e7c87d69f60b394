"""Labels and locations for readers other than provgraph."""

from contextlib import closing

import pytest

from provgraph.ingest.loading import load
from provgraph.interchange.export import export, statements
from provgraph.interchange.labels import with_label_and_location
from provgraph.prov.names import own_attribute_uri
from provgraph.prov.statements import PROV, Literal, ProvStatement, ProvType
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.interchange.corpus import put

_NAME = own_attribute_uri("name"), Literal("ctapipe-process")


def test_what_a_document_says_is_not_added_to() -> None:
    label = PROV + "label", Literal("mine")
    for pairs in ((), (label, _NAME)):
        said = ProvStatement(ProvType.ACTIVITY, "http://example.org/a", (None, None), pairs)
        assert with_label_and_location(said) == said


@pytest.mark.parametrize("format_name", ["prov-json", "prov-n", "prov-xml", "turtle"])
def test_files_runs_and_agents_have_labels_and_come_back_as_they_were(format_name: str) -> None:
    with closing(open_store("sqlite://")) as store, closing(open_store("sqlite://")) as copy:
        list(load(store, [str(sorted(LOGS.iterdir())[0])]))
        with store.viewing() as view:
            found = [each for each in statements(view) if isinstance(each, ProvStatement)]
        names = {kind: set[str]() for kind in ProvType}
        for each in found:
            names[each.type] |= {name for name, _ in each.attributes if name.startswith(PROV)}
        assert {PROV + "label", PROV + "location"} <= names[ProvType.ENTITY]
        assert PROV + "label" in names[ProvType.ACTIVITY]
        assert put(copy, "".join(export(store, format_name)).encode()) == []
        assert digest(copy.scan()) == digest(store.scan())
