"""Makes documents of provgraph from the statements of PROV documents.

One relation, or all that is said of one id, becomes one `Document`. The mapping stands in
docs/explanation/interchange.md; `provgraph.interchange.export` is the way back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import AttributeReader
from provgraph.interchange.reading.context import PartOrProblem, StatementContext
from provgraph.interchange.reading.elements import bundle_document, element_document
from provgraph.interchange.reading.ivoa_records import Configurations
from provgraph.interchange.reading.relations import relation_document
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.prov.statements import ELEMENTS, BundleNamed, ProvStatement, ProvType


class Converter:
    """Turns the statements of one PROV document into documents of provgraph."""

    def __init__(self, context: StatementContext | None = None) -> None:
        """Take what statements mean because of others.

        Args:
            context: of the document; None when it has no bundles and no influences.
        """
        self._context = context or StatementContext()
        self._reader = AttributeReader()
        self._configurations = Configurations(self._context, self._reader)

    def document_of(self, same: Sequence[ProvStatement]) -> Document | Problem:
        """Read what one relation says, or all the statements of one element.

        Args:
            same: one relation; or all statements of one entity, activity or agent.

        Returns:
            the document; a problem when the statements can't be read.
        """
        try:
            if self._configurations.take(same):
                return Document()
            if same[0].type in ELEMENTS:
                return element_document(same, self._reader, self._context)
            return relation_document(same[0], self._reader, self._context)
        except LoadError as error:
            what = f"{same[0].type.value} {same[0].id or ''}".strip()
            return Problem(what, f"this is not loaded: {error}")

    def rest(self) -> Iterator[Document]:
        """Say what can be said only when all statements have been read.

        Yields:
            a document for each run whose configuration was gathered.
        """
        return self._configurations.documents()


def documents(parts: Iterable[PartOrProblem]) -> Iterator[Document | Problem]:
    """Read a PROV document whose statements are all in memory.

    Args:
        parts: all statements and names of bundles, and what can't be read.

    Yields:
        a document for each element, then one for each relation and bundle; problems as they are.
    """
    listed = list(parts)
    converter = Converter(StatementContext.of(lambda: listed))
    elements: dict[tuple[ProvType, str | None], list[ProvStatement]] = defaultdict(list)
    for each in listed:
        if isinstance(each, ProvStatement) and each.type in ELEMENTS:
            elements[each.type, each.id].append(each)
    for same in elements.values():
        yield converter.document_of(same)
    for each in listed:
        if isinstance(each, Problem):
            yield each
        elif isinstance(each, BundleNamed):
            yield bundle_document(each)
        elif each.type not in ELEMENTS:
            yield converter.document_of([each])
    yield from converter.rest()
