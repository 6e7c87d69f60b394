"""What the header of a file says of it, where no load knows the file.

The header is read into a store in memory, so the store that was asked is not written to.
"""

import os
from pathlib import Path

from provgraph.errors import LoadError, MissingExtraError, NotFoundError
from provgraph.ingest.reading.bundles import is_bundle
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.writing import PendingSource, write_together
from provgraph.loaders.ctao.product_file import headers_in
from provgraph.model.attributes import attributes_of
from provgraph.model.identifiers import ACTIVITY_ID, DEFAULT_NAMESPACE, product_identifier
from provgraph.model.lineage import Direction, Node
from provgraph.model.records import Document, StatedEntity, first_text
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store

#: What ctapipe's header says of a run: name and version of the software.
_RUN = ("CTA ACTIVITY NAME", "CTA ACTIVITY SOFTWARE NAME", "CTA ACTIVITY SOFTWARE VERSION")


def store_instead(
    error: NotFoundError, name: str, direction: Direction, folder: Path
) -> tuple[Store, Node]:
    """Find what answers where no load knows a name: the header of the file that bears the name.

    A header tells what led to its product, and nothing of what was made from it.

    Args:
        error: says that no load knows the name.
        name: what was asked for.
        direction: which way was asked.
        folder: what a relative path is relative to.

    Returns:
        The store of the header, which the caller closes, and the product in it.

    Raises:
        NotFoundError: the given error; no header helps.
    """
    own = None if direction is Direction.DOWNSTREAM else store_of_header(name, folder)
    if own is None:
        raise error
    return own


def store_of_header(name: str, folder: Path) -> tuple[Store, Node] | None:
    """Read the header of a product into a store of its own.

    Args:
        name: the path of a file.
        folder: what a relative path is relative to.

    Returns:
        The store, which the caller closes, and the product in it; None when no file is there, or
        its header does not say which product it is.
    """
    path = os.path.abspath(folder / name)
    source = Source(path, Path(path))
    if "\0" in name or not os.path.isfile(path) or not is_bundle(source.path):
        return None
    reading = Reading(source)
    documents = list(reading.read(DEFAULT_NAMESPACE)) or list(_ctapipes(Path(path)))
    if not any(document.run or document.entities for document in documents):
        return None
    store = open_store("sqlite://")
    write_together(store, [PendingSource(reading, documents)], DEFAULT_NAMESPACE)
    return store, find(store, path, folder)


def _ctapipes(path: Path) -> list[Document]:
    """The product that ctapipe's header names.

    The header names a run too, perhaps that of an earlier file (docs/contract.md, rule 3), and no
    inputs; so it makes no run here.
    """
    try:
        header = next(iter(headers_in(path)), {})
    except (LoadError, MissingExtraError, OSError, RuntimeError, ValueError):
        return []
    product = product_identifier(header)
    if product is None:
        return []
    return [
        Document(entities=(StatedEntity(product, attributes_of({"name": path.name, **header})),))
    ]


def told(product: Node) -> str:
    """Say in a sentence where an answer comes from.

    Args:
        product: as its own header has it.
    """
    run = first_text(product.attributes, ACTIVITY_ID)
    if run is None:
        return "this is what its own header says; load it to keep that"
    names = " ".join(filter(None, (first_text(product.attributes, name) for name in _RUN)))
    return (
        f"its own header names the run {names} ({run}), perhaps that of an earlier file, and no "
        "inputs; load that run's log"
    )
