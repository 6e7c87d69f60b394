"""A product's data level (CONTRACT section 1)."""

import re
from collections.abc import Iterable

from provgraph.model.values import Attributes

HEADER_KEY = "CTA PRODUCT DATA LEVELS"
_LEVEL = re.compile(r"\bDL(\d)(?!\d)", re.ASCII)


def data_level(attributes: Attributes, roles: Iterable[str | None]) -> str | None:
    """``DLn``.

    The highest in the product's header, else the highest among the roles that it played; None
    without.
    """
    stated = [str(value) for value in attributes.get(HEADER_KEY, ())]
    levels = _levels(stated) or _levels(role for role in roles if role)
    return f"DL{max(levels)}" if levels else None


def _levels(texts: Iterable[str]) -> list[str]:
    return [level for text in texts for level in _LEVEL.findall(text.replace("_", " "))]
