"""The command ``load``, and how the report on a loaded source is printed."""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import click
from typing_extensions import override

from provgraph.commands.options import json_option, reading_options
from provgraph.commands.progress import Progress
from provgraph.commands.running import REFUSED, given, note, opened_store, reporting_errors
from provgraph.errors import ProvGraphError, UnreachableError
from provgraph.ingest.loading import load as load_sources
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report, report_line
from provgraph.model.values import counted, visible
from provgraph.settings import default_spool, destination, is_server_url, load_token, store_url
from provgraph.store.protocol import Store


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@reading_options
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes read.",
)
@click.option(
    "--spool",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Put the sources aside in DIR, then deliver them; a store that is away is neither waited "
    "for nor an error: they stay in DIR for the next `load --spool DIR` or `watch DIR`. Not with "
    "--jobs.",
)
@click.option(
    "--to",
    "server",
    metavar="URL",
    help="Send the sources to a server (`provgraph serve`), which loads them; the token is in "
    "PROVGRAPH_TOKEN or PROVGRAPH_TOKEN_FILE. Not with --jobs.",
)
@click.option(
    "--quiet",
    is_flag=True,
    help="Print a line only for a source that could not be read in part or whole, and no totals.",
)
@json_option("a source")
@reporting_errors
def load(
    sources: tuple[str, ...],
    format_name: str | None,
    namespace: str,
    jobs: int,
    spool: Path | None,
    server: str | None,
    **printing: bool,
) -> None:
    """Load files (also .gz), folders, - (standard input) or databases (postgresql://…).

    The format is recognised by content; the folder of a CTADIRAC job is one source.

    Loading a source again changes nothing. Exit 1 if a source was refused, in part or whole.
    """
    if spool is not None and jobs > 1:
        raise click.UsageError("--jobs is not for --spool: one process delivers what was put aside")
    if server is not None and jobs > 1:
        raise click.UsageError("--jobs is not for --to: the server reads")
    printer = _Printer(**printing)
    url = server or store_url(given("store"))
    if spool is not None:
        clean = _load_by_spool(spool, sources, format_name, namespace, url, printer)
    elif server is not None or is_server_url(url):
        clean = _send(url, sources, format_name, namespace, printer)
    else:
        clean = _load_into_store(sources, format_name, namespace, jobs, printer)
    printer.finish()
    click.get_current_context().exit(0 if clean else REFUSED)


def _load_into_store(
    sources: Sequence[str], format_name: str | None, namespace: str, jobs: int, printer: "_Printer"
) -> bool:
    """Load sources, print a report on each, and tell whether nothing was refused."""
    clean = True
    observer = _LoadObserver()
    with opened_store() as store, observer.progress or nullcontext():
        _deliver_default_spool(store)
        reports = load_sources(
            store,
            sources,
            format_name=format_name,
            namespace=namespace,
            jobs=jobs,
            observer=observer,
        )
        for report in reports:
            clean = clean and report.is_clean
            observer.make_room()
            printer.tell(report)
            observer.step()
        if observer.passed_over and printer.tells_totals:
            passed_over = counted(observer.passed_over, "file")
            click.echo(f"passed over {passed_over} of no format that provgraph reads", err=True)
    return clean


def _send(
    url: str, sources: Sequence[str], format_name: str | None, namespace: str, printer: "_Printer"
) -> bool:
    """Send sources to a server, and tell whether nothing was refused."""
    from provgraph.collecting.posting import LoadServer  # noqa: PLC0415
    from provgraph.collecting.sending import send  # noqa: PLC0415 - most loads have a store

    clean = True
    server = LoadServer(url, load_token())
    for report in send(server, sources, format_name=format_name, namespace=namespace):
        clean = clean and report.is_clean
        printer.tell(report)
    return clean


