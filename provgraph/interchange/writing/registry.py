"""The one table of ``--format`` names for documents of PROV."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from provgraph.interchange.store_reader import Stated
from provgraph.interchange.writing import prov_json, prov_n, prov_package, vo_prov, votable

#: Statements in, the document out, piece by piece.
DocumentWriter: TypeAlias = Callable[[Iterable[Stated]], Iterator[str]]

DOCUMENT_WRITERS: dict[str, DocumentWriter] = {
    "prov-json": prov_json.write,
    "prov-n": prov_n.write,
    "prov-xml": prov_package.writer("xml"),
    "turtle": prov_package.writer("rdf", "turtle"),
    "trig": prov_package.writer("rdf", "trig"),
    "rdf-xml": prov_package.writer("rdf", "xml"),
    "n-triples": prov_package.write_n_triples,
    "json-ld": prov_package.writer("jsonld"),
    "vo-prov-json": vo_prov.write,
    "votable": votable.write,
}
