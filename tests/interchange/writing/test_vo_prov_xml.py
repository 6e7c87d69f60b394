"""The IVOA's flavour of PROV-XML: it says what the flavour of PROV-JSON says."""

from contextlib import closing

import pytest
from lxml import etree

from provgraph.errors import ProvGraphError
from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.interchange.writing.vo_prov_xml import printable, write
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    XSD,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.interchange.corpus import put

_EX = "http://example.org/"


@pytest.mark.parametrize("source", ["opus/provsap_desc2.json", "ctapipe/logs/run02001.provlog"])
def test_both_flavours_say_the_same(source: str) -> None:
    digests = set()
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(CORPUS / source)]))
        for form in ("vo-prov-json", "vo-prov-xml"):
            with closing(open_store("sqlite://")) as copy:
                assert put(copy, "".join(export(store, form)).encode()) == []
                digests.add(digest(copy.scan()))
    assert len(digests) == 1


def _root(*parts: ProvStatement | BundleNamed) -> etree._Element:
    return etree.fromstring("".join(write(parts)).encode())


def test_values_and_names() -> None:
    pairs = (
        (PROV + "location", Literal("/a&b")),
        (_EX + "n", Literal("5", XSD + "int")),
        (_EX + "said", Literal("oui", None, "fr")),
        (PROV + "type", Literal(_EX + "T", QUALIFIED_NAME)),
        (_EX + "bell", Literal("a\x07")),
        ("urn:x:1 y", Literal("odd")),
    )
    root = _root(ProvStatement(ProvType.ENTITY, _EX + "e", (), pairs))
    assert root.tag == f"{{{VOPROV}}}document"
    (entity,) = root
    assert (entity.tag, entity.get(f"{{{VOPROV}}}id")) == (f"{{{VOPROV}}}entity", "ns1:e")
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
    said = {etree.QName(each).localname: (each.text, each.get(xsi)) for each in entity}
    assert said["location"] == ("/a&b", "xsd:string")
    assert said["n"] == ("5", "xsd:int")
    assert said["type"] == ("ns1:T", "xsd:QName")
    assert said["bell"] == ("a\\u0007", None)
    assert entity[2].get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


def test_ends_are_references_and_bundles_hold_their_records() -> None:
    inside = ProvStatement(ProvType.USAGE, None, (_EX + "a", _EX + "e", None), (), _EX + "b")
    root = _root(BundleNamed(_EX + "b"), inside)
    (bundle,) = root
    assert bundle.get(f"{{{VOPROV}}}id") == "ns1:b"
    ((activity, entity),) = bundle
    references = activity.get(f"{{{VOPROV}}}ref"), entity.get(f"{{{VOPROV}}}ref")
    assert references == ("ns1:a", "ns1:e")


def test_a_namespace_is_a_uri() -> None:
    """Readers of XML refuse a document whose namespace is none."""
    root = _root(ProvStatement(ProvType.ENTITY, "http://e.org/#a#b/c", ()))
    (entity,) = root
    prefix, _, local = str(entity.get(f"{{{VOPROV}}}id")).partition(":")
    assert root.nsmap[prefix] + local == "http://e.org/#a#b/c"


def test_an_attribute_without_name_is_refused() -> None:
    statement = ProvStatement(ProvType.ENTITY, _EX + "e", (), ((_EX, Literal("x")),))
    with pytest.raises(ProvGraphError, match="has no name; take vo-prov-json"):
        "".join(write([statement]))


def test_printable() -> None:
    assert printable("a\tb\nc\x00\ufffe") == "a\tb\nc\\u0000\\ufffe"
