"""Writes VOTables through astropy (the extra ``fits``; IVOA recommendation "VOTable" 1.4).

There is one table a class of the IVOA's Provenance Data Model 1.0, one column an attribute of the
model. A table or column bears a utype only where the model has such a class or attribute. What the
model has no attribute for stands in the column ``attributes``, as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

from astropy.io.votable import from_table
from astropy.io.votable.tree import Resource, TableElement, VOTableFile
from astropy.table import Table

from provgraph.errors import LoadError
from provgraph.interchange.writing.vo_classes import VoRecord, records
from provgraph.interchange.writing.vo_prov_xml import printable
from provgraph.model.values import canonical_json, utc, with_zone
from provgraph.model.vocabulary import DescriptionType
from provgraph.prov import ivoa, names
from provgraph.prov.names import VOPROV, Prefixes
from provgraph.prov.statements import (
    ELEMENTS,
    PROV,
    QUALIFIED_NAME,
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
            **_attributes("Entity", "entityDescription"),
        },
    ),
    ProvType.ACTIVITY: (
        "Activity",
        {
            **_attributes("Activity", "id", "startTime", "endTime", "name", "comment"),
            **_attributes("Activity", "activityDescription"),
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
    ProvType.USAGE: ("Used", _attributes("Used", "entity", "time", "role", "usageDescription")),
    ProvType.GENERATION: (
        "WasGeneratedBy",
        _attributes("WasGeneratedBy", "activity", "role", "generationDescription"),
    ),
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


def _description_class(kind: DescriptionType) -> _Class:
    columns = {
        **dict.fromkeys(("id", *_REFERENCES.get(kind, ()))),
        **_attributes(kind.value, *_OF_DESCRIPTIONS[kind]),
    }
    return _Class(ivoa.section_of(kind.value), f"voprov:{kind.value}", columns)


_TABLES = (
    *map(_statement_class, ProvType),
    *map(_description_class, _OF_DESCRIPTIONS),
    _Class(
        "parameter",
        "voprov:Parameter",
        {
            "id": None,
            **_attributes("Parameter", "name", "value", "valueEntity", "parameterDescription"),
        },
    ),
    _Class(
        "configFile",
        "voprov:ConfigFile",
        {
            "id": None,
            **_attributes("ConfigFile", "name", "location", "comment", "configFileDescription"),
        },
    ),
    _Class(
        "wasConfiguredBy",
        "voprov:WasConfiguredBy",
        {
            "activity": None,
            **_attributes("WasConfiguredBy", "artefactType", "configFile", "parameter"),
        },
    ),
)
_CLASSES = {each.name: each for each in _TABLES}
#: The table of records → the column that names what describes them.
_DESCRIBED_IN = {
    "activity": "activityDescription",
    "entity": "entityDescription",
    "parameter": "parameterDescription",
    "configFile": "configFileDescription",
}
#: The tables of the parts of an activity's description.
_PARTS = tuple(ivoa.section_of(each.value) for each in _REFERENCES)


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document, which is in memory as a whole.

    Args:
        statements: in any order in which settings come before what they configure.

    Yields:
        the document, in one piece.
    """
    prefixes = Prefixes()
    gathered = _VoTableRows(prefixes)
    for each in records(statements):
        gathered.add(each)
    gathered.name_descriptions()
    resource = Resource(name="provenance", type="results")
    for name, table in _CLASSES.items():
        if rows := gathered.rows.get(name):
            resource.tables.append(_table(table, rows))
    file = VOTableFile(version="1.4")
    file.description = f"Provenance; prefixes: {json.dumps(prefixes.used)}"
    file.resources.append(resource)
    out = BytesIO()
    # The way without C: astropy's writer in C (seen in 7.2.3) puts a byte behind the end of its
    # buffer when the text of a row fills the buffer, and the process dies sooner or later.
    file.to_xml(out, _debug_python_based_parser=True)
    yield out.getvalue().decode()


_Row: TypeAlias = dict[str, str]


