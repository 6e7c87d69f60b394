"""The commands that list what was loaded and correct it: ``loads``, ``forget``, ``invalidate``."""

import getpass
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import REFUSED, note, opened_store, reporting_errors
from provgraph.ingest.forgetting import Forgettable, find_load, would_go
from provgraph.ingest.forgetting import forget as forget_load
from provgraph.ingest.invalidation import invalidate as invalidate_record
from provgraph.model.values import counted, time_text, visible, with_zone
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
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
    problems = f", {counted(len(load.problems), 'problem')}" if load.problems else ""
    return (
        f"{load.id}  {with_zone(load.time)}  {load.status:9}  {visible(load.source)}  "
        f"({counted(load.counts['activities'], 'activity')}{problems})"
    )


@click.command()
@click.argument("identifier", metavar="LOAD")
@click.option("--yes", is_flag=True, help="Don't ask: for scripts.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@reporting_errors
def forget(identifier: str, yes: bool, dry_run: bool) -> None:
    """Take a load back, by its id or the beginning of it.

    The beginning has 6 characters or more. What only this load said goes, as if it had never been
    loaded. On a terminal you are asked first.
    """
    with opened_store() as store:
        load = find_load(store, identifier)
        if dry_run:
            click.echo(_as_warning(would_go(store, load.id)))
            return
        if not yes and not _is_wanted(store, load):
            note("nothing was changed")
            click.get_current_context().exit(REFUSED)
        gone = forget_load(store, load.id)
    click.echo(f"forgot load {gone.id} of {visible(gone.source)}")


def _is_wanted(store: Store, load: LoadRecord) -> bool:
    """Ask on a terminal whether a load is to be taken back."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "nobody can be asked here: give --yes to take the load back, or --dry-run to see what "
            "would go"
        )
    click.echo(_as_warning(would_go(store, load.id)), err=True)
    return click.confirm("Take it back?", err=True)


def _as_warning(found: Forgettable) -> str:
    """What would go with a load, as a text for people."""
    load = found.load
    counts = {
        "activity": found.activities,
        "entity": found.entities,
        "agent": found.agents,
        "description": found.descriptions,
        "relation": found.relations,
    }
    gone = ", ".join(counted(number, noun) for noun, number in counts.items() if number)
    more = (
        "" if found.is_all else ", and more: only the first part of this large load was looked at"
    )
    return (
        f"load {load.id} of {visible(load.source)}, {time_text(load.time)}: "
        f"{gone or 'nothing that no other load says'} would go{more}"
    )


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
