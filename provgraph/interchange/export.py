"""A store, chosen records or a lineage, written as a document."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from provgraph.interchange.store_reader import Selection, statements
from provgraph.interchange.writing.registry import DOCUMENT_WRITERS
from provgraph.model.lineage import Lineage, Node
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store


def export(store: Store, format_name: str, selection: Selection | None = None) -> Iterator[str]:
    """A document, piece by piece, as it is read.

    Args:
        store: what to write.
        format_name: of `DOCUMENT_WRITERS`.
        selection: which records; None for all.

    Raises:
        ProvGraphError: the format can't hold it.
    """
    with store.viewing() as view:
        yield from DOCUMENT_WRITERS[format_name](statements(view, selection))


def records(nodes: Iterable[Node]) -> Selection:
    """These records with all their relations."""
    return Selection(_ids(nodes))


def within(lineage: Lineage) -> Selection:
    """The records of a lineage, and the relations between them."""
    return Selection(_ids(lineage.nodes), is_closed=True)


def _ids(nodes: Iterable[Node]) -> dict[Kind, set[str]]:
    found: dict[Kind, set[str]] = defaultdict(set)
    for node in nodes:
        found[node.kind].add(node.id)
    return found
