"""From records to rows of the published tables.

Pure functions, by the table in docs/contract.md, The ctaprov mirror.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from provgraph.errors import LoadError
from provgraph.model.identifiers import base_name, location_of
from provgraph.model.records import SOFTWARE, Fact, end_of, first_text, start_of
from provgraph.model.times import utc
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import DescriptionType, EntityType, Kind, RelationType
from provgraph.relational_mirror.records import (
    STATUS,
    Content,
    Record,
    description_of,
    status_value_id,
    tool_of,
)
from provgraph.store.journal import Subject

#: Raised when rows of the same records become others: mirrors are made anew then.
VERSION = 1
#: PostgreSQL indexes keys of up to 2.7 kB.
LONGEST_KEY = 1000
_SHOWN = 200
_GUID = "guid:"
_LFN = "lfn:"
#: What makes an element of an array literal need quotes.
_SPECIAL = re.compile(r'[{}",\\\s]|^$|^null$', re.IGNORECASE)
_MICROSECONDS = 26
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
#: What the catalogue says of a file, as loaders keep it (docs/how-to/ctadirac.md).
STORAGE_ELEMENTS = "storageElements"
CATALOGUE_TIME = "generatedAtTime"
#: What the rows of a ctaprov database say of parameters and configuration files that does not
#: follow from their run.
ODD_PARAMETERS = "ctaprov.parameters"
ODD_CONFIG_FILES = "ctaprov.configFiles"
_AGENT_COLUMNS = ("comment", "email", "affiliation", "phone", "address", "url")

#: Which end of an input or output is open, when an activity or an entity alone has it.
_OPEN_END = {
    (RelationType.USED, Subject.ACTIVITY): "target",
    (RelationType.USED, Subject.ENTITY): "source",
    (RelationType.WAS_GENERATED_BY, Subject.ACTIVITY): "source",
    (RelationType.WAS_GENERATED_BY, Subject.ENTITY): "target",
    (RelationType.WAS_CONFIGURED_BY, Subject.ACTIVITY): "target",
}
Value = str | int | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The key of another record's row, to be looked up when the row is written."""

    kind: Subject
    id: str


