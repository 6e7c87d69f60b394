"""The commands that answer with a lineage: ``what-produced``, ``impact`` and ``lineage``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from provgraph.commands.meaning import RECALLED, recall_options
from provgraph.commands.moments import moment_options
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
    named,
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
from provgraph.questions.recalling import impact as impact_of
from provgraph.questions.recalling import meant
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import lineage as walk_lineage
from provgraph.store.protocol import Store
from provgraph.writers import text
from provgraph.writers.products import WRITERS as PRODUCTS
from provgraph.writers.registry import WRITERS

#: The formats that can't hold a remark on the whole answer; it goes to stderr.
_WITHOUT_REMARKS = ("csv", *DOCUMENTS)
#: The formats that open with a summary.
_WITH_SUMMARY = ("text", "json")
#: Where no option asks about more than one record.
_NOTHING_SHARED: Mapping[str, str | None] = {}


@click.command("what-produced")
@click.argument("name", metavar="FILE")
@answer_options
@moment_options
@reporting_errors
def what_produced(name: str, **options: Any) -> None:
    """Show everything that led to FILE.

    An identifier, a product on disk, a path, or a file name.
    """
    _answer(name, Direction.UPSTREAM, (), **options)


@click.command()
@click.argument("name", metavar="FILE", required=False)
@recall_options
@click.option(
    "--products",
    is_flag=True,
    help="List the files that were made, by data level, each with a shortest chain that proves it: "
    "what is to be made again. As text, json or csv.",
)
@answer_options
@moment_options
@reporting_errors
def impact(name: str | None, products: bool, **options: Any) -> None:
    """Show everything that was made from FILE.

    With --tool and --version: by all runs of a tool version. With --used-since or --used-until: by
    the runs that read the path FILE in that time.
    """
    what = {each: options.pop(each) for each in RECALLED}
    _answer(name, Direction.DOWNSTREAM, (), what=what, products=products, **options)


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
@moment_options
@reporting_errors
def lineage(name: str, direction: str, relations: tuple[str, ...], **options: Any) -> None:
    """Show what led to a record, what was made from it, or both."""
    _answer(name, Direction(direction), relations, **options)


def _answer(
    name: str | None,
    direction: Direction,
    relations: Sequence[str],
    *,
    what: Mapping[str, str | None] = _NOTHING_SHARED,
    products: bool = False,
    **options: Any,
) -> None:
    """Ask for a lineage, and write the answer as the options say."""
    output: Path | None = options["output"]
    form = chosen_format(options["format_name"], output, (*FORMATS, *DOCUMENTS), "text")
    if products and form not in PRODUCTS:
        raise click.UsageError(f"--products: only as {', '.join(PRODUCTS)}")
    look = _look(form, output, options)
    followed = [RelationType(relation) for relation in relations]
    restriction = Restriction(options["kinds"], options["data_levels"], options["types"])
    with _store_that_knows(name, direction, what) as (store, root):
        cut = options["depth"], options["limit"]
        # Downstream of a recall are the runs that it means.
        if direction is Direction.DOWNSTREAM and not followed:
            answer = impact_of(store, root, *cut)
        else:
            answer = walk_lineage(store, root, direction, cut[0], followed, cut[1])
        listed = restrict_lineage(answer, restriction)
        if products:
            write_out([PRODUCTS[form](listed)], output)
            return
        drawn = with_configuration(store, listed) if options["configuration"] else listed
        summed = with_summary(store, drawn) if form in _WITH_SUMMARY else drawn
        if form in DOCUMENTS:
            write_out(export(store, form, within(listed)), output)
    if form in _WITHOUT_REMARKS and (part := listed_part(listed)):
        note(f"{part}, behind what you asked about; relations between others are left out")
    if form == "text":
        _write_text(summed, root.label if name is None or _is_any(what) else name, output)
    elif form not in DOCUMENTS:
        _write(summed, form, look, output)


@contextmanager
def _store_that_knows(
    name: str | None, direction: Direction, what: Mapping[str, str | None]
) -> Iterator[tuple[Store, Node]]:
    """The store with the record that is meant; of an unknown product that of its header."""
    with opened_store() as store:
        try:
            if name is not None and not _is_any(what):
                yield store, named(store, name)
            else:
                yield store, meant(store, name, Path.cwd(), **what)
            return
        except NotFoundError as error:
            if name is None or _is_any(what):
                raise
            own = store_instead(error, name, direction, Path.cwd())
    with closing(own[0]):
        note(f"no load knows {name}: {told(own[1])}")
        yield own


def _is_any(what: Mapping[str, str | None]) -> bool:
    """Whether an option asks about more than one record."""
    return any(each is not None for each in what.values())


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
    across = {None: None, True: Orientation.ACROSS, False: Orientation.DOWN}
    return Look(
        orientation=across[options["across"]],
        agents=options["agents"],
        fold=options["fold"],
        link=options["link"],
        w3c=bool(options["w3c"]),
    )


def _write_text(answer: Lineage, asked: str, output: Path | None) -> None:
    """Write a lineage for people."""
    if output is None:
        show_text(text.write(answer, asked, screen()))
    else:
        write_out([text.write(answer, asked)], output)


def _write(answer: Lineage, format_name: str, look: Look | None, output: Path | None) -> None:
    """Write a lineage for programs, or as a picture."""
    document = (
        WRITERS[format_name](answer)
        if look is None
        else pictures.PICTURES[format_name](answer, look)
    )
    write_out([document], output)
