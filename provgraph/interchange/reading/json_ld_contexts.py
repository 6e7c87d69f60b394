"""Contexts of JSON-LD that provgraph knows by their addresses. None is ever fetched.

The context of PROV-JSONLD comes with the prov package. The one of PROV-O's terms is provgraph's
own: it is made from the terms of the recommendation.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from prov.serializers.provjsonld import load_vendored_context

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_o.terms import (
    ELEMENT_CLASSES,
    ENDED,
    EVENT_TIMES,
    INVERSES,
    OF_RELATIONS,
    PROPERTIES,
    QUALIFYING,
    RELATION_CLASSES,
    STARTED,
)
from provgraph.prov.statements import PROV, XSD

CONTEXT, IMPORT, BASE, VOCAB = "@context", "@import", "@base", "@vocab"
#: Where PROV-JSONLD's context stands, or stood.
_PROV_JSONLD = re.compile(
    r"https?://(?:www\.)?openprovenance\.org/prov(?:-?jsonld)?(?:/context)?\.json(?:ld)?"
)
#: Addresses under which tools name a context of PROV-O's terms.
_PROV_O = re.compile(r"https?://www\.w3\.org/ns/prov(?:-o)?(?:\.jsonld)?#?")
#: RDFa's initial context, of which the prefixes are shipped.
_PREFIXES_ONLY = re.compile(r"https?://www\.w3\.org/2013/json-ld-context/rdfa11(?:\.jsonld)?")
_PREFIXES = {
    "prov": PROV,
    "xsd": XSD,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dc": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "http://schema.org/",
    "void": "http://rdfs.org/ns/void#",
    "wdrs": "http://www.w3.org/2007/05/powder-s#",
}
_ATTRIBUTES = ("value", "atLocation", "hadRole", "wasRoleIn", "locationOf")


def is_prov_json_ld(context: object) -> bool:
    """Tell whether one entry of a document's context is that of PROV-JSONLD.

    Args:
        context: an address, or the context itself.

    Returns:
        True for both forms of that context.
    """
    if isinstance(context, str):
        return _PROV_JSONLD.fullmatch(context) is not None
    usage = context.get("Usage") if isinstance(context, dict) else None
    return isinstance(usage, dict) and CONTEXT in usage  # its terms mean what their class says


def with_contexts(data: Any) -> Any:
    """Put the contexts that JSON-LD names by address into it.

    Args:
        data: the JSON.

    Returns:
        the same JSON, without an address of a context.

    Raises:
        LoadError: it names a context that provgraph does not know.
    """
    if isinstance(data, list):
        return [with_contexts(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        key: _resolved(value) if key in (CONTEXT, IMPORT) else with_contexts(value)
        for key, value in data.items()
    }


def contexts_in(data: Any) -> Iterator[dict[str, Any]]:
    """Find all contexts in JSON-LD.

    Args:
        data: the JSON, after `with_contexts`.

    Yields:
        each context that is an object.
    """
    if isinstance(data, list):
        for each in data:
            yield from contexts_in(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == CONTEXT:
                entries = value if isinstance(value, list) else [value]
                yield from (each for each in entries if isinstance(each, dict))
            yield from contexts_in(value)


def _resolved(context: Any) -> Any:
    if isinstance(context, list):
        return [_resolved(each) for each in context]
    return _shipped(context) if isinstance(context, str) else with_contexts(context)


def _shipped(address: str) -> dict[str, Any]:
    if _PROV_JSONLD.fullmatch(address):
        return load_vendored_context()
    if _PROV_O.fullmatch(address):
        return _terms()
    if _PREFIXES_ONLY.fullmatch(address):
        return _PREFIXES
    raise LoadError(
        f"its context {address[:500]!r} does not come with provgraph, which fetches nothing: put "
        "the content of that context into the document, in place of the address"
    )


@cache
def _terms() -> dict[str, Any]:
    """Make a context of PROV-O's terms, each with and without its prefix."""
    times = (STARTED, ENDED, PROV + "atTime", *EVENT_TIMES)
    resources = {*PROPERTIES, *QUALIFYING, *INVERSES, *OF_RELATIONS} - set(times)
    terms: dict[str, Any] = {}
    for kind, uris in (
        ({"@type": "@id"}, resources),
        ({"@type": XSD + "dateTime"}, times),
        ({}, (*ELEMENT_CLASSES, *RELATION_CLASSES, *(PROV + name for name in _ATTRIBUTES))),
    ):
        for uri in sorted(uris):
            name = uri.removeprefix(PROV)
            terms[name] = terms[f"prov:{name}"] = {**kind, "@id": uri}
    return {"@version": 1.1, **_PREFIXES, **terms, "label": _PREFIXES["rdfs"] + "label"}
