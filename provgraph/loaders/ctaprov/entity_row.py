"""An entity of a ctaprov database: its identifier, its place, and what is stated of it."""

from collections.abc import Mapping
from typing import Any

from provgraph.loaders.ctaprov.columns import (
    Row,
    columns_behind,
    other_columns,
    row_uri,
    storage_elements,
    time_column,
)
from provgraph.loaders.ctaprov.layout import TableLayout
from provgraph.model.attributes import OPEN, attributes_of
from provgraph.model.derived import INVALIDATED
from provgraph.model.identifiers import SCHEMES, is_strong, place_of
from provgraph.model.records import StatedEntity
from provgraph.model.values import Value
from provgraph.model.vocabulary import EntityType

_KEYS = ("id", "internal_key")


def has_entity(layout: TableLayout, row: Row) -> bool:
    """Whether a joined row has an entity in it.

    Args:
        layout: the tables.
        row: a row with the columns of its entity behind ``entity.``.
    """
    return row.get(f"entity.{layout.key('entities')}") is not None


class EntityRow:
    """The row of an entity.

    Attributes:
        type: dataset or value.
    """

    def __init__(self, layout: TableLayout, database: str, row: Row) -> None:
        """Take a row.

        Args:
            layout: the tables.
            database: the database's name as reports have it.
            row: with the entity's columns behind ``entity.``, ``datasetEntities.`` and
                ``valueEntities.``.
        """
        self._row = row
        self._layout = layout
        self._own_id = row.get("entity.id") if layout.is_text("entities", "id") else None
        self._guid = row.get("datasetEntities.ctadirac_guid")
        self._uri = row_uri(database, "entities", row.get(f"entity.{layout.key('entities')}"))
        is_value = row.get("entity.classType") == "value"
        self.type = EntityType.VALUE if is_value else EntityType.DATASET

    @property
    def id(self) -> str:
        """The id by which relations name the entity."""
        return self.identifier or str(self._own_id)

    @property
    def identifier(self) -> str | None:
        """The entity's identifier.

        A dataset has its GUID, or the id that provgraph's mirror has given it; a value has its own
        id. A row without any of these has a URI of its own. None for a file that a mirror knows by
        its path alone.
        """
        own = self._own_id
        if self.type is EntityType.VALUE:
            return own or self._uri
        if own is not None and _is_given_by_provgraph(own):
            return own if is_strong(own) else None
        found = self._guid or own
        return f"guid:{found}" if found else self._uri

    @property
    def place(self) -> str | None:
        """The LFN of a file, or the path of a file that a mirror knows by its path."""
        own, name = self._own_id, self._row.get("entity.name")
        if self.type is EntityType.VALUE:
            return None
        if own is not None and _is_given_by_provgraph(own) and not is_strong(own):
            return _place_in(own, name)
        return place_of(f"lfn:{name}") if isinstance(name, str) and name.startswith("/") else None

    def stated(self) -> StatedEntity:
        """What the database states of the entity."""
        own = columns_behind("entity.", self._row)
        values = self._other_values(own)
        if self._guid and self._own_id and self._guid != self._own_id:
            values["ctaprovId"] = self._own_id
        if own.get("classType") not in ("dataset", "value"):
            values["classType"] = own.get("classType")
        name = own.get("name")
        values["lfn" if self.place is not None and str(name).startswith("/") else "name"] = name
        values["storageElements"] = storage_elements(own.get("location"))
        values |= time_column("generatedAtTime", own.get("generatedAtTime"))
        values |= time_column(INVALIDATED, own.get("invalidatedAtTime"))
        return StatedEntity(self.id, attributes_of(values), self.type)

    def _other_values(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the three tables that have no place of their own."""
        described = self._layout.reference("entities", "entityDescription")
        times = ("generatedAtTime", "invalidatedAtTime")
        known = (*_KEYS, "name", "location", *times, "classType", described)
        values = other_columns(own, known)
        for table in ("datasetEntities", "valueEntities"):
            finer = columns_behind(f"{table}.", self._row)
            values |= other_columns(finer, (*_KEYS, "ctadirac_guid"))
        return values

    def with_open_end(self, table: str, values: Mapping[str, Value]) -> StatedEntity:
        """The entity with a relation that names it and leaves its other end open.

        Args:
            table: the relation's table.
            values: what the relation's row says.
        """
        return StatedEntity(self.id, {OPEN + table: (values,)}, self.type)


def _is_given_by_provgraph(identifier: str) -> bool:
    """Whether an id is one of provgraph's own, as in a mirror."""
    scheme, colon, rest = identifier.partition(":")
    return bool(colon and rest) and (scheme in SCHEMES or rest.startswith("//"))


def _place_in(identifier: str, name: object) -> str:
    """The place in the id of a file that is known by its path.

    ``file:/x.h5@RUN`` is the version that a run has written at ``file:/x.h5`` (docs/contract.md,
    rule 6). A file whose name ends so is no version.
    """
    place, at, _ = identifier.rpartition("@")
    ends_so = isinstance(name, str) and identifier.endswith(name)
    return place if at and not ends_so else identifier
