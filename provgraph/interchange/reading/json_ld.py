"""Reads JSON-LD: PROV-JSONLD, and PROV-O in any shape.

PROV-JSONLD (W3C member submission, 25 August 2024) is read statement by statement. All other
JSON-LD is RDF, and read as such.
"""

import json
from collections.abc import Iterator
from typing import Any

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.json_ld_contexts import (
    BASE,
    CONTEXT,
    VOCAB,
    contexts_in,
    is_prov_json_ld,
    with_contexts,
)
from provgraph.interchange.reading.prov_json_ld import StatementReader
from provgraph.interchange.reading.prov_o.parsing import parse_json
from provgraph.interchange.reading.prov_o.reader import statements
from provgraph.interchange.reading.prov_o.terms import INVERSES, PROPERTIES, QUALIFYING, readable
from provgraph.interchange.reading.whole import WholeDocument
from provgraph.loaders.protocol import Problem

_GRAPH, _JSON_LITERAL = "@graph", "@json"
#: The keys by which JSON-LD states a relation, which PROV-JSONLD does not have.
_OF_RDF = {readable(name) for name in (*PROPERTIES, *QUALIFYING, *INVERSES)}


def read_json_ld(content: bytes, address: str) -> WholeDocument:
    """Read JSON-LD.

    Args:
        content: the document's bytes.
        address: of the document, against which relative names resolve.

    Returns:
        what it says.

    Raises:
        LoadError: it is no JSON, or names a context that is not known.
    """
    try:
        data = _json(content)
        if _is_prov_json_ld(data):
            return _of_statements(data, address)
        return _of_graph(with_contexts(data), address)
    except RecursionError:
        raise LoadError("nested too deeply") from None


def _json(content: bytes) -> Any:
    """Parse a document; Python refuses an integer of more than 4,300 digits as well."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise LoadError(f"it is no JSON that can be read: {error}") from None


def _entries(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _is_prov_json_ld(data: Any) -> bool:
    """Tell whether all nodes of a document are statements of PROV-JSONLD."""
    if not isinstance(data, dict) or not isinstance(data.get(_GRAPH), list):
        return False
    if not any(map(is_prov_json_ld, _entries(data.get(CONTEXT)))):
        return False
    return all(not isinstance(node, dict) or _OF_RDF.isdisjoint(node) for node in data[_GRAPH])


def _of_statements(data: dict[str, Any], address: str) -> WholeDocument:
    reader = StatementReader(_entries(data.get(CONTEXT)), address)
    parts = list(reader.statements(data[_GRAPH]))
    return WholeDocument(parts, has_relative_names=reader.has_relative_names)


def _of_graph(data: Any, address: str) -> WholeDocument:
    parsed = parse_json(data, address)
    parts: list[PartOrProblem] = [*statements(parsed.triples), *_undefined(data), *parsed.problems]
    return WholeDocument(parts, has_relative_names=parsed.has_relative_names)


def _undefined(data: Any) -> Iterator[Problem]:
    """Find keys that no context gives a meaning: JSON-LD passes over them silently."""
    contexts = list(contexts_in(data))
    if any(context.get(VOCAB) for context in contexts):
        return
    defined = {term for context in contexts for term in _terms(context)}
    found = (key for key in _keys(data) if ":" not in key and not key.startswith("@"))
    for key in dict.fromkeys(found):
        if key not in defined:
            what = "what stands at this key is not loaded: no context of the document defines it"
            yield Problem(f"the key {key[:200]!r}", what)


def _terms(context: dict[str, Any]) -> Iterator[str]:
    for term, meaning in context.items():
        if term not in (CONTEXT, BASE, VOCAB):
            yield term
        if isinstance(meaning, dict) and CONTEXT in meaning:
            for each in _entries(meaning[CONTEXT]):
                yield from _terms(each) if isinstance(each, dict) else ()


def _keys(data: Any) -> Iterator[str]:
    """Walk over the keys of all nodes, contexts aside."""
    if isinstance(data, list):
        for each in data:
            yield from _keys(each)
    elif isinstance(data, dict) and data.get("@type") != _JSON_LITERAL:
        for key, value in data.items():
            yield key
            if key != CONTEXT:
                yield from _keys(value)
