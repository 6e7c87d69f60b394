"""Reads Python reprs of dicts and lists as data: parsed, never evaluated.

Old versions of ctapipe and the prototype of CTADIRAC write their logs in this form. No code that
stands in a log is ever run.
"""

import ast
import codecs
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import accumulate
from typing import Any, cast

from provgraph.errors import LoadError
from provgraph.loaders.json_stream import Record, available
from provgraph.loaders.protocol import Problem
from provgraph.model.values import key_count, storable_value

#: A Python repr can't be streamed, and parsing it takes up to 500 times its size in memory: a
#: larger one is not read. Where each line is one, the log may be larger. In bytes.
LARGEST_LITERAL = 256 << 10
LARGEST_LITERAL_LOG = 64 << 20
#: Python writes no larger integer as text.
_LARGEST_INTEGER_BITS = 14_000
_NAMES = {"nan": float("nan"), "inf": float("inf")}


@dataclass(frozen=True, slots=True)
class PythonLiteral:
    """One item of a repr.

    Attributes:
        offset: the byte of the repr that the item begins at.
        value: dicts, lists and scalars. Tuples and sets come as lists, as in JSON. Of a key that
            stands twice in a dict only the last value is there.
        keys: how many keys are written in the item; more than ``value`` has when a key stands
            twice.
        error: why the item is no data and nothing of it is read; None when it is data.
    """

    offset: int
    value: Any = None
    keys: int = 0
    error: str | None = None


def read_literals(text: str) -> list[PythonLiteral]:
    """Read the items of a Python repr of a list or tuple, or the one value that the repr is.

    Nothing in the text is run.

    Args:
        text: the repr, such as ``[{'activity_name': 'ctapipe-process'}]``.

    Returns:
        One literal an item, in the order of the text.

    Raises:
        LoadError: the text is no Python expression.
    """
    begin = text[: len(text) - len(text.lstrip())]
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(text.strip(), mode="eval").body
        starts = [0, *accumulate(map(len, text.strip().encode().splitlines(keepends=True)))]
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise LoadError(f"no Python literal: {error}") from None
    items = body.elts if isinstance(body, ast.List | ast.Tuple) else [body]
    return [
        _literal(item, len(begin.encode()) + starts[item.lineno - 1] + item.col_offset)
        for item in items
    ]


def _literal(item: ast.expr, offset: int) -> PythonLiteral:
    try:
        value = _value(item)
    except (ValueError, RecursionError) as error:
        return PythonLiteral(offset, error=f"no Python literal: {error}")
    keys = sum(len(node.keys) for node in ast.walk(item) if isinstance(node, ast.Dict))
    return PythonLiteral(offset, value, keys)


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int() as value) if value.bit_length() > _LARGEST_INTEGER_BITS:
            raise ValueError("an integer is too large")
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.Constant(value=bytes() as value):
            return value.decode("utf-8", "surrogateescape")
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {
                str(_value(key)): _value(value)
                for key, value in zip(keys, values, strict=True)
                if key
            }
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [_value(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(
            number := _value(operand), int | float
        ):
            return -number
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
    raise ValueError(f"{ast.unparse(node)[:60]!r} is no literal")


# Logs.


def literal_records(stream: BufferedReader) -> Iterator[tuple[str, Record] | Problem]:
    """Read the activities of a log in the Python form.

    A repr can't be streamed: the whole log is one, or each of its lines is one.

    Args:
        stream: the log's bytes, decompressed.

    Yields:
        The place of an activity (``byte 0``) and its record, or a problem.
    """
    data, broken = available(stream, LARGEST_LITERAL_LOG + 1)
    if len(data) > LARGEST_LITERAL_LOG:
        what = (
            f"a log in the older Python form of more than {LARGEST_LITERAL_LOG >> 20} MiB "
            "is not read; cut it between two lines"
        )
        yield Problem("byte 0", what)
        return
    found: Iterable[tuple[str, Record] | Problem]
    try:
        found = list(_records_of_repr(0, data))
    except LoadError as error:
        is_of_lines = b"\n" in data.strip()
        found = _records_of_lines(data) if is_of_lines else [Problem("byte 0", str(error))]
    yield from found
    if broken is not None:
        yield Problem(f"byte {len(data)}", f"the rest can't be read: {broken}")


def _records_of_lines(data: bytes) -> Iterator[tuple[str, Record] | Problem]:
    """The activities of a log of which each line is a repr; a bad line is a problem."""
    offset = 0
    for line in BytesIO(data):
        try:
            if line.strip():
                yield from _records_of_repr(offset, line)
        except LoadError as error:
            yield Problem(f"byte {offset}", str(error))
        offset += len(line)


def _records_of_repr(offset: int, data: bytes) -> Iterator[tuple[str, Record] | Problem]:
    """The activities in one repr, which begins at this byte of the log."""
    if len(data) > LARGEST_LITERAL:
        raise LoadError(f"a Python literal of more than {LARGEST_LITERAL >> 10} KiB is not read")
    bom = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    for each in read_literals(data[bom:].decode("utf-8", "surrogateescape")):
        yield from _record(f"byte {offset + bom + each.offset}", each)


def _record(where: str, literal: PythonLiteral) -> Iterator[tuple[str, Record] | Problem]:
    """The record that an item is, and a problem when a key stands twice in it."""
    record = literal.value
    if literal.error is not None:
        yield Problem(where, literal.error)
    elif not isinstance(record, dict) or (keys := key_count(record)) is None:
        yield Problem(where, f"a {type(record).__name__} that is no activity; it is not loaded")
    else:
        usable = cast("Record", storable_value(record))
        yield where, usable
        if literal.keys != keys or key_count(usable) != keys:
            yield Problem(where, "a key stands twice in one object; only its last value is loaded")
