"""Rows of a ctaprov database to documents.

What each column becomes (docs/how-to/ctadirac.md has the table).
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from provgraph.errors import LoadError
from provgraph.loaders.ctaprov.layout import Layout
from provgraph.loaders.protocol import Problem
from provgraph.loaders.secrets import masked_parameter
from provgraph.model.attributes import OPEN
from provgraph.model.identifiers import SCHEMES, base_name, is_strong, place_of
from provgraph.model.records import (
    INVALIDATED,
    Agent,
    Description,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.times import utc
from provgraph.model.values import Value, Values
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType

Row = Mapping[str, Any]
SOURCE = "ctaprov"
#: What a row of an input, an output or a configuration calls its activity's key.
ACTIVITY = "activity key"
STATUS = "status"
_RELATION_OF = {"used": RelationType.USED, "wasGeneratedBy": RelationType.WAS_GENERATED_BY}
_DESCRIPTION_OF = {"used": "usageDescription", "wasGeneratedBy": "generationDescription"}
_TYPE_OF = {
    "activityDescriptions": DescriptionType.ACTIVITY,
    "entityDescriptions": DescriptionType.ENTITY,
    "datasetDescriptions": DescriptionType.DATASET,
    "valueDescriptions": DescriptionType.VALUE,
    "usageDescriptions": DescriptionType.USAGE,
    "generationDescriptions": DescriptionType.GENERATION,
    "parameterDescriptions": DescriptionType.PARAMETER,
    "configFileDescriptions": DescriptionType.CONFIG_FILE,
}
#: Finer tables of descriptions that share their keys with the one before.
_CLASS_TYPES = {
    "datasetDescription": "datasetDescriptions",
    "valueDescription": "valueDescriptions",
}
_FACTS = frozenset(value for name, value in vars(Fact).items() if name.isupper())


@dataclass(frozen=True, slots=True)
class Reference:
    """One end of a relation: how its columns begin, and the table that they lead to."""

    column: str
    table: str


class Described:
    """The descriptions of a database.

    There is one a tool or kind of file, so all their ids are held.
    """

    def __init__(
        self, layout: Layout, rows: Callable[[sql.Composed], Iterator[dict[str, Any]]]
    ) -> None:
        """Take the tables and a way to read them."""
        self._layout = layout
        self._rows = rows
        self._ids: dict[tuple[str, Any], str] = {}
        self._known: set[tuple[str, str]] = set()
        self._versions: dict[str, str] = {}

    def id(self, table: str, key: Any) -> str | None:
        """The id of the description with this key; None of no key and of an unknown one."""
        return None if key is None else self._ids.get((table, key))

    def is_known(self, table: str, identifier: str) -> bool:
        """Whether there is a description of this id."""
        return (table, identifier) in self._known

    def version(self, activity_description: str) -> str | None:
        """The version of the tool that the description is of."""
        return self._versions.get(activity_description)

    def documents(self) -> Iterator[Document]:
        """One document a description; those first that others refer to."""
        for table in (
            "activityDescriptions",
            "entityDescriptions",
            "datasetDescriptions",
            "valueDescriptions",
            "usageDescriptions",
            "generationDescriptions",
            "parameterDescriptions",
            "configFileDescriptions",
        ):
            if self._layout.has(table):
                for row in self._rows(self._query(table)):
                    yield Document(descriptions=(self._description(table, row),))

    def _query(self, table: str) -> sql.Composed:
        columns = sql.SQL(", ").join(self._layout.values(table, "t"))
        key = sql.Identifier(self._layout.key(table))
        return sql.SQL("SELECT {} FROM {} t ORDER BY t.{}").format(
            columns, self._layout.table(table), key
        )

    def _description(self, table: str, row: Row) -> Description:
        key = row[self._layout.key(table)]
        references = {
            name: self.id(other, row.get(self._layout.reference(table, name) or ""))
            for name, other in (
                ("activityDescription", "activityDescriptions"),
                ("entityDescription", "entityDescriptions"),
            )
        }
        family = "entityDescriptions" if table in _CLASS_TYPES.values() else table
        known = self.id(family, key)
        identifier = known or self._own_id(table, row, key, references)
        self._ids[family, key] = identifier
        self._known.add((family, identifier))
        if table == "activityDescriptions" and row.get("version") is not None:
            self._versions[identifier] = str(row["version"])
        kind = _TYPE_OF[_CLASS_TYPES.get(str(row.get("classType")), table)]
        said = _rest(row, {"id", "internal_key", "classType", *self._reference_columns(table)})
        return Description(identifier, kind, _attributes({**said, **references}))

    def _own_id(self, table: str, row: Row, key: Any, references: Mapping[str, str | None]) -> str:
        """The row's own id.

        Where it has none but a number, what tells it from others: the same in every database.
        """
        if "id" in row and self._layout.is_text(table, "id"):
            return str(row["id"])
        if table == "activityDescriptions":
            parts = [row.get("name"), row.get("version")]
        elif table in ("usageDescriptions", "generationDescriptions"):
            parts = [
                references["activityDescription"],
                row.get("role"),
                references["entityDescription"],
            ]
        else:
            parts = [references["activityDescription"], row.get("name")]
        return "_".join(str(part) for part in parts if part is not None) or f"{table} {key}"

    def _reference_columns(self, table: str) -> set[str]:
        names = ("activityDescription", "entityDescription")
        return {
            column for name in names if (column := self._layout.reference(table, name)) is not None
        }


class Rows:
    """Turns rows into documents."""

    def __init__(self, layout: Layout, database: str, described: Described) -> None:
        """Take what the rows refer to.

        Args:
            layout: the tables.
            database: where they are, which tells apart rows without an identifier of their own.
            described: the descriptions, all of which are read.
        """
        self._layout = layout
        self._database = database
        self._described = described

    # Records.

    def agent(self, row: Row) -> Document:
        """An agent."""
        kind = next((each for each in AgentType if each.value == row.get("type")), None)
        said = _rest(row, {"id", "internal_key", "name", *(("type",) if kind else ())})
        name = row.get("name")
        return Document(
            agents=(Agent(self._record_id("agents", row), name, kind, _attributes(said)),)
        )

    def entity(self, row: Row) -> Document:
        """What is said of an entity itself."""
        entity = _Entity(self._layout, self._database, row)
        relations = []
        reference = self._layout.reference("entities", "entityDescription")
        described = self._described.id("entityDescriptions", row.get(f"entity.{reference}"))
        if described is not None:
            ends = End(Kind.ENTITY, entity.id), End(Kind.ENTITY_DESCRIPTION, described)
            relations.append(StatedRelation(RelationType.IS_DESCRIBED_BY, *ends))
        return Document(entities=(entity.stated(),), relations=tuple(relations))

    def activity(
        self, row: Row, used: Sequence[Row], made: Sequence[Row], configured: Sequence[Row]
    ) -> Iterator[Document | Problem]:
        """An activity with its inputs, outputs and configuration."""
        identifier = self._record_id("activities", row)
        reference = self._layout.reference("activities", "activityDescription") or ""
        described = self._described.id("activityDescriptions", row.get(reference))
        facts, mentions = self._facts(row, described, made), []
        for table, rows in (("used", used), ("wasGeneratedBy", made)):
            for each in rows:
                mention = self._mention(identifier, table, each)
                if mention is not None:
                    mentions.append(mention)
            open_ends = [
                self._said_of_open_end(table, each) for each in rows if not self._has_entity(each)
            ]
            if open_ends:
                facts[OPEN + table] = _distinct(open_ends)
        settings, files, more = self._configured(identifier, described, configured, mentions)
        relations = []
        if described is not None:
            ends = End(Kind.ACTIVITY, identifier), End(Kind.ACTIVITY_DESCRIPTION, described)
            relations.append(StatedRelation(RelationType.IS_DESCRIBED_BY, *ends))
        yield Document(
            run=Run(identifier, {**facts, **more}),
            mentions=tuple({mention.key: mention for mention in mentions}.values()),
            relations=tuple(relations),
            settings=settings,
            config_files=files,
        )

    def _facts(self, row: Row, described: str | None, made: Sequence[Row]) -> dict[str, Values]:
        core = {"id", "internal_key", "name", "startTime", "endTime"}
        core.update(filter(None, [self._layout.reference("activities", "activityDescription")]))
        said = {
            f"activities.{key}" if key in _FACTS else key: value
            for key, value in _rest(row, core).items()
        }
        for name in (Fact.START, Fact.END):
            said |= _time(name, row.get(name))
        said[Fact.NAME] = row.get("name")
        if described is not None:
            said[Fact.VERSION] = self._described.version(described)
        stated = [each["valueEntities.value"] for each in made if self._is_status(each)]
        statuses = {Fact.STATUS: _distinct(stated)} if stated else {}
        return {**_attributes(said), **statuses}

    def _is_status(self, row: Row) -> bool:
        is_value = row.get("entity.classType") == "value" or row.get("entity.name") == STATUS
        return row.get("role") == STATUS and is_value and row.get("valueEntities.value") is not None

    # Inputs and outputs.

    def _has_entity(self, row: Row) -> bool:
        return row.get(f"entity.{self._layout.key('entities')}") is not None

    def _mention(self, run: str, table: str, row: Row) -> Mention | None:
        """An input or output; None when the row names no entity."""
        if not self._has_entity(row):
            return None
        entity = _Entity(self._layout, self._database, row)
        said = self._said(table, row)
        time = _time("time", said.pop("time", None))
        return Mention(
            run=run,
            relation=_RELATION_OF[table],
            role=said.pop("role", None),
            place=entity.place,
            identifier=entity.identifier,
            source=SOURCE,
            time=time.pop("time", None),
            attributes=_attributes({**said, **time}),
        )

    def file_without_activity(self, table: str, row: Row) -> Document | Problem:
        """An input or output that names no activity, kept on its entity."""
        if not self._has_entity(row):
            return _nothing_named(table, row[self._layout.key(table)])
        entity = _Entity(self._layout, self._database, row)
        return Document(entities=(entity.with_open_end(table, self._said_of_open_end(table, row)),))

    def _said(self, table: str, row: Row) -> dict[str, Any]:
        """What the row of an input or output says besides its ends."""
        name = _DESCRIPTION_OF[table]
        ends = {self._layout.reference(table, each) for each in ("activity", "entity", name)}
        own = {key: row[key] for key in self._layout.columns[table] if key not in ends}
        described = self._described.id(
            f"{name}s", row.get(self._layout.reference(table, name) or "")
        )
        return {**_rest(own, {"id", "internal_key"}), name: described}

    def _said_of_open_end(self, table: str, row: Row) -> dict[str, Value]:
        """The same as one value; of an end that leads nowhere its key."""
        entity = (
            None
            if self._has_entity(row)
            else row.get(self._layout.reference(table, "entity") or "")
        )
        return _present({**self._said(table, row), "entity": entity})

    # Configuration.

    def _configured(
        self, run: str, described: str | None, rows: Sequence[Row], mentions: Sequence[Mention]
    ) -> tuple[tuple[Settings, ...], tuple[str, ...], dict[str, Values]]:
        """Settings, the places of configuration files, and facts for what these can't hold."""
        values: dict[str, Value] = {}
        files: list[str] = []
        kept: dict[str, list[Value]] = {}
        for row in rows:
            if self._is_there("parameters", row):
                name, value = str(row.get("parameters.name")), row.get("parameters.value")
                if name in values and values[name] != value:
                    kept.setdefault("ctaprov.parameters", []).append({"name": name, "value": value})
                else:
                    values[name] = masked_parameter(name, value)
                if odd := self._odd("parameters", run, described, row, {"name", "value"}):
                    kept.setdefault("ctaprov.parameters", []).append({"name": name, **odd})
            elif self._is_there("configFiles", row):
                place = _config_place(row, mentions)
                files.append(place)
                odd = self._odd("configFiles", run, described, row, {"name", "location"})
                if row.get("configFiles.location") is None or row.get(
                    "configFiles.name"
                ) != base_name(place):
                    odd |= _present(
                        {
                            "name": row.get("configFiles.name"),
                            "location": row.get("configFiles.location"),
                        }
                    )
                if odd:
                    kept.setdefault("ctaprov.configFiles", []).append({"place": place, **odd})
            else:
                said = _rest(
                    {key: row[key] for key in self._layout.columns["wasConfiguredBy"]},
                    {"id", "internal_key", self._layout.reference("wasConfiguredBy", "activity")},
                )
                kept.setdefault(OPEN + "wasConfiguredBy", []).append(_present(said))
        settings = (Settings("parameters", values),) if values else ()
        return (
            settings,
            tuple(dict.fromkeys(files)),
            {name: _distinct(each) for name, each in kept.items()},
        )

    def _odd(
        self, table: str, run: str, described: str | None, row: Row, core: set[str]
    ) -> dict[str, Value]:
        """What a parameter's or configuration file's row says that does not follow from its run and
        name.
        """
        own = {
            key.removeprefix(f"{table}."): value
            for key, value in row.items()
            if key.startswith(f"{table}.")
        }
        name = "parameterDescription" if table == "parameters" else "configFileDescription"
        column = self._layout.reference(table, name) or ""
        referred = self._described.id(f"{name}s", own.get(column))
        followed = {"id": f"{run}_{own.get('name')}", name: f"{described}_{own.get('name')}"}
        said = _rest(own, {"internal_key", column, *core}) | {name: referred}
        artefact = "Parameter" if table == "parameters" else "ConfigFile"
        said |= (
            {"artefactType": row.get("artefactType")} if row.get("artefactType") != artefact else {}
        )
        said |= {"role": row.get("role")}
        odd = _present({key: value for key, value in said.items() if followed.get(key) != value})
        is_left_out = referred is None and self._described.is_known(f"{name}s", followed[name])
        return odd | ({name: None} if is_left_out else {})

    def _is_there(self, table: str, row: Row) -> bool:
        return self._layout.has(table) and row.get(f"{table}.{self._layout.key(table)}") is not None

    def configuration_without_activity(self, row: Row) -> Problem:
        """A configuration that is of no activity: there is nothing to keep it on."""
        return _nothing_named("wasConfiguredBy", row[self._layout.key("wasConfiguredBy")])

    def unused_configuration(self, table: str, row: Row) -> Problem:
        """A parameter or configuration file that configures nothing."""
        return Problem(
            f"{table} {row[self._layout.key(table)]}",
            f"{row.get('name')!r} is not loaded: no row of wasConfiguredBy says which activity it is of",
        )

    # Relations.

    def relation(
        self, table: str, row: Row, source: Reference, target: Reference
    ) -> Document | Problem:
        """A relation; with an end left open, what it says kept on the other end."""
        ends = self._end(source, "s.", row), self._end(target, "t.", row)
        columns = {self._layout.reference(table, each.column) for each in (source, target)}
        own = {key: row[key] for key in self._layout.columns[table] if key not in columns}
        said = _rest(own, {"id", "internal_key", self._layout.key(table)})
        effect, cause = ends
        if effect is not None and cause is not None:
            role = said.pop("role", None)
            relation = StatedRelation(
                RelationType(table), effect, cause, role, attributes=_attributes(said)
            )
            return Document(relations=(relation,))
        known, place = (effect, "target") if effect is not None else (cause, "source")
        if known is None:
            return _nothing_named(table, row[self._layout.key(table)])
        return _kept_on(known, OPEN + table, {**_present(said), "open": place})

    def _end(self, reference: Reference, prefix: str, row: Row) -> End | None:
        if reference.table == "entities":
            own = {
                key.removeprefix(prefix): value
                for key, value in row.items()
                if key.startswith(prefix)
            }
            return (
                End(Kind.ENTITY, _Entity(self._layout, self._database, own).id)
                if self._has_entity(own)
                else None
            )
        key = self._layout.key(reference.table) if self._layout.has(reference.table) else "id"
        if row.get(prefix + key) is None:
            return None
        kind = Kind.ACTIVITY if reference.table == "activities" else Kind.AGENT
        own = {
            key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)
        }
        return End(kind, self._record_id(reference.table, own))

    # Identifiers.

    def _record_id(self, table: str, row: Row) -> str:
        """The id of an activity or agent; one without is called by its place in the database."""
        found = row.get("id")
        return (
            str(found)
            if found is not None
            else _row_uri(self._database, table, row[self._layout.key(table)])
        )


