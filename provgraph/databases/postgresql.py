"""PostgreSQL: the parts of a URL, the settings of a connection, and the meaning of errors.

The store, the mirror and the reader of ctaprov databases all use this module. Each of them says an
error in its own words; what an error means is decided here, once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from provgraph.errors import SettingsError

SCHEMES = ("postgresql", "postgres")
#: A server answers a first connection within this many seconds, or can't be reached.
CONNECT_SECONDS = 10
#: A server that is gone without a word is noticed within half a minute, not after hours.
#: In seconds; ``tcp_user_timeout`` in milliseconds.
KEEPALIVES: Mapping[str, int] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_PLACE = re.compile(
    r"(?P<host>\[[^\[\]/?#]+\]|[^\[\]:/?#]*)(:(?P<port>\d{1,5}))?/(?P<database>[^/?#]+)"
)
_HIGHEST_PORT = 65_535
#: While a connection is made, libpq passes on the server's words alone, without their SQLSTATE.
#: These are the words of the classes 28 and 3D, and of libpq when there is no password to send.
_WORDS = (
    (re.compile(r'FATAL: .*(authentication failed|role ".*" does not exist)'), "28P01"),
    (re.compile(r"no password supplied"), "28P01"),
    (re.compile(r'FATAL: .*database ".*" does not exist'), "3D000"),
    (re.compile(r"FATAL: .*(pg_hba\.conf|not permitted|permission denied)"), "28000"),
)
#: What is said of a login that failed, with the name of the variable for the password.
WRONG_LOGIN = (
    "does not let the user in: the user name or the password is wrong, or none was given; check "
    "the URL, {variable} and {variable}_FILE"
)


# Addresses.


@dataclass(frozen=True, slots=True)
class PostgresqlAddress:
    """Where a database is, and who asks.

    Attributes:
        host: name or address in lower case; "" leaves the choice to libpq (a local socket).
        port: None for the usual one.
        user: None for the user that libpq chooses.
        password: None where the URL has none; libpq then looks into PGPASSFILE. Never shown.
        database: its name.
        options: what the URL says behind ``?``.
    """

    host: str
    port: int | None
    user: str | None
    password: str | None = field(repr=False)
    database: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The URL without password and options."""
        return self._shown(f"{quote(self.user, safe='')}@" if self.user else "")

    @property
    def without_user(self) -> str:
        """The URL without user, password and options: the same for all who ask."""
        return self._shown("")

    def _shown(self, login: str) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"postgresql://{login}{host}{port}/{quote(self.database)}"

    def settings(self, **others: Any) -> dict[str, Any]:
        """All that the driver needs for a connection.

        Args:
            others: more settings of libpq, such as ``application_name``; they win over the URL's
                options, which win over the time-outs of this module.

        Returns:
            Keyword arguments for ``psycopg.connect``.
        """
        place = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
        }
        return {
            "connect_timeout": CONNECT_SECONDS,
            **KEEPALIVES,
            **self.options,
            **{name: value for name, value in place.items() if value},
            **others,
        }


def is_postgresql_url(name: str) -> bool:
    """Whether a name is the URL of a PostgreSQL database.

    Args:
        name: of a source: a path, ``-``, or a URL.
    """
    scheme, separator, _ = name.partition("://")
    return bool(separator) and scheme in SCHEMES


def postgresql_address(
    url: str, form: str, *, password: str | None = None, takes_options: bool = False
) -> PostgresqlAddress:
    """The address in a URL ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.

    The login ends at the last ``@``: a password that was not quoted may hold any other character.

    Args:
        url: the URL; USER, PASSWORD, HOST and port may be left out.
        form: what such a URL has to look like, for the error.
        password: instead of the one in the URL.
        takes_options: whether ``?name=value&…`` may follow.

    Returns:
        The parts, unquoted.

    Raises:
        SettingsError: the URL makes no sense. The message is ``form`` and repeats nothing of the
            URL, for a password may be anywhere in it.
    """
    rest = url.partition("://")[2]
    query = ""
    if takes_options:
        rest, _, query = rest.partition("?")
    login, _, place = rest.rpartition("@")
    user, colon, inline = login.partition(":")
    found = _PLACE.fullmatch(place)
    if found is None or int(found["port"] or 0) > _HIGHEST_PORT:
        raise SettingsError(form)
    if password is None and colon:
        password = unquote(inline)
    return PostgresqlAddress(
        host=found["host"].strip("[]").lower(),
        port=int(found["port"]) if found["port"] else None,
        user=unquote(user) or None,
        password=password,
        database=unquote(found["database"]),
        options=_options(query, form),
    )


