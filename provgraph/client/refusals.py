"""Errors that a server answers with, as the errors that a local store raises."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from provgraph.errors import (
    AmbiguousError,
    BusyError,
    HiddenError,
    LoginError,
    LookupFailedError,
    NameCandidate,
    NewerStoreError,
    NoMakerError,
    NoStoreError,
    NotFoundError,
    OverdueError,
    ProvGraphError,
    SettingsError,
    StoreError,
    UnfinishedCopyError,
    UnreachableError,
)

Extensions = Mapping[str, Any]
#: How a message begins that names what was asked for.
_NOT_FOUND: Final = "nothing here is called "


def error_of(failure: Mapping[str, Any], server: str) -> ProvGraphError:
    """Make the error that one entry of ``errors`` in an answer tells of.

    Args:
        failure: the entry (GraphQL, October 2021, 7.1.2: Errors).
        server: where it comes from.

    Returns:
        The error of a local store, with the message of the server.
    """
    message = str(failure.get("message", "no reason was given"))
    extensions: Extensions = failure.get("extensions") or {}
    make = _ERRORS.get(str(extensions.get("code")), _plain(StoreError))
    error = make(message, extensions, server)
    if not isinstance(error, AmbiguousError):  # whose message lists the candidates, too
        error.args = (message,)
    return error


def _not_found(message: str, extensions: Extensions, _: str) -> ProvGraphError:
    return NotFoundError(_name_in(message), suggestions=extensions.get("suggestions", ()))


def _ambiguous(message: str, extensions: Extensions, _: str) -> ProvGraphError:
    described = [
        NameCandidate(
            each["id"],
            each["kind"],
            each["path"],
            each["dataLevel"],
            each["time"],
            each["maker"],
        )
        for each in extensions.get("candidates", ())
    ]
    return AmbiguousError(_name_in(message), described, " names more than " in message)


def _name_in(message: str) -> str:
    """The name in a message, which shows it as Python writes texts; else the message itself."""
    text = message.removeprefix(_NOT_FOUND)
    for end in (";", " names "):
        try:
            return str(ast.literal_eval(text.partition(end)[0]))
        except (ValueError, SyntaxError):
            continue
    return message


def _plain(kind: type[ProvGraphError]) -> Callable[[str, Extensions, str], ProvGraphError]:
    return lambda message, _, __: kind(message)


_ERRORS: Final[Mapping[str, Callable[[str, Extensions, str], ProvGraphError]]] = {
    NotFoundError.code: _not_found,
    AmbiguousError.code: _ambiguous,
    NoStoreError.code: lambda _, __, server: NoStoreError(server),
    UnfinishedCopyError.code: lambda _, __, server: UnfinishedCopyError(server, ""),
    NewerStoreError.code: lambda _, __, server: NewerStoreError(server, "", ""),
    OverdueError.code: lambda _, __, ___: OverdueError(0),
    BusyError.code: lambda _, __, ___: BusyError(0),
    "RATE_LIMITED": lambda _, __, ___: BusyError(0),
    LookupFailedError.code: _plain(LookupFailedError),
    NoMakerError.code: _plain(NoMakerError),
    LoginError.code: _plain(LoginError),
    HiddenError.code: _plain(HiddenError),
    "UNAUTHENTICATED": _plain(LoginError),
    "FORBIDDEN": _plain(LoginError),
    UnreachableError.code: _plain(UnreachableError),
    SettingsError.code: _plain(SettingsError),
    "BAD_USER_INPUT": _plain(SettingsError),
    "BAD_REQUEST": _plain(SettingsError),
    "TOO_LARGE": _plain(SettingsError),
}