class _Entity:
    """An entity's row: what it is called, where it is, and what is said of it."""

    def __init__(self, layout: Layout, database: str, row: Row) -> None:
        self._row = row
        self._layout = layout
        self._own_id = row.get("entity.id") if layout.is_text("entities", "id") else None
        self._guid = row.get("datasetEntities.ctadirac_guid")
        self._uri = _row_uri(database, "entities", row.get(f"entity.{layout.key('entities')}"))
        self.type = (
            EntityType.VALUE if row.get("entity.classType") == "value" else EntityType.DATASET
        )

    @property
    def id(self) -> str:
        """What relations call it."""
        return self.identifier or str(self._own_id)

    @property
    def identifier(self) -> str | None:
        """Its GUID, a value's own id, or what provgraph's mirror calls it.

        The row's URI when it has none of these.
        """
        own = self._own_id
        if self.type is EntityType.VALUE:
            return own or self._uri
        if own is not None and _is_ours(own):
            return own if is_strong(own) else None
        found = self._guid or own
        return f"guid:{found}" if found else self._uri

    @property
    def place(self) -> str | None:
        """Its LFN; the path of one that a mirror knows by its path."""
        own, name = self._own_id, self._row.get("entity.name")
        if self.type is EntityType.VALUE:
            return None
        if own is not None and _is_ours(own) and not is_strong(own):
            return _place_in(own, name)
        return place_of(f"lfn:{name}") if isinstance(name, str) and name.startswith("/") else None

    def stated(self) -> StatedEntity:
        """What is said of it."""
        layout, row = self._layout, self._row
        keys = {"id", "internal_key"}
        described = layout.reference("entities", "entityDescription")
        own = {
            key.removeprefix("entity."): value
            for key, value in row.items()
            if key.startswith("entity.")
        }
        said = _rest(
            own,
            {
                *keys,
                "name",
                "location",
                "generatedAtTime",
                "invalidatedAtTime",
                "classType",
                described,
            },
        )
        for table in ("datasetEntities", "valueEntities"):
            rest = {
                key.removeprefix(f"{table}."): v
                for key, v in row.items()
                if key.startswith(f"{table}.")
            }
            said |= _rest(rest, {*keys, "ctadirac_guid"})
        if self._guid and self._own_id and self._guid != self._own_id:
            said["ctaprovId"] = self._own_id
        if own.get("classType") not in ("dataset", "value"):
            said["classType"] = own.get("classType")
        name = own.get("name")
        said["lfn" if self.place is not None and str(name).startswith("/") else "name"] = name
        said["storageElements"] = _listed(own.get("location"))
        said |= _time("generatedAtTime", own.get("generatedAtTime"))
        said |= _time(INVALIDATED, own.get("invalidatedAtTime"))
        return StatedEntity(self.id, _attributes(said), self.type)

    def with_open_end(self, table: str, said: Mapping[str, Value]) -> StatedEntity:
        """That a relation names it and leaves the other end open."""
        return StatedEntity(self.id, {OPEN + table: (said,)}, self.type)


