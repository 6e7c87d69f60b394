"""Contexts that provgraph knows stand in for their addresses."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.json_ld_contexts import (
    contexts_in,
    is_prov_json_ld,
    with_contexts,
)
from provgraph.prov.statements import PROV


@pytest.mark.parametrize(
    "address",
    [
        "https://openprovenance.org/prov-jsonld/context.jsonld",
        "http://openprovenance.org/prov.jsonld",
        "http://openprovenance.org/prov-jsonld.json",
    ],
)
def test_the_context_of_prov_json_ld_is_known_by_all_its_addresses(address: str) -> None:
    assert is_prov_json_ld(address)
    context, *_ = contexts_in(with_contexts({"@context": address}))
    assert is_prov_json_ld(context)


def test_the_context_of_prov_o_has_all_terms_with_and_without_prefix() -> None:
    (context,) = contexts_in(with_contexts({"@context": "https://www.w3.org/ns/prov.jsonld"}))
    assert context["used"] == context["prov:used"] == {"@id": PROV + "used", "@type": "@id"}
    assert context["SoftwareAgent"] == {"@id": PROV + "SoftwareAgent"}
    assert context["startedAtTime"]["@type"].endswith("#dateTime")
    assert not is_prov_json_ld(context)


def test_contexts_within_contexts_are_found() -> None:
    data = {"a": [{"@context": [{"x": {"@id": "urn:x", "@context": "https://schema.org"}}]}]}
    with pytest.raises(LoadError, match=r"schema\.org"):
        with_contexts(data)
    assert with_contexts({"a": {"b": 1}}) == {"a": {"b": 1}}
