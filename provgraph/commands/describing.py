"""The command that says what a tool is and what its parameters mean: ``describe``."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import login_name, note, opened_store, reporting_errors
from provgraph.errors import LoadError, NotFoundError
from provgraph.ingest.describing import approve as approve_description
from provgraph.ingest.describing import describe as add_description
from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.model.descriptions import ToolDescription, base_id
from provgraph.model.values import visible
from provgraph.store.protocol import Store
from provgraph.store.revisions import current, parts_of, revisions
from provgraph.writers.descriptions import description_of, tool_document


@click.command()
@click.argument("sources", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--from-ctapipe", is_flag=True, help="Describe the tools of ctapipe that are installed here."
)
@click.option("--show", "shown", metavar="TOOL", help="Print the description of a tool as JSON.")
@click.option("--approve", "approved", metavar="TOOL", help="Approve the description of a tool.")
@click.option(
    "--tool-version",
    "version",
    metavar="V",
    help="With --show or --approve: the version of the tool; without it, the description that "
    "holds for all versions.",
)
@click.option("--by", metavar="NAME", help="Who says so or approves; else the login name.")
@json_option("a description")
@reporting_errors
def describe(
    sources: tuple[Path, ...],
    from_ctapipe: bool,
    shown: str | None,
    approved: str | None,
    version: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Say what tools are and what their parameters mean.

    From files of JSON or YAML, job definitions of OPUS (VOTables), or ctapipe itself. What is said
    anew of a tool is a new revision; the last approved one counts. To edit a description: print it
    by --show, change it, and give it back.
    """
    if not sources and not from_ctapipe and shown is None and approved is None:
        raise click.UsageError("name a file, or --from-ctapipe, --show or --approve")
    said = list(_read(sources, from_ctapipe))
    with opened_store() as store:
        for each in said:
            number, is_new = add_description(store, each, by or login_name())
            _tell(each.base, number, "added" if is_new else "unchanged", as_json)
        if approved is not None:
            number = approve_description(store, approved, version, by or login_name() or "")
            _tell(base_id(approved, version), number, "approved", as_json)
        if shown is not None:
            _show(store, base_id(shown, version), as_json)


def _read(sources: tuple[Path, ...], from_ctapipe: bool) -> Iterator[ToolDescription]:
    """All descriptions, before any of them is written."""
    for source in sources:
        yield from read_descriptions(source)
    if from_ctapipe:
        from provgraph.loaders.ctapipe_tools import installed_tools  # noqa: PLC0415

        found = list(installed_tools())
        if not found:
            raise LoadError("no tool of ctapipe is installed here")
        yield from found


def _tell(base: str, number: int, what: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"description": base, "revision": number, "status": what}))
    else:
        click.echo(f"{what:10} {visible(base)}, revision {number}")


def _show(store: Store, base: str, as_json: bool) -> None:
    known = revisions(store, [base]).get(base)
    if not known:
        raise NotFoundError(base, "no tool of this name and version is described here")
    tool = current(known)
    said = description_of(tool, parts_of(store, [tool])[tool.key]).document()
    if as_json:
        said = {**tool_document(tool), **said}
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    if tool is not known[max(known)]:
        note(f"revision {max(known)} is not approved yet")
