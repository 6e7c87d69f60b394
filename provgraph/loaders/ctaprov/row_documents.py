"""Turns the rows of a ctaprov database into documents.

docs/how-to/ctadirac.md says what becomes of each column.
"""

from collections.abc import Sequence
from typing import Any

from provgraph.loaders.ctaprov.columns import (
    Row,
    columns_behind,
    distinct_values,
    other_columns,
    row_uri,
    time_column,
    without_nulls,
)
from provgraph.loaders.ctaprov.configuration import ConfigurationRows
from provgraph.loaders.ctaprov.descriptions import DescribedRows
from provgraph.loaders.ctaprov.entity_row import EntityRow, has_entity
from provgraph.loaders.ctaprov.layout import RowReference, TableLayout
from provgraph.loaders.protocol import Problem
from provgraph.model.attributes import OPEN, attributes_of
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Fact,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Value, Values
from provgraph.model.vocabulary import AgentType, Kind, RelationType

#: The source of the mentions in a database.
SOURCE = "ctaprov"
#: The name and role of the value entity by which an activity says how it ended.
STATUS = "status"
_RELATION_OF = {"used": RelationType.USED, "wasGeneratedBy": RelationType.WAS_GENERATED_BY}
_DESCRIPTION_OF = {"used": "usageDescription", "wasGeneratedBy": "generationDescription"}
_FACTS = frozenset(value for name, value in vars(Fact).items() if name.isupper())


