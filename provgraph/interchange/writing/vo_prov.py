"""Writes the IVOA's flavour of PROV-JSON (IVOA recommendation "Provenance Data Model" 1.0).

The document is as the voprov package writes and reads it. It has the model's classes and names
(datasetEntity, activityDescription, parameter, ``voprov:location``), and nothing that only
provgraph reads: PROV-JSON takes a store elsewhere, this format serves the VO's tools.
"""

from collections.abc import Iterable, Iterator

from provgraph.interchange.writing import prov_json
from provgraph.interchange.writing.vo_classes import records
from provgraph.prov.names import Prefixes
from provgraph.prov.statements import DocumentPart


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document.

    Args:
        statements: in any order in which settings come before what they configure.

    Yields:
        the document, piece by piece.
    """
    prefixes = Prefixes()
    rows = (prov_json.row_of(each.part, prefixes, each.section) for each in records(statements))
    yield from prov_json.write_rows(rows, prefixes)
