"""The commands that list what was loaded and correct it: ``loads``, ``forget``, ``invalidate``."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from provgraph.commands.meaning import recall_options
from provgraph.commands.moments import as_of_option
from provgraph.commands.options import json_option
from provgraph.commands.running import REFUSED, login_name, note, opened_store, reporting_errors
from provgraph.ingest.forgetting import Forgettable, find_load, would_go
from provgraph.ingest.forgetting import forget as forget_load
from provgraph.ingest.invalidation import invalidate as invalidate_record
from provgraph.ingest.invalidation import take_back
from provgraph.model.lineage import Node
from provgraph.model.recalls import recall_of
from provgraph.model.values import counted, time_text, visible, with_zone
from provgraph.questions.recalling import meant
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord


@click.command()
@json_option("a load, with its problems")
@as_of_option
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
    agent = f", sent by {visible(load.agent)}" if load.agent else ""
    return (
        f"{load.id}  {with_zone(load.time)}  {load.status:9}  {visible(load.source)}  "
        f"({counted(load.counts['activities'], 'activity')}{problems}{agent})"
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


@click.command()
@click.argument("name", metavar="WHAT", required=False)
@recall_options
@click.option(
    "--at", metavar="TIME", help="Since when, such as 2026-11-21T08:30:00 (UTC); else now."
)
@click.option("--reason", metavar="TEXT", help="Why: deleted, damaged, withdrawn …")
@click.option("--by", metavar="NAME", help="Who says so; else your login name.")
@click.option("--undo", is_flag=True, help="Take all marks of it back.")
@reporting_errors
def invalidate(
    name: str | None,
    at: str | None,
    reason: str | None,
    by: str | None,
    undo: bool,
    **what: str | None,
) -> None:
    """Mark a file or run as deleted or no longer valid.

    It stays in the graph, with all that was made from it, and every answer says so. --tool and
    --version mark every run of a tool version; --used-since and --used-until mark every run that
    read the path WHAT in that time. They hold for runs that are loaded later, too.
    """
    if undo == (reason is not None):
        raise click.UsageError("give either --reason TEXT, to mark, or --undo, to take back")
    with opened_store() as store:
        record = meant(store, name, Path.cwd(), **what)
        recall = recall_of(record.id)
        if undo:
            gone = take_back(store, record)
            click.echo(f"{_named(record)}: {counted(len(gone), 'mark')} taken back")
            return
        load = invalidate_record(store, record, at, reason or "", by or login_name())
        reach = "" if recall is None else _reach(len(store.runs_of(recall)))
    click.echo(
        f"{_named(record)} is marked as invalid{reach}; `provgraph forget {load.id}` takes that "
        "back"
    )


def _named(record: Node) -> str:
    """What a message calls a record."""
    return visible(record.id if recall_of(record.id) is None else record.label)


def _reach(runs: int) -> str:
    """How many runs a recall means."""
    return f": {counted(runs, 'run')}, and those that are loaded later"