def _kept_on(end: End, name: str, said: Value) -> Document:
    """Something said of a record that is known by its id here."""
    if end.kind is Kind.ACTIVITY:
        return Document(run=Run(end.id, {name: (said,)}))
    if end.kind is Kind.AGENT:
        return Document(agents=(Agent(end.id, attributes={name: (said,)}),))
    return Document(entities=(StatedEntity(end.id, {name: (said,)}),))


def _nothing_named(table: str, key: Any) -> Problem:
    return Problem(
        f"{table} {key}", "is not loaded: it names none of the records that it should relate"
    )


def _is_ours(identifier: str) -> bool:
    """Whether provgraph has given the id, in a mirror of its own."""
    scheme, colon, rest = identifier.partition(":")
    return bool(colon and rest) and (scheme in SCHEMES or rest.startswith("//"))


def _place_in(identifier: str, name: object) -> str:
    """The place in the id of a file that is known by its path.

    ``@`` and a run may stand behind it.
    """
    place, at, _ = identifier.rpartition("@")
    ends_so = isinstance(name, str) and identifier.endswith(name)
    return place if at and not ends_so else identifier


def _config_place(row: Row, mentions: Iterable[Mention]) -> str:
    """The file that the run read at that path; else the LFN, else the name in no folder."""
    location = row.get("configFiles.location")
    if not isinstance(location, str) or not location.startswith("/"):
        return f"lfn:/{location or row.get('configFiles.name')}"
    place = place_of(f"lfn:{location}")
    read = {
        each.place for each in mentions if each.place is not None and each.place.endswith(place[4:])
    }
    return place if place in read or len(read) != 1 else read.pop()


