"""What one statement of a PROV document means because of the document's other statements."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from provgraph.interchange.reading.attributes import AttributeReader, value_hashes
from provgraph.loaders.protocol import Problem
from provgraph.model.vocabulary import Kind
from provgraph.prov import ivoa, names
from provgraph.prov.statements import ELEMENTS, SLOTS, DocumentPart, ProvStatement, ProvType, Slot
from provgraph.prov.values import class_in

#: What a reader of documents gives: statements, names of bundles, and what can't be read.
PartOrProblem: TypeAlias = DocumentPart | Problem

_KINDS = {
    ProvType.ENTITY: Kind.ENTITY,
    ProvType.ACTIVITY: Kind.ACTIVITY,
    ProvType.AGENT: Kind.AGENT,
}
_SLOT_KINDS = {
    Slot.ENTITY: Kind.ENTITY,
    Slot.ACTIVITY: Kind.ACTIVITY,
    Slot.AGENT: Kind.AGENT,
}
#: Of several kinds that a record is said to be, lineage walks from the first.
_ORDER = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)


@dataclass
class StatementContext:
    """What the meaning of single statements depends on.

    Attributes:
        kinds: URI → what the record is, of the records that stand in a slot where PROV allows any
            kind, and of those that are of a class of the IVOA's.
        inferred: the same of records that are only named in slots of other relations.
        in_bundles: hashes of what bundles say of records, as `value_hashes` makes them.
        configuring: the URIs of the parameters and configuration files that a run names.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    inferred: dict[str, Kind] = field(default_factory=dict)
    in_bundles: set[int] = field(default_factory=set)
    configuring: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, statements: Callable[[], Iterable[PartOrProblem]]) -> "StatementContext":
        """Read a document: once, and once more when the kind of some record is to be found out.

        Args:
            statements: begins to read the document.

        Returns:
            the context of its statements.

        Raises:
            LoadError: a time in a bundle can't be read.
        """
        context, reader = cls(), AttributeReader()
        unknown: set[str] = set()
        for each in statements():
            if isinstance(each, ProvStatement):
                if each.bundle is not None and each.type in ELEMENTS and each.id is not None:
                    attributes, _ = reader.read_element(each)
                    context.in_bundles.update(value_hashes(each, attributes))
                if each.type is ProvType.INFLUENCE:
                    unknown.update(
                        end for end in each.slots if end is not None and names.kind_in(end) is None
                    )
                context._note_class(each)
        for each in statements() if unknown - context.kinds.keys() else ():
            if isinstance(each, ProvStatement) and each.type in ELEMENTS:
                if each.id in unknown:
                    context._note(context.kinds, each.id, _KINDS[each.type])
            elif isinstance(each, ProvStatement):
                context._infer(each, unknown)
        return context

    def kind(self, uri: str) -> Kind:
        """Find out what a record is that stands in a slot where PROV allows any kind.

        Args:
            uri: of the record.

        Returns:
            the kind that the URI or the document tells; an entity when nothing tells more.
        """
        return names.kind_in(uri) or self.kinds.get(uri) or self.inferred.get(uri, Kind.ENTITY)

    def _note_class(self, statement: ProvStatement) -> None:
        """Keep what a record is by the IVOA's model, and what configures runs."""
        if statement.type is ProvType.ENTITY and statement.id is not None:
            kind = class_in(statement.attributes, ivoa.KINDS)
            if kind is not None:
                self.kinds[statement.id] = kind
        elif (
            statement.type is ProvType.INFLUENCE
            and statement.slots[1] is not None
            and class_in(statement.attributes, {ivoa.CONFIGURED: True})
        ):
            self.configuring.add(statement.slots[1])

    def _infer(self, statement: ProvStatement, unknown: Collection[str]) -> None:
        """Note what a relation's slots tell of the records in them (PROV-CONSTRAINTS, table 5)."""
        for uri, slot in zip(statement.slots, SLOTS[statement.type], strict=True):
            if uri is not None and uri in unknown and slot in _SLOT_KINDS:
                self._note(self.inferred, uri, _SLOT_KINDS[slot])

    @staticmethod
    def _note(kinds: dict[str, Kind], uri: str, kind: Kind) -> None:
        """Keep, of several kinds that a record is said to be, the one that lineage walks from."""
        before = kinds.get(uri, kind)
        if before in _ORDER:
            kinds[uri] = min(kind, before, key=_ORDER.index)
