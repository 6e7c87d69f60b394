"""Where a database to load is, as a URL says it: one of ctaprov or of OPUS.

Nothing here needs the driver.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from provgraph.databases.postgresql import postgresql_address

#: What reports call the format.
NAME = "ctaprov"
#: Times and numbers as text in one form, whatever the server is set to.
_SETTINGS = (
    "-c datestyle=ISO,YMD -c timezone=UTC -c bytea_output=hex -c client_min_messages=warning"
)


@dataclass(frozen=True)
class Database:
    """Where a database to load is.

    Attributes:
        parameters: for the driver.
        schema: where its tables are.
        name: the URL as reports have it, without user and password.
    """

    parameters: Mapping[str, Any] = field(repr=False)
    schema: str
    name: str


def database_of(url: str) -> Database:
    """The database that a URL means.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE?schema=public``; behind ``?`` also
            settings of libpq.

    Returns:
        The database, with texts of values in one form whatever the server is set to.

    Raises:
        SettingsError: the URL makes no sense; the message repeats nothing of it, for a password may
            be anywhere in it.
    """
    address = postgresql_address(url, _FORM, takes_options=True)
    options = dict(address.options)
    schema = options.pop("schema", "public")
    parameters = {
        **address.settings(),
        "options": f"{options.pop('options', '')} {_SETTINGS}".strip(),
    }
    parameters.pop("schema", None)
    shown = address.without_user
    return Database(
        parameters, schema, shown if schema == "public" else f"{shown}?schema={quote(schema)}"
    )


_FORM = (
    "a database to load is postgresql://USER:PASSWORD@HOST:5432/DATABASE, behind that "
    "?schema=NAME where its tables are not in public; a password may also come from PGPASSFILE"
)
