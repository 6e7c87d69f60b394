"""A CWLProv research object, as a source: its PROV documents and its manifest as one stream.

cwltool writes such a folder (``--provenance``): the same provenance in six formats, one of which is
read, the provenance of nested workflows beside it, and the data. Only provenance and manifest are
read. https://w3id.org/cwl/prov/0.6.0 describes the layout.
"""

import json
import re
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path

from provgraph.errors import LoadError

#: What a packed research object begins with; no document does.
MAGIC = b"provgraph research object 1\n"
MANIFEST = "metadata/manifest.json"
_PROVENANCE = "metadata/provenance"
#: The formats of a document, the one that is read first.
_FORMATS = ("json", "provn", "xml", "ttl", "nt", "jsonld")
_DOCUMENT = re.compile(
    r"(?P<name>[\w.%-]{1,150}\.cwlprov)\.(?P<format>json|provn|xml|ttl|nt|jsonld)"
)
_MEMBER = re.compile(
    rf"(?P<root>(?:.*/)?)(?P<file>{MANIFEST}|{_PROVENANCE}/{_DOCUMENT.pattern})", re.DOTALL
)
#: No manifest and no document is larger, in bytes.
LARGEST_PART = 64 << 20


def is_research_object(folder: Path) -> bool:
    """Whether a folder is a research object of CWLProv.

    Args:
        folder: the folder.

    Returns:
        True when it has a manifest, and a PROV document where CWLProv has them.
    """
    try:
        return (folder / MANIFEST).is_file() and bool(_documents(folder))
    except OSError:
        return False


def parts_of(folder: Path) -> list[Path]:
    """List the files that are read of a research object.

    Args:
        folder: the research object.

    Returns:
        The manifest, and of each PROV document one format, in a fixed order.
    """
    return [folder / MANIFEST, *_documents(folder)]


def packed_object(folder: Path) -> bytes:
    """Pack a research object into one stream, the same for the same files.

    Args:
        folder: the research object.

    Returns:
        `MAGIC`, and an object with the bytes of each part by its name.

    Raises:
        LoadError: a part is too large.
        OSError: a part can't be read.
    """
    parts = {}
    for path in parts_of(folder):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            content = file.read(LARGEST_PART + 1)
        if len(content) > LARGEST_PART:
            raise LoadError(f"{name} is larger than {LARGEST_PART >> 20} MiB; load it by itself")
        parts[name] = content.decode("latin-1")
    return MAGIC + json.dumps(parts).encode()


def unpacked_object(stream: BufferedReader) -> dict[str, bytes]:
    """Take the parts out of a packed research object.

    Args:
        stream: what `packed_object` has made.

    Returns:
        Name → bytes, in the order of `parts_of`.

    Raises:
        LoadError: it is no packed research object.
    """
    content = stream.read()
    try:
        parts = json.loads(content.removeprefix(MAGIC))
        found = {str(name): str(text).encode("latin-1") for name, text in parts.items()}
    except (ValueError, AttributeError, RecursionError):
        found = {}
    if not content.startswith(MAGIC) or not found:
        raise LoadError("is no packed research object")
    return found


def objects_among(names: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Find the research objects among the members of an archive, and lay each out as a folder.

    Args:
        names: the name of each member → a copy of it; those of research objects are moved.
        folder: where the new folders are made. A member's own name becomes a part of a path only
            where it is one of a document.

    Returns:
        The folder within the archive (``""``, ``run1/``) → the research object.
    """
    files: dict[str, dict[str, Path]] = {}
    for name, path in names.items():
        if part := _MEMBER.fullmatch(name):
            files.setdefault(part["root"], {})[part["file"]] = path
    found = {}
    for number, (root, parts) in enumerate(files.items()):
        if MANIFEST in parts and len(parts) > 1:
            found[root] = folder / f"object{number}"
            (found[root] / _PROVENANCE).mkdir(parents=True)
            for file, path in parts.items():
                path.rename(found[root] / file)
    return found


def _documents(folder: Path) -> list[Path]:
    """One format of each PROV document in a research object."""
    best: dict[str, tuple[int, Path]] = {}
    for path in (folder / _PROVENANCE).iterdir():
        if (name := _DOCUMENT.fullmatch(path.name)) and path.is_file():
            rank = _FORMATS.index(name["format"]), path
            best[name["name"]] = min(rank, best.get(name["name"], rank))
    return [path for _, (_, path) in sorted(best.items())]
