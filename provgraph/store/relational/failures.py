"""The drivers' errors in our words; neither passwords nor values are in them."""

import sqlite3

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError

from provgraph.databases.postgresql import WRONG_LOGIN, Cause, cause_of, words_of
from provgraph.errors import LoginError, NoStoreError, StoreError, UnreachableError


def meaning_of(error: DBAPIError, where: str, *, is_sqlite: bool) -> StoreError:
    """What an error of a driver means for who uses the store.

    Args:
        error: as SQLAlchemy raised it.
        where: the address of the store, without password.
        is_sqlite: whether SQLite raised it, and not psycopg.

    Returns:
        An error to raise: an `UnreachableError` when trying again may help.
    """
    return (_sqlite_error if is_sqlite else _postgresql_error)(where, error)


def unreachable(where: str, words: str) -> UnreachableError:
    """The error for a store that can't be reached.

    Args:
        where: the address of the store, without password.
        words: the driver's.
    """
    return UnreachableError(f"the store at {where} can't be reached: {words}; is the server up?")


def _postgresql_error(where: str, error: DBAPIError) -> StoreError:
    words = words_of(error.orig)
    match cause_of(error.orig):
        case Cause.AWAY | Cause.IN_USE:
            return unreachable(where, words)
        case Cause.LOGIN:
            advice = WRONG_LOGIN.format(variable="PROVGRAPH_STORE_PASSWORD")
            return LoginError(f"the store at {where} {advice}")
        case Cause.REFUSED:
            return LoginError(f"the store at {where} does not let the user in: {words}")
        case Cause.NO_DATABASE:
            return NoStoreError(where, "the server has no such database; createdb makes it")
        case Cause.NO_ROOM:
            return _no_room(where, words)
        case _:
            return _damaged(where, words)


def _sqlite_error(where: str, error: DBAPIError) -> StoreError:
    words = words_of(error.orig)
    # The extended code's lowest byte is the code.
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _no_room(where, words)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreachableError(
            f"the store at {where} is busy: another process writes to it; try again later"
        )
    if isinstance(error.orig, sqlite3.OperationalError):
        return StoreError(
            f"the store at {where} can't be used: {words}; check the path, its owner and the disk"
        )
    if isinstance(error, InterfaceError) or not isinstance(error, DatabaseError):
        return StoreError(f"the store at {where} failed: {words}")
    return _damaged(where, words)


def _no_room(where: str, words: str) -> StoreError:
    return StoreError(
        f"the store at {where} has no room: {words}; the disk is full: make room, load again"
    )


def _damaged(where: str, words: str) -> StoreError:
    return StoreError(f"the store at {where} is damaged or is none of ours: {words}")
