"""The 19 tables of the IVOA's Provenance Data Model 1.0, and what each shows of the mirror.

Names of tables are those of the model's classes in small letters; utypes are those of its VO-DML.
The IVOA has published no ProvTAP: when it does, these tables change, and no store.
"""

from dataclasses import dataclass
from typing import Final

#: The schema with the tables.
TAP_SCHEMA: Final = "provenance"


@dataclass(frozen=True, slots=True)
class TapColumn:
    """A column.

    Attributes:
        name: in small letters.
        attribute: of the model's class, as ``startTime``; empty in a table that is no class.
        source: what it shows of the rows of the mirror, in SQL; of no importance in a table that
            each sync fills.
        type: ``text``, ``timestamp`` or ``integer``.
        refers_to: the table whose ``id`` stands here; None in most columns.
    """

    name: str
    attribute: str
    source: str
    type: str = "text"
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class TapTable:
    """A table.

    Attributes:
        name: in small letters.
        model: the class of the model; empty of a table that the model does not have.
        what: its rows are.
        columns: in their order.
        source: the tables of the mirror that it shows, in SQL, with ``{mirror}`` for their schema;
            None of a table that each sync fills.
    """

    name: str
    model: str
    what: str
    columns: tuple[TapColumn, ...]
    source: str | None


def _same(*names: str, kind: str = "text") -> tuple[TapColumn, ...]:
    """Columns that are called alike here, there and in the model."""
    return tuple(TapColumn(name, name, f't."{name}"', kind) for name in names)


def _time(name: str, attribute: str) -> TapColumn:
    return TapColumn(name, attribute, f't."{attribute}"::timestamp', "timestamp")


def _reference(name: str, attribute: str, kind: str = "text") -> TapColumn:
    """A column named after the table to which it leads, as most are in the mirror."""
    return TapColumn(name, attribute, f't."{attribute}_id"', kind, attribute.lower())


def _end(name: str, attribute: str, table: str) -> TapColumn:
    """An end of a relation, named after its part in it."""
    return TapColumn(name, attribute, f't."{attribute}"', refers_to=table)


def _renamed(name: str, attribute: str, source: str | None = None) -> TapColumn:
    return TapColumn(name, attribute, f't."{source or attribute}"')


_DESCRIPTION_OF_ACTIVITY: Final = _reference("activity_description_id", "activityDescription")
_DESCRIPTION_OF_ENTITY: Final = _reference("entity_description_id", "entityDescription")
_ACTIVITY: Final = _reference("activity_id", "activity")
_ENTITY: Final = _reference("entity_id", "entity")
_AGENT: Final = _reference("agent_id", "agent")


def _from(table: str) -> str:
    return f'{{mirror}}."{table}" t'


def _use_description(model: str, kind: str) -> TapTable:
    """The table of what describes inputs or outputs; the mirror has no text of a multiplicity."""
    return TapTable(
        model.lower(),
        model,
        "inputs or outputs that all runs of a kind have",
        (
            *_same("id", "role", "description", "type"),
            TapColumn("multiplicity", "multiplicity", 'coalesce(m.value, t."multiplicity"::text)'),
            _DESCRIPTION_OF_ACTIVITY,
            _DESCRIPTION_OF_ENTITY,
        ),
        f"{_from(f'{kind}s')} LEFT JOIN provgraph.provtap m "
        f"ON m.kind = '{kind}' AND m.id = t.id AND m.name = 'multiplicity'",
    )


