"""Settings, their parameters, and configuration files as properties of nodes, and back."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

from provgraph.model.identifiers import base_name, location_of
from provgraph.model.lineage import Setup
from provgraph.model.records import SOFTWARE, Settings
from provgraph.model.values import Value, canonical_json, fingerprint
from provgraph.model.vocabulary import Kind
from provgraph.store.neo4j.values import Properties, Stored, is_native, text_property
from provgraph.store.terms import terms_of_settings

_VALUE_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    dict: "object",
}
#: Values of so many characters are made into properties each time.
_LONG = 1_000
#: The type of a parameter that names a package.
PACKAGE_VERSION = "package version"

#: What set up the activity ``n``: the keys of its settings, and the places of its files.
SETUP = (
    "COLLECT { MATCH (n)-[s:WAS_CONFIGURED_BY]->(c:Collection|ConfigFile) "
    "WHERE s.statedSource IS NULL RETURN coalesce(c.fullId, c.id) }"
)
#: Asks for the parameters of settings that may name paths.
MAY_NAME_PATHS = (
    "MATCH (c:Collection) WHERE c.id IN $keys AND NOT c:Entity "
    "RETURN c.id, COLLECT { MATCH (c)-[:HAD_MEMBER]->(p:Parameter) WHERE c.name <> $software "
    "AND (p.valueType IN ['array', 'object'] OR p.value CONTAINS '/') RETURN properties(p) }"
)


def setup_of(named: Sequence[str]) -> Setup:
    """What set up a run.

    Args:
        named: as `SETUP` names it: a key in hexadecimal digits, or a place, which has a colon.
    """
    keys = [each for each in named if ":" not in each]
    files = [each for each in named if ":" in each]
    return Setup(_settings_keys(tuple(sorted(keys))), tuple(sorted(files)))


@lru_cache(4096)
def _settings_keys(digits: tuple[str, ...]) -> tuple[bytes, ...]:
    """Keys from their digits; many runs have the same settings."""
    return tuple(map(bytes.fromhex, digits))


def parameter_properties(name: str, value: Value, is_package: bool) -> Properties:
    """A parameter as properties, its value natively, or as JSON where Neo4j can't hold it.

    Args:
        name: of the parameter.
        value: JSON-like.
        is_package: whether the parameter is a package, and the value the package's version.
    """
    text = canonical_json(value)
    make = _properties_often if len(text) < _LONG else _properties
    return dict(make(name, text, is_package))


def _properties(name: str, text: str, is_package: bool) -> Properties:
    value: Value = json.loads(text)
    kind = PACKAGE_VERSION if is_package else _VALUE_TYPES.get(type(value), "array")
    native = is_native(value)
    terms = [] if is_package else terms_of_settings(Settings("", {name: value}))
    return {
        "id": fingerprint(Kind.PARAMETER, name, value, kind).hex(),
        "name": name,
        "value": value if native else text,
        "valueType": kind,
        **({"searchTerms": " ".join(terms)} if terms else {}),
        **({} if native else {"jsonAttributes": ["value"]}),
    }


#: Settings that are new have most of their parameters in common with others.
_properties_often = lru_cache(1 << 12)(_properties)


def parameter_of(stored: Stored) -> tuple[str, Value]:
    """A parameter from its properties.

    Args:
        stored: the properties.

    Returns:
        Name and value.
    """
    value = stored["value"]
    return stored["name"], json.loads(value) if stored.get("jsonAttributes") else value


def searchable(stored: Stored) -> Properties:
    """A parameter with the terms by which runs are searched, from its properties.

    Args:
        stored: as an older provgraph wrote it.
    """
    is_package = stored["valueType"] == PACKAGE_VERSION
    name, value = parameter_of(stored)
    made = parameter_properties(name, value, is_package)
    return {"id": stored["id"], "searchTerms": made.get("searchTerms")}


def settings_properties(settings: Settings) -> Properties:
    """Settings as properties, without their parameters, which are nodes of their own.

    Args:
        settings: a component's settings, or the versions of the software.
    """
    kind = "software environment" if settings.name == SOFTWARE else "configuration"
    return {"id": settings.key.hex(), "name": settings.name, "type": kind}


def parameters_of(settings: Settings) -> Iterator[Properties]:
    """The parameters of settings, each as properties.

    Args:
        settings: a component's settings, or the versions of the software.

    Yields:
        The properties of one parameter after the other.
    """
    is_package = settings.name == SOFTWARE
    return (
        parameter_properties(name, value, is_package) for name, value in settings.values.items()
    )


def config_file_properties(place: str) -> Properties:
    """A configuration file as properties.

    Args:
        place: where the file stands, such as ``file:/data/base.yaml``.
    """
    return {**text_property("id", place), "name": base_name(place), "location": location_of(place)}
