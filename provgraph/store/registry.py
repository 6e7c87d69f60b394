"""URL → store.

Stores enter by the entry points ``provgraph.stores``, one a URL scheme, ours by the same door.
"""

from importlib.metadata import entry_points

from provgraph.errors import SettingsError
from provgraph.store.protocol import Store

GROUP = "provgraph.stores"


def open_store(url: str, password: str | None = None) -> Store:
    """Open the store at a URL.

    Its tables or constraints are made when it is first used.

    Args:
        url: see docs/contract.md, Stores.
        password: instead of one in the URL.

    Returns:
        The store; who opens it closes it.

    Raises:
        SettingsError: no store is known by the URL's scheme.
        UnreachableError: it does not answer.
        StoreError: it refuses, or holds something else.
    """
    scheme, colon, _ = url.partition("://")
    known = entry_points(group=GROUP)
    if not colon or scheme not in known.names:
        raise SettingsError(
            f"{_shortened(url)!r} is no store: a store's URL begins with {_listed(known.names)}"
        )
    store: Store = known[scheme].load()(url, password)
    return store


def _listed(names: set[str]) -> str:
    return ", ".join(f"{name}://" for name in sorted(names))


def _shortened(url: str) -> str:
    """The URL without what may be a password."""
    return url.rpartition("@")[2][:80]
