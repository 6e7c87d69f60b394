"""What configured an activity of a ctaprov database: parameters and configuration files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from provgraph.loaders.ctaprov.columns import (
    Row,
    columns_behind,
    distinct_values,
    other_columns,
    without_nulls,
)
from provgraph.loaders.ctaprov.descriptions import DescribedRows
from provgraph.loaders.ctaprov.layout import TableLayout
from provgraph.loaders.secrets import masked_parameter
from provgraph.model.attributes import OPEN
from provgraph.model.identifiers import base_name, place_of
from provgraph.model.records import Mention, Settings
from provgraph.model.values import Value, Values

_PARAMETERS = "parameters"
_FILES = "configFiles"
_RELATION = "wasConfiguredBy"
_DESCRIPTION_OF = {_PARAMETERS: "parameterDescription", _FILES: "configFileDescription"}
_ARTEFACT_OF = {_PARAMETERS: "Parameter", _FILES: "ConfigFile"}


@dataclass
class RunConfiguration:
    """What configured a run.

    Attributes:
        values: the parameters by their names.
        files: the places of the configuration files.
        others: what neither can hold, by the names of the facts that keep it.
    """

    values: dict[str, Value] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    others: dict[str, list[Value]] = field(default_factory=dict)

    def keep(self, name: str, value: Value) -> None:
        """Keep a value as a fact of the run.

        Args:
            name: the fact's name.
            value: one more value of it.
        """
        self.others.setdefault(name, []).append(value)

    @property
    def settings(self) -> tuple[Settings, ...]:
        """The parameters as the settings of one component."""
        return (Settings("parameters", self.values),) if self.values else ()

    @property
    def facts(self) -> dict[str, Values]:
        """What is kept as facts of the run."""
        return {name: distinct_values(values) for name, values in self.others.items()}


class ConfigurationRows:
    """Puts together the configuration of activities."""

    def __init__(self, layout: TableLayout, described: DescribedRows) -> None:
        """Take what the rows refer to.

        Args:
            layout: the tables.
            described: the descriptions, all of which are read.
        """
        self._layout = layout
        self._described = described

    def of_run(
        self, run: str, description: str | None, rows: Iterable[Row], mentions: Sequence[Mention]
    ) -> RunConfiguration:
        """Put together the configuration of a run.

        Args:
            run: the run's id.
            description: the id of the run's description; None for none.
            rows: rows of ``wasConfiguredBy``, each with the parameter or configuration file that it
                leads to.
            mentions: the run's inputs and outputs.

        Returns:
            The configuration.
        """
        found = RunConfiguration()
        for row in rows:
            if self._is_there(_PARAMETERS, row):
                self._add_parameter(found, run, description, row)
            elif self._is_there(_FILES, row):
                self._add_file(found, run, description, row, mentions)
            else:
                found.keep(OPEN + _RELATION, without_nulls(self._open_end(row)))
        return found

    def _is_there(self, table: str, row: Row) -> bool:
        return self._layout.has(table) and row.get(f"{table}.{self._layout.key(table)}") is not None

    def _add_parameter(
        self, found: RunConfiguration, run: str, description: str | None, row: Row
    ) -> None:
        name, value = str(row.get("parameters.name")), row.get("parameters.value")
        if name in found.values and found.values[name] != value:
            found.keep("ctaprov.parameters", {"name": name, "value": value})
        else:
            found.values[name] = masked_parameter(name, value)
        if unusual := self._unusual(_PARAMETERS, run, description, row):
            found.keep("ctaprov.parameters", {"name": name, **unusual})

    def _add_file(
        self,
        found: RunConfiguration,
        run: str,
        description: str | None,
        row: Row,
        mentions: Sequence[Mention],
    ) -> None:
        place = _config_place(row, mentions)
        found.files.append(place)
        unusual = self._unusual(_FILES, run, description, row)
        name, location = row.get("configFiles.name"), row.get("configFiles.location")
        if location is None or name != base_name(place):
            unusual |= without_nulls({"name": name, "location": location})
        if unusual:
            found.keep("ctaprov.configFiles", {"place": place, **unusual})

    def _open_end(self, row: Row) -> dict[str, Value]:
        """What a row says that leads to no parameter and no file."""
        own = {key: row[key] for key in self._layout.columns[_RELATION]}
        return other_columns(
            own, {"id", "internal_key", self._layout.reference(_RELATION, "activity")}
        )

    def _unusual(self, table: str, run: str, description: str | None, row: Row) -> dict[str, Value]:
        """What the row of a parameter or file says that does not follow from its run and name.

        A usual row has the id ``RUN_NAME`` and the description ``DESCRIPTION_NAME``: nothing is
        kept of it.
        """
        own = columns_behind(f"{table}.", row)
        name = _DESCRIPTION_OF[table]
        column = self._layout.reference(table, name) or ""
        referred = self._described.id(f"{name}s", own.get(column))
        usual = {"id": f"{run}_{own.get('name')}", name: f"{description}_{own.get('name')}"}
        known = {"internal_key", column, "name", "value" if table == _PARAMETERS else "location"}
        values = other_columns(own, known) | {name: referred}
        if row.get("artefactType") != _ARTEFACT_OF[table]:
            values["artefactType"] = row.get("artefactType")
        values["role"] = row.get("role")
        unusual = without_nulls(
            {key: value for key, value in values.items() if usual.get(key) != value}
        )
        is_left_out = referred is None and self._described.is_known(f"{name}s", usual[name])
        return unusual | ({name: None} if is_left_out else {})


def _config_place(row: Row, mentions: Iterable[Mention]) -> str:
    """The place of a configuration file.

    It is that of the one file with this path that the run has read; else the LFN; else the file's
    name in no folder.
    """
    location = row.get("configFiles.location")
    if not isinstance(location, str) or not location.startswith("/"):
        return f"lfn:/{location or row.get('configFiles.name')}"
    place = place_of(f"lfn:{location}")
    read = {
        each.place for each in mentions if each.place is not None and each.place.endswith(place[4:])
    }
    return place if place in read or len(read) != 1 else read.pop()
