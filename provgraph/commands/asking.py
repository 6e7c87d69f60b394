"""The commands that answer with a lineage: ``what-produced``, ``impact`` and ``lineage``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from provgraph.commands.options import (
    DOCUMENTS,
    FORMATS,
    IMAGES,
    PICTURE_OPTIONS,
    PICTURES,
    RELATIONS,
    answer_options,
    chosen_format,
)
from provgraph.commands.running import (
    note,
    opened_store,
    refuse_bytes,
    reporting_errors,
    screen,
    show_text,
    write_out,
)
from provgraph.errors import NotFoundError
from provgraph.interchange.export import export, within
from provgraph.model.lineage import (
    Direction,
    Lineage,
    Node,
    Restriction,
    listed_part,
    restrict_lineage,
)
from provgraph.model.vocabulary import RelationType
from provgraph.pictures import registry as pictures
from provgraph.pictures.look import Look, Orientation
from provgraph.questions.configuration import with_configuration
from provgraph.questions.own_header import store_instead, told
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import find
from provgraph.questions.tracing import lineage as walk_lineage
from provgraph.store.protocol import Store
from provgraph.writers import text
from provgraph.writers.registry import WRITERS

#: The formats that can't hold a remark on the whole answer; it goes to stderr.
_WITHOUT_REMARKS = ("csv", *DOCUMENTS)
#: The formats that open with a summary.
_WITH_SUMMARY = ("text", "json")


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
    output: Path | None = options["output"]
    form = chosen_format(options["format_name"], output, (*FORMATS, *DOCUMENTS), "text")
    look = _look(form, output, options)
    followed = [RelationType(relation) for relation in relations]
    restriction = Restriction(options["kinds"], options["data_levels"], options["types"])
    with _store_that_knows(name, direction) as (store, root):
        answer = walk_lineage(store, root, direction, options["depth"], followed, options["limit"])
        listed = restrict_lineage(answer, restriction)
        drawn = with_configuration(store, listed) if options["configuration"] else listed
        summed = with_summary(store, drawn) if form in _WITH_SUMMARY else drawn
        if form in DOCUMENTS:
            pieces = export(store, form, within(listed))
            write_out((piece.encode() for piece in pieces), output)
    if form in _WITHOUT_REMARKS and (part := listed_part(listed)):
        note(f"{part}, behind what you asked about; relations between others are left out")
    if form == "text":
        _write_text(summed, name, output)
    elif form not in DOCUMENTS:
        _write(summed, form, look, output)


@contextmanager
def _store_that_knows(name: str, direction: Direction) -> Iterator[tuple[Store, Node]]:
    """The store with the record that the name means; of an unknown product that of its header."""
    with opened_store() as store:
        try:
            yield store, find(store, name, Path.cwd())
            return
        except NotFoundError as error:
            own = store_instead(error, name, direction, Path.cwd())
    with closing(own[0]):
        note(f"no load knows {name}: {told(own[1])}")
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
    if format_name in IMAGES:
        refuse_bytes(format_name, output)
    return Look(
        orientation=Orientation.ACROSS if options["across"] else Orientation.DOWN,
        agents=options["agents"] is not False,
        fold=options["fold"],
        link=options["link"],
    )


def _write_text(answer: Lineage, asked: str, output: Path | None) -> None:
    """Write a lineage for people."""
    if output is None:
        show_text(text.write(answer, asked, screen()))
    else:
        write_out([text.write(answer, asked).encode()], output)


def _write(answer: Lineage, format_name: str, look: Look | None, output: Path | None) -> None:
    """Write a lineage for programs, or as a picture."""
    document = (
        WRITERS[format_name](answer)
        if look is None
        else pictures.PICTURES[format_name](answer, look)
    )
    write_out([document.encode() if isinstance(document, str) else document], output)
