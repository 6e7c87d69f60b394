"""Writes VOTables through astropy (the extra ``fits``; IVOA recommendation "VOTable" 1.4).

There is one table a class of the IVOA's Provenance Data Model 1.0, one column an attribute of the
model. A table or column bears a utype only where the model has such a class or attribute. What the
model has no attribute for stands in the column ``attributes``, as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from astropy.io.votable import from_table
from astropy.io.votable.tree import Resource, TableElement, VOTableFile
from astropy.table import Table

from provgraph.errors import LoadError
from provgraph.interchange.writing.vo_prov import in_terms, is_of_settings, marks_by_name
from provgraph.model.values import canonical_json, utc, with_zone
from provgraph.model.vocabulary import DescriptionType
from provgraph.prov import names
from provgraph.prov.names import VOPROV, Prefixes
from provgraph.prov.statements import (
    ELEMENTS,
    PROV,
    SLOT_NAMES,
    SLOTS,
    DocumentPart,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import native_value


@dataclass(frozen=True, slots=True)
class _Class:
    """A table.

    Attributes:
        name: of the table.
        utype: of the class; None when the model has no such class.
        columns: name → the utype of the attribute; None when the model has no such attribute.
    """

    name: str
    utype: str | None
    columns: dict[str, str | None]


def _attributes(utype: str, *attributes: str) -> dict[str, str | None]:
    return {each: f"voprov:{utype}.{each}" for each in attributes}


_DESCRIBED = ("name", "description", "docurl", "type")
_USED = ("role", "description", "type", "multiplicity", "entityDescription")
#: What a description of each class has (IVOA Provenance DM 1.0, sections 2.4 and 2.5).
_OF_DESCRIPTIONS: dict[DescriptionType, tuple[str, ...]] = {
    DescriptionType.ACTIVITY: (*_DESCRIBED, "version", "subtype"),
    DescriptionType.ENTITY: _DESCRIBED,
    DescriptionType.DATASET: (*_DESCRIBED, "contentType"),
    DescriptionType.VALUE: (*_DESCRIBED, "valueType", "unit", "ucd", "utype"),
    DescriptionType.USAGE: _USED,
    DescriptionType.GENERATION: _USED,
    DescriptionType.PARAMETER: (
        *("name", "valueType", "unit", "ucd", "utype", "min", "max", "default"),
        *("options", "description"),
    ),
    DescriptionType.CONFIG_FILE: ("name", "contentType", "description"),
}
#: What a description names, though the model puts it the other way round.
_REFERENCES = dict.fromkeys(
    (
        DescriptionType.USAGE,
        DescriptionType.GENERATION,
        DescriptionType.PARAMETER,
        DescriptionType.CONFIG_FILE,
    ),
    ("activityDescription",),
)
#: Type of statement → the class of the model, and the utypes of its columns (sections 2.1 to 2.3).
_OF_THE_MODEL: dict[ProvType, tuple[str | None, dict[str, str | None]]] = {
    ProvType.ENTITY: (
        "Entity",
        {
            **_attributes("Entity", "id", "name", "location", "generatedAtTime"),
            **_attributes("Entity", "invalidatedAtTime", "comment"),
            **_attributes("ValueEntity", "value"),
        },
    ),
    ProvType.ACTIVITY: (
        "Activity",
        {
            **_attributes("Activity", "id", "startTime", "endTime", "name", "comment"),
            "version": None,
            "status": None,
        },
    ),
    ProvType.AGENT: (
        "Agent",
        _attributes(
            *("Agent", "id", "name", "type", "email", "affiliation", "phone", "address"),
            *("comment", "url"),
        ),
    ),
    ProvType.USAGE: ("Used", _attributes("Used", "entity", "time", "role")),
    ProvType.GENERATION: ("WasGeneratedBy", _attributes("WasGeneratedBy", "activity", "role")),
    ProvType.ASSOCIATION: ("WasAssociatedWith", _attributes("WasAssociatedWith", "agent", "role")),
    ProvType.ATTRIBUTION: ("WasAttributedTo", _attributes("WasAttributedTo", "agent", "role")),
    ProvType.DERIVATION: (None, {"usedEntity": "voprov:Entity.usedEntity"}),
    ProvType.COMMUNICATION: (None, {"informant": "voprov:Activity.informant"}),
    ProvType.MEMBERSHIP: ("Collection", _attributes("Collection", "entity")),
}
_TIMES = frozenset(
    {
        "generatedAtTime",
        "invalidatedAtTime",
        *(
            name
            for kind, slot_names in SLOT_NAMES.items()
            for name, slot in zip(slot_names, SLOTS[kind], strict=True)
            if slot is Slot.TIME
        ),
    }
)
_NAMESPACES = (PROV, VOPROV, names.ATTRIBUTE)


def _statement_class(kind: ProvType) -> _Class:
    utype, known = _OF_THE_MODEL.get(kind, (None, {}))
    more = () if kind in ELEMENTS else ("role",)
    columns = ("id", *SLOT_NAMES[kind], *known, *more)
    return _Class(
        kind.value,
        None if utype is None else f"voprov:{utype}",
        {name: known.get(name) for name in columns},
    )


_CLASSES: dict[ProvType | DescriptionType, _Class] = {
    **{kind: _statement_class(kind) for kind in ProvType},
    **{
        each: _Class(
            each.value[0].lower() + each.value[1:],
            f"voprov:{each.value}",
            {
                **dict.fromkeys(("id", *_REFERENCES.get(each, ()))),
                **_attributes(each.value, *attributes),
            },
        )
        for each, attributes in _OF_DESCRIPTIONS.items()
    },
}


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document, which is in memory as a whole.

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.
    """
    prefixes = Prefixes()
    rows: dict[ProvType | DescriptionType, list[dict[str, str]]] = {}
    for each in statements:
        if isinstance(each, ProvStatement) and not is_of_settings(each):
            kind = _kind(each)
            rows.setdefault(kind, []).append(_row(in_terms(each), _CLASSES[kind], prefixes))
    resource = Resource(name="provenance", type="results")
    for kind, table in _CLASSES.items():
        if kind in rows:
            resource.tables.append(_table(table, rows[kind]))
    file = VOTableFile(version="1.4")
    file.description = f"Provenance; prefixes: {json.dumps(prefixes.used)}"
    file.resources.append(resource)
    out = BytesIO()
    file.to_xml(out)
    yield out.getvalue().decode()


