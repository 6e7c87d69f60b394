"""The commands of CONTRACT section 4: parse, call, print.

Results go to stdout, messages to stderr.
"""

# Late imports: a command loads only what it needs.
# ruff: noqa: PLC0415

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import update_wrapper
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, cast

import click

from provgraph import __version__
from provgraph.errors import ProvGraphError, UnreachableError

if TYPE_CHECKING:
    from provgraph.collecting.watching import Watcher
    from provgraph.ingest.reports import Report
    from provgraph.model.lineage import Lineage, Node
    from provgraph.pictures.look import Look
    from provgraph.store.protocol import Store
    from provgraph.validation.sources import CheckedSources

# The commands import what they need when they run: `--help` answers in a tenth of the time
# (bench/startup.py).

PICTURES = ("svg", "png", "dot", "mermaid")
FORMATS = ("text", "json", "csv", *PICTURES)
DOCUMENTS = (
    "prov-json",
    "prov-xml",
    "prov-n",
    "turtle",
    "trig",
    "rdf-xml",
    "n-triples",
    "json-ld",
    "vo-prov-json",
    "votable",
)
#: What only pictures understand, with the options for it.
PICTURE_OPTIONS = {
    "across": "--across/--down",
    "agents": "--agents/--no-agents",
    "configuration": "--configuration/--no-configuration",
    "fold": "--fold/--no-fold",
    "link": "--link",
}
RELATIONS = (
    "used",
    "wasGeneratedBy",
    "wasInformedBy",
    "wasDerivedFrom",
    "wasStartedBy",
    "wasEndedBy",
    "wasInvalidatedBy",
    "wasInfluencedBy",
    "hadMember",
    "specializationOf",
    "alternateOf",
    "mentionOf",
)
REFUSED = 1
NOTHING = 2


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep an option that may stand before or behind the command."""
    if value:
        context.find_root().ensure_object(dict)[option.name] = value


def _common_options(function: Any) -> Any:
    """``--store`` and ``--debug``, before the command or behind it."""
    store = click.option(
        "--store",
        metavar="URL",
        expose_value=False,
        callback=_remember,
        help="Where the provenance is: sqlite:///PATH, postgresql://…, neo4j://…, bolt://…; else PROVGRAPH_STORE, "
        "else a SQLite file in your user-data folder.",
    )
    debug = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Show the traceback of an error.",
    )
    return store(debug(function))


#: How many new objects Python's collector waits for; 700 unless told otherwise.
_OBJECTS_BEFORE_COLLECTING = 50_000


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="provgraph")
@_common_options
def main() -> None:
    """What produced this file? Load the provenance that ctapipe runs leave behind, and ask."""
    # Records are many and refer to each other in no circles: to look for those less often saves a
    # tenth of the time.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING, 50, 100)


def _asked(option: str) -> Any:
    """What was given for an option of `_common_options`; None when nothing was."""
    return click.get_current_context().find_root().ensure_object(dict).get(option)


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """A command whose errors become a message and an exit code, not a traceback."""

    def run(*arguments: Any, **options: Any) -> None:
        context = click.get_current_context()
        _listen_to_log()
        try:
            function(*arguments, **options)
        except ProvGraphError as error:
            if _asked("debug"):
                traceback.print_exc()
            _note(str(error))
            context.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()
            context.exit(0)

    return cast("Callable[..., None]", _common_options(update_wrapper(run, function)))


def _opened_store() -> "Store":
    from provgraph.settings import read_environment
    from provgraph.store.registry import open_store

    settings = read_environment(_asked("store"))
    return open_store(settings.store, settings.store_password)


def _listen_to_log() -> None:
    """Say on stderr what the parts of provgraph log, such as that they wait.

    Drivers' words are in our errors.
    """
    import logging

    class OnStderr(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _note(record.getMessage())

    ours = logging.getLogger("provgraph")
    ours.handlers, ours.propagate = [OnStderr()], False
    for driver in ("neo4j", "psycopg", "sqlalchemy"):
        logging.getLogger(driver).addHandler(logging.NullHandler())


@contextmanager
def _store() -> Iterator["Store"]:
    store = _opened_store()
    try:
        yield store
    finally:
        store.close()


def _reading_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of the commands that read sources."""
    options = [
        click.option(
            "--format",
            "format_name",
            metavar="F",
            help="Read every source as this format: ctapipe, ctadirac.",
        ),
        click.option(
            "--namespace",
            default="default",
            show_default=True,
            metavar="NS",
            help="The file system that the sources' paths are on; a worker's scratch is another.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@_reading_options
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
    help="Put the sources aside in DIR, then deliver them; a store that is away is neither waited for nor "
    "an error: they stay in DIR for the next `load --spool DIR` or `watch DIR`. Not with --jobs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
@_command
def load(
    sources: tuple[str, ...],
    format_name: str | None,
    namespace: str,
    jobs: int,
    spool: Path | None,
    as_json: bool,
) -> None:
    """Load files (also .gz), folders, - (standard input) or a ctaprov database (postgresql://…).

    The format is recognised by content; the folder of a CTADIRAC job is one source.

    Loading a source again changes nothing. Exit 1 if a source was refused, in part or whole.
    """
    from provgraph.commands.progress import Progress
    from provgraph.ingest.loading import load as load_sources

    if spool is not None and jobs > 1:
        raise click.UsageError("--jobs is not for --spool: one process delivers what was put aside")
    if spool is not None:
        _load_by_spool(spool, sources, format_name, namespace, as_json)
    clean = True
    with _store() as store, Progress("sources") as progress:
        _deliver_default_spool(store)
        reports = load_sources(
            store,
            sources,
            format_name=format_name,
            namespace=namespace,
            jobs=jobs,
            observer=progress,
        )
        for report in reports:
            clean = clean and report.is_clean
            progress.clear()
            _print_report(report, as_json)
            progress.step()
        if progress.passed_over and not as_json:
            click.echo(f"{progress.passed_over} files that are none of ours passed over", err=True)
    click.get_current_context().exit(0 if clean else REFUSED)


def _load_by_spool(
    spool: Path, sources: Sequence[str], format_name: str | None, namespace: str, as_json: bool
) -> None:
    """Put the sources aside, have them delivered, and end with the exit code that this deserves."""
    from provgraph.collecting.delivery import SPOOLED, deliver_aside, set_aside
    from provgraph.settings import store_url

    url = store_url(_asked("store"))
    put = list(set_aside(spool, sources, format_name=format_name, namespace=namespace, store=url))
    reports, others = deliver_aside(spool, put, url)
    for report in others:
        _say_delivered(report)
    for report in reports:
        _print_report(report, as_json)
    if waiting := sum(item is not None and item.exists() for _, item in put):
        click.echo(
            f"{waiting} of {len(put)} logs wait in {spool}; the next `provgraph load --spool {spool} …` "
            f"or `provgraph watch {spool}` delivers them",
            err=True,
        )
    clean = all(report.is_clean or report.status == SPOOLED for report in reports)
    click.get_current_context().exit(0 if clean else REFUSED)


def _deliver_default_spool(store: "Store") -> None:
    """Deliver what earlier jobs had to put aside for this store.

    Trouble with that is none of this load's.
    """
    from provgraph.collecting.delivery import deliver
    from provgraph.settings import default_spool, destination, store_url

    spool = default_spool()
    try:
        for report in deliver(store, spool, destination(store_url(_asked("store")))):
            _say_delivered(report)
    except UnreachableError:
        raise
    except ProvGraphError as error:
        _note(f"not all that waits in {spool} is delivered: {error}")


def _say_delivered(report: "Report") -> None:
    """A log that some other command had put aside."""
    _note(f"delivered from the spool: {report.status} {report.source}")
    _say_problems(report)


def _note(message: str) -> None:
    from provgraph.writers.labels import visible

    click.echo("provgraph: " + "\n".join(map(visible, message.split("\n"))), err=True)


def _print_report(report: "Report", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_report_fields(report), ensure_ascii=False))
    else:
        _say_report(report)


def _report_fields(report: "Report") -> dict[str, Any]:
    fields = asdict(report)
    del fields["disagreements"]
    fields["problems"] = [asdict(problem) for problem in report.problems]
    return fields


def _say_report(report: "Report") -> None:
    from provgraph.writers.labels import visible

    counts = (
        f"{report.activities} activities, {report.entities} entities, {report.relations} relations"
    )
    shown = counts if report.load else ""
    click.echo(f"{report.status:9}  {visible(report.source)}  {shown}".rstrip())
    _say_problems(report)
    for each in report.disagreements:
        values = " | ".join(visible(str(value)) for value in each.values)
        click.echo(
            f"  sources disagree on {visible(each.fact)} of {visible(each.run)}: {values}; all kept",
            err=True,
        )


def _say_problems(report: "Report") -> None:
    from provgraph.writers.labels import visible

    for problem in report.problems:
        click.echo(
            f"{visible(report.source)}: {visible(problem.where)}: {visible(problem.what)}", err=True
        )


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--once", is_flag=True, help="Look once; exit 3 if the store can't be reached.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two looks; a file that changed in between is left.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Load a log that is cut off when nothing has happened to it for so long.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="With --once: give up after so long, exit 3; what is not loaded by then stays where it is.",
)
@click.option(
    "--only-spooled",
    is_flag=True,
    help="Deliver what was put aside and leave all other files alone.",
)
@_reading_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
@_command
def watch(
    folder: Path | None, once: bool, timeout: float | None, as_json: bool, **options: Any
) -> None:
    """Load what is dropped into DIR or a folder in it, and deliver what was put aside there.

    Files stay where they are; those that the store has are known by their checksum. A file that is
    being written is left until it is whole. SIGTERM or Ctrl-C ends it. Without DIR: the spool where
    jobs put aside what they could not deliver.
    """
    from provgraph.collecting.spool import make
    from provgraph.collecting.watching import Order, Watcher, until_signalled
    from provgraph.settings import default_spool, destination, store_url

    if timeout is not None and not once:
        raise click.UsageError("--timeout is for --once")
    spool = default_spool()
    place = spool if folder is None else folder
    if folder is None:
        make(spool)
    only_for = (
        destination(store_url(_asked("store"))) if place.resolve() == spool.resolve() else None
    )
    order = Order(place, destination=only_for, only_once=once, **options)
    watcher = Watcher(order, _opened_store, lambda report: _print_report(report, as_json), _note)
    with until_signalled(lambda: _say_counts(watcher)) as stop, _at_most(timeout):
        if once:
            watcher.look(stop)
        else:
            watcher.watch(stop)
    watcher.close()
    if not order.only_spooled:  # by which programs call us
        _say_counts(watcher)
    unclean = watcher.counts["partial"] + watcher.counts["refused"]
    click.get_current_context().exit(REFUSED if once and unclean else 0)


