"""The rows of an activity's parameters and configuration files.

The rules are in docs/contract.md, The ctaprov mirror: parameters, configFiles. Most parameters are
written in blocks, without these functions; see `provgraph.relational_mirror.parameters`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from provgraph.model.identifiers import base_name, location_of
from provgraph.model.records import SOFTWARE
from provgraph.relational_mirror.mapping.cells import value_text
from provgraph.relational_mirror.mapping.keys import shortened, unused_key
from provgraph.relational_mirror.mapping.rows import Link, Reference, Rows, Settings
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject

#: What the rows of a ctaprov database say of parameters and configuration files that does not
#: follow from their activity.
ODD_PARAMETERS = "ctaprov.parameters"
ODD_CONFIG_FILES = "ctaprov.configFiles"


def add_parameters(record: Record, key: str, settings: Settings, rows: Rows) -> None:
    """Add the rows of an activity's parameters, and the links from the activity to them.

    Args:
        record: the activity.
        key: of the activity's row.
        settings: those that the activity has; without any no parameter is added.
        rows: of the record.
    """
    described = record.content["described"].get("parameters", {})
    odd = _odd(record, ODD_PARAMETERS, "name")
    taken: set[str] = set()
    for name, value in _parameter_values(record, settings):
        known = odd.get(name, {})
        parameter = unused_key(shortened(str(known.get("id", f"{record.id}_{name}"))), taken)
        reference = _reference(Subject.PARAMETER_DESCRIPTION, described.get(name))
        rows.plain["parameters"].append((parameter, name, value, reference))
        artefact = known.get("artefactType", "Parameter")
        rows.links["wasConfiguredBy"].append(Link((artefact, key, None, parameter)))


def add_config_files(record: Record, key: str, rows: Rows) -> None:
    """Add the rows of an activity's configuration files, and the links to them.

    Args:
        record: the activity.
        key: of the activity's row.
        rows: of the record.
    """
    described = record.content["described"].get("configFiles", {})
    odd = _odd(record, ODD_CONFIG_FILES, "place")
    taken: set[str] = set()
    for place in record.content["configFiles"]:
        known = odd.get(place, {})
        name, path = base_name(place), location_of(place)
        config_file = shortened(str(known.get("id", f"{record.id}_{name}")))
        if config_file in taken:
            config_file = unused_key(shortened(f"{record.id}_{path}"), taken)
        taken.add(config_file)
        reference = _reference(Subject.CONFIG_FILE_DESCRIPTION, described.get(name))
        cells = known.get("name", name), known.get("location", path), known.get("comment")
        rows.plain["configFiles"].append((config_file, *cells, reference))
        artefact = known.get("artefactType", "ConfigFile")
        rows.links["wasConfiguredBy"].append(Link((artefact, key, config_file, None)))


def _odd(record: Record, fact: str, name: str) -> dict[str, Mapping[str, Any]]:
    """What a ctaprov database says of odd rows, by the name that tells them apart."""
    return {each[name]: each for each in record.content["facts"].get(fact, ()) if name in each}


def _reference(kind: Subject, description: str | None) -> Reference | None:
    return None if description is None else Reference(kind, description)


def _parameter_values(record: Record, settings: Settings) -> Iterable[tuple[str, str | None]]:
    """Names and values. A parameter to which sources give two values is there twice."""
    own = [settings[each] for each in record.content["settings"] if each in settings]
    parameters = (
        (name, value_text(each["values"][name]))
        for each in own
        if each["name"] != SOFTWARE
        for name in sorted(each["values"])
    )
    return dict.fromkeys(parameters)
