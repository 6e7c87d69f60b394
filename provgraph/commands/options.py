"""Options that several commands share, and the words that they accept."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click

#: The formats of a lineage that are pictures (`provgraph.pictures`).
PICTURES = ("svg", "png", "pdf", "dot", "mermaid")
#: Those that are no text.
IMAGES = ("png", "pdf")
#: The formats of a lineage that hold no more than the lineage itself.
FORMATS = ("text", "json", "csv", *PICTURES)
#: The formats of PROV documents (`provgraph.interchange`).
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
    "vo-prov-xml",
    "votable",
)
#: The formats of a recipe (`provgraph.writers.recipes`).
RECIPES = ("sh", "cwl")
#: What only pictures understand → the options for it.
PICTURE_OPTIONS = {
    "across": "--across/--down",
    "agents": "--agents/--no-agents",
    "configuration": "--configuration/--no-configuration",
    "fold": "--fold/--no-fold",
    "link": "--link",
    "w3c": "--w3c",
}
#: The ending of a file's name → the format that it asks for.
ENDINGS = {
    ".txt": "text",
    ".json": "json",
    ".csv": "csv",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".xml": "prov-xml",
    ".provn": "prov-n",
    ".ttl": "turtle",
    ".trig": "trig",
    ".rdf": "rdf-xml",
    ".nt": "n-triples",
    ".jsonld": "json-ld",
    ".vot": "votable",
    ".sh": "sh",
    ".cwl": "cwl",
}
#: The relations that a lineage can follow.
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

#: The kinds of records that a lineage lists.
KINDS = ("entity", "activity", "agent")
#: The data levels of CTAO, from raw data to catalogues.
DATA_LEVELS = ("DL0", "DL1", "DL2", "DL3", "DL4", "DL5", "DL6")
#: The finer types of entities and agents.
TYPES = (
    "DatasetEntity",
    "ValueEntity",
    "Collection",
    "Bundle",
    "Plan",
    "Person",
    "Organization",
    "SoftwareAgent",
)

Function = Callable[..., None]
Option = Callable[[Function], Function]


def json_option(what: str) -> Option:
    """Make the option ``--json``.

    Args:
        what: what one JSON object stands for, such as ``a source``; empty when there is one.

    Returns:
        A decorator; the function gets the argument ``as_json``.
    """
    return click.option(
        "--json", "as_json", is_flag=True, help=f"Print one JSON object {what}".rstrip() + "."
    )


def output_option(function: Function) -> Function:
    """Add ``--output``: the file that the result is written to.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the argument ``output``: a path or None.
    """
    return click.option(
        "--output",
        "-o",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        help="Write to this file; - is stdout. Without --format its ending names the format.",
    )(function)


def format_option(known: tuple[str, ...], usual: str) -> Option:
    """Make the option ``--format`` of a command that has `output_option`, too.

    Args:
        known: the formats that the command writes.
        usual: the format of what has no ending.

    Returns:
        A decorator; the function gets the argument ``format_name``, for `chosen_format`.
    """
    return click.option(
        "--format",
        "format_name",
        type=click.Choice(known),
        help=f"Without it the ending of the file in --output says it, else it is {usual}.",
    )


def limit_option(meaning: str, most: int = 1000) -> Option:
    """Make the option ``--limit``: how many records are listed.

    Args:
        meaning: the help.
        most: how many without the option.

    Returns:
        A decorator; the function gets the argument ``limit``.
    """
    return click.option(
        "--limit",
        type=click.IntRange(min=1),
        default=most,
        show_default=True,
        metavar="N",
        help=meaning,
    )


def schema_option(meaning: str) -> Option:
    """Make the option ``--schema``: where in its database a mirror is.

    Args:
        meaning: the help.

    Returns:
        A decorator; the function gets the argument ``schema_name``.
    """
    return click.option(
        "--schema",
        "schema_name",
        default="public",
        show_default=True,
        metavar="NAME",
        help=meaning,
    )


def reading_options(function: Function) -> Function:
    """Add the options of the commands that read sources.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the arguments ``format_name`` and ``namespace``.
    """
    return with_options(
        function,
        click.option(
            "--format",
            "format_name",
            metavar="F",
            help="Read every source as this format, such as ctapipe or prov-json; without it, each "
            "is recognised by its content.",
        ),
        click.option(
            "--namespace",
            default="default",
            show_default=True,
            metavar="NS",
            help="The file system that the sources' paths are on; a worker's scratch is another.",
        ),
    )


def answer_options(function: Function) -> Function:
    """Add the options of the commands that answer with a lineage.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the arguments ``depth``, ``limit``, ``format_name``, ``output``,
        ``kinds``, ``data_levels``, ``types`` and the keys of `PICTURE_OPTIONS`.
    """
    return with_options(
        _picture_options(function),
        click.option(
            "--depth", type=click.IntRange(min=0), metavar="N", help="At most N relations far."
        ),
        limit_option("Cut the answer, and say so, at N records.", 100_000),
        format_option((*FORMATS, *DOCUMENTS), "text"),
        output_option,
        filter_option("--kind", "kinds", KINDS, "List only records of this kind"),
        filter_option(
            "--data-level", "data_levels", DATA_LEVELS, "List only products of this level"
        ),
        filter_option("--type", "types", TYPES, "List only records of this finer type"),
    )


class _Word(click.Choice[str]):
    """One of some words in any case; a message shows them as they are written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find the word that was given.

        Args:
            value: what was given.
            param: the option.
            ctx: of the command.

        Returns:
            The word as it is written.
        """
        written = {each.lower(): each for each in self.choices}
        return super().convert(written.get(str(value).lower(), value), param, ctx)


def filter_option(option: str, argument: str, known: tuple[str, ...], what: str) -> Option:
    """Make an option that names which records are listed.

    Args:
        option: such as ``--kind``.
        argument: what the function calls it.
        known: the words that it takes, in any case.
        what: the beginning of the help.

    Returns:
        A decorator; the function gets a tuple of words.
    """
    return click.option(
        option,
        argument,
        type=_Word(known),
        multiple=True,
        help=f"{what}; several times for any of several.",
    )


def _picture_options(function: Function) -> Function:
    """Add the options that say how a lineage is drawn."""
    return with_options(
        function,
        click.option(
            "--across/--down",
            default=None,
            help="Draw from left to right (the default), or from top to bottom (that of --w3c).",
        ),
        click.option(
            "--agents/--no-agents",
            default=None,
            help="Draw who answers for runs and files (the default of --w3c), or not.",
        ),
        click.option(
            "--configuration/--no-configuration",
            default=None,
            help="Show the parameters of runs, and the files that they name as configuration: in "
            "tooltips, with --w3c as boxes; or not (the default).",
        ),
        click.option(
            "--fold/--no-fold",
            default=None,
            help="Draw runs and files that play the same part as one box with their number, or "
            "each alone; by default they are folded when there are more than 24.",
        ),
        click.option(
            "--link",
            metavar="URL",
            help="Where a click on a box leads: an address with {id} where the record's id goes.",
        ),
        click.option(
            "--w3c",
            is_flag=True,
            default=None,
            help="Draw every record and relation as the W3C's diagrams do, from effect to cause.",
        ),
    )


def with_options(function: Function, *options: Any) -> Function:
    """Add options, which the help lists in this order.

    Args:
        function: the function of a command.
        options: decorators.

    Returns:
        The function.
    """
    for option in reversed(options):
        function = option(function)
    return function


def chosen_format(
    given: str | None, output: Path | None, known: Collection[str], usual: str
) -> str:
    """Find the format that is written: the given one, else that of the file's ending.

    Args:
        given: what ``--format`` says; None without.
        output: what ``--output`` says; None without.
        known: the formats that the command writes.
        usual: the format of what has no ending.

    Returns:
        The format.

    Raises:
        UsageError: no format has that ending.
    """
    if given is not None or output is None or not output.suffix:
        return given or usual
    endings = {end: name for end, name in ENDINGS.items() if name in known}
    if usual not in endings.values():
        endings[".json"] = usual
    if output.suffix.lower() not in endings:
        raise click.UsageError(
            f"{output.name}: no format has the ending {output.suffix}; the endings are "
            f"{', '.join(endings)}, or name the format with --format"
        )
    return endings[output.suffix.lower()]
