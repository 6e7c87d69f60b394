"""Chooses the loader of a source by the source's first bytes.

Loaders enter by the entry points ``provgraph.loaders``, those of other packages by the same door as
provgraph's own. A loader's module is imported when that loader is asked, and not before. A module
that an entry point names should therefore be light: it recognises its format by plain means, and
imports large libraries only where it reads.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from provgraph.errors import SettingsError, UnknownFormatError
from provgraph.loaders.protocol import BLANK, AddressedLoader, Loader

GROUP = "provgraph.loaders"
#: The loaders that are asked first. Most sources are logs of ctapipe: for such a log no other
#: loader is imported. All others are asked in the order of their names.
ASKED_FIRST = ("ctapipe",)
#: No text has these bytes; the first block of any archive or binary format has one.
_CONTROL = re.compile(rb"[^\t-\r\x1b -\xff]")
_BLOCK = 512
#: What a text begins with, or has in its head, of which only the header may count.
_HEADERS = (b"SIMPLE  =", b"# %ECSV ")
_METADATA = b'"ctao_metadata_version"'


def begins_plainly(head: bytes) -> bool:
    """Whether what begins so is a text that counts as a whole, as logs and most documents are.

    Args:
        head: the first bytes of a file, as it lies there; up to `protocol.HEAD` of them.

    Returns:
        False for all that may have to be unpacked, or read by its header.
    """
    return not (_CONTROL.search(head, 0, _BLOCK) or head.startswith(_HEADERS) or _METADATA in head)


def loader_for(head: bytes, format_name: str | None = None) -> Loader:
    """Choose the loader of a source.

    Args:
        head: the first bytes of the source, decompressed; up to `protocol.HEAD` of them.
        format_name: the name of a loader, which is then taken whatever the bytes are.

    Returns:
        The first loader that recognises the bytes, or the one of that name.

    Raises:
        SettingsError: no loader has that name.
        UnknownFormatError: no loader recognises the source.
    """
    if format_name is not None:
        return loader_named(format_name)
    for name in _in_order():
        loader = _loader(name)
        if loader.recognises(head):
            return loader
    what = "not a format that provgraph reads" if head.strip(BLANK) else "the file is blank"
    raise UnknownFormatError(f"{what}; looked for: {formats_read()}")


def formats_read() -> str:
    """What all loaders read, for messages."""
    return "; ".join(_loader(name).reads for name in _entries())


def loader_names() -> list[str]:
    """The names of all loaders, sorted."""
    return list(_entries())


def loader_named(name: str) -> Loader:
    """The loader of a name.

    Args:
        name: the name of the loader's entry point, such as ``ctapipe``.

    Returns:
        The loader, the same at each call.

    Raises:
        SettingsError: no loader has the name.
    """
    if name not in _entries():
        raise SettingsError(f"{name!r} is no format; the formats are {', '.join(loader_names())}")
    return _loader(name)


def addressed(loader: Loader, address: Callable[[], str]) -> Loader:
    """Tell a loader where its document is, if it wants to know.

    Args:
        loader: any.
        address: gives the URI of the document. It is asked only if the loader wants to know.

    Returns:
        A loader of the same format.
    """
    # The first look costs nothing; that at a protocol takes long, and there is one a source.
    wants_it = hasattr(loader, "at") and isinstance(loader, AddressedLoader)
    return cast("AddressedLoader", loader).at(address()) if wants_it else loader


@cache
def _entries() -> dict[str, EntryPoint]:
    """The entry points by the loaders' names, sorted; nothing is imported yet."""
    found = entry_points(group=GROUP)
    return {entry.name: entry for entry in sorted(found, key=lambda entry: entry.name)}


@cache
def _in_order() -> list[str]:
    """The names in the order in which the loaders are asked."""
    return sorted(_entries(), key=lambda name: (name not in ASKED_FIRST, name))


@cache
def _loader(name: str) -> Loader:
    loader: Loader = _entries()[name].load()()
    return loader