def _options(query: str, form: str) -> dict[str, str]:
    """What stands behind the URL's ``?``."""
    try:
        return dict(parse_qsl(query, strict_parsing=bool(query)))
    except ValueError:
        raise SettingsError(form) from None


# Errors.


class Cause(StrEnum):
    """What an error of the server or of the driver means for the caller."""

    #: The server is away, not ready, or too busy: the same work may be done again.
    AWAY = "away"
    #: The user name or the password is wrong, or none was given.
    LOGIN = "login"
    #: The server has no database of that name.
    NO_DATABASE = "no database"
    #: The server lets nobody in from there, or not this user.
    REFUSED = "refused"
    #: The user may not do this there.
    FORBIDDEN = "forbidden"
    #: The disk is full.
    NO_ROOM = "no room"
    #: Somebody holds a lock.
    IN_USE = "in use"
    #: Something else was built on what should be dropped.
    NEEDED = "needed"
    #: The work makes no sense to the server: what is there is not what was expected.
    FAILED = "failed"


#: What a SQLSTATE means, by its first two characters (PostgreSQL manual, appendix A).
CLASSES: Mapping[str, Cause] = {
    "08": Cause.AWAY,  # connection exception
    "28": Cause.REFUSED,  # invalid authorization
    "3D": Cause.NO_DATABASE,  # no such database
    "40": Cause.AWAY,  # rolled back: deadlock, serialization
    "53": Cause.AWAY,  # insufficient resources
    "57": Cause.AWAY,  # operator intervention: shutdown, not ready yet
    **dict.fromkeys(
        (
            *("02", "03", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22", "23"),
            *("24", "25", "26", "27", "2B", "2D", "2F", "34", "38", "39", "3B", "3F", "42", "44"),
            *("54", "55", "58", "72", "F0", "HV", "P0", "XX"),
        ),
        Cause.FAILED,
    ),
}
#: Those that mean something else than their class.
STATES: Mapping[str, Cause] = {
    "25P03": Cause.AWAY,  # the server ended an idle transaction
    "28P01": Cause.LOGIN,  # invalid password
    "2BP01": Cause.NEEDED,  # dependent objects still exist
    "42501": Cause.FORBIDDEN,  # insufficient privilege
    "53100": Cause.NO_ROOM,  # disk full
    "55P03": Cause.IN_USE,  # lock not available
}


def cause_of(error: BaseException | None) -> Cause:
    """What an error of psycopg means.

    Args:
        error: as psycopg raised it, not as SQLAlchemy wraps it.

    Returns:
        The cause by the error's SQLSTATE. An error without one comes from the driver: a connection
        that could not be made, or was lost.
    """
    state = getattr(error, "sqlstate", None)
    return _cause_without_state(error) if state is None else _cause_of_state(state)


def _cause_of_state(state: str) -> Cause:
    return STATES.get(state) or CLASSES.get(state[:2], Cause.FAILED)


def _cause_without_state(error: BaseException | None) -> Cause:
    # Whoever has such an error has the driver; this module alone must not need it.
    from psycopg import InterfaceError, OperationalError  # noqa: PLC0415

    if not isinstance(error, OperationalError | InterfaceError):
        return Cause.FAILED
    states = (state for words, state in _WORDS if words.search(str(error)))
    return next(map(_cause_of_state, states), Cause.AWAY)


def words_of(error: BaseException | None) -> str:
    """The driver's own words for a message: on one line, at most 300 characters.

    Args:
        error: as psycopg raised it. (SQLAlchemy adds the statement with its values.)
    """
    return " ".join(str(error).split())[:300]
