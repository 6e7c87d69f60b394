"""What the environment says about the store, the mirror and the spool, and how Python is set.

Environment variables are read here and in `provgraph.server_settings`, and nowhere else. Most
functions take the variables as an argument, so that a test can give its own.
"""

import gc
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from provgraph.errors import SettingsError

#: The URLs of a SQLite store in memory, which has no file.
IN_MEMORY = ("sqlite://", "sqlite:///:memory:")
#: How many more objects there must be before Python looks for circles of them that nobody uses any
#: more; 700 unless told otherwise. Records are many, and hardly ever refer to each other in
#: circles. What a server answers with sometimes does, so most work raises the number less than
#: loads and comparisons do.
NEW_OBJECTS, NEW_OBJECTS_OF_LONG_WORK = 50_000, 1_000_000
#: The same for what has been looked at once, and twice.
_OLDER = 1_000


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the store is, and how to log in.

    Attributes:
        store: the store's URL (docs/contract.md, Stores).
        store_password: the password, where it is not part of the URL; None when none was given.
    """

    store: str
    store_password: str | None = None


def read_environment(
    store: str | None = None, variables: Mapping[str, str] = os.environ
) -> Environment:
    """Find out which store to use, with which password.

    Args:
        store: a URL that the user gave, which goes before the environment's; None when none was
            given.
        variables: the environment variables. ``PROVGRAPH_STORE`` is the URL,
            ``PROVGRAPH_STORE_PASSWORD`` the password. ``PROVGRAPH_STORE_PASSWORD_FILE`` names a
            file that holds the password, and goes before the password itself.

    Returns:
        The URL and the password in force.

    Raises:
        SettingsError: the password file can't be read.
    """
    return Environment(
        store_url(store, variables), _password("PROVGRAPH_STORE_PASSWORD", variables)
    )


def mirror_password(variables: Mapping[str, str] = os.environ) -> str | None:
    """Find the password of the mirror's database.

    Args:
        variables: the environment variables: ``PROVGRAPH_MIRROR_PASSWORD``, or
            ``PROVGRAPH_MIRROR_PASSWORD_FILE``, which goes first.

    Returns:
        The password. None leaves the password to the mirror's URL and to PGPASSFILE.

    Raises:
        SettingsError: the password file can't be read.
    """
    return _password("PROVGRAPH_MIRROR_PASSWORD", variables)


def load_token(variables: Mapping[str, str] = os.environ) -> str | None:
    """Find the token by which sources are sent to a server.

    Args:
        variables: the environment variables: ``PROVGRAPH_TOKEN``, or ``PROVGRAPH_TOKEN_FILE``,
            which goes first.

    Returns:
        The token; None when there is none.

    Raises:
        SettingsError: the file can't be read.
    """
    return _password("PROVGRAPH_TOKEN", variables)


def hiding_file(variables: Mapping[str, str] = os.environ) -> Path | None:
    """Find the file that says which records a server hides from whom.

    Args:
        variables: the environment variables; ``PROVGRAPH_HIDING_RULES`` names the file.

    Returns:
        The file; None when nothing is hidden.
    """
    path = variables.get("PROVGRAPH_HIDING_RULES")
    return Path(path) if path else None


def hiding_secret(variables: Mapping[str, str] = os.environ) -> str | None:
    """Find the secret from which the pseudonyms of hidden records are made.

    Args:
        variables: the environment variables: ``PROVGRAPH_HIDING_SECRET``, or
            ``PROVGRAPH_HIDING_SECRET_FILE``, which goes first.

    Returns:
        The secret; None for one that the server makes when it starts.

    Raises:
        SettingsError: the file can't be read.
    """
    return _password("PROVGRAPH_HIDING_SECRET", variables) or None


def store_url(store: str | None = None, variables: Mapping[str, str] = os.environ) -> str:
    """Find out which store to use, without reading a password: this can't fail.

    Args:
        store: a URL that the user gave; None when none was given.
        variables: the environment variables; ``PROVGRAPH_STORE`` is the URL.

    Returns:
        The given URL, else the environment's, else that of `default_store`.
    """
    return store or variables.get("PROVGRAPH_STORE") or default_store()


def destination(url: str) -> str:
    """Write a store's URL as other people may read it.

    Args:
        url: a store's URL, such as ``neo4j://me:secret@host/db`` or ``sqlite:///night.db``.

    Returns:
        The URL without its password (``neo4j://me@host/db``). A SQLite file is named by its
        absolute path (``sqlite:////data/night.db``).
    """
    scheme, separator, rest = url.partition("://")
    if url in IN_MEMORY:
        return url
    if scheme == "sqlite":
        return f"{scheme}:///{Path(rest.removeprefix('/')).resolve()}"
    login, at, address = rest.rpartition("@")
    return f"{scheme}{separator}{login.partition(':')[0]}{at}{address}"


def is_server_url(url: str) -> bool:
    """Tell whether a URL is that of a server that loads, and not that of a store.

    Args:
        url: of a store or a server.

    Returns:
        True for ``https://…`` and ``http://…``.
    """
    return url.startswith(("http://", "https://"))


def default_spool(variables: Mapping[str, str] = os.environ) -> Path:
    """Find the spool: the folder in which logs wait while the store can't be reached.

    Args:
        variables: the environment variables; ``PROVGRAPH_SPOOL`` names the folder.

    Returns:
        The folder from the environment, else one in the platform's user-data folder.
    """
    return Path(variables.get("PROVGRAPH_SPOOL") or user_data_path("provgraph") / "spool")


def tokens_file(variables: Mapping[str, str] = os.environ) -> Path:
    """Find the file of the tokens by which people and programs come to a server.

    Args:
        variables: the environment variables; ``PROVGRAPH_TOKENS`` names the file.

    Returns:
        The file from the environment, else one in the platform's user-data folder.
    """
    return Path(variables.get("PROVGRAPH_TOKENS") or user_data_path("provgraph") / "tokens.json")


def default_store() -> str:
    """The URL of the store that is used when none was named.

    Returns:
        The URL of a SQLite file in the platform's user-data folder.
    """
    return f"sqlite:///{user_data_path('provgraph') / 'provgraph.db'}"


def _password(variable: str, variables: Mapping[str, str]) -> str | None:
    """The password in a variable, or in the file that the variable with ``_FILE`` names."""
    path = variables.get(f"{variable}_FILE")
    if not path:
        return variables.get(variable)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}_FILE={path} can't be read: {error.strerror}") from None


@dataclass(slots=True)
class _Collections:
    """How often Python looks for circles of objects, which is set once for all threads.

    Attributes:
        lock: for those below.
        heavy: how many pieces of work make many objects now.
        usual: the thresholds when there are none.
    """

    lock: threading.Lock
    heavy: int = 0
    usual: tuple[int, int, int] = (0, 0, 0)


_COLLECTIONS = _Collections(threading.Lock())


@contextmanager
def few_collections(new_objects: int) -> Iterator[None]:
    """Let Python look for unused circles of objects less often while many records are made.

    To look through them takes much of a load, and nearly half of a long lineage. When the last
    piece of work has ended, all is as it was before the first.

    Args:
        new_objects: how many more there must be before Python looks, at least.
    """
    with _COLLECTIONS.lock:
        usual = gc.get_threshold()
        if not _COLLECTIONS.heavy:
            _COLLECTIONS.usual = usual
        _COLLECTIONS.heavy += 1
        gc.set_threshold(usual[0] and max(usual[0], new_objects), _OLDER, _OLDER)
    try:
        yield
    finally:
        with _COLLECTIONS.lock:
            _COLLECTIONS.heavy -= 1
            if not _COLLECTIONS.heavy:
                gc.set_threshold(*_COLLECTIONS.usual)
