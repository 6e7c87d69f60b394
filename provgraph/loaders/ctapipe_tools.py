"""Describes the tools of ctapipe that are installed beside provgraph.

Their parameters are traits, which know their type, default, help and choices.
"""

import inspect
from collections.abc import Iterator, Sequence
from enum import Enum
from importlib import import_module
from importlib.metadata import Distribution, distributions
from typing import Any

from provgraph.errors import extra_needed
from provgraph.model.descriptions import COMPUTED_DEFAULT, Said, ToolDescription
from provgraph.model.values import Value

#: Class of traits → its type in a VOTable, in which the IVOA's model gives types.
_TYPES = {"Bool": "boolean", "Int": "long", "Float": "double"}
#: What depends on ctapipe may have tools of it.
_CTAPIPE = "ctapipe"


def installed_tools() -> Iterator[ToolDescription]:
    """Describe each tool of ctapipe, and of the packages that build on it.

    Yields:
        One description a tool, by name; its version is that of ctapipe, as in provenance logs.

    Raises:
        MissingExtraError: ctapipe isn't installed.
    """
    with extra_needed("ctapipe", "the description of ctapipe's tools"):
        core = import_module("ctapipe.core")
        version = str(import_module("ctapipe").__version__)
    found = {_name(tool): tool for module in _modules() for tool in _tools(module, core.Tool)}
    for name in sorted(found):
        yield _described(found[name], version)


def _modules() -> Iterator[str]:
    """The modules of the commands that ctapipe, or what depends on it, has installed."""
    names = {
        entry.module
        for each in distributions()
        if _builds_on_ctapipe(each)
        for entry in each.entry_points
        if entry.group == "console_scripts"
    }
    yield from sorted(names)


def _builds_on_ctapipe(distribution: Distribution) -> bool:
    required = (each.replace("-", "_") for each in distribution.requires or ())
    return distribution.name == _CTAPIPE or any(
        each.startswith(_CTAPIPE)
        and not each[len(_CTAPIPE) :][:1].isalnum()
        and "extra" not in each
        for each in required
    )


def _tools(module: str, base: type) -> Iterator[Any]:
    try:
        members = vars(import_module(module)).values()
    except ImportError:  # a command that needs what isn't installed
        return
    for each in members:
        if inspect.isclass(each) and issubclass(each, base) and each.__module__ == module:
            yield each


def _described(tool: Any, version: str) -> ToolDescription:
    classes = dict.fromkeys([tool, *tool.classes])
    parameters = {
        f"{each.__name__}.{name}": _said(each, name, trait)
        for each in classes
        for name, trait in sorted(each.class_traits(config=True).items())
    }
    return ToolDescription(
        name=_name(tool),
        version=version,
        said={"description": _text(tool.description) or _text(tool.__doc__)},
        parameters=parameters,
        config_files=(
            {
                "name": "configuration",
                "contentType": "application/yaml",
                "description": "JSON too.",
            },
        ),
    )


def _name(tool: Any) -> str:
    """What runs of a tool are called: a tool that doesn't say is called by its class."""
    return tool.name if isinstance(tool.name, str) else str(tool.__name__)


def _text(said: object) -> str:
    """A text without the indentation of source code; nothing of what is no text."""
    return inspect.cleandoc(said).strip() if isinstance(said, str) else ""


def _said(owner: Any, name: str, trait: Any) -> Said:
    """What a trait says of itself."""
    classes = {each.__name__ for each in type(trait).__mro__}
    kind = next((_TYPES[each] for each in _TYPES if each in classes), "char")
    is_computed = type(trait).__name__ == "Instance" or _is_computed(owner, name)
    said = {
        "description": _text(trait.help) or None,
        "valueType": kind,
        "default": None if is_computed else _default(trait),
        "min": _plain(getattr(trait, "min", None)),
        "max": _plain(getattr(trait, "max", None)),
        "options": _options(trait),
        "traitType": type(trait).__name__,
        COMPUTED_DEFAULT: True if is_computed else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _is_computed(owner: Any, name: str) -> bool:
    """Whether a method of the component works the default out."""
    generators = getattr(owner, "_all_trait_default_generators", {})
    return type(generators.get(name)).__name__ == "DefaultHandler"


def _default(trait: Any) -> Value:
    return _plain(trait.default())


def _options(trait: Any) -> Value:
    values = getattr(trait, "values", None) or getattr(trait, "enum_class", None)
    return [_plain(each) for each in values] if values else None


def _plain(value: Any) -> Value:
    """A value as ctapipe's logs write it."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return None if repr(value) == "traitlets.Undefined" else str(value)
