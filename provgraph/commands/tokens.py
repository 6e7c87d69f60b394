"""The commands that say who may come to a server: ``tokens add``, ``list`` and ``revoke``."""

import json
from datetime import UTC, datetime, timedelta

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import note, reporting_errors
from provgraph.errors import SettingsError
from provgraph.settings import tokens_file
from provgraph.web.roles import Role
from provgraph.web.tokens import KnownToken, TokenFile

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def tokens() -> None:
    """Say who may come to `provgraph serve`: add, list and revoke tokens.

    The tokens are in a file of their own, which PROVGRAPH_TOKENS names; a change counts with the
    next request.
    """


@tokens.command()
@click.argument("name")
@click.option("--role", type=_ROLES, required=True, help="What it is for.")
@click.option("--expires", metavar="WHEN", help="When it ends: a date (UTC), or 90d, 12h.")
@reporting_errors
def add(name: str, role: str, expires: str | None) -> None:
    """Make a token for NAME and print it. It is not kept, and can't be shown again."""
    end = expires and end_of(expires, datetime.now(UTC))
    click.echo(TokenFile(tokens_file()).add(name, Role(role), end or None))
    note(f"a token of {name} for the role {role}; keep it, it can't be shown again")


@tokens.command(name="list")
@json_option("a token")
@reporting_errors
def list_(as_json: bool) -> None:
    """List the tokens: name, role, when made, when they end. A token itself is not kept."""
    file = TokenFile(tokens_file())
    found = file.all()
    for each in found:
        click.echo(json.dumps(_shown(each)) if as_json else _line(each))
    if not found:
        note(f"there are no tokens in {file.path}")


@tokens.command()
@click.argument("name")
@reporting_errors
def revoke(name: str) -> None:
    """Make the token of NAME worthless."""
    TokenFile(tokens_file()).revoke(name)
    note(f"the token of {name} is worthless from now on")


def end_of(said: str, now: datetime) -> str:
    """Find out when a token ends.

    Args:
        said: a date such as ``2027-01-31``, whose whole day counts, a time with its zone, or a
            number of days or hours, such as ``90d``.
        now: the time.

    Returns:
        The time; ISO 8601 with ``Z``.

    Raises:
        SettingsError: it is none of these, or it is over.
    """
    try:
        end = _end(said, now)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"--expires {said} is no time: say 2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h"
        ) from None
    if end <= now:
        raise SettingsError(f"--expires {said} is over already")
    return end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end(said: str, now: datetime) -> datetime:
    """The time that is said."""
    if said[-1:] in ("d", "h"):
        return now + timedelta(**{{"d": "days", "h": "hours"}[said[-1]]: int(said[:-1])})
    end = datetime.fromisoformat(said)
    if len(said) == len("2027-01-31"):
        end += timedelta(days=1)
    return end if end.tzinfo else end.replace(tzinfo=UTC)


def _shown(token: KnownToken) -> dict[str, object]:
    """What is shown of a token as JSON."""
    return {
        "name": token.name,
        "role": token.role,
        "created": token.created,
        "expires": token.expires,
        "expired": token.is_expired(),
    }


def _line(token: KnownToken) -> str:
    """A token as one line for a terminal."""
    ends = "does not expire" if token.expires is None else f"until {token.expires}"
    over = "  EXPIRED" if token.is_expired() else ""
    return f"{token.name:20}  {token.role:8}  made {token.created}  {ends}{over}"
