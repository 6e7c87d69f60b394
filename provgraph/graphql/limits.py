"""How much one GraphQL document may ask.

The limiters of the library expand every fragment wherever it is spread, so fragments that spread
one another twice cost them 2^n steps. Here each fragment is measured once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from strawberry.extensions import SchemaExtension

from provgraph.graphql.batching import RequestContext
from provgraph.server_settings import ServingLimits

#: How many members a list is taken to have that has no argument ``first``, and a page that a
#: variable sets.
MEMBERS: Final = 10
#: What a lineage costs before its records are listed.
WALK: Final = 100
_WALKS: Final = frozenset({"Lineage", "LineageDiff"})


class WithinLimits(SchemaExtension):
    """Holds each request to the limits of its server."""

    def on_operation(self) -> Iterator[None]:
        """Set the limits before the document is parsed.

        Yields:
            None, once: the operation runs there.
        """
        context = self.execution_context
        limits = limits_of(context.context)
        context.parse_options["max_tokens"] = limits.tokens
        context.validation_rules = (*context.validation_rules, _rule(limits))
        yield


def limits_of(context: object) -> ServingLimits:
    """Find the limits of a request.

    Args:
        context: of the request; without one, the usual limits hold.

    Returns:
        The limits.
    """
    return context.limits if isinstance(context, RequestContext) else ServingLimits()


@dataclass(frozen=True, slots=True)
class _Size:
    """How much a selection asks for.

    Attributes:
        depth: how deep its fields nest.
        aliases: how many of them have an alias.
        fields: how many there are.
        cost: the estimated work: a field costs 1, a lineage `WALK` more, and what is in a list
            costs as often as the list has members.
    """

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    cost: int = 0


class LimitsRule(ValidationRule):
    """Refuses a document whose operations ask for more than the limits allow."""

    limits = ServingLimits()

    def __init__(self, context: ValidationContext) -> None:
        """Take the fragments of a document.

        Args:
            context: the document under validation, with the schema.
        """
        super().__init__(context)
        self._schema = context.schema
        self._fragments = {
            each.name.value: each
            for each in context.document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure an operation, and report an error for each limit that it exceeds.

        Args:
            node: the operation.
            _: where the operation stands; not needed.
        """
        size = self._measure(node.selection_set, self._schema.get_root_type(node.operation))
        limits = self.limits
        for is_over, what in (
            (size.depth > limits.depth, f"fields nest {size.depth} deep; {limits.depth}"),
            (
                size.aliases > limits.aliases,
                f"{size.aliases} fields have an alias; {limits.aliases}",
            ),
            (
                size.fields > limits.fields,
                f"{size.fields:,} fields are asked for; {limits.fields:,}",
            ),
            (size.cost > limits.cost, f"the estimated cost is {size.cost:,}; {limits.cost:,}"),
        ):
            if is_over:
                self.report_error(GraphQLError(f"{what} are allowed", node))

    def _measure(self, selections: SelectionSetNode | None, of: Any) -> _Size:
        """The size of a selection from an object of a type."""
        if selections is None:
            return _Size()
        return _together(self._size(each, of) for each in selections.selections)

    def _size(self, selection: SelectionNode, of: Any) -> _Size:
        """The size of one member of a selection."""
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        if isinstance(selection, FieldNode):
            return self._field(selection, of)
        if isinstance(selection, InlineFragmentNode):
            return self._measure(selection.selection_set, self._named(selection) or of)
        return _Size()

    def _field(self, field: FieldNode, of: Any) -> _Size:
        """The size of a field with all inside it; fields of introspection are free."""
        if field.name.value.startswith("__"):
            return _Size()
        declared = getattr(of, "fields", {}).get(field.name.value)
        type_ = declared and get_named_type(declared.type)
        inside = self._measure(field.selection_set, type_)
        own = 1 + (WALK if getattr(type_, "name", None) in _WALKS else 0)
        return _Size(
            inside.depth + 1,
            inside.aliases + (field.alias is not None),
            inside.fields + 1,
            own + inside.cost * _members(field, of, declared),
        )

    def _fragment(self, name: str) -> _Size:
        """The size of a fragment, measured once."""
        if name not in self._measured:
            self._measured[name] = _Size()  # a cycle, which another rule refuses, ends here
            fragment = self._fragments.get(name)
            if fragment:
                found = self._measure(fragment.selection_set, self._named(fragment))
                self._measured[name] = found
        return self._measured[name]

    def _named(self, fragment: InlineFragmentNode | FragmentDefinitionNode) -> Any:
        """The type on which a fragment stands; None when it names none."""
        on = fragment.type_condition
        return on and self._schema.get_type(on.name.value)


@cache
def _rule(limits: ServingLimits) -> type[LimitsRule]:
    """The rule with these limits."""
    return type("Limits", (LimitsRule,), {"limits": limits})


def _members(field: FieldNode, of: Any, declared: Any) -> int:
    """How often what is in a field is taken to be asked for."""
    for argument in field.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            return int(value.value) if isinstance(value, IntValueNode) else MEMBERS
    if getattr(of, "name", "").endswith("Connection"):
        return 1  # the page has counted them
    is_list = declared and is_list_type(get_nullable_type(declared.type))
    return MEMBERS if is_list else 1


def _together(sizes: Iterable[_Size]) -> _Size:
    """The size of several members beside each other: the greatest depth, sums of all else."""
    deepest = aliases = fields = cost = 0
    for size in sizes:
        deepest = max(deepest, size.depth)
        aliases += size.aliases
        fields += size.fields
        cost += size.cost
    return _Size(deepest, aliases, fields, cost)
