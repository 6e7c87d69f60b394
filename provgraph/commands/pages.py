"""What the commands share that list records page by page: ``search`` and ``tainted``."""

import json
from collections.abc import Iterable

import click

from provgraph.commands.options import Function
from provgraph.commands.running import note
from provgraph.model.fields import record_document
from provgraph.model.lineage import Node
from provgraph.model.values import counted
from provgraph.store.records import FoundPage


def after_option(function: Function) -> Function:
    """Add ``--after``: where the page begins.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the argument ``after``: a cursor or None.
    """
    return click.option(
        "--after", metavar="CURSOR", help="Go on where an earlier page ended: its `next`."
    )(function)


def page_json(page: FoundPage, nodes: Iterable[Node]) -> str:
    """Write a page as the JSON object that docs/contract.md, Commands, fixes.

    Args:
        page: the page.
        nodes: its records, with all that is to be shown of them.
    """
    said = {"total": page.total, "nodes": [*map(record_document, nodes)], "next": page.after}
    return json.dumps(said, ensure_ascii=False, indent=2)


def note_rest(page: FoundPage, noun: str) -> None:
    """Say on stderr that the page is not all, and how to see more.

    Args:
        page: the page.
        noun: what it lists, such as ``record``.
    """
    if page.after is not None:
        shown = counted(len(page.found), noun)
        note(f"{shown} of {page.total}; more with --limit, or with --after {page.after}")