class _Printer:
    """Prints what became of each source, and the totals at the end."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        """Begin with no source.

        Args:
            as_json: whether to print JSON, for programs; there are no totals then.
            quiet: whether only what could not be read is worth a word.
        """
        self._as_json = as_json
        self._quiet = quiet
        self._statuses = Counter[str]()
        self._counts = [0, 0, 0]

    @property
    def tells_totals(self) -> bool:
        """Whether there is a word at the end."""
        return not (self._as_json or self._quiet)

    def tell(self, report: Report) -> None:
        """Print what became of a source, and count it."""
        self._statuses[report.status] += 1
        named = (report.activities, report.entities, report.relations)
        self._counts = [total + more for total, more in zip(self._counts, named, strict=True)]
        if not (self._quiet and report.is_clean):
            print_report(report, self._as_json)

    def finish(self) -> None:
        """Print on stderr how many sources there were, and how much they name."""
        if self.tells_totals:
            number = self._statuses.total()
            # What several sources name is counted several times.
            each = ", each source counted by itself" if number > 1 else ""
            statuses = ", ".join(f"{count} {status}" for status, count in self._statuses.items())
            sources = counted(number, "source")
            counts = _counts_of(*self._counts)
            click.echo(f"{sources} ({statuses or 'nothing to load'}): {counts}{each}", err=True)


class _LoadObserver(Observer):
    """Counts the files that are none of ours, and moves the progress line of a terminal on."""

    def __init__(self) -> None:
        """Begin at zero; without a terminal there is no progress line."""
        self.passed_over = 0
        self.progress = Progress("sources") if sys.stderr.isatty() else None

    @override
    def pass_over(self, source: Source) -> None:
        self.passed_over += 1

    @override
    def put_aside(self, documents: int) -> None:
        if self.progress is not None:
            self.progress.put_aside(documents)

    @override
    def wrote(self, documents: int) -> None:
        if self.progress is not None:
            self.progress.wrote(documents)

    def make_room(self) -> None:
        """Take the progress line away, so that a report can be printed."""
        if self.progress is not None:
            self.progress.clear()

    def step(self) -> None:
        """Count a source."""
        if self.progress is not None:
            self.progress.step()


def _load_by_spool(
    spool: Path,
    sources: Sequence[str],
    format_name: str | None,
    namespace: str,
    url: str,
    printer: _Printer,
) -> bool:
    """Put sources aside, have the spool delivered, and tell whether nothing was refused."""
    from provgraph.collecting.delivery import (  # noqa: PLC0415 - most loads need no spool
        SPOOLED,
        deliver_spooled,
        spool_sources,
    )

    items = list(
        spool_sources(spool, sources, format_name=format_name, namespace=namespace, store=url)
    )
    reports, earlier = deliver_spooled(spool, items, url)
    for report in earlier:
        _note_delivery(report)
    for report in reports:
        printer.tell(report)
    if waiting := sum(item is not None and item.exists() for _, item in items):
        _note_waiting(spool, waiting)
    return all(report.is_clean or report.status == SPOOLED for report in reports)


def _note_waiting(spool: Path, mine: int) -> None:
    """Say on stderr how many logs wait in a spool, those of earlier loads among them."""
    from provgraph.collecting.spool import waiting_items  # noqa: PLC0415 - as above

    waiting = len(waiting_items(spool))
    earlier = f", {waiting - mine} of them from before" if waiting > mine else ""
    click.echo(
        f"{counted(waiting, 'log')} {'waits' if waiting == 1 else 'wait'} in {spool}{earlier}; the "
        f"next `provgraph load --spool {spool} …` or `provgraph watch {spool}` delivers "
        f"{'it' if waiting == 1 else 'them'}",
        err=True,
    )


def _deliver_default_spool(store: Store) -> None:
    """Deliver what earlier jobs had to put aside for this store.

    Trouble with these logs is no trouble of the load that delivers them.
    """
    spool = default_spool()
    if _is_absent(spool):
        return
    from provgraph.collecting.delivery import (  # noqa: PLC0415 - most users have no spool
        deliver,
    )

    try:
        for report in deliver(store, spool, destination(store_url(given("store")))):
            _note_delivery(report)
    except UnreachableError:
        raise
    except ProvGraphError as error:
        note(f"not all that waits in {spool} is delivered: {error}")


def _is_absent(folder: Path) -> bool:
    """Whether there is no such folder; one that can't be looked at may be there."""
    try:
        folder.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _note_delivery(report: Report) -> None:
    """Say on stderr what became of a log that another command had put aside."""
    note(f"delivered from the spool: {report.status} {report.source}")
    _print_problems(report)


def print_report(report: Report, as_json: bool) -> None:
    """Print what became of a source: the report on stdout, problems on stderr.

    Args:
        report: the report.
        as_json: whether to print one JSON object with everything in it
            (docs/contract.md, Commands).
    """
    if as_json:
        click.echo(report_line(report))
        return
    counts = _counts_of(report.activities, report.entities, report.relations)
    line = f"{report.status:9}  {visible(report.source)}  {counts if report.load else ''}"
    click.echo(line.rstrip())
    _print_problems(report)
    for each in report.disagreements:
        values = " | ".join(visible(str(value)) for value in each.values)
        click.echo(
            f"  sources disagree on {visible(each.fact)} of {visible(each.run)}: {values}; "
            "all kept",
            err=True,
        )


def _counts_of(activities: int, entities: int, relations: int) -> str:
    """How much sources name, in words."""
    numbers = {"activity": activities, "entity": entities, "relation": relations}
    return ", ".join(counted(number, noun) for noun, number in numbers.items())


def _print_problems(report: Report) -> None:
    """Print on stderr what could not be read of a source, and where it stands."""
    for problem in report.problems:
        click.echo(
            f"{visible(report.source)}: {visible(problem.where)}: {visible(problem.what)}", err=True
        )
