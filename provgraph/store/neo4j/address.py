"""Where a Neo4j database is and who asks, as the URL of a store gives it."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from provgraph.errors import SettingsError

_FORM = (
    "a Neo4j store is neo4j://USER:PASSWORD@HOST:7687/DATABASE, or neo4j+s://, bolt://, bolt+s://"
)
SCHEMES = ("neo4j", "neo4j+s", "bolt", "bolt+s")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/?#\s]+)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is and who asks.

    Attributes:
        server: the URL for the driver, without user and database.
        user: None without a login.
        password: never shown.
        database: None is the user's home database.
    """

    server: str
    user: str | None
    password: str | None = field(repr=False)
    database: str | None

    def __str__(self) -> str:
        """The URL without the password."""
        scheme, _, host = self.server.partition("://")
        return f"{scheme}://{self.user + '@' if self.user else ''}{host}/{self.database or ''}"


def address_of(url: str, password: str | None = None) -> Address:
    """The address that a store's URL gives.

    Args:
        url: ``neo4j://USER:PASSWORD@HOST:7687/DATABASE``; USER, PASSWORD and DATABASE may be left
            out.
        password: instead of the one in the URL.

    Returns:
        The address. Its user is ``neo4j`` when there is a password and no user.

    Raises:
        SettingsError: the URL has another form. The message does not repeat the URL, because a
            password may stand anywhere in it.
    """
    scheme, separator, rest = url.partition("://")
    # The last @: a password that was not quoted may hold any character.
    login, _, place = rest.rpartition("@")
    host, _, database = place.partition("/")
    if (
        scheme not in SCHEMES
        or not separator
        or not _HOST.fullmatch(host)
        or set("/?") & set(database)
    ):
        raise SettingsError(_FORM)
    user, _, inline = login.partition(":")
    if password is None and inline:
        password = unquote(inline)
    if password is not None and not user:
        user = "neo4j"
    return Address(f"{scheme}://{host}", unquote(user) or None, password, unquote(database) or None)