class RowDocuments:
    """Turns rows into documents."""

    def __init__(self, layout: TableLayout, database: str, described: DescribedRows) -> None:
        """Take what the rows refer to.

        Args:
            layout: the tables.
            database: the database's name as reports have it, which tells rows without an identifier
                of their own from those of other databases.
            described: the descriptions, all of which are read.
        """
        self._layout = layout
        self._database = database
        self._described = described
        self._configuration = ConfigurationRows(layout, described)

    # Records.

    def agent(self, row: Row) -> Document:
        """The document of an agent.

        Args:
            row: of ``agents``.
        """
        kind = next((each for each in AgentType if each.value == row.get("type")), None)
        values = other_columns(row, {"id", "internal_key", "name", *(("type",) if kind else ())})
        identifier, name = self._record_id("agents", row), row.get("name")
        return Document(agents=(Agent(identifier, name, kind, attributes_of(values)),))

    def entity(self, row: Row) -> Document:
        """The document of an entity; what activities did with it is in their documents.

        Args:
            row: of ``entities`` and its finer tables.
        """
        entity = EntityRow(self._layout, self._database, row)
        reference = self._layout.reference("entities", "entityDescription")
        description = self._described.id("entityDescriptions", row.get(f"entity.{reference}"))
        ends = End(Kind.ENTITY, entity.id), Kind.ENTITY_DESCRIPTION
        return Document(entities=(entity.stated(),), relations=_is_described(*ends, description))

    def activity(
        self, row: Row, used: Sequence[Row], generated: Sequence[Row], configured: Sequence[Row]
    ) -> Document:
        """The document of an activity with its inputs, outputs and configuration.

        Args:
            row: of ``activities``.
            used: the activity's rows of ``used``, each with its entity.
            generated: the same of ``wasGeneratedBy``.
            configured: the same of ``wasConfiguredBy``, each with its parameter or file.
        """
        run = self._record_id("activities", row)
        reference = self._layout.reference("activities", "activityDescription") or ""
        description = self._described.id("activityDescriptions", row.get(reference))
        mentions = [
            mention
            for table, rows in (("used", used), ("wasGeneratedBy", generated))
            for each in rows
            if (mention := self._mention(run, table, each)) is not None
        ]
        configuration = self._configuration.of_run(run, description, configured, mentions)
        facts = {
            **self._facts(row, description, generated),
            **self._open_ends("used", used),
            **self._open_ends("wasGeneratedBy", generated),
            **configuration.facts,
        }
        ends = End(Kind.ACTIVITY, run), Kind.ACTIVITY_DESCRIPTION
        return Document(
            run=Run(run, facts),
            mentions=tuple({mention.key: mention for mention in mentions}.values()),
            relations=_is_described(*ends, description),
            settings=configuration.settings,
            config_files=tuple(dict.fromkeys(configuration.files)),
        )

    def _facts(
        self, row: Row, description: str | None, generated: Sequence[Row]
    ) -> dict[str, Values]:
        known = {"id", "internal_key", "name", "startTime", "endTime"}
        known.update(filter(None, [self._layout.reference("activities", "activityDescription")]))
        values = {
            f"activities.{key}" if key in _FACTS else key: value
            for key, value in other_columns(row, known).items()
        }
        for name in (Fact.START, Fact.END):
            values |= time_column(name, row.get(name))
        values[Fact.NAME] = row.get("name")
        if description is not None:
            values[Fact.VERSION] = self._described.version(description)
        stated = [each["valueEntities.value"] for each in generated if _is_status(each)]
        statuses = {Fact.STATUS: distinct_values(stated)} if stated else {}
        return {**attributes_of(values), **statuses}

    # Inputs and outputs.

    def _mention(self, run: str, table: str, row: Row) -> Mention | None:
        """An input or output of a run; None when the row names no entity."""
        if not has_entity(self._layout, row):
            return None
        entity = EntityRow(self._layout, self._database, row)
        values = self._values_of_use(table, row)
        time = time_column("time", values.pop("time", None))
        return Mention(
            run=run,
            relation=_RELATION_OF[table],
            role=values.pop("role", None),
            place=entity.place,
            identifier=entity.identifier,
            source=SOURCE,
            time=time.pop("time", None),
            attributes=attributes_of({**values, **time}),
        )

    def file_without_activity(self, table: str, row: Row) -> Document | Problem:
        """The document of an input or output that names no activity: its entity keeps it.

        Args:
            table: ``used`` or ``wasGeneratedBy``.
            row: of that table, with its entity.

        Returns:
            The document; a problem when the row names no entity either.
        """
        if not has_entity(self._layout, row):
            return _names_nothing(table, row[self._layout.key(table)])
        entity = EntityRow(self._layout, self._database, row)
        return Document(entities=(entity.with_open_end(table, self._open_end(table, row)),))

    def _values_of_use(self, table: str, row: Row) -> dict[str, Any]:
        """What the row of an input or output says besides its ends."""
        name = _DESCRIPTION_OF[table]
        ends = {self._layout.reference(table, each) for each in ("activity", "entity", name)}
        own = {key: row[key] for key in self._layout.columns[table] if key not in ends}
        description = self._described.id(
            f"{name}s", row.get(self._layout.reference(table, name) or "")
        )
        return {**other_columns(own, {"id", "internal_key"}), name: description}

    def _open_ends(self, table: str, rows: Sequence[Row]) -> dict[str, Values]:
        """The facts that keep inputs or outputs without an entity."""
        found = [self._open_end(table, each) for each in rows if not has_entity(self._layout, each)]
        return {OPEN + table: distinct_values(found)} if found else {}

    def _open_end(self, table: str, row: Row) -> dict[str, Value]:
        """What an input or output says, as one value; with the key that leads to no entity."""
        entity = (
            None
            if has_entity(self._layout, row)
            else row.get(self._layout.reference(table, "entity") or "")
        )
        return without_nulls({**self._values_of_use(table, row), "entity": entity})

    # Configuration.

    def configuration_without_activity(self, row: Row) -> Problem:
        """The problem that a configuration names no activity: there is nothing to keep it on.

        Args:
            row: of ``wasConfiguredBy``.
        """
        return _names_nothing("wasConfiguredBy", row[self._layout.key("wasConfiguredBy")])

    def unused_configuration(self, table: str, row: Row) -> Problem:
        """The problem that a parameter or configuration file configures nothing.

        Args:
            table: ``parameters`` or ``configFiles``.
            row: of that table.
        """
        return Problem(
            f"{table} {row[self._layout.key(table)]}",
            f"{row.get('name')!r} is not loaded: no row of wasConfiguredBy says which activity it "
            "is of",
        )

    # Relations.

    def relation(
        self, table: str, row: Row, source: RowReference, target: RowReference
    ) -> Document | Problem:
        """The document of a relation; with one end left open, the record at the other end keeps it.

        Args:
            table: the relation's table, such as ``wasDerivedFrom``.
            row: of that table, with the source's columns behind ``s.`` and the target's behind
                ``t.``.
            source: the effect.
            target: the cause.

        Returns:
            The document; a problem when both ends are open.
        """
        effect, cause = self._end(source, "s.", row), self._end(target, "t.", row)
        values = self._values_of_relation(table, row, source, target)
        if effect is not None and cause is not None:
            role = values.pop("role", None)
            relation = StatedRelation(
                RelationType(table), effect, cause, role, attributes=attributes_of(values)
            )
            return Document(relations=(relation,))
        known, slot = (effect, "target") if effect is not None else (cause, "source")
        if known is None:
            return _names_nothing(table, row[self._layout.key(table)])
        return _kept_on(known, OPEN + table, {**without_nulls(values), "open": slot})

    def _values_of_relation(
        self, table: str, row: Row, source: RowReference, target: RowReference
    ) -> dict[str, Any]:
        """What the row of a relation says besides its ends."""
        columns = {self._layout.reference(table, each.column) for each in (source, target)}
        own = {key: row[key] for key in self._layout.columns[table] if key not in columns}
        return other_columns(own, {"id", "internal_key", self._layout.key(table)})

    def _end(self, reference: RowReference, prefix: str, row: Row) -> End | None:
        """The record at one end of a relation; None when there is none."""
        table, own = reference.table, columns_behind(prefix, row)
        if table == "entities":
            if not has_entity(self._layout, own):
                return None
            return End(Kind.ENTITY, EntityRow(self._layout, self._database, own).id)
        key = self._layout.key(table) if self._layout.has(table) else "id"
        if own.get(key) is None:
            return None
        kind = Kind.ACTIVITY if table == "activities" else Kind.AGENT
        return End(kind, self._record_id(table, own))

    def _record_id(self, table: str, row: Row) -> str:
        """The id of an activity or agent; a row without one has a URI of its own."""
        found = row.get("id")
        if found is not None:
            return str(found)
        return row_uri(self._database, table, row[self._layout.key(table)])


def _is_status(row: Row) -> bool:
    """Whether an output is the value by which an activity says how it ended."""
    is_value = row.get("entity.classType") == "value" or row.get("entity.name") == STATUS
    return row.get("role") == STATUS and is_value and row.get("valueEntities.value") is not None


def _is_described(record: End, kind: Kind, description: str | None) -> tuple[StatedRelation, ...]:
    """The relation of a record to its description; none without one."""
    if description is None:
        return ()
    return (StatedRelation(RelationType.IS_DESCRIBED_BY, record, End(kind, description)),)


def _kept_on(end: End, name: str, value: Value) -> Document:
    """The document that keeps a value as an attribute of a record."""
    if end.kind is Kind.ACTIVITY:
        return Document(run=Run(end.id, {name: (value,)}))
    if end.kind is Kind.AGENT:
        return Document(agents=(Agent(end.id, attributes={name: (value,)}),))
    return Document(entities=(StatedEntity(end.id, {name: (value,)}),))


def _names_nothing(table: str, key: Any) -> Problem:
    return Problem(
        f"{table} {key}", "is not loaded: it names none of the records that it should relate"
    )
