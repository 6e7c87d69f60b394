"""Writes VOTables through astropy (the extra ``fits``; IVOA recommendation "VOTable" 1.4).

There is one table a class of the IVOA's Provenance Data Model 1.0, one column an attribute of the
model. What the model has no attribute for stands in the column ``attributes``, as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO

from astropy.io.votable import from_table
from astropy.io.votable.tree import Resource, VOTableFile
from astropy.table import Table

from provgraph.interchange.writing.vo_prov import in_terms, is_of_settings
from provgraph.model.values import canonical_json
from provgraph.prov.names import VOPROV, Prefixes
from provgraph.prov.statements import PROV, SLOT_NAMES, DocumentPart, ProvStatement, ProvType
from provgraph.prov.values import native_value

#: Class of the model → its columns behind the id and the ends.
_COLUMNS: dict[ProvType, tuple[str, ...]] = {
    ProvType.ENTITY: (
        "name",
        "location",
        "generatedAtTime",
        "invalidatedAtTime",
        "comment",
        "value",
    ),
    ProvType.ACTIVITY: ("name", "comment", "version", "status"),
    ProvType.AGENT: ("name", "type", "email", "affiliation", "phone", "address", "comment", "url"),
}
_RELATION_COLUMNS = ("role",)
_OF_THE_MODEL = (PROV, VOPROV)


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document, which is in memory as a whole.

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.
    """
    prefixes = Prefixes()
    rows: dict[ProvType, list[dict[str, str]]] = {}
    for each in statements:
        if isinstance(each, ProvStatement) and not is_of_settings(each):
            rows.setdefault(each.type, []).append(_row(in_terms(each), prefixes))
    resource = Resource(name="provenance", type="results")
    for kind in ProvType:
        if kind in rows:
            resource.tables.append(_table(kind, rows[kind]))
    file = VOTableFile(version="1.4")
    file.description = f"Provenance; prefixes: {json.dumps(prefixes.used)}"
    file.resources.append(resource)
    out = BytesIO()
    file.to_xml(out)
    yield out.getvalue().decode()


def _columns(kind: ProvType) -> tuple[str, ...]:
    return (
        "id",
        *SLOT_NAMES[kind],
        *_COLUMNS.get(kind, _RELATION_COLUMNS),
        "bundle",
        "attributes",
    )


def _row(statement: ProvStatement, prefixes: Prefixes) -> dict[str, str]:
    own = _COLUMNS.get(statement.type, _RELATION_COLUMNS)
    found = {"id": "" if statement.id is None else prefixes.short(statement.id)}
    for name, value in zip(SLOT_NAMES[statement.type], statement.slots, strict=True):
        is_name = value is not None and "time" not in name.lower()
        found[name] = prefixes.short(str(value)) if is_name else value or ""
    rest: dict[str, list[object]] = {}
    for uri, literal in statement.attributes:
        name = next((uri[len(each) :] for each in _OF_THE_MODEL if uri.startswith(each)), "")
        if name in own:
            found[name] = f"{found[name]}, {literal.text}" if name in found else literal.text
        else:
            rest.setdefault(prefixes.short(uri), []).append(native_value(literal))
    found["bundle"] = "" if statement.bundle is None else prefixes.short(statement.bundle)
    found["attributes"] = canonical_json(rest) if rest else ""
    return found


def _table(kind: ProvType, rows: list[dict[str, str]]) -> object:
    columns = {name: [_printable(row.get(name, "")) for row in rows] for name in _columns(kind)}
    table = from_table(Table(columns), table_id=kind.value).get_first_table()
    table.name = kind.value
    for field in table.fields:
        field.utype = f"voprov:{kind.name.capitalize()}.{field.name}"
    return table


def _printable(text: str) -> str:
    r"""Write control characters, which XML can't hold, as ``\\uXXXX``."""
    return "".join(
        each if each >= " " or each in "\t\n" else f"\\u{ord(each):04x}" for each in text
    )
