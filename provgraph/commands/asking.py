"""The commands that answer with a lineage: ``what-produced``, ``impact`` and ``lineage``."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from provgraph.commands.options import (
    DOCUMENTS,
    PICTURE_OPTIONS,
    PICTURES,
    RELATIONS,
    answer_options,
)
from provgraph.commands.running import opened_store, reporting_errors, write_out
from provgraph.errors import NotFoundError
from provgraph.interchange.export import export, within
from provgraph.model.lineage import Direction, Lineage, Node, restrict_lineage
from provgraph.model.vocabulary import RelationType
from provgraph.pictures import registry as pictures
from provgraph.pictures.look import Look, Orientation
from provgraph.questions.configuration import with_configuration
from provgraph.questions.names import find
from provgraph.questions.own_header import store_of_header, told
from provgraph.questions.walks import lineage as walk_lineage
from provgraph.store.protocol import Store
from provgraph.writers.registry import WRITERS


@click.command("what-produced")
@click.argument("name", metavar="FILE")
@answer_options
@reporting_errors
def what_produced(name: str, **options: Any) -> None:
    """Show everything that led to FILE.

    An identifier, a product on disk, a path, or a file name.
    """
    _answer(name, Direction.UPSTREAM, (), **options)


@click.command()
@click.argument("name", metavar="FILE")
@answer_options
@reporting_errors
def impact(name: str, **options: Any) -> None:
    """Show everything that was made from FILE."""
    _answer(name, Direction.DOWNSTREAM, (), **options)


@click.command()
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
@answer_options
@reporting_errors
def lineage(name: str, direction: str, relations: tuple[str, ...], **options: Any) -> None:
    """Show what led to a record, what was made from it, or both."""
    _answer(name, Direction(direction), relations, **options)


def _answer(name: str, direction: Direction, relations: Sequence[str], **options: Any) -> None:
    """Ask for a lineage, and write the answer as the options say."""
    look = _look(options["format_name"], options["output"], options)
    followed = [RelationType(relation) for relation in relations]
    with _store_that_knows(name, direction) as (store, root):
        answer = walk_lineage(store, root, direction, options["depth"], followed, options["limit"])
        level = options["data_level"] and options["data_level"].upper()
        listed = restrict_lineage(answer, options["kind"], level, options["type_name"])
        drawn = with_configuration(store, listed) if options["configuration"] else listed
        if options["format_name"] in DOCUMENTS:
            pieces = export(store, options["format_name"], within(listed))
            write_out((piece.encode() for piece in pieces), options["output"])
    if listed is not answer:
        click.echo(
            f"{len(listed.nodes) - 1} of the {len(answer.nodes) - 1} records found are listed, "
            "behind the first, which is what you asked about; relations between others are left "
            "out",
            err=True,
        )
    if options["format_name"] not in DOCUMENTS:
        _write(drawn, options["format_name"], look, options["output"])


@contextmanager
def _store_that_knows(name: str, direction: Direction) -> Iterator[tuple[Store, Node]]:
    """The store with the record that the name means.

    Of a product that no load knows the store holds what its own header says. That tells what led
    to the product, and nothing of what was made from it.
    """
    with opened_store() as store:
        try:
            yield store, find(store, name, Path.cwd())
            return
        except NotFoundError:
            own = None if direction is Direction.DOWNSTREAM else store_of_header(name, Path.cwd())
            if own is None:
                raise
    with closing(own[0]):
        click.echo(f"No load knows {name}: {told(own[1])}", err=True)
        yield own


def _look(format_name: str, output: Path | None, options: Mapping[str, Any]) -> Look | None:
    """How the answer is to be drawn; None when it is no picture."""
    given = [option for name, option in PICTURE_OPTIONS.items() if options[name] is not None]
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


def _write(answer: Lineage, format_name: str, look: Look | None, output: Path | None) -> None:
    """Write a lineage as text or as a picture."""
    document = (
        WRITERS[format_name](answer)
        if look is None
        else pictures.PICTURES[format_name](answer, look)
    )
    write_out([document.encode() if isinstance(document, str) else document], output)
