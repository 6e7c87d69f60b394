"""Source → loader, by content.

Loaders enter by the entry points ``provgraph.loaders``, ours by the same door.
"""

from functools import cache
from importlib.metadata import entry_points

from provgraph.errors import SettingsError, UnknownFormatError
from provgraph.loaders.protocol import BLANK, Loader

GROUP = "provgraph.loaders"


def loader_for(head: bytes, format_name: str | None = None) -> Loader:
    """The loader for a source that begins with these bytes.

    Args:
        head: up to `protocol.HEAD` bytes, decompressed.
        format_name: a loader's name, which goes before recognition.

    Raises:
        SettingsError: no loader has that name.
        UnknownFormatError: none recognises the source.
    """
    if format_name is not None:
        return loader_named(format_name)
    for loader in _loaders().values():
        if loader.recognises(head):
            return loader
    what = "the file is blank" if not head.strip(BLANK) else "not a format that provgraph reads"
    raise UnknownFormatError(f"{what}; looked for: {formats_read()}")


def formats_read() -> str:
    """What all loaders read, for messages."""
    return "; ".join(loader.reads for loader in _loaders().values())


def loader_named(name: str) -> Loader:
    """The loader of this name.

    Raises:
        SettingsError: there is none.
    """
    if name not in _loaders():
        raise SettingsError(f"{name!r} is no format; the formats are {', '.join(_loaders())}")
    return _loaders()[name]


@cache
def _loaders() -> dict[str, Loader]:
    return {
        entry.name: entry.load()()
        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    }