def _say_counts(watcher: "Watcher") -> None:
    counts = [f"{count} {status}" for status, count in watcher.counts.items()]
    left = [f"{watcher.left} left until they are whole"] if watcher.left else []
    click.echo(", ".join([*counts, *left]) or "nothing to load", err=True)


@contextmanager
def _at_most(seconds: float | None) -> Iterator[None]:
    """End the process with exit code 3 when the block takes longer, wherever it hangs."""

    def give_up() -> None:
        _note(f"not done within {seconds:g} s: the store does not answer, or there is much to load")
        sys.stdout.flush()
        os._exit(UnreachableError.exit_code)

    timer = Timer(seconds or 0, give_up)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _picture_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a lineage is drawn."""
    options = [
        click.option(
            "--across/--down",
            default=None,
            help="Draw from left to right, or from top to bottom (the default).",
        ),
        click.option(
            "--agents/--no-agents",
            default=None,
            help="Draw who answers for runs and files (the default), or not.",
        ),
        click.option(
            "--configuration/--no-configuration",
            default=None,
            help="Draw the parameters and configuration files of runs, or not (the default).",
        ),
        click.option(
            "--fold/--no-fold",
            default=None,
            help="Draw runs and files that play the same part as one box with their number, or each alone; "
            "by default they are folded when there would be more than 60 boxes.",
        ),
        click.option(
            "--link",
            metavar="URL",
            help="Where a click on a box leads: an address with {id} where the record's id goes.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _answer_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that answers with a lineage."""
    options = [
        click.option(
            "--depth", type=click.IntRange(min=0), metavar="N", help="At most N relations far."
        ),
        click.option(
            "--limit",
            type=click.IntRange(min=1),
            default=100_000,
            show_default=True,
            metavar="N",
            help="Cut the answer, and say so, at N records.",
        ),
        click.option(
            "--format",
            "format_name",
            type=click.Choice((*FORMATS, *DOCUMENTS)),
            default="text",
            show_default=True,
        ),
        click.option(
            "--output",
            "-o",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write to this file.",
        ),
        click.option(
            "--kind",
            type=click.Choice(("entity", "activity", "agent")),
            help="List only such records.",
        ),
        click.option("--data-level", metavar="DLn", help="List only products of this data level."),
        click.option(
            "--type",
            "type_name",
            metavar="TYPE",
            help="List only records of this type: DatasetEntity, …",
        ),
    ]
    function = _picture_options(function)
    for option in reversed(options):
        function = option(function)
    return function


