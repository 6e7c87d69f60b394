"""Reads Turtle, TriG and N-Triples on behind errors of syntax, with rdflib's parser.

A statement that can't be parsed is passed over and told as one problem; its prefixes and graphs
stay as they were. So one bad line costs no more than its own statement.
"""

import re
from typing import Any, NoReturn

from rdflib.graph import Graph
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink
from rdflib.plugins.parsers.trig import TrigSinkParser

from provgraph.errors import LoadError
from provgraph.loaders.protocol import Problem
from provgraph.model.values import storable_text

#: More bad statements tell that the document is something else. The limit keeps the time linear:
#: some errors make the parser look as far as the document's end.
MOST_BAD = 1_000
#: How much of a document a message quotes.
_QUOTED = 60
#: What is passed over as a whole, lest a dot or brace in it is taken for the end of a statement
#: (Turtle 1.1, section 6.5): strings, IRIs, comments, dots in names and numbers, other text. A
#: string that its line leaves open reaches to the end of the line.
_PASSED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n\r]|\\[^\n\r])*+"'
    r"|'(?:[^'\\\n\r]|\\[^\n\r])*+'"
    r"|(?P<open>[\"'][^\n\r]*+)"
    r'|<[^<>"{}|^`\\\s]*+>?'
    r"|#[^\n\r]*+"
    r"|\.(?=[\w:%\\-])"
    r"|[^.\"'<#{}]++",
    re.DOTALL,
)
#: A directive that no dot ends (Turtle 1.1, section 6.5, productions 5s and 6s).
_LINE = re.compile(r"(?:prefix|base)\s[^\n\r]*", re.IGNORECASE)


def end_of_statement(text: str, start: int, *, in_graph: bool) -> int:
    """Find where a statement ends that can't be parsed.

    Args:
        text: the document.
        start: where the statement begins.
        in_graph: whether it stands in a graph of TriG, which a brace ends.

    Returns:
        The position behind the first dot outside of strings, IRIs, comments and braces; or of the
        brace that ends the graph around; or the length of the text.
    """
    line = _LINE.match(text, start)
    if line is not None:
        return line.end()
    depth, at = 0, start
    while at < len(text):
        passed = _PASSED.match(text, at)
        if passed is not None:
            at = passed.end()
            if passed.lastgroup == "open" and passed.group().rstrip().endswith("."):
                return at
            continue
        if text[at] == "}" and depth == 0:
            return at if in_graph else at + 1
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth == 0 and text[at - 1] in ".}":
            return at
    return at


class _BadStatement(BadSyntax):
    """An error of syntax without the copy of the whole document that rdflib's own keeps."""

    def __init__(self, at: int, why: str) -> None:
        SyntaxError.__init__(self, why)
        self._i, self._why = at, why


class TurtleParser(TrigSinkParser):
    """Parses a document, statement by statement."""

    def __init__(
        self, graph: Graph, base: str, quads: dict[Any, None], problems: list[Problem]
    ) -> None:
        """Make a parser.

        Args:
            graph: where the triples go that stand in no graph.
            base: the URI against which relative names resolve.
            quads: what graphs have got so far; those of a bad statement are taken out again.
            problems: where the statements are told that can't be parsed.
        """
        super().__init__(RDFSink(graph), baseURI=graph.absolutize(base), turtle=True)
        self._problems = problems
        self._quads = quads
        self._whole = 0
        self._counted = (0, 1)
        self._is_cut = False

    def directiveOrStatement(self, argstr: str, h: int) -> int:  # noqa: N802 - rdflib's name
        """Parse one statement, or a graph with its statements, and pass over one that is bad.

        Args:
            argstr: the document.
            h: where the statement begins.

        Returns:
            where it ends; -1 at the end of the document.
        """
        around = self._context, self._parentContext, self._reason2
        begin = self.skipSpace(argstr, h)
        if begin < 0:
            return begin
        try:
            end = super().directiveOrStatement(argstr, begin)
            if end < 0:
                self.BadSyntax(argstr, begin, "it is no whole statement")
            self._whole = len(self._quads)
        except Exception as error:  # the parser doesn't say which it raises
            self._context, self._parentContext, self._reason2 = around
            end = end_of_statement(argstr, begin, in_graph=around[0] is not None)
            self._pass_over(argstr, begin, end, error)
        return end

    def BadSyntax(self, argstr: str, i: int, msg: str) -> NoReturn:  # noqa: N802 - rdflib's name
        """Refuse a statement.

        Args:
            argstr: the document.
            i: where the error is.
            msg: what is wrong.

        Raises:
            BadSyntax: always.
        """
        raise _BadStatement(i, msg)

    def _pass_over(self, text: str, begin: int, end: int, error: Exception) -> None:
        """Note a bad statement, and take back what was read of it."""
        while len(self._quads) > self._whole:
            self._quads.popitem()
        at, why = (error._i, error._why) if isinstance(error, BadSyntax) else (begin, str(error))
        at = min(max(at, begin), end)
        where = f"line {self._line(text, begin) + text.count(chr(10), begin, at)}"
        if len(self._problems) == MOST_BAD:
            raise LoadError(f"{where}: there are more than {MOST_BAD:,} bad statements")
        if end == len(text) and text[-1:] not in (".", "}"):
            if not self._is_cut:
                self._problems.append(Problem(where, "the document is cut off in this statement"))
            self._is_cut = True
            return
        what = f"this statement is not loaded: {why}: {text[at : min(end, at + _QUOTED)]}"
        self._problems.append(Problem(where, storable_text(" ".join(what.split()))))

    def _line(self, text: str, at: int) -> int:
        """The number of the line at a position that is behind those asked for before."""
        before, line = self._counted
        self._counted = at, line + text.count("\n", before, at)
        return self._counted[1]
