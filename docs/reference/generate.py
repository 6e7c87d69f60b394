"""Writes the pages of docs/reference/ from the code: ``python -m docs.reference.generate``.

``make docs`` runs it. With ``--check`` it writes nothing and exits with 1 when a page is out of
date. (conformance.md is written by ``python -m tests.interchange.conformance``.)
"""

import inspect
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import click
import graphql

import provgraph
from docs.reference.markdown import docstring, signature, table
from docs.reference.settings_listed import GROUPS
from docs.reference.texts import (
    ACCESS,
    ADVICE,
    COMMANDS,
    ERRORS,
    FIELDS,
    FORMATS,
    GRAPHQL,
    GUIDES,
    MADE,
    PYTHON,
    SETTINGS,
)
from provgraph import errors
from provgraph.collecting import capture
from provgraph.commands.main import main as group
from provgraph.commands.running import LaterCommand
from provgraph.commands.serving import create_app
from provgraph.graphql.schema import sdl
from provgraph.ingest.jobs import load_job
from provgraph.ingest.reports import Report
from provgraph.model.fields import RECORD_FIELDS, RELATION_FIELDS, SUMMARY_FIELDS
from provgraph.store.registry import open_store
from provgraph.web.roles import MUTATIONS, RIGHTS, ROUTES, Right, Role

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parents[1]


def commands_page() -> str:
    """The commands with their arguments and options."""
    parent = click.Context(group, info_name="provgraph")
    shared: set[str | None] = {
        parameter.name
        for parameter in group.params
        if isinstance(parameter, click.Option) and parameter.name != "version"
    }
    parts = [
        f"# Commands\n\n{MADE}{COMMANDS}\n",
        _options(parent, {parameter.name for parameter in group.params}),
    ]
    for name, command in sorted(commands().items()):
        context = click.Context(command, info_name=name, parent=parent)
        usage = command.get_usage(context).removeprefix("Usage: ")
        own = {parameter.name for parameter in command.params} - shared
        text = inspect.cleandoc((command.help or "").partition("\f")[0])
        guide = GUIDES.get(name)
        more = f"\nMore: [{guide}](../{guide})\n" if guide else ""
        parts.append(f"\n## {name}\n\n```\n{usage}\n```\n\n{text}\n{more}")
        if options := _options(context, own):
            parts.append(f"\n{options}")
    return "".join(parts)


def settings_page() -> str:
    """The environment variables."""
    parts = [f"# Settings\n\n{MADE}{SETTINGS}"]
    for title, variables in GROUPS:
        parts.append(f"\n## {title}\n")
        parts.extend(
            f"\n### {each.name}\n\n{each.meaning} Without it: {each.default}.\n"
            for each in variables
        )
    return "".join(parts)


def access_page() -> str:
    """Who may do what."""
    rights = [
        (f"`{role}`", *("yes" if each in RIGHTS[role] else "" for each in Right)) for role in Role
    ]
    routes = [
        (f"`{each.method} {each.path}`", each.what, each.right or "everybody") for each in ROUTES
    ]
    mutations = [(f"`{each.name}`", each.what, each.right) for each in MUTATIONS]
    return (
        f"# Access\n\n{MADE}{ACCESS}\n## Roles\n\n{table(('role', *Right), rights)}\n"
        f"## Routes\n\n{table(('route', 'what', 'right'), routes)}\n"
        f"## Mutations\n\n{table(('mutation', 'what', 'right'), mutations)}\n"
        "Whatever is not listed needs the right to administer. A server that asks nobody who they "
        "are (`serve` on loopback without `--access`, or with `--insecure`) loads nothing, changes "
        "nothing and runs no job.\n"
    )


def graphql_page() -> str:
    """The types of the query API."""
    schema = graphql.build_schema(sdl())
    types = [
        each
        for name, each in schema.type_map.items()
        if not name.startswith("__") and name not in graphql.specified_scalar_types
    ]
    types.sort(
        key=lambda each: (each.name not in ("Query", "Mutation"), each.name != "Query", each.name)
    )
    return f"# GraphQL schema\n\n{MADE}{GRAPHQL}" + "".join(map(_graphql_type, types))