@main.command("what-produced")
@click.argument("name", metavar="FILE")
@_answer_options
@_command
def what_produced(name: str, **options: Any) -> None:
    """Show everything that led to FILE.

    An identifier, a product on disk, a path, or a file name.
    """
    _answer(name, "upstream", (), **options)


@main.command()
@click.argument("name", metavar="FILE")
@_answer_options
@_command
def impact(name: str, **options: Any) -> None:
    """Show everything that was made from FILE."""
    _answer(name, "downstream", (), **options)


@main.command()
@click.argument("name", metavar="ID")
@click.option(
    "--direction",
    type=click.Choice(("upstream", "downstream", "both")),
    default="upstream",
    show_default=True,
)
@click.option(
    "--relation",
    "relations",
    type=click.Choice(RELATIONS),
    multiple=True,
    help="Follow only this relation; may be given several times.",
)
@_answer_options
@_command
def lineage(name: str, direction: str, relations: tuple[str, ...], **options: Any) -> None:
    """Show what led to a record, what was made from it, or both."""
    _answer(name, direction, relations, **options)


def _answer(name: str, direction: str, relations: Sequence[str], **options: Any) -> None:
    from provgraph.model.lineage import Direction, restrict_lineage
    from provgraph.model.vocabulary import RelationType
    from provgraph.questions.configuration import with_configuration
    from provgraph.questions.names import find
    from provgraph.questions.walks import lineage as ask

    look = _look(options["format_name"], options["output"], options)
    with _store() as store:
        root = find(store, name, Path.cwd())
        followed = [RelationType(relation) for relation in relations]
        answer = ask(
            store, root, Direction(direction), options["depth"], followed, options["limit"]
        )
        level = options["data_level"] and options["data_level"].upper()
        shown = restrict_lineage(answer, options["kind"], level, options["type_name"])
        drawn = with_configuration(store, shown) if options["configuration"] else shown
        if options["format_name"] in DOCUMENTS:
            _write_document(store, options["format_name"], options["output"], shown)
    if shown is not answer:
        click.echo(
            f"{len(shown.nodes) - 1} of the {len(answer.nodes) - 1} records found are listed, behind the first, "
            "which is what you asked about; relations between others are left out",
            err=True,
        )
    if options["format_name"] not in DOCUMENTS:
        _write(drawn, options["format_name"], look, options["output"])


