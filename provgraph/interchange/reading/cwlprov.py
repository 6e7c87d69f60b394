"""Reads CWLProv research objects: PROV documents whose files bear the names that the user knows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BufferedReader, BytesIO

from provgraph.errors import LoadError, UnknownFormatError
from provgraph.loaders.protocol import HEAD, Problem, RelativeNames
from provgraph.loaders.registry import loader_for
from provgraph.loaders.research_object import MAGIC, MANIFEST, unpacked_object
from provgraph.model.identifiers import PROV
from provgraph.model.records import Document, StatedEntity

#: What CWLProv says of a file's own name, as an attribute.
_BASE_NAME = "https://w3id.org/cwl/prov#basename"
_NAME = "name"
#: Where the bytes of a file lie in the research object.
BUNDLED_AS = "bundledAs"


class CwlProvLoader:
    """The loader of CWLProv research objects."""

    name = "cwlprov"
    reads = "CWLProv research objects (folders and archives with metadata/manifest.json)"

    def recognises(self, head: bytes) -> bool:
        """Whether a source is a packed research object.

        Args:
            head: the source's first bytes.
        """
        return head.startswith(MAGIC)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a packed research object.

        Args:
            stream: what `provgraph.loaders.research_object.packed_object` has made.
            namespace: in which paths mean files (docs/contract.md, rule 7).
            start: always 0; a research object is read as a whole.

        Yields:
            The documents of its PROV documents, and a problem for each part that can't be read.
        """
        parts = unpacked_object(stream)
        bundled: Mapping[str, str] = {}
        try:
            bundled = _bundled_files(parts.pop(MANIFEST, b"{}"))
        except LoadError as error:
            yield Problem(MANIFEST, str(error))
        for name, content in parts.items():
            for found in _read(content, namespace):
                if isinstance(found, Problem):
                    yield Problem(f"{name}: {found.where}", found.what)
                else:
                    entities = tuple(_named(entity, bundled) for entity in found.entities)
                    yield replace(found, entities=entities, end=None)


def _read(content: bytes, namespace: str) -> Iterator[Document | Problem]:
    """Read a PROV document in whatever format it is."""
    try:
        loader = loader_for(content[:HEAD])
        packed = loader.documents(BufferedReader(BytesIO(content), buffer_size=HEAD), namespace)
        for found in packed:
            if not isinstance(found, RelativeNames):  # its address follows from its content
                yield found
    except UnknownFormatError:
        yield Problem("the whole document", "is no PROV document")
    except LoadError as error:
        yield Problem("further on", str(error))


def _named(entity: StatedEntity, bundled: Mapping[str, str]) -> StatedEntity:
    """The entity with the name that its file had in the workflow, and its place in the object."""
    attributes = dict(entity.attributes)
    if _BASE_NAME in attributes:
        attributes.setdefault(_NAME, attributes[_BASE_NAME])
    place = bundled.get(entity.identifier.removeprefix(f"{PROV}:"))
    if place is not None:
        attributes[BUNDLED_AS] = (place,)
        attributes.setdefault(_NAME, (place.rpartition("/")[2],))
    return replace(entity, attributes=attributes)


def _bundled_files(manifest: bytes) -> dict[str, str]:
    """URI → path in the research object, of the files that the manifest lists."""
    try:
        listed = json.loads(manifest).get("aggregates", [])
        entries = [(each.get("uri"), each.get("bundledAs")) for each in listed]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise LoadError(f"is no manifest, the files have no names of it: {error}") from None
    return {
        uri: f"{place.get('folder', '')}{place.get('filename', '')}"
        for uri, place in entries
        if isinstance(uri, str) and isinstance(place, dict)
    }
