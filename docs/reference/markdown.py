"""Python's docstrings and signatures as Markdown.

Docstrings of provgraph are in Google's style: a summary, text, and sections such as ``Args:``.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from textwrap import dedent
from typing import Any

_SECTION = re.compile(
    r"(Args|Attributes|Returns|Yields|Raises|Note|Notes|Example|Examples):\s*", re.ASCII
)
_ITEM = re.compile(r"(\*{0,2}[A-Za-z_][\w.]*(?: \([^)]*\))?):\s+(.*)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table.

    Args:
        head: the texts of the first row.
        rows: the other rows, each with as many texts.

    Returns:
        The table, which ends with a line break.
    """
    first = list(head)
    lines = [first, ["---"] * len(first), *map(list, rows)]
    return "".join(f"| {' | '.join(map(cell, line))} |\n" for line in lines)


def cell(text: str) -> str:
    """A text that may stand in a table: on one line, with its bars escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def anchor(heading: str) -> str:
    """The anchor under which GitHub and GitLab find a heading.

    Args:
        heading: its text, such as ``Rule 4: a path names a sequence of files``.

    Returns:
        For example ``rule-4-a-path-names-a-sequence-of-files``.
    """
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return plain.replace(" ", "-")


def docstring(thing: object) -> str:
    """What the docstring of a class, function or module says, as Markdown.

    Args:
        thing: what bears the docstring.

    Returns:
        Paragraphs, and a list for each section; empty without a docstring.
    """
    lines = inspect.cleandoc(getattr(thing, "__doc__", None) or "").splitlines()
    blocks: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in lines:
        if section := _SECTION.fullmatch(line):
            blocks.append((section[1], []))
        else:
            blocks[-1][1].append(line)
    texts = [_block(name, content) for name, content in blocks]
    return "\n".join(text for text in texts if text)


def signature(function: Callable[..., Any], name: str) -> str:
    """How a function is called, as it is written in its source.

    Args:
        function: a function or method.
        name: what the reader calls it, such as ``provgraph.open``.

    Returns:
        For example ``provgraph.open(store: str | None = None)``; without ``self``.

    Raises:
        TypeError: it is no function.
    """
    (source,) = ast.parse(dedent(inspect.getsource(inspect.unwrap(function)))).body
    if not isinstance(source, ast.FunctionDef):
        raise TypeError(f"{name} is no function")
    parameters = ", ".join(_parameters(source.args)).removeprefix("self").removeprefix(", ")
    returned = f" -> {ast.unparse(source.returns)}" if source.returns else ""
    return f"{name}({parameters}){returned}"


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    """The parameters one by one, with a star where only names may follow."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + [*arguments.defaults]
    yield from (_parameter(each, default) for each, default in zip(plain, defaults, strict=True))
    if arguments.vararg:
        yield f"*{_parameter(arguments.vararg, None)}"
    elif arguments.kwonlyargs:
        yield "*"
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    yield from (_parameter(each, default) for each, default in named)


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(parameter) + (f" = {ast.unparse(default)}" if default else "")


def _block(section: str | None, lines: list[str]) -> str:
    text = _ticks(dedent("\n".join(lines)).strip("\n"))
    if not text:
        return ""
    if section is None:
        return text + "\n"
    if section in ("Args", "Attributes", "Raises"):
        items = [f"- {_item(item)}" for item in _items(text)]
        return f"*{section}*\n\n" + "\n".join(items) + "\n"
    return f"*{section}*\n\n{text}\n"


def _items(text: str) -> list[str]:
    """The items of a section: each begins without indentation, its other lines are indented."""
    items: list[list[str]] = []
    for line in text.splitlines():
        if line[:1].strip() or not items:
            items.append([line])
        else:
            items[-1].append(line.strip())
    return [" ".join(filter(None, item)) for item in items]


def _item(text: str) -> str:
    parts = _ITEM.fullmatch(text)
    return f"`{parts[1]}`: {parts[2]}" if parts else text


def _ticks(text: str) -> str:
    """Code as Markdown marks it; in docstrings it has two ticks."""
    return text.replace("``", "`")
