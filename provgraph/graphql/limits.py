"""How much one GraphQL document may ask.

The limiters of the library expand every fragment wherever it is spread, so fragments that spread
one another twice cost them 2^n steps. Here each fragment is measured once.
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
    """List what the schema needs to hold the limits.

    Returns:
        A function for each extension, which makes the extension anew for each request.
    """
    return [lambda: MaxTokensLimiter(TOKENS), lambda: AddValidationRules([Limits])]


@dataclass(frozen=True, slots=True)
class _Size:
    """How deep the fields of a selection nest, and how many of them have an alias."""

    depth: int = 0
    aliases: int = 0


class Limits(ValidationRule):
    """Refuses a document whose operations are too deep or have too many aliases."""

    def __init__(self, context: ValidationContext) -> None:
        """Take the fragments of a document.

        Args:
            context: the document under validation, with the schema.
        """
        super().__init__(context)
        definitions = context.document.definitions
        self._fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure an operation, and report an error when it is too large.

        Args:
            node: the operation.
            _: where the operation stands; not needed.
        """
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
        """The size of a selection."""
        return (
            _together(self._size(each) for each in selections.selections) if selections else _Size()
        )

    def _size(self, selection: SelectionNode) -> _Size:
        """The size of one member of a selection."""
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
        """The size of a field with all inside it; fields of introspection are free."""
        if field.name.value.startswith("__"):
            return _Size()
        inside = self._measure(field.selection_set)
        return _Size(inside.depth + 1, inside.aliases + (field.alias is not None))

    def _fragment(self, name: str) -> _Size:
        """The size of a fragment, measured once."""
        if name not in self._measured:
            self._measured[name] = _Size()  # a cycle, which another rule refuses, ends here
            fragment = self._fragments.get(name)
            self._measured[name] = self._measure(fragment.selection_set if fragment else None)
        return self._measured[name]


def _together(sizes: Iterable[_Size]) -> _Size:
    """The size of several members beside each other: the greatest depth, the sum of the aliases."""
    deepest = aliases = 0
    for size in sizes:
        deepest = max(deepest, size.depth)
        aliases += size.aliases
    return _Size(deepest, aliases)