def _write_document(
    store: "Store", format_name: str, output: Path | None, chosen: "Lineage | Sequence[Node]"
) -> None:
    """Write a lineage, some records, or all when none are given."""
    from provgraph.interchange.export import export, records, within
    from provgraph.model.lineage import Lineage

    selection = (
        within(chosen) if isinstance(chosen, Lineage) else records(chosen) if chosen else None
    )
    _put((piece.encode() for piece in export(store, format_name, selection)), output)


def _look(format_name: str, output: Path | None, options: Mapping[str, Any]) -> "Look | None":
    """How the answer is to be drawn; None when it is no picture."""
    from provgraph.pictures.look import Look, Orientation

    given = [said for name, said in PICTURE_OPTIONS.items() if options[name] is not None]
    if format_name not in PICTURES:
        if given:
            raise click.UsageError(
                f"{', '.join(given)}: only for pictures, --format {', '.join(PICTURES)}"
            )
        return None
    if format_name == "png" and output is None and sys.stdout.isatty():
        raise click.UsageError("a PNG is no text for a terminal: name a file for it with -o FILE")
    return Look(
        orientation=Orientation.ACROSS if options["across"] else Orientation.DOWN,
        agents=options["agents"] is not False,
        fold=options["fold"],
        link=options["link"],
    )


