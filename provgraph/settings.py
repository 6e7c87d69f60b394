"""What the environment says: read once, then frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from provgraph.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the store is.

    Attributes:
        store: its URL (CONTRACT section 3).
        store_password: instead of one in the URL; None when not given apart.
    """

    store: str
    store_password: str | None = None


def read_settings(store: str | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force.

    Args:
        store: a URL that goes before the environment's.
        environment: ``PROVGRAPH_STORE``, ``PROVGRAPH_STORE_PASSWORD`` or ``PROVGRAPH_STORE_PASSWORD_FILE``.

    Raises:
        SettingsError: the password file can't be read.
    """
    return Settings(store or environment.get("PROVGRAPH_STORE") or default_store(), _password(environment))


def default_store() -> str:
    """A SQLite file in the platform's user-data folder."""
    return f"sqlite:///{user_data_path('provgraph') / 'provgraph.db'}"


def _password(environment: Mapping[str, str]) -> str | None:
    path = environment.get("PROVGRAPH_STORE_PASSWORD_FILE")
    if not path:
        return environment.get("PROVGRAPH_STORE_PASSWORD")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"PROVGRAPH_STORE_PASSWORD_FILE={path} can't be read: {error.strerror}") from None
