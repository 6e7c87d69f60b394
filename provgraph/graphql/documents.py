"""The documents of requests, each parsed and validated once.

Programs ask the same text again and again with other variables. What a text means depends on the
schema alone; limits that depend on what is found are counted for each request in
`provgraph.graphql.batching`.
"""

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Final

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

#: How many documents are kept.
MOST_DOCUMENTS: Final = 128
#: How many characters the texts of all of them have. A parsed text takes up to 500 times as many
#: bytes: all documents together take 64 MB at most, and mostly 2 MB.
MOST_CHARACTERS: Final = 128 << 10


class KnownDocuments:
    """The valid documents that were asked last, by their texts; for any number of threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, text: str) -> DocumentNode | None:
        """Look a document up.

        Args:
            text: of a request.

        Returns:
            The parsed document, which is valid; None for a text that is not known.
        """
        with self._lock:
            if text in self._documents:
                self._documents.move_to_end(text)
            return self._documents.get(text)

    def keep(self, text: str, document: DocumentNode) -> None:
        """Keep a document, and forget those that were not asked for longest.

        Args:
            text: of a request. One that takes a large part of the room is not kept.
            document: what the text says; it is valid.
        """
        if len(text) > MOST_CHARACTERS // 8:
            return
        with self._lock:
            if text not in self._documents:
                self._documents[text] = document
                self._characters += len(text)
            while len(self._documents) > MOST_DOCUMENTS or self._characters > MOST_CHARACTERS:
                forgotten, _ = self._documents.popitem(last=False)
                self._characters -= len(forgotten)


_KNOWN: Final = KnownDocuments()


class OnceADocument(SchemaExtension):
    """Parses and validates only documents that are not known to be valid.

    What is refused is not kept, so it is refused anew by the library each time.
    """

    def on_parse(self) -> Iterator[None]:
        """Take the document of a known text.

        Yields:
            None, once: any other text is parsed there.
        """
        context = self.execution_context
        context.graphql_document = _KNOWN.get(context.query or "")
        self._is_known = context.graphql_document is not None
        yield

    def on_validate(self) -> Iterator[None]:
        """Keep a document that is found to be valid.

        Yields:
            None, once: a document that is not known is validated there.
        """
        context = self.execution_context
        if self._is_known:
            context.pre_execution_errors = []
        yield
        if context.query and context.graphql_document and not context.pre_execution_errors:
            _KNOWN.keep(context.query, context.graphql_document)
