"""The parameters of a run as the configuration file that a tool of ctapipe reads.

A log holds all parameters with the values that they had, those from files, from arguments and the
defaults alike (``Component.get_current_config`` of ctapipe). A file of them sets a tool up the same
way.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from provgraph.model.values import Value

#: Traits of ctapipe's tools that name configuration files, the newer and the older.
_CONFIG_TRAITS = ("config_files", "config_file")
#: Traits that a repeated run finds for itself.
OWN_TRAITS = frozenset(
    {*_CONFIG_TRAITS, "log_config", "log_file", "logging_config", "provenance_log"}
)
#: Traits that ctapipe records as words of a file's header → the component that it reads them from
#: (``ctapipe.io.metadata``).
_HEADERS = {"contact_info": "Contact", "instrument_info": "Instrument"}
#: Words of headers that Python has a meaning for: their traits end in ``_``.
_PYTHON_WORDS = frozenset({"class", "id", "type"})


def parts_of(name: str) -> list[str]:
    """Divide the full name of a parameter.

    Args:
        name: such as ``MergeTool.HDF5Merger.overwrite``.

    Returns:
        Its components, which begin with a capital letter, and its trait, which is the last.
    """
    components: list[str] = []
    rest = name
    while "." in rest and rest[:1].isupper():
        component, _, rest = rest.partition(".")
        components.append(component)
    return [*components, rest]


def takes_configuration(parameters: Mapping[str, Value]) -> bool:
    """Tell whether a tool is one of ctapipe's, which read all parameters from one file.

    Args:
        parameters: of a run of the tool, by full names.
    """
    names = map(parts_of, parameters)
    return any(len(parts) == 2 and parts[1] in _CONFIG_TRAITS for parts in names)


def configuration_of(
    parameters: Mapping[str, Value], is_path: Callable[[Value], bool]
) -> dict[str, Value]:
    """Nest parameters by component, as a configuration file of ctapipe has them.

    Args:
        parameters: of a run, by full names.
        is_path: whether a value names files; those are left out.

    Returns:
        Component → its traits and the components within it.
    """
    nested: dict[str, Any] = {}
    for name, value in sorted(parameters.items()):
        *components, trait = parts_of(name)
        if trait in OWN_TRAITS or is_path(value):
            continue
        inner = nested
        for component in components:
            inner = inner.setdefault(component, {})
        if trait in _HEADERS and isinstance(value, Mapping):
            inner.setdefault(_HEADERS[trait], {}).update(_traits(value))
        else:
            inner[trait] = value
    return nested


def _traits(header: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """The traits that stand behind the words of a header: ``CLASS`` is ``class_``."""
    for word, value in header.items():
        name = word.lower().replace(" ", "_")
        yield (f"{name}_" if name in _PYTHON_WORDS else name), value
