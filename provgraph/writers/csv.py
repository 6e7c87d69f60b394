"""A lineage as a table for spreadsheets: one row a record."""

import csv
import io

from provgraph.model.lineage import Lineage, Node
from provgraph.model.values import storable_text

COLUMNS = (
    "id",
    "kind",
    "name",
    "location",
    "distance",
    "dataLevel",
    "status",
    "startTime",
    "endTime",
    "version",
)
#: A spreadsheet would compute a cell that begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(lineage: Lineage) -> str:
    """Write a lineage as a table (RFC 4180).

    A cell that a spreadsheet would take for a formula gets a leading apostrophe: ``=1+1`` is
    written as ``'=1+1``.

    Args:
        lineage: the answer to write.

    Returns:
        A heading and one row for each record, in the order of the answer. Lines end in CR LF.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(value) for value in _row(node)] for node in lineage.nodes)
    return out.getvalue()


def _row(node: Node) -> tuple[str | None, ...]:
    return (
        node.id,
        node.kind.value,
        node.name,
        node.location,
        str(node.distance),
        node.data_level,
        node.status,
        node.start_time,
        node.end_time,
        node.version,
    )


def _cell(value: str | None) -> str:
    text = storable_text(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
