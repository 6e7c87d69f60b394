"""A job definition as somebody types it: what it says, and where in the text a mistake stands."""

import json
import re
from typing import Final

from provgraph.errors import LoadError, ProvGraphError
from provgraph.interchange.tool_descriptions import descriptions_in_text
from provgraph.jobs.definition import definition_of
from provgraph.model.descriptions import ToolDescription

_TOKEN: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')


def definition_in(text: str) -> ToolDescription:
    """Read a definition, and check it as when a job is run.

    Args:
        text: of JSON or YAML, or a VOTable of OPUS's.

    Returns:
        What is said of the job.

    Raises:
        LoadError: it is no definition.
        JobRefusedError: no job could be run by it.
        MissingExtraError: YAML or a VOTable needs an extra that isn't installed.
    """
    found = descriptions_in_text(text.encode(errors="surrogatepass"))
    if len(found) != 1:
        raise LoadError("a definition is one object, not a list")
    definition_of(found[0].base, found[0])
    return found[0]


def line_of(text: str, error: ProvGraphError) -> int | None:
    """Find the line of a mistake in a text of JSON.

    Args:
        text: of a definition.
        error: that reading it raised.

    Returns:
        The line, from 1; None where the text does not show it, as of YAML.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as wrong:
        return wrong.lineno
    except RecursionError:
        return None
    return _line_of_place(text, error.where) if error.where else None


def _line_of_place(text: str, where: str) -> int | None:
    """The line of ``script``, a key of the object, or of ``parameters.word``, a name below one."""
    key, _, name = where.partition(".")
    found, depth = None, 0
    for token in _TOKEN.finditer(text):
        said = token[0]
        if said in "{}[]":
            depth += 1 if said in "{[" else -1
        elif depth == 1 and found is None and _is_key(text, token.end()) and _is(said, key):
            found = token
            if not name:
                break
        elif found and depth > 1 and _is(said, name):
            found = token
            break
    return text.count("\n", 0, found.start()) + 1 if found else None


def _is_key(text: str, end: int) -> bool:
    return text[end:].lstrip()[:1] == ":"


def _is(token: str, name: str) -> bool:
    try:
        return bool(json.loads(token) == name)
    except ValueError:
        return False
