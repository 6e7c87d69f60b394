"""Statements of PROV-N (W3C recommendation "PROV-N", 30 April 2013), read by the prov package.

One expression that can't be read, such as one of PROV-N's extensions, is one problem with its line
and column; the rest is read. A prefix that is well known need not be declared.
"""

import re
from collections.abc import Callable, Iterable

from prov.model import ProvDocument, ProvException
from prov.serializers.provn_lexer import ProvNSyntaxError
from prov.serializers.provn_parser import ProvNParser

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.loaders.protocol import Problem
from provgraph.model.values import storable_text
from provgraph.prov.names import WELL_KNOWN

_DOCUMENT = re.compile(r"\A(?:\ufeff)?(?:\s|//[^\n]*\n|/\*.*?\*/)*+document\b", re.DOTALL)
_DECLARED = re.compile(r"\bprefix\s+([\w.-]+)\s*<")
_USED = re.compile(r"(?<![\w.:/-])([A-Za-z][\w.-]*):(?=\w)")
#: How the package tells where a fault is.
_PLACED = re.compile(r"(line (\d+), column (\d+)): (.*)", re.DOTALL)
#: Texts, comments and URIs, in which nothing counts; the name that begins an expression; brackets.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""|"(?:[^"\\\n]|\\.)*+"|//[^\n]*|/\*.*?\*/|<[^>\s]*>'
    r"|((?:[\w.-]+:)?[\w.-]+\s*\()|[()]",
    re.DOTALL,
)
_NO_NEWLINE = re.compile(r"[^\n]")
#: A document with more of them is no PROV-N.
_MOST_UNREADABLE = 100


def read_prov_n(
    content: bytes, statements_of: Callable[[ProvDocument], Iterable[PartOrProblem]]
) -> list[PartOrProblem]:
    """Read a document.

    Args:
        content: its bytes.
        statements_of: reads a document of the prov package.

    Returns:
        the statements, names of bundles, and a problem for each expression that can't be read.

    Raises:
        LoadError: nothing of it can be read.
    """
    try:
        document, problems = _parsed(_with_known_prefixes(content.decode()))
        found = list(statements_of(document))
    except (ProvNSyntaxError, ProvException, ValueError, RecursionError, OverflowError) as error:
        what = storable_text(str(error)[:500]) or type(error).__name__
        raise LoadError(f"it can't be read: {what}") from error
    return [*found, *problems]


def _parsed(text: str) -> tuple[ProvDocument, list[Problem]]:
    """Parse a document without the expressions that can't be read.

    Those that have characters which PROV-N does not know are blanked out, since the package would
    read nothing.

    Raises:
        ProvNSyntaxError: such a character stands outside of any expression, or there are many.
    """
    problems: list[Problem] = []
    while True:
        try:
            parser = ProvNParser(text, "lenient")
            document = parser.parse()
        except ProvNSyntaxError as error:
            told = _PLACED.fullmatch(str(error))
            found = None if told is None else _expression_at(text, int(told[2]), int(told[3]))
            if told is None or found is None or len(problems) == _MOST_UNREADABLE:
                raise
            problems.append(Problem(told[1], f"this is not loaded: {storable_text(told[4])}"))
            start, end = found
            text = text[:start] + _NO_NEWLINE.sub(" ", text[start:end]) + text[end:]
        else:
            return document, [*problems, *map(_problem, parser.skipped)]


def _expression_at(text: str, line: int, column: int) -> tuple[int, int] | None:
    """Find where the expression that stands at a place begins and ends."""
    at = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1]) + column - 1
    begin, depth = 0, 0
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            begin = token.start() if depth == 0 else begin
            depth += 1
        elif token[0] == "(":
            depth += 1
        elif token[0] == ")" and depth > 0:
            depth -= 1
            if depth == 0 and begin <= at < token.end():
                return begin, token.end()
    return None


def _with_known_prefixes(text: str) -> str:
    """Declare the well-known prefixes that the document uses and does not declare."""
    begin = _DOCUMENT.match(text)
    if begin is None:
        return text
    missing = set(_USED.findall(text)) - set(_DECLARED.findall(text))
    lines = "".join(
        f" prefix {prefix} <{uri}>" for uri, prefix in WELL_KNOWN.items() if prefix in missing
    )
    default, at = re.compile(r"\s*default\s*<[^>]*>").match(text, begin.end()), begin.end()
    at = at if default is None else default.end()
    return f"{text[:at]}{lines}{text[at:]}"


def _problem(message: str) -> Problem:
    """Tell what the package has skipped."""
    told = _PLACED.fullmatch(message.partition(" skipped: ")[2])
    where, what = (told[1], told[4]) if told else ("the whole source", message)
    return Problem(where, f"this is not loaded: {storable_text(what[:500])}")
