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
    "votable",
)
#: What only pictures understand → the options for it.
PICTURE_OPTIONS = {
    "across": "--across/--down",
    "agents": "--agents/--no-agents",
    "configuration": "--configuration/--no-configuration",
    "fold": "--fold/--no-fold",
    "link": "--link",
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

#: How a run can have ended.
STATUSES = ("completed", "error", "interrupted", "running", "unknown")

_Function = Callable[..., None]
_Option = Callable[[_Function], _Function]


def json_option(what: str) -> _Option:
    """Make the option ``--json``.

    Args:
        what: what one JSON object stands for, such as ``a source``; empty when there is one.

    Returns:
        A decorator; the function gets the argument ``as_json``.
    """
    return click.option(
        "--json", "as_json", is_flag=True, help=f"Print one JSON object {what}".rstrip() + "."
    )


def output_option(function: _Function) -> _Function:
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


def reading_options(function: _Function) -> _Function:
    """Add the options of the commands that read sources.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the arguments ``format_name`` and ``namespace``.
    """
    return _with_options(
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


def answer_options(function: _Function) -> _Function:
    """Add the options of the commands that answer with a lineage.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the arguments ``depth``, ``limit``, ``format_name``, ``output``,
        ``kinds``, ``data_levels``, ``types`` and the keys of `PICTURE_OPTIONS`.
    """
    return _with_options(
        _picture_options(function),
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
            help="Without it the ending of the file in --output says it, else it is text.",
        ),
        output_option,
        _filter("--kind", "kinds", KINDS, "List only records of this kind"),
        _filter("--data-level", "data_levels", DATA_LEVELS, "List only products of this level"),
        _filter("--type", "types", TYPES, "List only records of this finer type"),
    )


def search_options(function: _Function) -> _Function:
    """Add the conditions of a search.

    Args:
        function: the function of a command.

    Returns:
        The function, which gets the argument ``kinds`` and the fields of
        `provgraph.model.filters.Search`.
    """
    return _with_options(
        function,
        _filter("--kind", "kinds", KINDS, "Only records of this kind"),
        _filter("--type", "types", TYPES, "Only records of this finer type"),
        _filter("--data-level", "data_levels", DATA_LEVELS, "Only products of this level"),
        _filter("--status", "statuses", STATUSES, "Only runs that ended so"),
        _named(
            "--tool",
            "tools",
            "NAME",
            "Only runs of this tool; with --kind entity or another "
            "condition of files, the files that such runs made",
        ),
        _named("--version", "versions", "V", "Only runs of this version of a tool, likewise"),
        _named("--host", "hosts", "NAME", "Only runs on this host, likewise"),
        _named(
            "--agent",
            "agents",
            "NAME",
            "Only what this person, organization or software answers for",
        ),
        click.option(
            "--since", metavar="TIME", help="Only runs started, and files made, then or later."
        ),
        click.option("--until", metavar="TIME", help="Only those of then or earlier (UTC)."),
        click.option(
            "--under", metavar="PATH", help="Only files that stood at this path, or below it."
        ),
        click.option("--invalid", is_flag=True, help="Only what is marked as invalid."),
        click.option("--external", is_flag=True, help="Only files that no known run made."),
        click.option(
            "--overwritten", is_flag=True, help="Only files that ceased to be, as by overwriting."
        ),
    )


def _named(option: str, argument: str, metavar: str, what: str) -> _Option:
    """Make an option that takes a name, in any case."""
    return click.option(
        option,
        argument,
        metavar=metavar,
        multiple=True,
        help=f"{what}; several times for any of several.",
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


def _filter(option: str, argument: str, known: tuple[str, ...], what: str) -> _Option:
    """Make an option that names which records are listed."""
    return click.option(
        option,
        argument,
        type=_Word(known),
        multiple=True,
        help=f"{what}; several times for any of several.",
    )


def _picture_options(function: _Function) -> _Function:
    """Add the options that say how a lineage is drawn."""
    return _with_options(
        function,
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
            help="Draw the parameters of runs and the files that they name as configuration, or "
            "not (the default). A file that a run read is drawn as its input in any case.",
        ),
        click.option(
            "--fold/--no-fold",
            default=None,
            help="Draw runs and files that play the same part as one box with their number, or "
            "each alone; by default they are folded when there would be more than 60 boxes.",
        ),
        click.option(
            "--link",
            metavar="URL",
            help="Where a click on a box leads: an address with {id} where the record's id goes.",
        ),
    )


def _with_options(function: _Function, *options: Any) -> _Function:
    """Add options, which the help lists in this order."""
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
