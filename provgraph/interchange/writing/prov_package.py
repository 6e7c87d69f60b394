"""PROV-XML, PROV-O and PROV-JSONLD, written through the prov package.

All but N-Triples hold the document in memory.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

from prov.model import ProvDocument

from provgraph.errors import ProvGraphError
from provgraph.interchange.store_reader import Stated
from provgraph.interchange.writing import prov_json
from provgraph.model.batches import batches

#: How many statements of N-Triples are in memory at a time.
_BATCH = 2000


def to_prov(statements: Iterable[Stated]) -> ProvDocument:
    """The document as the prov package has it.

    Args:
        statements: all of them.
    """
    text = "".join(prov_json.write(statements))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document: ProvDocument = ProvDocument.deserialize(content=text, format="json")
    return document


def writer(
    format_name: str, rdf_format: str | None = None
) -> Callable[[Iterable[Stated]], Iterator[str]]:
    """A writer of one of the package's formats.

    Args:
        format_name: as the package calls it.
        rdf_format: as rdflib does, of RDF.
    """
    options = {} if rdf_format is None else {"rdf_format": rdf_format}
    has_bundles = rdf_format in (None, "trig")

    def write(statements: Iterable[Stated]) -> Iterator[str]:
        yield _serialized(to_prov(statements), format_name, options, has_bundles)

    return write


def write_n_triples(statements: Iterable[Stated]) -> Iterator[str]:
    """N-Triples, some statements at a time: a graph is the union of its parts."""
    for batch in batches(statements, _BATCH):
        yield _serialized(to_prov(batch), "rdf", {"rdf_format": "nt"}, False)


def _serialized(
    document: ProvDocument, format_name: str, options: dict[str, str], has_bundles: bool
) -> str:
    if not has_bundles and document.has_bundles():
        raise ProvGraphError(
            "this format can't hold bundles: take trig, prov-json, prov-n, prov-xml or json-ld"
        )
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            document.serialize(out, format=format_name, **options)
        except Exception as error:  # the package and its parsers don't say which they raise
            raise ProvGraphError(
                f"this can't be written as {format_name}: {str(error)[:500]}; take prov-json"
            ) from error
    return out.getvalue().decode()
