"""How records are called in a flowchart; the page's ``names.ts`` says the same."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Node
from provgraph.model.values import readable
from provgraph.pictures.boxes import NAMELESS

#: A longer title loses its middle; more of a name is not looked at where names are compared.
TITLE_LENGTH, _COMPARED = 200, 500
#: What differs in the names of files of one series.
_VARYING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+", re.ASCII | re.IGNORECASE
)


def title_of(node: Node) -> str:
    """Return what a person calls a record.

    Args:
        node: the record.

    Returns:
        Its name, else the last part of its path, else its id.
    """
    name = node.name or (base_name(node.location) if node.location else node.id)
    return readable(name, TITLE_LENGTH)


def pattern(name: str) -> str:
    """Return a name without what differs between files of one series.

    Args:
        name: such as ``run00012.dl1.h5``.

    Returns:
        The name with ``*`` for numbers and UUIDs: ``run*.dl*.h*``.
    """
    return _VARYING.sub("*", name[:_COMPARED])


def common_name(names: Sequence[str]) -> str:
    """Return one name for several: what they have in common, ``*`` for the rest.

    Args:
        names: at least one.

    Returns:
        The name; `NAMELESS` when nothing of it would be seen.
    """
    first = names[0]
    if len(set(names)) > 1:
        start = _common(names)
        room = min(map(len, names)) - start
        end = min(room, _common([name[::-1] for name in names]))
        first = f"{first[:start]}*{first[len(first) - end :]}"
    return first if first.strip() else NAMELESS


def _common(texts: Sequence[str]) -> int:
    """How many characters all the texts begin with."""
    first, last = min(texts), max(texts)  # those between have in common what these have
    pairs = enumerate(zip(first, last, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(last)))


def span_of(seconds: float | None) -> str | None:
    """Return seconds as people say them: ``0.79 s``, ``12 min``, ``1.25 h``.

    Args:
        seconds: how many; None when nobody knows.

    Returns:
        The text; None for None.
    """
    if seconds is None:
        return None
    if seconds < 60:
        return f"{_significant(seconds, 2)} s"
    if seconds < 3600:
        return f"{int(seconds / 60 + 0.5)} min"
    return f"{_significant(seconds / 3600, 3)} h"


def _significant(number: float, digits: int) -> str:
    """A number to so many digits, halves rounded up, without zeros at its end."""
    exact = Decimal(number)
    last = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return f"{exact.quantize(last, ROUND_HALF_UP).normalize():f}"
