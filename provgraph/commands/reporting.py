"""The command that sums up a span of time, such as the last night: ``report``."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from provgraph.commands.options import json_option, limit_option, schema_option
from provgraph.commands.running import opened_store, reporting_errors, show_text, write_out
from provgraph.errors import extra_needed
from provgraph.questions.reporting.figures import MirrorLag, SpanReport
from provgraph.questions.reporting.report import span_of, span_report
from provgraph.settings import mirror_password
from provgraph.store.protocol import Store
from provgraph.writers.report import json, page, text

_WRITERS: dict[str, Callable[[SpanReport], str]] = {
    ".html": page.write,
    ".htm": page.write,
    ".json": json.write,
    ".txt": text.write,
}


@click.command()
@click.option(
    "--since",
    default="1d",
    show_default=True,
    metavar="WHEN",
    help="How long before the end (1d, 12h, 30m, 2w), or a time (UTC).",
)
@click.option("--until", metavar="TIME", help="The end (UTC), which is not in it; else now.")
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file; .html is a page, .json all figures, .txt what is printed else. "
    "Several times for several files.",
)
@json_option("")
@limit_option("At most N records in each list.", 30)
@click.option(
    "--mirror",
    metavar="URL",
    help="Say how far this mirror is behind, too: postgresql://USER@HOST:5432/DATABASE.",
)
@schema_option("Where the mirror's 22 tables are.")
@reporting_errors
def report(
    since: str,
    until: str | None,
    outputs: tuple[Path, ...],
    as_json: bool,
    limit: int,
    mirror: str | None,
    schema_name: str,
) -> None:
    """Sum up the last day, or another span of time, on one page.

    Runs and failures by tool and host, how long runs took, products without raw data, invalid
    records and what was made from them, loads and their problems. Runs count by their start,
    files by when they were made.
    """
    for each in outputs:
        if each.suffix.lower() not in _WRITERS:
            raise click.UsageError(f"{each}: name a file that ends in .html, .json or .txt")
    span = span_of(since, until, datetime.now(UTC))
    with opened_store() as store:
        lag = None if mirror is None else _lag(store, mirror, schema_name)
        found = span_report(store, span, limit, lag)
    for each in outputs:
        write_out([_WRITERS[each.suffix.lower()](found)], each)
    if as_json:
        click.echo(json.write(found), nl=False)
    elif not outputs:
        show_text(text.write(found))


def _lag(store: Store, url: str, schema_name: str) -> Callable[[], MirrorLag]:
    """The question how far the mirror is behind."""
    with extra_needed("postgresql", "provgraph report --mirror"):
        from provgraph.relational_mirror.lag import lag_of  # noqa: PLC0415 - needs the extra

    return partial(lag_of, store, url, password=mirror_password(), schema=schema_name)