def python_page() -> str:
    """The Python API."""
    public = {name: getattr(provgraph, name) for name in provgraph.__all__}
    parts = [
        f"# Python API\n\n{MADE}{PYTHON}",
        _function(public.pop("open"), "provgraph.open"),
        _function(public.pop("connect"), "provgraph.connect"),
        *(_class(kind, f"provgraph.{name}") for name, kind in sorted(public.items())),
        _class(Report, "provgraph.ingest.reports.Report"),
        _function(capture.start, "provgraph.capture.start"),
        _function(capture.capturing, "provgraph.capture.capturing"),
        _function(load_job, "provgraph.ingest.jobs.load_job"),
        _function(open_store, "provgraph.store.registry.open_store"),
        _function(create_app, "provgraph.commands.serving.create_app"),
    ]
    return "".join(parts)


def errors_page() -> str:
    """The errors, as a tree and one by one."""
    lines = list(_tree(errors.ProvGraphError, 0))
    parts = [f"# Errors\n\n{MADE}{ERRORS}\n```\n", *lines, "```\n"]
    for each in _errors(errors.ProvGraphError):
        facts = f"Code `{each.code}`, exit code {each.exit_code}. {ADVICE.get(each.__name__, '')}\n"
        parts.append(f"\n## {each.__name__}\n\n{docstring(each)}\n{facts}")
    return "".join(parts)


def formats_page() -> str:
    """What is read, and what is written."""
    parts = [f"# Formats\n\n{MADE}{FORMATS}\n## What is read\n"]
    for name, target in _entry_points("provgraph.loaders"):
        loader = _imported(target)
        reads = getattr(loader, "reads", "")
        parts.append(f"\n### {name}\n\n{docstring(loader)}\nReads {reads}.\n")
    parts.append(
        "\n### ctaprov\n\nReads the databases of CTADIRAC's provenance prototype, by their URL "
        "(`postgresql://…`); [how](../how-to/ctadirac.md#a-ctaprov-database).\n"
    )
    parts.append("\n## What is written\n\n")
    rows = []
    for command in ("what-produced", "export"):
        option = next(each for each in commands()[command].params if each.name == "format_name")
        rows += [
            (f"`{choice}`", command) for choice in cast("click.Choice[str]", option.type).choices
        ]
    names = {"what-produced": "`what-produced`, `impact`, `lineage`", "export": "`export`"}
    by_format: dict[str, list[str]] = {}
    for choice, command in rows:
        by_format.setdefault(choice, []).append(names[command])
    parts.append(table(("format", "of"), [(key, ", ".join(of)) for key, of in by_format.items()]))
    parts.append("\n## Stores\n\nThe beginning of a URL says which store it is.\n\n")
    parts.append(
        table(
            ("URL", "opened by"),
            [(f"`{name}://`", f"`{to}`") for name, to in _entry_points("provgraph.stores")],
        )
    )
    return "".join(parts)


def fields_page() -> str:
    """The fields of records and relations, the same in every face."""
    records = [
        (f"`{field.name}`", ", ".join(sorted(field.kinds)), field.meaning)
        for field in RECORD_FIELDS
    ]
    relations = [(f"`{field.name}`", field.meaning) for field in RELATION_FIELDS]
    return (
        f"# Fields\n\n{MADE}{FIELDS}\n## Records\n\n"
        + table(("field", "of", "meaning"), records)
        + "\n## Relations\n\n"
        + table(("field", "meaning"), relations)
        + "\n## The summary of a lineage\n\n"
        + table(
            ("field", "meaning"), [(f"`{name}`", SUMMARY_FIELDS[name]) for name in SUMMARY_FIELDS]
        )
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "access.md": access_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "fields.md": fields_page,
    "formats.md": formats_page,
    "graphql.md": graphql_page,
    "python.md": python_page,
    "settings.md": settings_page,
}


