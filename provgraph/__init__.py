"""What produced this file? A provenance store for CTAO and for anyone who runs ctapipe.

From Python, `provgraph.open` opens a store and `provgraph.connect` asks a server; job scripts call
`provgraph.capture`.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "AnswerEdge",
    "AnswerNode",
    "CommonRecord",
    "InvalidMark",
    "LineageDiff",
    "LineageSummary",
    "LoadedSource",
    "Look",
    "Provenance",
    "Recipe",
    "RemoteProvenance",
    "Rerun",
    "WrittenRerun",
    "connect",
    "open",
]


#: Where what is not in `provgraph.answers` stands.
_HOMES = {
    "LineageDiff": "model.comparison",
    "LoadedSource": "loaded",
    "Look": "pictures.look",
    "Provenance": "api",
    "Recipe": "model.recipes",
    "RemoteProvenance": "client.remote",
    "Rerun": "writers.recipes",
    "WrittenRerun": "client.remote",
    "connect": "client.remote",
    "open": "api",
}


def __getattr__(name: str) -> Any:
    """The Python API, imported when it is first used: most commands need little of it."""
    if name not in __all__:
        raise AttributeError(f"module 'provgraph' has no attribute {name!r}")
    home = import_module(f"provgraph.{_HOMES.get(name, 'answers')}")
    return getattr(home, "open_provenance" if name == "open" else name)