def _row_uri(database: str, table: str, key: Any) -> str:
    return f"prov:{database}#{table}/{key}"


def _listed(location: object) -> Value:
    """The storage elements in PostgreSQL's text for an array; any other text as it is."""
    if not isinstance(location, str) or not (location.startswith("{") and location.endswith("}")):
        return location if isinstance(location, str) else None
    try:
        (items,) = csv.reader([location[1:-1]], escapechar="\\", doublequote=False, strict=True)
    except (csv.Error, ValueError):
        return location
    written = "{" + ",".join(items) + "}"
    return items if written == location or '"' in location else location


def _time(name: str, value: object) -> dict[str, Any]:
    """A time in canonical form under its name; what is no time as it is, under another name."""
    if value is None:
        return {}
    try:
        return {name: utc(str(value))}
    except LoadError:
        return {f"stated {name}": value}


def _rest(row: Row, core: Iterable[str | None]) -> dict[str, Any]:
    """The columns that have no home of their own, and say something."""
    known = set(core)
    return {key: value for key, value in row.items() if key not in known and value is not None}


def _present(said: Mapping[str, Any]) -> dict[str, Value]:
    return {key: value for key, value in said.items() if value is not None}


def _distinct(values: Iterable[Value]) -> Values:
    """The different ones among them, in a fixed order."""
    found = {json.dumps(value, sort_keys=True): value for value in values}
    return tuple(found[key] for key in sorted(found))


def _attributes(said: Mapping[str, Any]) -> dict[str, Values]:
    """Each value as a set of one; NULL says nothing."""
    return {key: (value,) for key, value in said.items() if value is not None}
