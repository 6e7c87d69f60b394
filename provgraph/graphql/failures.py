"""Errors as GraphQL answers give them: each with a code, none with anything from inside.

| code | when |
|---|---|
| NOT_FOUND | a name leads to no record; ``suggestions`` lists names that are spelt alike |
| AMBIGUOUS | a name leads to several records; ``candidates`` lists each with what tells it apart |
| LOOKUP_FAILED | a name leads to a record for which this makes no sense |
| UNAUTHENTICATED | a change needs a token, and there is none |
| FORBIDDEN | who asks has not the right to the change |
| BAD_USER_INPUT | the value of an argument makes no sense, or the request asks for too much |
| BAD_REQUEST | the request is no valid GraphQL, or over a limit |
| NO_STORE | nothing was ever loaded into the store |
| HIDDEN | the answer would tell of records that are hidden from who asks |
| LOGIN_REFUSED | the store does not let this server in; the log of the server says why |
| STORE_UNREACHABLE | the store can't be reached; the log of the server says why |
| STORE_ERROR | the store failed; the log of the server says why |
| TIMED_OUT | the answer took too long, and the question was stopped |
| BUSY | the server has too much to do; ``Retry-After`` says when to come again |
| TOO_LARGE | the answer, or the request, is longer than a limit allows |
| INTERNAL | a fault of provgraph; the log of the server says which |
"""

import logging
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from provgraph.errors import (
    AmbiguousError,
    HiddenError,
    LookupFailedError,
    NameCandidate,
    NoStoreError,
    NotFoundError,
    OverdueError,
    StoreError,
    UnreachableError,
)

_log = logging.getLogger(__name__)
_UNREACHABLE = "the store can't be reached: try again later"
_STORE_FAILED = "the store failed: the server's log says why"
_NO_STORE = "the store is not there yet: nothing was ever loaded into it"
_INTERNAL = "something went wrong in provgraph: the server's log says what"


class ErrorCodes(SchemaExtension):
    """Gives every error of an answer its code, and logs those that users can do nothing about."""

    def on_operation(self) -> Iterator[None]:
        """Rewrite the errors when the answer is complete.

        Yields:
            None, once: the operation runs there.
        """
        yield
        result: Any = self.execution_context.result
        if result is not None and result.errors:
            result.errors = [with_code(error) for error in result.errors]


def bad_input(what: str) -> GraphQLError:
    """Make the error for an argument that makes no sense, or for a request that asks for too much.

    Args:
        what: is wrong, and what to do.

    Returns:
        The error, with its code.
    """
    return GraphQLError(what, extensions={"code": "BAD_USER_INPUT"})


def refused(code: str, why: str) -> GraphQLError:
    """Make the error for a change that the caller may not make.

    Args:
        code: of the error.
        why: they may not, and what to do.

    Returns:
        The error, with its code.
    """
    return GraphQLError(why, extensions={"code": code})


def with_code(error: GraphQLError) -> GraphQLError:
    """Make the error that users see out of one that was raised.

    Args:
        error: the error; its cause may hold something from inside, such as a password.

    Returns:
        The same place in the request with a code, and with a message for users.
    """
    if "code" in (error.extensions or {}):
        return error
    cause = _cause(error)
    if cause is None:
        return _error(
            error, error.message, "BAD_REQUEST" if error.path is None else "BAD_USER_INPUT"
        )
    if isinstance(cause, LookupFailedError):
        return _error(error, str(cause).partition(":\n")[0], cause.code, **_meant(cause))
    if isinstance(cause, RecursionError) and error.path is None:
        return _error(error, "the request nests too deep", "BAD_REQUEST")
    if isinstance(cause, StoreError | HiddenError):
        return _error(error, _told(cause), cause.code)
    _log.error("a request failed at %s", error.path, exc_info=cause)
    return _error(error, _INTERNAL, "INTERNAL")


def _told(cause: StoreError | HiddenError) -> str:
    """What users may know of an error of the store; the log has the rest."""
    if isinstance(cause, OverdueError | HiddenError):
        return str(cause)
    _log.error("%s", cause)
    if isinstance(cause, NoStoreError):
        return _NO_STORE
    return _UNREACHABLE if isinstance(cause, UnreachableError) else _STORE_FAILED


def _meant(failure: LookupFailedError) -> dict[str, object]:
    """What may have been meant by a name."""
    if isinstance(failure, AmbiguousError):
        return {"candidates": list(map(_candidate, failure.described))}
    if isinstance(failure, NotFoundError) and failure.suggestions:
        return {"suggestions": list(failure.suggestions)}
    return {}


def _candidate(candidate: NameCandidate) -> dict[str, str | None]:
    return {
        "id": candidate.id,
        "kind": candidate.kind,
        "path": candidate.path,
        "dataLevel": candidate.data_level,
        "time": candidate.time,
        "maker": candidate.maker,
    }


def _cause(error: GraphQLError) -> Exception | None:
    """What a resolver raised; None when GraphQL itself found the request wanting."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _error(error: GraphQLError, message: str, code: str, **extra: Any) -> GraphQLError:
    """The same error with another message and a code."""
    return GraphQLError(
        message,
        error.nodes,
        error.source,
        error.positions,
        error.path,
        extensions={"code": code, **extra},
    )
