"""The commands of CONTRACT section 4: parse, call, print. Results go to stdout, messages to stderr."""

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from provgraph import __version__
from provgraph.errors import ProvGraphError

if TYPE_CHECKING:
    from provgraph.ingest.reports import Report
    from provgraph.model.subgraph import Lineage
    from provgraph.store.protocol import Store

# The commands import what they need when they run: `--help` answers in a tenth of the time (bench/startup.py).
# ruff: noqa: PLC0415

FORMATS = ("text", "json", "csv", "dot", "svg", "mermaid")
RELATIONS = (
    "used", "wasGeneratedBy", "wasInformedBy", "wasDerivedFrom", "wasStartedBy", "wasEndedBy", "wasInvalidatedBy",
    "wasInfluencedBy", "hadMember", "specializationOf", "alternateOf", "mentionOf",
)  # fmt: skip
REFUSED = 1


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep an option that may stand before or behind the command."""
    if value:
        context.find_root().ensure_object(dict)[option.name] = value


def _common_options(function: Any) -> Any:
    """``--store`` and ``--debug``, before the command or behind it."""
    store = click.option(
        "--store", metavar="URL", expose_value=False, callback=_remember,
        help="Where the provenance is: sqlite:///PATH, postgresql://…, neo4j://…, bolt://…; else PROVGRAPH_STORE, "
        "else a SQLite file in your user-data folder.",
    )  # fmt: skip
    debug = click.option("--debug", is_flag=True, expose_value=False, callback=_remember,
                         help="Show the traceback of an error.")  # fmt: skip
    return store(debug(function))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="provgraph")
@_common_options
def main() -> None:
    """What produced this file? Load the provenance that ctapipe runs leave behind, and ask."""


def _asked(option: str) -> Any:
    """What was given for an option of `_common_options`; None when nothing was."""
    return click.get_current_context().find_root().ensure_object(dict).get(option)


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """A command whose errors become a message and an exit code, not a traceback."""

    def run(*arguments: Any, **options: Any) -> None:
        context = click.get_current_context()
        try:
            function(*arguments, **options)
        except ProvGraphError as error:
            if _asked("debug"):
                traceback.print_exc()
            from provgraph.writers.labels import visible

            click.echo("provgraph: " + "\n".join(map(visible, str(error).split("\n"))), err=True)
            context.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()
            context.exit(0)

    return cast("Callable[..., None]", _common_options(update_wrapper(run, function)))


@contextmanager
def _store() -> Iterator["Store"]:
    from provgraph.settings import read_settings
    from provgraph.store.registry import open_store

    settings = read_settings(_asked("store"))
    store = open_store(settings.store, settings.store_password)
    try:
        yield store
    finally:
        store.close()


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--format", "format_name", metavar="F", help="Read every source as this format: ctapipe.")
@click.option("--namespace", default="default", show_default=True, metavar="NS",
              help="The file system that the sources' paths are on; a worker's scratch is another.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes read.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
@_command
def load(sources: tuple[str, ...], format_name: str | None, namespace: str, jobs: int, as_json: bool) -> None:
    """Load files (also .gz), folders, or - (standard input); the format is recognised by content.

    Loading a source again changes nothing. Exit 1 if a source was refused, in part or whole.
    """
    from provgraph.ingest.loading import load as load_sources
    from provgraph.progress import Progress

    clean = True
    with _store() as store, Progress("sources") as progress:
        reports = load_sources(
            store, sources, format_name=format_name, namespace=namespace, jobs=jobs, observer=progress
        )
        for report in reports:
            clean = clean and report.is_clean
            progress.clear()
            if as_json:
                click.echo(json.dumps(_report_fields(report), ensure_ascii=False))
            else:
                _say_report(report)
            progress.step()
        if progress.passed_over and not as_json:
            click.echo(f"{progress.passed_over} files that are none of ours passed over", err=True)
    click.get_current_context().exit(0 if clean else REFUSED)


def _report_fields(report: "Report") -> dict[str, Any]:
    fields = asdict(report)
    del fields["disagreements"]
    fields["problems"] = [asdict(problem) for problem in report.problems]
    return fields


def _say_report(report: "Report") -> None:
    from provgraph.writers.labels import visible

    counts = f"{report.activities} activities, {report.entities} entities, {report.relations} relations"
    shown = counts if report.status != "refused" else ""
    click.echo(f"{report.status:9}  {visible(report.source)}  {shown}".rstrip())
    for problem in report.problems:
        click.echo(f"{visible(report.source)}: {visible(problem.where)}: {visible(problem.what)}", err=True)
    for each in report.disagreements:
        values = " | ".join(visible(str(value)) for value in each.values)
        click.echo(f"  sources disagree on {visible(each.fact)} of {visible(each.run)}: {values}; all kept", err=True)


def _answer_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that answers with a lineage."""
    options = [
        click.option("--depth", type=click.IntRange(min=0), metavar="N", help="At most N relations far."),
        click.option("--limit", type=click.IntRange(min=1), default=100_000, show_default=True, metavar="N",
                     help="Cut the answer, and say so, at N records."),
        click.option("--format", "format_name", type=click.Choice(FORMATS), default="text", show_default=True),
        click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."),
        click.option("--kind", type=click.Choice(("entity", "activity", "agent")), help="List only such records."),
        click.option("--data-level", metavar="DLn", help="List only products of this data level."),
        click.option("--type", "type_name", metavar="TYPE", help="List only records of this type: DatasetEntity, …"),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@main.command("what-produced")
@click.argument("name", metavar="FILE")
@_answer_options
@_command
def what_produced(name: str, **options: Any) -> None:
    """Show everything that led to FILE: an identifier, a product on disk, a path, or a file name."""
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
@click.option("--direction", type=click.Choice(("upstream", "downstream", "both")), default="upstream",
              show_default=True)  # fmt: skip
@click.option("--relation", "relations", type=click.Choice(RELATIONS), multiple=True,
              help="Follow only this relation; may be given several times.")  # fmt: skip
@_answer_options
@_command
def lineage(name: str, direction: str, relations: tuple[str, ...], **options: Any) -> None:
    """Show what led to a record, what was made from it, or both."""
    _answer(name, direction, relations, **options)


def _answer(name: str, direction: str, relations: Sequence[str], **options: Any) -> None:
    from provgraph.lineage.names import find
    from provgraph.lineage.questions import lineage as ask
    from provgraph.model.subgraph import Direction, only
    from provgraph.model.vocabulary import RelationType

    with _store() as store:
        root = find(store, name, Path.cwd())
        followed = [RelationType(relation) for relation in relations]
        answer = ask(store, root, Direction(direction), options["depth"], followed, options["limit"])
    level = options["data_level"] and options["data_level"].upper()
    shown = only(answer, options["kind"], level, options["type_name"])
    if shown is not answer:
        click.echo(f"{len(shown.nodes) - 1} of the {len(answer.nodes) - 1} records found are listed, behind the first, "
                   "which is what you asked about; relations between others are left out", err=True)  # fmt: skip
    _write(shown, options["format_name"], options["output"])


def _write(answer: "Lineage", format_name: str, output: Path | None) -> None:
    from provgraph.writers.registry import WRITERS

    text = WRITERS[format_name](answer)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    except OSError as error:
        raise ProvGraphError(f"{output} can't be written: {error.strerror}") from error
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_command
def show(name: str, as_json: bool) -> None:
    """Show one record: its identifiers, places and relations, and by which rules they were joined."""
    from provgraph.lineage.names import find
    from provgraph.lineage.portrait import portrait
    from provgraph.writers.portrait import as_document, as_text

    with _store() as store:
        found = portrait(store, find(store, name, Path.cwd()))
    click.echo(json.dumps(as_document(found), ensure_ascii=False, indent=2) if as_json else as_text(found))


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
@_command
def digest() -> None:
    """Print one SHA-256 over all provenance content: the same in every store that holds the same."""
    from provgraph.store.nodes import digest as digest_of

    with _store() as store:
        click.echo(digest_of(store.scan()))


@main.command()
@_command
def schema() -> None:
    """Print the GraphQL schema as SDL."""
    from provgraph.graphql.schema import sdl

    click.echo(sdl(), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--insecure", is_flag=True, help="Listen on an address that others reach, though anyone may then ask.")
@_command
def serve(host: str, port: int, insecure: bool) -> None:
    """Answer GraphQL at /graphql, and /healthz, /readyz and /metrics."""
    from provgraph.app import serve as serve_store

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
