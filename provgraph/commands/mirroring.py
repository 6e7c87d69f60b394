"""The command ``sync``: makes a ctaprov mirror equal to the store, or verifies it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from provgraph.commands.options import json_option, schema_option
from provgraph.commands.running import REFUSED, note, opened_store, reporting_errors
from provgraph.model.values import counted, visible
from provgraph.relational_mirror.metrics import write_metrics
from provgraph.relational_mirror.syncing import Summary
from provgraph.relational_mirror.syncing import sync as sync_mirror
from provgraph.relational_mirror.verification import verify as verify_mirror
from provgraph.settings import mirror_password


@click.command()
@click.option(
    "--to",
    "url",
    required=True,
    metavar="URL",
    help="The mirror: postgresql://USER@HOST:5432/DATABASE.",
)
@schema_option("For the 22 tables; what they can't hold goes to schema provgraph.")
@click.option(
    "--full", is_flag=True, help="Make all tables anew and put them in place of the old ones."
)
@click.option(
    "--replace",
    is_flag=True,
    help="With --full: take the mirror over, also from another store, or from a state of this one "
    "that is lost.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Write nothing; name every row that is not as it should be, exit 1.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and undo it.")
@click.option(
    "--provtap",
    is_flag=True,
    help="Make schema provenance, too: the tables of the IVOA's model, for a TAP service. Once it "
    "is there, each sync keeps it.",
)
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write metrics for Prometheus' textfile collector.",
)
@json_option("")
@reporting_errors
def sync(
    url: str,
    schema_name: str,
    verify: bool,
    metrics: Path | None,
    as_json: bool,
    **how: bool,
) -> None:
    """Make a PostgreSQL database equal to the store, in the tables of CTADIRAC's provenance
    prototype.

    Only what changed since the last sync is written. A mirror belongs to one store: the sync of
    another one is refused. The password may stand in
    PROVGRAPH_MIRROR_PASSWORD or PGPASSFILE.
    """  # noqa: D205 - the first paragraph is what `provgraph --help` lists
    if how["replace"] and not how["full"]:
        raise click.UsageError("--replace makes the whole mirror anew: give --full, too")
    if verify and (any(how.values()) or metrics is not None):
        raise click.UsageError(
            "--verify writes nothing: give it without --full, --dry-run, --provtap and --metrics"
        )
    if how["dry_run"] and metrics is not None:
        raise click.UsageError("--metrics is for a sync that is made, not for --dry-run")
    if verify:
        _verify(url, schema_name, as_json)
        return
    with opened_store() as store:
        summary = sync_mirror(
            store,
            url,
            password=mirror_password(),
            schema=schema_name,
            **how,
        )
    if metrics is not None:
        write_metrics(metrics, summary, datetime.now(UTC))
    _print_summary(summary, how["dry_run"], as_json)


def _print_summary(summary: Summary, dry_run: bool, as_json: bool) -> None:
    """Print what a sync changed, or would change."""
    fields = asdict(summary)
    if as_json:
        click.echo(json.dumps({"status": "not synced" if dry_run else "synced", **fields}))
        return
    mode = summary.mode if summary.why is None else f"{summary.mode} ({summary.why})"
    click.echo(
        f"{'would sync' if dry_run else 'synced'}: {mode}, "
        f"{counted(summary.turns, 'transaction')} of the store, "
        f"{counted(summary.subjects, 'record')}, {summary.seconds:.1f} s"
    )
    _print_changes(fields["counts"])


def _print_changes(counts: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a line for each table that changed."""
    for table, changed in counts.items():
        if any(changed.values()):
            changes = ", ".join(f"{count} {what}" for what, count in changed.items() if count)
            click.echo(f"  {table:22} {changes}")


def _verify(url: str, schema_name: str, as_json: bool) -> None:
    """Compare the mirror with the store, print each difference, and end the command."""
    with opened_store() as store:
        verification = verify_mirror(store, url, password=mirror_password(), schema=schema_name)
    if verification.behind:
        note(
            f"the mirror lacks what the last {counted(verification.behind, 'transaction')} of the "
            "store brought; `provgraph sync` fetches it"
        )
    if as_json:
        status = "different" if verification.differences else "equal"
        click.echo(json.dumps({"status": status, **asdict(verification)}))
    else:
        for each in verification.differences:
            click.echo(visible(str(each)))
        click.echo(
            f"{counted(sum(verification.rows.values()), 'row')} compared; not as it should be: "
            f"{len(verification.differences)}",
            err=True,
        )
    click.get_current_context().exit(REFUSED if verification.differences else 0)
