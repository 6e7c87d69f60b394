"""The commands about job definitions: ``jobs add`` and its sisters."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from provgraph.commands.options import json_option, output_option
from provgraph.commands.running import login_name, note, opened_store, reporting_errors, write_out
from provgraph.ingest.describing import approve as approve_description
from provgraph.ingest.describing import describe
from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.interchange.writing.job_definition import job_json, job_votable
from provgraph.jobs.definition import definition_of
from provgraph.jobs.definition_text import definition_in
from provgraph.jobs.definitions import (
    described,
    known_jobs,
    lines_of,
    newest_of,
    revision_of,
)
from provgraph.model.descriptions import ToolDescription
from provgraph.model.values import visible
from provgraph.store.protocol import Store
from provgraph.writers.descriptions import tool_document

_FORMS: Final[dict[str, Callable[[ToolDescription], str]]] = {
    "votable": job_votable,
    "opus-json": job_json,
}
_by = click.option("--by", metavar="NAME", help="Who says so or approves; else the login name.")
_version = click.option("--job-version", "version", metavar="V", help="Of this version of the job.")


@click.group()
def jobs() -> None:
    """Say which jobs `provgraph serve` runs: descriptions with a script, once they are approved.

    A definition is a description of a tool (`provgraph describe`) with a script for bash. OPUS's
    VOTables and JSON are read and written as they are.
    """


@jobs.command()
@click.argument("sources", metavar="FILE...", nargs=-1, required=True, type=Path)
@_by
@json_option("a definition")
@reporting_errors
def add(sources: tuple[Path, ...], by: str | None, as_json: bool) -> None:
    """Add the job definitions in FILE as drafts: JSON, YAML, or a VOTable of OPUS's.

    What is said anew of a job is a new revision; the one before stays.
    """
    said = [each for source in sources for each in read_descriptions(source)]
    for each in said:
        definition_of(each.base, each)  # a mistake is told before anything is written
    with opened_store() as store:
        for each in said:
            _add(store, each, by, as_json)


def _add(store: Store, said: ToolDescription, by: str | None, as_json: bool) -> None:
    number, is_new = describe(store, said, by or login_name())
    _tell(said.name, said.version, number, "added" if is_new else "unchanged", as_json)


def _tell(name: str, version: str | None, number: int, what: str, as_json: bool) -> None:
    if as_json:
        said = {"job": name, "version": version, "revision": number, "status": what}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{what:10} {visible(name)} {visible(version or '')}".rstrip(), nl=False)
        click.echo(f", revision {number}")


@jobs.command(name="list")
@json_option("a job")
@reporting_errors
def list_(as_json: bool) -> None:
    """List the jobs: version, revision, and who approved it."""
    with opened_store() as store:
        found = known_jobs(store)
    if as_json:
        for revisions in found.values():
            click.echo(json.dumps(tool_document(revisions[-1].node), ensure_ascii=False))
    else:
        for line in lines_of(found):
            click.echo(visible(line))
    if not found:
        note("no job is defined here: provgraph jobs add FILE")


@jobs.command()
@click.argument("name")
@_version
@reporting_errors
def show(name: str, version: str | None) -> None:
    """Print the definition of a job as JSON, as `jobs add` reads it."""
    with opened_store() as store:
        revision = revision_of(store, name, version)
        click.echo(_text(described(store, revision)), nl=False)
    if revision.approved_by is None:
        note(f"revision {revision.number} is a draft: nobody has approved it")


@jobs.command()
@click.argument("name")
@_version
@_by
@reporting_errors
def edit(name: str, version: str | None, by: str | None) -> None:
    """Edit the definition of a job by the editor in $EDITOR: what is saved is a new draft."""
    with opened_store() as store:
        newest = newest_of(store, name, version)
        edited = click.edit(_text(described(store, newest)), extension=".json")
        if edited is None:
            note("nothing was saved: the definition stays as it is")
            return
        said = definition_in(edited)
        _add(store, said, by, False)


@jobs.command()
@click.argument("name")
@_version
@_by
@json_option("a definition")
@reporting_errors
def approve(name: str, version: str | None, by: str | None, as_json: bool) -> None:
    """Approve the last revision of the definition of a job: from now on it is run."""
    with opened_store() as store:
        newest = newest_of(store, name, version)
        definition_of(newest.node.id, described(store, newest))
        version = newest.node.version
        number = approve_description(store, name, version, by or login_name() or "")
    _tell(name, version, number, "approved", as_json)


@jobs.command()
@click.argument("name")
@_version
@click.option(
    "--format", "format_name", type=click.Choice(list(_FORMS)), default="votable", show_default=True
)
@output_option
@reporting_errors
def export(name: str, version: str | None, format_name: str, output: Path | None) -> None:
    """Write the definition of a job as OPUS reads it."""
    with opened_store() as store:
        said = described(store, revision_of(store, name, version))
    write_out([_FORMS[format_name](said)], output)


def _text(said: ToolDescription) -> str:
    return json.dumps(said.document(), ensure_ascii=False, indent=2) + "\n"
