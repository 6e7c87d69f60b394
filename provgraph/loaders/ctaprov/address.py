"""Where a ctaprov database is, as a URL says it; nothing here needs the driver."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from provgraph.errors import SettingsError

#: What reports call the format.
NAME = "ctaprov"
_SCHEMES = ("postgresql", "postgres")
#: Times and numbers as text in one form, whatever the server is set to.
_SETTINGS = (
    "-c datestyle=ISO,YMD -c timezone=UTC -c bytea_output=hex -c client_min_messages=warning"
)


@dataclass(frozen=True)
class Database:
    """Where a ctaprov database is.

    Attributes:
        parameters: for the driver.
        schema: where its tables are.
        name: the URL as reports have it, without user and password.
    """

    parameters: Mapping[str, Any] = field(repr=False)
    schema: str
    name: str


def is_database(name: str) -> bool:
    """Whether the name of a source is the URL of a PostgreSQL database."""
    return name.partition("://")[0] in _SCHEMES and "://" in name


def database_of(url: str) -> Database:
    """What a URL says: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE?schema=public``.

    Raises:
        SettingsError: it makes no sense; the message repeats nothing of it, for a password may be
            anywhere in it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise SettingsError(_FORM) from None
    database = unquote(parts.path.lstrip("/"))
    if not database or "/" in database or parts.fragment:
        raise SettingsError(_FORM)
    schema = options.pop("schema", "public")
    given = {"host": host, "port": port, "user": unquote(parts.username or "")}
    given["password"] = None if parts.password is None else unquote(parts.password)
    settings = f"{options.pop('options', '')} {_SETTINGS}".strip()
    parameters = {
        **options,
        **{name: value for name, value in given.items() if value},
        "options": settings,
    }
    address = f"[{host}]" if ":" in host else host
    shown = f"postgresql://{address}{f':{port}' if port else ''}/{quote(database)}"
    return Database(
        {**parameters, "dbname": database},
        schema,
        shown if schema == "public" else f"{shown}?schema={quote(schema)}",
    )


_FORM = (
    "a ctaprov database is postgresql://USER:PASSWORD@HOST:5432/DATABASE, behind that ?schema=NAME where its tables "
    "are not in public; a password may also come from PGPASSFILE"
)
