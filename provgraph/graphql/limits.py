"""How much one GraphQL document may ask.

The library's own limiters expand every fragment wherever it is spread, so fragments that spread one
another twice cost them 2^n steps. Here each fragment is measured once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, SchemaExtension

#: How deep fields may nest.
DEPTH = 12
#: How many fields may have an alias, counted wherever a fragment is spread.
ALIASES = 30
#: How many tokens a document may have.
TOKENS = 2000


def extensions() -> list[Callable[[], SchemaExtension]]:
    """What the schema needs to hold the limits; made anew for each request."""
    return [lambda: MaxTokensLimiter(TOKENS), lambda: AddValidationRules([Limits])]


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0


class Limits(ValidationRule):
    """Refuses a document whose operations are too deep or have too many aliases."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        definitions = context.document.definitions
        self._fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure an operation."""
        size = self._measure(node.selection_set)
        if size.depth > DEPTH:
            self.report_error(
                GraphQLError(f"fields nest {size.depth} deep; {DEPTH} are allowed", node)
            )
        if size.aliases > ALIASES:
            self.report_error(
                GraphQLError(f"{size.aliases} fields have an alias; {ALIASES} are allowed", node)
            )

    def _measure(self, selections: SelectionSetNode | None) -> _Size:
        return (
            _together(self._size(each) for each in selections.selections) if selections else _Size()
        )

    def _size(self, selection: SelectionNode) -> _Size:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        if isinstance(selection, FieldNode):
            return self._field(selection)
        return (
            self._measure(selection.selection_set)
            if isinstance(selection, InlineFragmentNode)
            else _Size()
        )

    def _field(self, field: FieldNode) -> _Size:
        if field.name.value.startswith("__"):
            return _Size()
        inside = self._measure(field.selection_set)
        return _Size(inside.depth + 1, inside.aliases + (field.alias is not None))

    def _fragment(self, name: str) -> _Size:
        if name not in self._measured:
            self._measured[name] = _Size()  # a cycle, which another rule refuses, ends here
            fragment = self._fragments.get(name)
            self._measured[name] = self._measure(fragment.selection_set if fragment else None)
        return self._measured[name]


def _together(sizes: Iterable[_Size]) -> _Size:
    deepest = aliases = 0
    for size in sizes:
        deepest = max(deepest, size.depth)
        aliases += size.aliases
    return _Size(deepest, aliases)