def _kind(statement: ProvStatement) -> ProvType | DescriptionType:
    """Choose the table; descriptions have tables of their own."""
    if statement.id is not None and statement.id.startswith(names.DESCRIPTION):
        marked = marks_by_name(statement).get("type")
        if marked in set(DescriptionType):
            return DescriptionType(marked)
    return statement.type


def _row(statement: ProvStatement, table: _Class, prefixes: Prefixes) -> dict[str, str]:
    found = {"id": "" if statement.id is None else prefixes.short(statement.id)}
    slots = zip(SLOT_NAMES[statement.type], SLOTS[statement.type], statement.slots, strict=True)
    for name, slot, value in slots:
        found[name] = "" if value is None else value if slot is Slot.TIME else prefixes.short(value)
    cells: dict[str, dict[str, None]] = {}
    rest: dict[str, list[object]] = {}
    for uri, literal in statement.attributes:
        name = next((uri[len(each) :] for each in _NAMESPACES if uri.startswith(each)), "")
        if name in table.columns and name not in found:
            cells.setdefault(name, {})[literal.text] = None
        else:
            rest.setdefault(prefixes.short(uri), []).append(native_value(literal))
    found |= {name: ", ".join(texts) for name, texts in cells.items()}
    found["bundle"] = "" if statement.bundle is None else prefixes.short(statement.bundle)
    found["attributes"] = canonical_json(rest) if rest else ""
    return found


def _table(described: _Class, rows: list[dict[str, str]]) -> TableElement:
    columns = {
        name: [_cell(name, row.get(name, "")) for row in rows]
        for name in (*described.columns, "bundle", "attributes")
    }
    table = from_table(Table(columns), table_id=described.name).get_first_table()
    table.name, table.utype = described.name, described.utype
    for field in table.fields:
        field.utype = described.columns.get(field.name)
        field.arraysize = "*"
        if field.name in _TIMES:
            field.xtype = "timestamp"
    return table


def _cell(name: str, text: str) -> str:
    """Write a value; a time in UTC, as DALI 1.1, section 3.3.3 has it."""
    if name in _TIMES and text:
        try:
            return str(with_zone(utc(text)))
        except LoadError:
            return _printable(text)  # a source may say anything of its files
    return _printable(text)


def _printable(text: str) -> str:
    r"""Write control characters, which XML can't hold, as ``\\uXXXX``."""
    return "".join(
        each if each >= " " or each in "\t\n" else f"\\u{ord(each):04x}" for each in text
    )
