"""What the environment says: read once, then frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from provgraph.errors import SettingsError

#: A SQLite store without a file.
IN_MEMORY = ("sqlite://", "sqlite:///:memory:")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the store is.

    Attributes:
        store: its URL (CONTRACT section 3).
        store_password: instead of one in the URL; None when not given apart.
    """

    store: str
    store_password: str | None = None


def read_environment(
    store: str | None = None, environment: Mapping[str, str] = os.environ
) -> Environment:
    """The settings in force.

    Args:
        store: a URL that goes before the environment's.
        environment: ``PROVGRAPH_STORE``, ``PROVGRAPH_STORE_PASSWORD`` or
            ``PROVGRAPH_STORE_PASSWORD_FILE``.

    Raises:
        SettingsError: the password file can't be read.
    """
    return Environment(
        store_url(store, environment), _password("PROVGRAPH_STORE_PASSWORD", environment)
    )


def mirror_password(environment: Mapping[str, str] = os.environ) -> str | None:
    """The password of the mirror's database; None leaves it to the URL and PGPASSFILE.

    Args:
        environment: ``PROVGRAPH_MIRROR_PASSWORD`` or ``PROVGRAPH_MIRROR_PASSWORD_FILE``.

    Raises:
        SettingsError: the password file can't be read.
    """
    return _password("PROVGRAPH_MIRROR_PASSWORD", environment)


def store_url(store: str | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """Where the store is; unlike `read_settings` this needs no password, and can't fail."""
    return store or environment.get("PROVGRAPH_STORE") or default_store()


def destination(url: str) -> str:
    """The store's URL as others may read it: without its password.

    A SQLite file by its absolute path.
    """
    scheme, separator, rest = url.partition("://")
    if url in IN_MEMORY:
        return url
    if scheme == "sqlite":
        return f"{scheme}:///{Path(rest.removeprefix('/')).resolve()}"
    login, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{login.partition(':')[0]}{at}{place}"


def default_spool(environment: Mapping[str, str] = os.environ) -> Path:
    """Where logs wait for a store that is away, unless another folder is given."""
    return Path(environment.get("PROVGRAPH_SPOOL") or user_data_path("provgraph") / "spool")


def default_store() -> str:
    """A SQLite file in the platform's user-data folder."""
    return f"sqlite:///{user_data_path('provgraph') / 'provgraph.db'}"


def _password(variable: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(f"{variable}_FILE")
    if not path:
        return environment.get(variable)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}_FILE={path} can't be read: {error.strerror}") from None
