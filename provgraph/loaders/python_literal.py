"""Reads Python reprs of dicts and lists as data: parsed, never evaluated (CONTRACT section 7)."""

import ast
import warnings
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from provgraph.errors import LoadError

#: Python writes no larger integer as text.
_LARGEST_INTEGER_BITS = 14_000
_NAMES = {"nan": float("nan"), "inf": float("inf")}


@dataclass(frozen=True, slots=True)
class Literal:
    """One item of a repr.

    Attributes:
        offset: the byte that it begins at.
        value: dicts, lists and scalars; tuples and sets come as lists, as in JSON. Of a key that
            stands twice the last.
        keys: how many keys are written in it.
        error: why it is no data, and nothing of it is read; None when it is.
    """

    offset: int
    value: Any = None
    keys: int = 0
    error: str | None = None


def read_literals(text: str) -> list[Literal]:
    """The items of a Python repr of a list or tuple, or the one value that it is.

    Nothing in it is run.

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


def _literal(item: ast.expr, offset: int) -> Literal:
    try:
        value = _value(item)
    except (ValueError, RecursionError) as error:
        return Literal(offset, error=f"no Python literal: {error}")
    return Literal(
        offset, value, sum(len(node.keys) for node in ast.walk(item) if isinstance(node, ast.Dict))
    )


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