def commands() -> dict[str, click.Command]:
    """Import all commands.

    Returns:
        Name → command, with its arguments and options; of a group, as ``tokens``, its commands,
        too, as ``tokens add``.
    """
    found = {
        name: each.imported() if isinstance(each, LaterCommand) else each
        for name, each in group.commands.items()
    }
    inner = {
        f"{name} {part}": command
        for name, each in found.items()
        if isinstance(each, click.Group)
        for part, command in each.commands.items()
    }
    return found | inner


def outdated() -> list[str]:
    """The names of the pages that are not as the code would have them."""
    return [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != page()
    ]


def main() -> int:
    """Write all pages, or check them.

    Returns:
        The exit code: 1 when ``--check`` finds a page out of date.
    """
    old = outdated()
    if "--check" in sys.argv[1:]:
        print(*(f"{name} is out of date: run make docs" for name in old), sep="\n", end="")
        return bool(old)
    for name in old:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote {(FOLDER / name).relative_to(ROOT)}")
    return 0


def _options(context: click.Context, names: Collection[str | None]) -> str:
    """A table of those of a command's options that bear these names; empty when there are none."""
    rows = []
    for parameter in context.command.params:
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and parameter.name in names and record:
            rows.append((f"`{record[0]}`", record[1]))
    return table(("option", "meaning"), rows) if rows else ""


def _graphql_type(kind: graphql.GraphQLNamedType) -> str:
    head = f"\n## {kind.name}\n\n*{_KINDS[type(kind)]}.* {kind.description}\n"
    if isinstance(kind, graphql.GraphQLEnumType):
        rows = [(f"`{name}`", value.description or "") for name, value in kind.values.items()]
        return f"{head}\n{table(('value', 'meaning'), rows)}"
    if isinstance(kind, graphql.GraphQLInputObjectType):
        inputs = [
            (f"`{name}`", f"`{each.type}`", each.description or "")
            for name, each in kind.fields.items()
        ]
        return f"{head}\n{table(('field', 'type', 'meaning'), inputs)}"
    if not isinstance(kind, graphql.GraphQLObjectType | graphql.GraphQLInterfaceType):
        return head
    fields = [
        (f"`{name}{_arguments(each)}`", f"`{each.type}`", each.description or "")
        for name, each in kind.fields.items()
    ]
    return f"{head}\n{table(('field', 'type', 'meaning'), fields)}"


_KINDS: Final[dict[type, str]] = {
    graphql.GraphQLObjectType: "Object",
    graphql.GraphQLInterfaceType: "Interface",
    graphql.GraphQLEnumType: "Enumeration",
    graphql.GraphQLInputObjectType: "Input",
    graphql.GraphQLScalarType: "Scalar",
    graphql.GraphQLUnionType: "Union",
}


def _arguments(field: graphql.GraphQLField) -> str:
    names = ", ".join(f"{name}: {each.type}" for name, each in field.args.items())
    return f"({names})" if names else ""


def _function(function: Callable[..., Any], name: str, level: int = 2) -> str:
    call = signature(function, name if level == 2 else name.rpartition(".")[2])
    return f"\n{'#' * level} {name}\n\n```python\n{call}\n```\n\n{docstring(function)}"


def _class(kind: type, name: str) -> str:
    methods = [
        _function(member, f"{name.rpartition('.')[2]}.{key}", 3)
        for own in kind.__mro__
        for key, member in vars(own).items()
        if own.__module__.startswith("provgraph.")
        and inspect.isfunction(member)
        and not key.startswith("_")
        and member.__doc__
    ]
    fields = ", ".join(f"`{key}`" for key in getattr(kind, "__dataclass_fields__", {}))
    listed = f"\nFields: {fields}.\n" if fields else ""
    return f"\n## {name}\n\n{docstring(kind)}{listed}{''.join(methods)}"


def _errors(kind: type[errors.ProvGraphError]) -> Iterator[type[errors.ProvGraphError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _errors(each)


def _tree(kind: type[errors.ProvGraphError], depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{kind.__name__}\n"
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _tree(each, depth + 1)


def _entry_points(group: str) -> list[tuple[str, str]]:
    """The names and targets of a group of entry points, as the repository has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(project["entry-points"][group].items())


def _imported(target: str) -> object:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    sys.exit(main())
