"""What produced this file? A provenance store for CTAO and for anyone who runs ctapipe.

From Python, `provgraph.open` opens a store; job scripts call `provgraph.capture`.
"""

from typing import Any

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "AnswerEdge",
    "AnswerNode",
    "InvalidMark",
    "LineageDiff",
    "LineageSummary",
    "LoadedSource",
    "Look",
    "Provenance",
    "open",
]


def __getattr__(name: str) -> Any:
    """The Python API, imported when it is first used: most commands need little of it."""
    if name not in __all__:
        raise AttributeError(f"module 'provgraph' has no attribute {name!r}")
    if name == "Look":
        from provgraph.pictures.look import Look  # noqa: PLC0415

        return Look
    if name == "LineageDiff":
        from provgraph.model.comparison import LineageDiff  # noqa: PLC0415

        return LineageDiff
    from provgraph import answers, api  # noqa: PLC0415

    if name == "open":
        return api.open_provenance
    return getattr(api if name in ("LoadedSource", "Provenance") else answers, name)
