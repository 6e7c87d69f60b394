"""Settings of runs as rows of the relational store's tables, and back."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from provgraph.model.attributes import kept_json
from provgraph.model.records import Settings
from provgraph.model.values import Value
from provgraph.store.nodes import path_parameters
from provgraph.store.packing import packed, unpacked
from provgraph.store.relational.records import Record


def settings_row(settings: Settings, number: int) -> Record:
    """Settings as a row.

    Args:
        settings: the settings.
        number: what the index of their terms calls them.
    """
    return {
        "number": number,
        "key": settings.key,
        "name": settings.name,
        "parameters": packed(kept_json(settings.values)),
    }


def settings_of(row: Row[Any]) -> Settings:
    """Settings from their row.

    Args:
        row: of `tables.settings`.
    """
    return Settings(row.name, json.loads(unpacked(row.parameters)))


@lru_cache(1024)
def path_parameters_of(kept: str | bytes) -> Mapping[str, Value]:
    """The parameters of settings that may name paths; many runs share most settings.

    Args:
        kept: the parameters as a row has them.

    Returns:
        See `provgraph.store.nodes.path_parameters`.
    """
    text = unpacked(kept)
    return path_parameters(json.loads(text)) if "/" in text else {}
