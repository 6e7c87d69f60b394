"""What readers make of a document that is held in memory as a whole."""

from dataclasses import dataclass

from provgraph.interchange.reading.context import PartOrProblem
from provgraph.prov.addresses import is_relative, resolved
from provgraph.prov.statements import (
    QUALIFIED_NAME,
    SLOTS,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    Slot,
)


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document.

    Attributes:
        parts: what it says, and what can't be read.
        has_relative_names: whether names of records depend on the document's address.
    """

    parts: list[PartOrProblem]
    has_relative_names: bool = False

    def at(self, address: str) -> "WholeDocument":
        """Resolve the relative names of a format that declares namespaces.

        Args:
            address: of the document.

        Returns:
            the same document; each name that had no scheme is a full URI.
        """
        names = _NameResolver(address)
        parts = [names.part(each) for each in self.parts]
        return WholeDocument(parts, has_relative_names=names.were_relative)


class _NameResolver:
    """Resolves names, and remembers whether one needed it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.were_relative = False

    def part(self, part: PartOrProblem) -> PartOrProblem:
        if isinstance(part, BundleNamed):
            return BundleNamed(self._full(part.id))
        return self._statement(part) if isinstance(part, ProvStatement) else part

    def _statement(self, statement: ProvStatement) -> ProvStatement:
        return ProvStatement(
            statement.type,
            self._full_or_none(statement.id),
            tuple(
                value if slot is Slot.TIME else self._full_or_none(value)
                for value, slot in zip(statement.slots, SLOTS[statement.type], strict=True)
            ),
            tuple(map(self._pair, statement.attributes)),
            self._full_or_none(statement.bundle),
        )

    def _pair(self, pair: Pair) -> Pair:
        name, value = pair
        if value.type == QUALIFIED_NAME:
            value = Literal(self._full(value.text), QUALIFIED_NAME)
        return self._full(name), value

    def _full_or_none(self, name: str | None) -> str | None:
        return None if name is None else self._full(name)

    def _full(self, name: str) -> str:
        if not is_relative(name):
            return name
        self.were_relative = True
        return resolved(name, self._address)
