"""The documents of requests, each parsed and validated once.

Programs ask the same text again and again with other variables. What a text means depends on the
schema alone; limits that depend on what is found are counted for each request in
`provgraph.graphql.batching`.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
)
from strawberry.extensions import SchemaExtension

from provgraph.graphql.limits import limits_of
from provgraph.server_settings import ServingLimits

#: How many documents are kept.
MOST_DOCUMENTS: Final = 128
#: How many characters the texts of all of them have. A parsed text takes up to 500 times as many
#: bytes: all documents together take 64 MB at most, and mostly 2 MB.
MOST_CHARACTERS: Final = 128 << 10


#: No mutation is without this word (GraphQL, October 2021, 2.3: Operations).
_MUTATION: Final = re.compile(r"\bmutation\b")


def may_change(text: str) -> bool:
    """Tell whether a text may have a mutation in it, at a glance.

    Args:
        text: of a request.

    Returns:
        False where it has none for sure.
    """
    return _MUTATION.search(text) is not None


def is_change(text: str, operation: str | None, tokens: int) -> bool:
    """Tell whether a request asks for a mutation, by reading it whole.

    Args:
        text: of the request.
        operation: the name of the operation that is to be run; None for the only one.
        tokens: how many tokens a text may have.

    Returns:
        Whether it does. What is no GraphQL asks for nothing.
    """
    try:
        document = parse(text, no_location=True, max_tokens=tokens)
    except (GraphQLSyntaxError, RecursionError):
        return False
    return any(
        each.operation is OperationType.MUTATION
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
        and operation in (None, each.name and each.name.value)
    )


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


@cache
def known_documents(limits: ServingLimits) -> KnownDocuments:
    """The documents that are known to be valid.

    Args:
        limits: to which they were held.

    Returns:
        Those of this process.
    """
    return KnownDocuments()


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
        self._documents = known_documents(limits_of(context.context))
        context.graphql_document = self._documents.get(context.query or "")
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
            self._documents.keep(context.query, context.graphql_document)


class OneOperation(SchemaExtension):
    """Refuses a document of several operations when the request does not say which is meant.

    The library would run the first (GraphQL, October 2021, 6.1: GetOperation).
    """

    def on_validate(self) -> Iterator[None]:
        """Look at the operations of a document.

        Yields:
            None, once: the document is validated there, unless it was refused.
        """
        context = self.execution_context
        operations = [
            each
            for each in (context.graphql_document.definitions if context.graphql_document else ())
            if isinstance(each, OperationDefinitionNode)
        ]
        if len(operations) > 1 and not context._provided_operation_name:
            context.pre_execution_errors = [
                GraphQLError("there are several operations: name one by operationName", operations)
            ]
        yield