def _write(answer: "Lineage", format_name: str, look: "Look | None", output: Path | None) -> None:
    from provgraph.pictures.registry import PICTURES
    from provgraph.writers.registry import WRITERS

    document = WRITERS[format_name](answer) if look is None else PICTURES[format_name](answer, look)
    _put([document.encode() if isinstance(document, str) else document], output)


def _put(pieces: Iterable[bytes], output: Path | None) -> None:
    """Write to a file, else to stdout."""
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    try:
        with output.open("wb") as file:
            file.writelines(pieces)
    except OSError as error:
        raise ProvGraphError(f"{output} can't be written: {error.strerror}") from error
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option(
    "--format", "format_name", type=click.Choice(DOCUMENTS), default="prov-json", show_default=True
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."
)
@_command
def export(names: tuple[str, ...], format_name: str, output: Path | None) -> None:
    """Write everything, or the records ID with their relations, as a standard document that
    provgraph reads back.
    """
    from provgraph.questions.names import find

    with _store() as store:
        _write_document(
            store, format_name, output, [find(store, name, Path.cwd()) for name in names]
        )


@main.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_command
def show(name: str, as_json: bool) -> None:
    """Show one record.

    Its identifiers, places and relations, and by which rules they were joined.
    """
    from provgraph.questions.names import find
    from provgraph.questions.details import details_of
    from provgraph.writers.details import as_document, as_text

    with _store() as store:
        found = details_of(store, find(store, name, Path.cwd()))
    click.echo(
        json.dumps(as_document(found), ensure_ascii=False, indent=2) if as_json else as_text(found)
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_command
def stats(as_json: bool) -> None:
    """Count what the store holds."""
    with _store() as store:
        counts = store.stats()
    if as_json:
        click.echo(json.dumps(counts))
        return
    width = max(map(len, counts))
    for label, count in counts.items():
        click.echo(f"{label:{width}}  {count:>12,}")


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a load, with its problems."
)
@_command
def loads(as_json: bool) -> None:
    """List what was loaded: when, from where, by which version, with how many problems.

    Oldest first.
    """
    from provgraph.model.times import with_zone
    from provgraph.writers.labels import visible

    is_empty = True
    with _store() as store:
        for each in store.loads():
            is_empty = False
            if as_json:
                click.echo(
                    json.dumps({**asdict(each), "time": with_zone(each.time)}, ensure_ascii=False)
                )
                continue
            problems = f", {len(each.problems)} problems" if each.problems else ""
            click.echo(
                f"{each.id}  {with_zone(each.time)}  {each.status:9}  {visible(each.source)}  "
                f"({each.counts['activities']} activities{problems})"
            )
    if is_empty:
        _note("nothing is loaded yet")


@main.command()
@click.argument("identifier", metavar="LOAD")
@_command
def forget(identifier: str) -> None:
    """Take a load back, by its id or the beginning of it.

    What only it said goes, as if it had never been loaded.
    """
    from provgraph.ingest.forgetting import forget as forget_load
    from provgraph.writers.labels import visible

    with _store() as store:
        gone = forget_load(store, identifier)
    click.echo(f"forgot load {gone.id} of {visible(gone.source)}")