class _VoTableRows:
    """Gathers the rows of all tables. What relates records to descriptions becomes columns.

    Attributes:
        rows: name of a table → its rows.
    """

    def __init__(self, prefixes: Prefixes) -> None:
        self.rows: dict[str, list[_Row]] = {}
        self._prefixes = prefixes
        self._described: list[tuple[str, str]] = []
        self._related: list[tuple[str, str]] = []

    def add(self, record: VoRecord) -> None:
        """Add a record of the model."""
        part = record.part
        if not isinstance(part, ProvStatement):
            return
        section = record.section or part.type.value
        if section == "isDescribedBy":
            self._described.append(self._ends(part, section))
        elif section == "isRelatedTo":
            self._related.append(self._ends(part, section))
        elif section == "wasConfiguredBy":
            self._add_configuration(part)
        else:
            table = "entity" if section in ("datasetEntity", "valueEntity") else section
            row = _row(part, _CLASSES[table], self._prefixes)
            self.rows.setdefault(table, []).append(row)

    def name_descriptions(self) -> None:
        """Fill the columns that name descriptions, once all rows are there."""
        described = {name: self._by_id(name) for name in _DESCRIBED_IN}
        for record, description in self._described:
            for table, rows in described.items():
                for row in rows.get(record, ()):
                    _add_to_cell(row, _DESCRIBED_IN[table], description)
        parts = [self._by_id(name) for name in _PARTS]
        for related, relator in self._related:
            for rows in parts:
                for row in rows.get(related, ()):
                    _add_to_cell(row, "activityDescription", relator)
                for row in rows.get(relator, ()):
                    _add_to_cell(row, "entityDescription", related)

    def _by_id(self, table: str) -> dict[str, list[_Row]]:
        found: dict[str, list[_Row]] = {}
        for row in self.rows.get(table, ()):
            found.setdefault(row["id"], []).append(row)
        return found

    def _ends(self, statement: ProvStatement, section: str) -> tuple[str, str]:
        said = {uri: literal.text for uri, literal in statement.attributes}
        first, second = (self._prefixes.short(said[VOPROV + each]) for each in ivoa.ENDS[section])
        return first, second

    def _add_configuration(self, statement: ProvStatement) -> None:
        run, artefact = self._ends(statement, "wasConfiguredBy")
        said = {uri: literal.text for uri, literal in statement.attributes}
        kind = said[VOPROV + "artefactType"]
        column = "parameter" if kind == ivoa.ARTEFACT_TYPES["parameter"] else "configFile"
        row = {"activity": run, "artefactType": kind, column: artefact}
        self.rows.setdefault("wasConfiguredBy", []).append(row)


def _add_to_cell(row: _Row, column: str, text: str) -> None:
    before = row.get(column)
    row[column] = f"{before}, {text}" if before else text


def _row(statement: ProvStatement, table: _Class, prefixes: Prefixes) -> _Row:
    found = {"id": "" if statement.id is None else prefixes.short(statement.id)}
    slots = zip(SLOT_NAMES[statement.type], SLOTS[statement.type], statement.slots, strict=True)
    for name, slot, value in slots:
        found[name] = "" if value is None else value if slot is Slot.TIME else prefixes.short(value)
    cells: dict[str, dict[str, None]] = {}
    rest: dict[str, list[object]] = {}
    for uri, literal in statement.attributes:
        name = next((uri[len(each) :] for each in _NAMESPACES if uri.startswith(each)), "")
        if name in table.columns and name not in found:
            is_name = literal.type == QUALIFIED_NAME
            cells.setdefault(name, {})[
                prefixes.short(literal.text) if is_name else literal.text
            ] = None
        else:
            rest.setdefault(prefixes.short(uri), []).append(native_value(literal))
    found |= {name: ", ".join(texts) for name, texts in cells.items()}
    found["bundle"] = "" if statement.bundle is None else prefixes.short(statement.bundle)
    found["attributes"] = canonical_json(rest) if rest else ""
    return found


def _table(described: _Class, rows: list[_Row]) -> TableElement:
    columns = {
        name: [_cell(name, row.get(name, "")) for row in rows]
        for name in (*described.columns, "bundle", "attributes")
    }
    table = from_table(Table(columns), table_id=described.name).get_first_table()
    table.name, table.utype = described.name, described.utype
    for field in table.fields:
        field.utype = described.columns.get(field.name)
        field.arraysize = "*"
        field.ID = None  # an ID is there once in a document, and tables share names of columns
        if field.name in _TIMES:
            field.xtype = "timestamp"
    return table


def _cell(name: str, text: str) -> str:
    """Write a value; a time in UTC, as DALI 1.1, section 3.3.3 has it."""
    if name in _TIMES and text:
        try:
            return str(with_zone(utc(text)))
        except LoadError:
            return printable(text)  # a source may say anything of its files
    return printable(text)