#: Each table behind those that it refers to.
TAP_TABLES: Final = (
    TapTable(
        "activitydescription",
        "ActivityDescription",
        "kinds of runs: tools and jobs",
        (
            *_same("id", "name", "version", "description"),
            _renamed("docurl", "docurl", "doculink"),
            *_same("type", "subtype"),
        ),
        _from("activityDescriptions"),
    ),
    TapTable(
        "entitydescription",
        "EntityDescription",
        "kinds of files and values",
        (
            *_same("id", "name", "description"),
            _renamed("docurl", "docurl", "doculink"),
            *_same("type"),
            TapColumn("content_type", "contentType", 'd."contentType"'),
            TapColumn("value_type", "valueType", 'v."valueType"'),
            *(TapColumn(each, each, f'v."{each}"') for each in ("unit", "ucd", "utype")),
        ),
        f'{_from("entityDescriptions")} LEFT JOIN {{mirror}}."datasetDescriptions" d USING (id) '
        'LEFT JOIN {mirror}."valueDescriptions" v USING (id)',
    ),
    _use_description("UsageDescription", "usageDescription"),
    _use_description("GenerationDescription", "generationDescription"),
    TapTable(
        "parameterdescription",
        "ParameterDescription",
        "parameters that all runs of a kind have",
        (
            *_same("id", kind="integer"),
            _DESCRIPTION_OF_ACTIVITY,
            *_same("name"),
            _renamed("value_type", "valueType"),
            *_same("unit", "ucd", "utype", "min", "max", "default", "options", "description"),
        ),
        _from("parameterDescriptions"),
    ),
    TapTable(
        "configfiledescription",
        "ConfigFileDescription",
        "configuration files that all runs of a kind have",
        (
            *_same("id", kind="integer"),
            _DESCRIPTION_OF_ACTIVITY,
            *_same("name"),
            _renamed("content_type", "contentType"),
            *_same("description"),
        ),
        _from("configFileDescriptions"),
    ),
    TapTable(
        "activity",
        "Activity",
        "runs of tools and jobs",
        (
            *_same("id", "name"),
            _time("start_time", "startTime"),
            _time("end_time", "endTime"),
            *_same("comment"),
            _DESCRIPTION_OF_ACTIVITY,
        ),
        _from("activities"),
    ),
    TapTable(
        "entity",
        "Entity",
        "files, values and collections",
        (
            *_same("id"),
            TapColumn("name", "name", "regexp_replace(t.name, '^.*/(?=.)', '')"),
            TapColumn("location", "location", "coalesce(t.name, t.location)"),
            _time("generated_at_time", "generatedAtTime"),
            _time("invalidated_at_time", "invalidatedAtTime"),
            *_same("comment"),
            _DESCRIPTION_OF_ENTITY,
            TapColumn(
                "type",
                "type",
                "coalesce(k.value, CASE t.\"classType\" WHEN 'value' THEN 'ValueEntity' "
                "ELSE 'DatasetEntity' END)",
            ),
            TapColumn("value", "value", "v.value"),
        ),
        f'{_from("entities")} LEFT JOIN {{mirror}}."valueEntities" v USING (id) '
        "LEFT JOIN provgraph.provtap k ON k.kind = 'entity' AND k.id = t.id AND k.name = 'type'",
    ),
    TapTable(
        "agent",
        "Agent",
        "who answers for runs and files",
        _same("id", "name", "type", "comment", "email", "affiliation", "phone", "address", "url"),
        _from("agents"),
    ),
    TapTable(
        "used",
        "Used",
        "what runs read",
        (
            _ACTIVITY,
            _ENTITY,
            *_same("role"),
            _time("time", "time"),
            _reference("usage_description_id", "usageDescription"),
        ),
        _from("used"),
    ),
    TapTable(
        "wasgeneratedby",
        "WasGeneratedBy",
        "what runs wrote",
        (
            _ENTITY,
            _ACTIVITY,
            *_same("role"),
            _reference("generation_description_id", "generationDescription"),
        ),
        _from("wasGeneratedBy"),
    ),
    TapTable(
        "wasassociatedwith",
        "WasAssociatedWith",
        "who answers for which run",
        (_ACTIVITY, _AGENT, *_same("role")),
        _from("wasAssociatedWith"),
    ),
    TapTable(
        "wasattributedto",
        "WasAttributedTo",
        "who answers for which file",
        (_ENTITY, _AGENT, *_same("role")),
        _from("wasAttributedTo"),
    ),
    TapTable(
        "wasderivedfrom",
        "WasDerivedFrom",
        "what was made from what, as sources state it",
        (
            _end("generated_entity_id", "generatedEntity", "entity"),
            _end("used_entity_id", "usedEntity", "entity"),
        ),
        _from("wasDerivedFrom"),
    ),
    TapTable(
        "wasinformedby",
        "WasInformedBy",
        "which run told which",
        (
            _end("informed_id", "informed", "activity"),
            _end("informant_id", "informant", "activity"),
        ),
        _from("wasInformedBy"),
    ),
    TapTable(
        "hadmember",
        "Collection",
        "the members of collections",
        (TapColumn("collection_id", "collection", "", refers_to="entity"), _ENTITY),
        None,
    ),
    TapTable(
        "parameter",
        "Parameter",
        "the parameters of runs",
        (
            *_same("id", "name", "value"),
            _reference("parameter_description_id", "parameterDescription", "integer"),
        ),
        _from("parameters"),
    ),
    TapTable(
        "configfile",
        "ConfigFile",
        "the configuration files of runs",
        (
            *_same("id", "name", "location", "comment"),
            _reference("config_file_description_id", "configFileDescription", "integer"),
        ),
        _from("configFiles"),
    ),
    TapTable(
        "wasconfiguredby",
        "WasConfiguredBy",
        "what set up which run",
        (
            _ACTIVITY,
            TapColumn(
                "artefact_type",
                "artefactType",
                "CASE t.\"artefactType\" WHEN 'ConfigFile' THEN 'Configfile' "
                'ELSE t."artefactType" END',
            ),
            _reference("config_file_id", "configFile"),
            _reference("parameter_id", "parameter"),
        ),
        _from("wasConfiguredBy"),
    ),
)
#: What ADQL can't find out, for it has no recursion: all that led to an entity.
ANCESTRY: Final = TapTable(
    "ancestry",
    "",
    "which entities led to an entity, and over how many relations at least",
    (
        TapColumn("entity_id", "", "", refers_to="entity"),
        TapColumn("ancestor_id", "", "", refers_to="entity"),
        TapColumn("depth", "", "", "integer"),
    ),
    None,
)