@main.command()
@click.argument("name", metavar="ID")
@click.option(
    "--at", metavar="TIME", help="Since when, such as 2026-11-21T08:30:00 (UTC); else now."
)
@click.option("--reason", metavar="TEXT", required=True, help="Why: deleted, damaged, withdrawn …")
@_command
def invalidate(name: str, at: str | None, reason: str) -> None:
    """Mark a file as deleted or no longer valid.

    It stays in the graph, with all that was made from it.
    """
    from provgraph.ingest.invalidation import invalidate as invalidate_entity
    from provgraph.questions.names import find
    from provgraph.writers.labels import visible

    with _store() as store:
        entity = find(store, name, Path.cwd())
        load = invalidate_entity(store, entity, at, reason)
    click.echo(
        f"{visible(entity.id)} is marked as invalid; `provgraph forget {load.id}` takes that back"
    )


@main.command()
@_command
def digest() -> None:
    """Print one SHA-256 over all provenance content.

    The same in every store that holds the same.
    """
    from provgraph.store.nodes import digest as digest_of

    with _store() as store:
        click.echo(digest_of(store.scan()))


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@_reading_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a finding.")
@_command
def validate(
    sources: tuple[str, ...], format_name: str | None, namespace: str, as_json: bool
) -> None:
    """Check files, folders or - against PROV-CONSTRAINTS without loading them.

    Without SOURCE the whole store.

    Logs and jobs are checked together, PROV documents each by itself. Exit 1 if there is an error,
    or if a source could not be read; warnings are valid PROV.
    """
    from provgraph.commands.progress import Progress
    from provgraph.validation.sources import check_sources, check_store

    if not sources and (format_name or namespace != "default"):
        raise click.UsageError(
            "--format and --namespace are for sources; without SOURCE the store is checked"
        )
    with Progress("records and statements") as progress:
        if sources:
            checked = list(
                check_sources(
                    sources, format_name=format_name, namespace=namespace, observer=progress.read
                )
            )
        else:
            with _store() as store:
                checked = [check_store(store, observer=progress.read)]
    for each in checked:
        _say_checked(each, as_json, len(checked) > 1)
    _say_counts_of(checked)
    if not any(each.verdict and each.verdict.statements for each in checked):
        _note("there is nothing to check")
        click.get_current_context().exit(NOTHING)
    clean = all(
        each.verdict is not None and each.verdict.is_valid and not each.problems for each in checked
    )
    click.get_current_context().exit(0 if clean else REFUSED)


def _say_checked(checked: "CheckedSources", as_json: bool, is_one_of_many: bool) -> None:
    from provgraph.validation.findings import as_document, as_text
    from provgraph.writers.labels import visible

    for source, problem in checked.problems:
        click.echo(
            f"{visible(source)}: {visible(problem.where)}: {visible(problem.what)}", err=True
        )
    findings = () if checked.verdict is None else checked.verdict.findings
    only = checked.sources[0] if len(checked.sources) == 1 else None
    if is_one_of_many and findings and not as_json:
        click.echo(f"{visible(only) if only else f'{len(checked.sources)} logs and jobs'}:")
    for finding in findings:
        fields = {"source": only, **as_document(finding)}
        click.echo(json.dumps(fields, ensure_ascii=False) if as_json else as_text(finding))


def _say_counts_of(checked: Sequence["CheckedSources"]) -> None:
    """How much was checked, and what was found, on stderr."""
    from provgraph.validation.findings import Gravity

    verdicts = [each.verdict for each in checked if each.verdict is not None]
    found = {"statement": sum(each.statements for each in verdicts)}
    found |= {gravity.value: sum(each.count(gravity) for each in verdicts) for gravity in Gravity}
    statements, *findings = (f"{count} {what}{'s' * (count != 1)}" for what, count in found.items())
    click.echo(f"{statements} checked: {', '.join(findings)}", err=True)


