"""Reads Python reprs of dicts and lists as data: parsed, never evaluated (CONTRACT section 7)."""

import ast
from typing import Any

from provgraph.errors import LoadError

#: Python writes no larger integer as text.
_LARGEST_INTEGER_BITS = 14_000
_NAMES = {"nan": float("nan"), "inf": float("inf")}


def read_literal(text: str) -> Any:
    """The dicts, lists and scalars in a Python repr; tuples and sets come as lists, as in JSON.

    Raises:
        LoadError: the text is no such repr; nothing in it was run.
    """
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise LoadError(f"no Python literal: {error}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int() as value) if value.bit_length() > _LARGEST_INTEGER_BITS:
            raise ValueError("an integer is too large")
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.Constant(value=bytes() as value):
            return value.decode("utf-8", "surrogateescape")
        case ast.Dict(keys=keys, values=values):
            return {str(_value(key)): _value(value) for key, value in zip(keys, values, strict=True) if key}
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [_value(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(number := _value(operand), int | float):
            return -number
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
    raise ValueError(f"{ast.unparse(node)[:60]!r} is no literal")