Values = tuple[Value | Reference, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A row whose key a sequence supplies.

    Attributes:
        values: its columns but the key, in the order of the table.
        origins: keys of what it was made from; by these it is known again when its values are
            others.
    """

    values: Values
    origins: frozenset[str] = frozenset()


@dataclass
class Rows:
    """The rows of one record.

    Attributes:
        plain: table → rows with their key first.
        links: table → rows without their key.
    """

    plain: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))

    def all_values(self) -> Iterator[Values]:
        """The values of all rows."""
        for rows in self.plain.values():
            yield from rows
        for links in self.links.values():
            yield from (link.values for link in links)


Settings = Mapping[str, Content]
"""Key → content of the settings that activities have."""


def rows_of(record: Record, settings: Settings) -> Rows:
    """The rows of a record.

    Args:
        record: of any kind.
        settings: those that an activity has; without any its parameters are left out.
    """
    rows = Rows()
    if record.kind in _MAPPERS:
        _MAPPERS[record.kind](record, settings, rows)
    return rows


def row_id(kind: Subject, identifier: str, identifiers: Iterable[str] = ()) -> str:
    """The key of a record's row, where no sequence supplies it.

    Of an entity its bare GUID where it has one.
    """
    if kind is Subject.ENTITY:
        guids = [each for each in (identifier, *identifiers) if each.startswith(_GUID)]
        if guids:
            return shortened(min(guids)[len(_GUID) :])
    return shortened(identifier)


def shortened(key: str) -> str:
    """The key, of a very long one its beginning and a hash."""
    if len(key) <= LONGEST_KEY // 4 or len(key.encode()) <= LONGEST_KEY:
        return key
    return f"{key[:_SHOWN]}~{blake2b(key.encode(), digest_size=16).hexdigest()}"


# Activities.


def _activity(record: Record, settings: Settings, rows: Rows) -> None:
    content, key = record.content, shortened(record.id)
    facts = content["facts"]
    tool = tool_of(facts, content["relations"])
    rows.plain["activities"].append(
        (
            key,
            first_text(facts, Fact.NAME),
            start_of(facts) or first_text(facts, "stated startTime"),
            end_of(facts) or first_text(facts, "stated endTime"),
            first_text(facts, "comment"),
            None if tool is None else shortened(tool),
        )
    )
    if tool is not None and "tool" not in content["described"]:
        version = first_text(facts, Fact.VERSION)
        rows.plain["activityDescriptions"].append(
            (shortened(tool), first_text(facts, Fact.NAME), version, *[None] * 4)
        )
    _inputs_and_outputs(record, key, rows)
    _relations(record, rows)
    _parameters(record, key, settings, rows)
    _config_files(record, key, rows)
    if content["status"] is not None:
        _status_value(record, key, rows)


def _inputs_and_outputs(record: Record, key: str, rows: Rows) -> None:
    """One row for what several sources say alike, under whatever names."""
    found: dict[tuple[str, Values], set[str]] = defaultdict(set)
    for each in record.content["mentions"]:
        origin = canonical_json(
            [each.get(name) for name in ("role", "place", "identifier", "source", "time")]
        )
        entity = Reference(Subject.ENTITY, each["entity"])
        if each["type"] == RelationType.USED:
            described = _described(each, "usageDescription")
            found["used", (each.get("role"), each.get("time"), key, entity, described)].add(origin)
        else:
            described = _described(each, "generationDescription")
            found["wasGeneratedBy", (each.get("role"), key, entity, described)].add(origin)
    for (table, values), origins in found.items():
        rows.links[table].append(Link(values, frozenset(origins)))


def _described(said: Content, name: str) -> str | None:
    """The key of the description that a mention or relation names, where there is such a one."""
    found = said.get("described", {}).get(name)
    return None if found is None else shortened(found)


def _parameters(record: Record, key: str, settings: Settings, rows: Rows) -> None:
    described = record.content["described"].get("parameters", {})
    odd = {
        each["name"]: each
        for each in record.content["facts"].get(ODD_PARAMETERS, ())
        if "name" in each
    }
    taken: set[str] = set()
    for name, value in _parameter_values(record, settings):
        said = odd.get(name, {})
        identifier = _free(shortened(str(said.get("id", f"{record.id}_{name}"))), taken)
        description = described.get(name)
        reference = (
            None if description is None else Reference(Subject.PARAMETER_DESCRIPTION, description)
        )
        rows.plain["parameters"].append((identifier, name, value, reference))
        artefact = said.get("artefactType", "Parameter")
        rows.links["wasConfiguredBy"].append(Link((artefact, key, None, identifier)))


def _parameter_values(record: Record, settings: Settings) -> Iterable[tuple[str, str | None]]:
    """Names and values; one of which sources say two values is there twice."""
    own = [settings[each] for each in record.content["settings"] if each in settings]
    parameters = (
        (name, parameter_text(each["values"][name]))
        for each in own
        if each["name"] != SOFTWARE
        for name in sorted(each["values"])
    )
    return dict.fromkeys(parameters)


def parameter_text(value: object) -> str | None:
    """A parameter's value: a string as it is, else JSON.

    Only null is NULL (0, '' and False stay).
    """
    return value if value is None or isinstance(value, str) else canonical_json(value)


def _free(identifier: str, taken: set[str]) -> str:
    """The key, or the next that is not taken."""
    free, number = identifier, 1
    while free in taken:
        number += 1
        free = f"{identifier} ({number})"
    taken.add(free)
    return free


def _config_files(record: Record, key: str, rows: Rows) -> None:
    described = record.content["described"].get("configFiles", {})
    odd = {
        each["place"]: each
        for each in record.content["facts"].get(ODD_CONFIG_FILES, ())
        if "place" in each
    }
    taken: set[str] = set()
    for place in record.content["configFiles"]:
        said = odd.get(place, {})
        name, path = base_name(place), location_of(place)
        identifier = shortened(str(said.get("id", f"{record.id}_{name}")))
        if identifier in taken:
            identifier = _free(shortened(f"{record.id}_{path}"), taken)
        taken.add(identifier)
        description = described.get(name)
        reference = (
            None if description is None else Reference(Subject.CONFIG_FILE_DESCRIPTION, description)
        )
        shown = said.get("name", name), said.get("location", path), said.get("comment")
        rows.plain["configFiles"].append((identifier, *shown, reference))
        rows.links["wasConfiguredBy"].append(
            Link((said.get("artefactType", "ConfigFile"), key, identifier, None))
        )


def _status_value(record: Record, key: str, rows: Rows) -> None:
    value = shortened(status_value_id(record.id))
    rows.plain["entities"].append((value, STATUS, None, None, None, None, "value", None))
    rows.plain["valueEntities"].append((value, record.content["status"]))
    rows.links["wasGeneratedBy"].append(Link((STATUS, key, value, None), frozenset({STATUS})))


# Entities and agents.


def _entity(record: Record, _: Settings, rows: Rows) -> None:
    content = record.content
    attributes = content["attributes"]
    key = row_id(Subject.ENTITY, record.id, content["identifiers"])
    is_value = record.type == EntityType.VALUE
    described = description_of(content["relations"], Kind.ENTITY_DESCRIPTION)
    rows.plain["entities"].append(
        (
            key,
            _entity_name(content, is_value),
            None if is_value else _location(content),
            timestamp(
                first_text(attributes, CATALOGUE_TIME)
                or (None if is_value else content["generatedAt"])
            ),
            content["invalidatedAt"],
            first_text(attributes, "comment"),
            "value" if is_value else "dataset",
            None if described is None else shortened(described),
        )
    )
    if is_value:
        rows.plain["valueEntities"].append((key, _said(attributes, "value")))
    else:
        rows.plain["datasetEntities"].append((key,))
    _relations(record, rows)


def _entity_name(content: Content, is_value: bool) -> str | None:
    """The LFN, else the path, else the name that it is given."""
    places = [] if is_value else [place for place, *_ in content["standings"]]
    names = [*places, *content["identifiers"]] if not is_value else []
    lfn = next((name for name in names if name.startswith(_LFN)), None)
    if lfn is not None or places:
        return location_of(lfn or places[0])
    attributes = content["attributes"]
    return (None if is_value else _said(attributes, "lfn")) or _said(attributes, "name")


def _location(content: Content) -> str | None:
    """The storage elements, else the places, as an array literal."""
    elements = content["attributes"].get(STORAGE_ELEMENTS)
    if elements is not None:
        lists = [
            list(value)
            for value in elements
            if isinstance(value, Sequence) and not isinstance(value, str)
        ]
        # A text is what a source has there instead of an array.
        return array([str(each) for some in lists for each in some]) if lists else str(elements[0])
    places = [location_of(place) for place, *_ in content["standings"]]
    return array(places) if places else None


def array(items: Sequence[str]) -> str:
    """The text of a PostgreSQL array."""
    return "{" + ",".join(_quoted(item) if _SPECIAL.search(item) else item for item in items) + "}"


def _quoted(item: str) -> str:
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def timestamp(time: str | None) -> str | None:
    """The time as PostgreSQL shows it: to the microsecond, without zeros at its end.

    None of what is no time.
    """
    if time is None:
        return None
    try:
        canonical_time = utc(time)
    except LoadError:
        return None
    date, _, clock = canonical_time[:_MICROSECONDS].partition("T")
    return f"{date} {clock.rstrip('0').rstrip('.') if '.' in clock else clock}"


def _agent(record: Record, _: Settings, rows: Rows) -> None:
    attributes = record.content["attributes"]
    said = (_said(attributes, name) for name in _AGENT_COLUMNS)
    rows.plain["agents"].append(
        (
            shortened(record.id),
            record.content["name"],
            record.type or _said(attributes, "type"),
            *said,
        )
    )
    _relations(record, rows)


def _said(attributes: Mapping[str, Any], name: str) -> str | None:
    """The first value of an attribute as text."""
    return parameter_text(attributes[name][0]) if name in attributes else None


# Relations.


def _relations(record: Record, rows: Rows) -> None:
    """One row for relations that differ only in what the tables don't hold.

    An end that is left open is NULL.
    """
    found: dict[tuple[str, Values], set[str]] = defaultdict(set)
    me = _end(record.kind, record.id)
    for each in record.content["open"]:
        is_source = each.get("open", _OPEN_END.get((each["type"], record.kind))) == "target"
        for table, values in _link_of(each, *((me, None) if is_source else (None, me))):
            found[table, values].add(canonical_json(each))
    for each in record.content["relations"]:
        source = _end(record.kind, record.id)
        target = _end(Subject(each["target"][0]), each["means"])
        origin = canonical_json(
            [
                each["source"],
                each["target"],
                each.get("role"),
                each.get("time"),
                each.get("attributes"),
            ]
        )
        for table, values in _link_of(each, source, target):
            found[table, values].add(origin)
    for (table, values), origins in found.items():
        rows.links[table].append(Link(values, frozenset(origins)))


def _end(kind: Subject, identifier: str) -> str | Reference:
    return Reference(kind, identifier) if kind is Subject.ENTITY else shortened(identifier)


def _link_of(
    relation: Content, source: Value | Reference, target: Value | Reference
) -> Iterator[tuple[str, Values]]:
    """The table that a relation of this type has, if any; source is the effect."""
    role, kind = relation.get("role"), relation["type"]
    if kind == RelationType.USED:
        yield (
            "used",
            (role, relation.get("time"), source, target, _described(relation, "usageDescription")),
        )
    elif kind == RelationType.WAS_GENERATED_BY:
        yield (
            "wasGeneratedBy",
            (role, target, source, _described(relation, "generationDescription")),
        )
    elif kind in (RelationType.WAS_ASSOCIATED_WITH, RelationType.WAS_ATTRIBUTED_TO):
        yield kind, (role, source, target)
    elif kind == RelationType.WAS_DERIVED_FROM:
        yield kind, (source, target)
    elif kind == RelationType.WAS_INFORMED_BY:
        yield kind, (target, source)
    elif kind == RelationType.WAS_CONFIGURED_BY:
        yield kind, (relation.get("artefactType"), source, None, None)


# Descriptions.


def _description(table: str, *columns: str) -> Callable[[Record, Settings, Rows], None]:
    """Makes the row of a description of which the table has these columns, a reference by the name
    without ``_id``.
    """

    def make(record: Record, _: Settings, rows: Rows) -> None:
        values = (_description_column(record.content, column) for column in columns)
        rows.plain[table].append((shortened(record.id), *values))

    return make


def _description_column(content: Content, column: str) -> Value:
    name = column.removesuffix("_id")
    if column != name:
        found = content["refersTo"].get(name)
        return None if found is None else shortened(found)
    said = _said(content["attributes"], name)
    if column == "multiplicity":
        return int(said) if said is not None and _INTEGER.fullmatch(said) else None
    return said


def _entity_description(record: Record, settings: Settings, rows: Rows) -> None:
    attributes = record.content["attributes"]
    key = shortened(record.id)
    said = (_said(attributes, name) for name in ("name", "type", "description", "doculink"))
    class_type = "entityDescription"
    if record.type == DescriptionType.DATASET:
        class_type = "datasetDescription"
        rows.plain["datasetDescriptions"].append((key, _said(attributes, "contentType")))
    elif record.type == DescriptionType.VALUE:
        class_type = "valueDescription"
        finer = (_said(attributes, name) for name in ("valueType", "unit", "ucd", "utype"))
        rows.plain["valueDescriptions"].append((key, *finer))
    rows.plain["entityDescriptions"].append((key, *said, class_type))


def _numbered_description(table: str, *columns: str) -> Callable[[Record, Settings, Rows], None]:
    """Makes the row of a description whose key a sequence supplies."""

    def make(record: Record, _: Settings, rows: Rows) -> None:
        values = tuple(_description_column(record.content, column) for column in columns)
        rows.links[table].append(Link(values, frozenset({record.id})))

    return make


_ROLE_COLUMNS = (
    "role",
    "description",
    "type",
    "multiplicity",
    "activityDescription_id",
    "entityDescription_id",
)
_MAPPERS: Mapping[Subject, Callable[[Record, Settings, Rows], None]] = {
    Subject.ACTIVITY: _activity,
    Subject.ENTITY: _entity,
    Subject.AGENT: _agent,
    Subject.ACTIVITY_DESCRIPTION: _description(
        "activityDescriptions", "name", "version", "description", "type", "subtype", "doculink"
    ),
    Subject.ENTITY_DESCRIPTION: _entity_description,
    Subject.USAGE_DESCRIPTION: _description("usageDescriptions", *_ROLE_COLUMNS),
    Subject.GENERATION_DESCRIPTION: _description("generationDescriptions", *_ROLE_COLUMNS),
    Subject.PARAMETER_DESCRIPTION: _numbered_description(
        "parameterDescriptions",
        "name",
        "valueType",
        "description",
        "unit",
        "ucd",
        "utype",
        "min",
        "max",
        "default",
        "options",
        "activityDescription_id",
    ),
    Subject.CONFIG_FILE_DESCRIPTION: _numbered_description(
        "configFileDescriptions", "name", "contentType", "description", "activityDescription_id"
    ),
}
