"""The descriptions of a ctaprov database: of activities, entities, parameters and their uses."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from psycopg import sql

from provgraph.loaders.ctaprov.columns import Row, other_columns
from provgraph.loaders.ctaprov.layout import TableLayout
from provgraph.loaders.ctaprov.queries import whole_table
from provgraph.model.attributes import attributes_of
from provgraph.model.records import Description, Document
from provgraph.model.vocabulary import DescriptionType

#: In the order in which the tables are read: those first to which others refer.
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
#: Finer tables, whose rows share their keys with those of ``entityDescriptions``.
_CLASS_TYPES = {
    "datasetDescription": "datasetDescriptions",
    "valueDescription": "valueDescriptions",
}


class DescribedRows:
    """The descriptions of a database, and what other rows need to know of them.

    There is one description a tool or kind of file, so the ids of all of them are held in memory.
    """

    def __init__(
        self, layout: TableLayout, rows: Callable[[sql.Composed], Iterator[dict[str, Any]]]
    ) -> None:
        """Take the tables; nothing is read yet.

        Args:
            layout: the tables.
            rows: runs a query and gives its rows.
        """
        self._layout = layout
        self._rows = rows
        self._ids: dict[tuple[str, Any], str] = {}
        self._known: set[tuple[str, str]] = set()
        self._versions: dict[str, str] = {}

    def id(self, table: str, key: Any) -> str | None:
        """The id of a description that a row refers to.

        Args:
            table: the description's table, such as ``usageDescriptions``.
            key: the description's key there; None for no reference.

        Returns:
            The id; None for no key and for one that leads nowhere.
        """
        return None if key is None else self._ids.get((table, key))

    def is_known(self, table: str, identifier: str) -> bool:
        """Whether there is a description.

        Args:
            table: the description's table.
            identifier: the description's id.
        """
        return (table, identifier) in self._known

    def version(self, activity_description: str) -> str | None:
        """The version of the tool that a description is of.

        Args:
            activity_description: the description's id.
        """
        return self._versions.get(activity_description)

    def documents(self) -> Iterator[Document]:
        """Read all descriptions.

        Must be exhausted before any of them is asked for.

        Yields:
            One document a description, those first to which others refer.
        """
        for table in _TYPE_OF:
            if self._layout.has(table):
                for row in self._rows(whole_table(self._layout, table)):
                    yield Document(descriptions=(self._description(table, row),))

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
        identifier = self.id(family, key) or self._own_id(table, row, key, references)
        self._ids[family, key] = identifier
        self._known.add((family, identifier))
        if table == "activityDescriptions" and row.get("version") is not None:
            self._versions[identifier] = str(row["version"])
        kind = _TYPE_OF[_CLASS_TYPES.get(str(row.get("classType")), table)]
        known = {"id", "internal_key", "classType", *self._reference_columns(table)}
        return Description(
            identifier, kind, attributes_of({**other_columns(row, known), **references})
        )

    def _own_id(self, table: str, row: Row, key: Any, references: Mapping[str, str | None]) -> str:
        """The row's own id.

        A row with no id but a number gets one from its other columns: from all that tells it from
        other rows, so that the id is the same in every database.
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
