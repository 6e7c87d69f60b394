"""The commands that list what was loaded and correct it: ``loads``, ``forget``, ``invalidate``."""

import getpass
import json
from dataclasses import asdict
from pathlib import Path

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import note, opened_store, reporting_errors
from provgraph.ingest.forgetting import forget as forget_load
from provgraph.ingest.invalidation import invalidate as invalidate_record
from provgraph.model.values import visible, with_zone
from provgraph.questions.tracing import find
from provgraph.store.records import LoadRecord


@click.command()
@json_option("a load, with its problems")
@reporting_errors
def loads(as_json: bool) -> None:
    """List what was loaded: when, from where, by which version, with how many problems.

    Oldest first.
    """
    is_empty = True
    with opened_store() as store:
        for each in store.loads():
            is_empty = False
            click.echo(_as_json(each) if as_json else _as_text(each))
    if is_empty:
        note("nothing is loaded yet")


def _as_json(load: LoadRecord) -> str:
    """A load as one JSON object."""
    return json.dumps({**asdict(load), "time": with_zone(load.time)}, ensure_ascii=False)


def _as_text(load: LoadRecord) -> str:
    """A load as one line for a terminal."""
    problems = f", {len(load.problems)} problems" if load.problems else ""
    return (
        f"{load.id}  {with_zone(load.time)}  {load.status:9}  {visible(load.source)}  "
        f"({load.counts['activities']} activities{problems})"
    )


@click.command()
@click.argument("identifier", metavar="LOAD")
@reporting_errors
def forget(identifier: str) -> None:
    """Take a load back, by its id or the beginning of it.

    What only it said goes, as if it had never been loaded.
    """
    with opened_store() as store:
        gone = forget_load(store, identifier)
    click.echo(f"forgot load {gone.id} of {visible(gone.source)}")


def _login_name() -> str | None:
    """Who runs the command; None where the system does not say, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # KeyError before Python 3.13
        return None


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--at", metavar="TIME", help="Since when, such as 2026-11-21T08:30:00 (UTC); else now."
)
@click.option("--reason", metavar="TEXT", required=True, help="Why: deleted, damaged, withdrawn …")
@click.option("--by", metavar="NAME", help="Who says so; else your login name.")
@reporting_errors
def invalidate(name: str, at: str | None, reason: str, by: str | None) -> None:
    """Mark a file or run as deleted or no longer valid.

    It stays in the graph, with all that was made from it, and every answer says so.
    """
    with opened_store() as store:
        record = find(store, name, Path.cwd())
        load = invalidate_record(store, record, at, reason, by or _login_name())
    click.echo(
        f"{visible(record.id)} is marked as invalid; `provgraph forget {load.id}` takes that back"
    )