@main.command()
@click.option(
    "--to",
    "url",
    required=True,
    metavar="URL",
    help="The mirror: postgresql://USER@HOST:5432/DATABASE.",
)
@click.option(
    "--schema",
    "schema_name",
    default="public",
    show_default=True,
    metavar="NAME",
    help="For the 22 tables; what they can't hold goes to schema provgraph.",
)
@click.option(
    "--full", is_flag=True, help="Make all tables anew and put them in place of the old ones."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Write nothing; name every row that is not as it should be, exit 1.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and undo it.")
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write metrics for Prometheus' textfile collector.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_command
def sync(
    url: str,
    schema_name: str,
    full: bool,
    verify: bool,
    dry_run: bool,
    metrics: Path | None,
    as_json: bool,
) -> None:
    """Make a PostgreSQL database equal to the store, in the tables of CTADIRAC's provenance
    prototype.

    Only what changed since the last sync is written. The password may stand in
    PROVGRAPH_MIRROR_PASSWORD or PGPASSFILE.
    """
    if verify and (full or dry_run or metrics is not None):
        raise click.UsageError(
            "--verify writes nothing: give it without --full, --dry-run and --metrics"
        )
    if dry_run and metrics is not None:
        raise click.UsageError("--metrics is for a sync that is made, not for --dry-run")
    if verify:
        _verify_mirror(url, schema_name, as_json)
        return
    from datetime import UTC, datetime

    from provgraph.relational_mirror.metrics import write_metrics
    from provgraph.relational_mirror.syncing import sync as sync_mirror
    from provgraph.settings import mirror_password

    with _store() as store:
        summary = sync_mirror(
            store, url, password=mirror_password(), schema=schema_name, full=full, dry_run=dry_run
        )
    if metrics is not None:
        write_metrics(metrics, summary, datetime.now(UTC))
    fields = asdict(summary)
    if as_json:
        click.echo(json.dumps({"status": "not synced" if dry_run else "synced", **fields}))
        return
    mode = summary.mode if summary.why is None else f"{summary.mode} ({summary.why})"
    click.echo(
        f"{'would sync' if dry_run else 'synced'}: {mode}, {summary.turns} transactions of the store, "
        f"{summary.subjects} records, {summary.seconds:.1f} s"
    )
    for table, changed in fields["counts"].items():
        if any(changed.values()):
            click.echo(
                f"  {table:22} "
                + ", ".join(f"{count} {what}" for what, count in changed.items() if count)
            )


def _verify_mirror(url: str, schema_name: str, as_json: bool) -> None:
    from provgraph.relational_mirror.verification import verify
    from provgraph.settings import mirror_password
    from provgraph.writers.labels import visible

    with _store() as store:
        verdict = verify(store, url, password=mirror_password(), schema=schema_name)
    if verdict.behind:
        _note(
            f"the mirror lacks the last {verdict.behind} transactions of the store; `provgraph sync` brings them"
        )
    if as_json:
        status = "different" if verdict.differences else "equal"
        click.echo(json.dumps({"status": status, **asdict(verdict)}))
    else:
        for each in verdict.differences:
            click.echo(visible(str(each)))
        click.echo(
            f"{sum(verdict.rows.values())} rows compared, {len(verdict.differences)} are not as they should be",
            err=True,
        )
    click.get_current_context().exit(REFUSED if verdict.differences else 0)


@main.command()
@_command
def schema() -> None:
    """Print the GraphQL schema as SDL."""
    from provgraph.graphql.schema import sdl

    click.echo(sdl(), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--insecure",
    is_flag=True,
    help="Listen on an address that others reach, though anyone may then ask.",
)
@_command
def serve(host: str, port: int, insecure: bool) -> None:
    """Answer GraphQL at /graphql, and /healthz, /readyz and /metrics."""
    from provgraph.web.app import serve as serve_store

    with _store() as store:
        serve_store(store, host, port, insecure)


@main.command()
@_command
def demo() -> None:
    """Load the real sample provenance shipped with provgraph and ask what produced its DL3 file."""
    from provgraph.demonstration import demonstrate

    demonstrate(_asked("store"))


if __name__ == "__main__":
    main()
