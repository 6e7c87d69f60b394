"""What one statement of a PROV document means because of the document's other statements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from provgraph.interchange.reading.attributes import AttributeReader, value_hashes
from provgraph.loaders.protocol import Problem
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.statements import ELEMENTS, DocumentPart, ProvStatement, ProvType

#: What a reader of documents gives: statements, names of bundles, and what can't be read.
PartOrProblem: TypeAlias = DocumentPart | Problem

_KINDS = {
    ProvType.ENTITY: Kind.ENTITY,
    ProvType.ACTIVITY: Kind.ACTIVITY,
    ProvType.AGENT: Kind.AGENT,
}


@dataclass
class StatementContext:
    """What the meaning of single statements depends on.

    Attributes:
        kinds: URI → what the record is, of the records that stand in a slot where PROV allows any
            kind.
        in_bundles: hashes of what bundles say of records, as `value_hashes` makes them.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    in_bundles: set[int] = field(default_factory=set)

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
                elif each.type is ProvType.INFLUENCE:
                    unknown.update(
                        end for end in each.slots if end is not None and names.kind_in(end) is None
                    )
        for each in statements() if unknown else ():
            if isinstance(each, ProvStatement) and each.type in ELEMENTS and each.id in unknown:
                context._note(each.id, _KINDS[each.type])
        return context

    def kind(self, uri: str) -> Kind:
        """Find out what a record is that stands in a slot where PROV allows any kind.

        Args:
            uri: of the record.

        Returns:
            the kind that the URI or the document tells; an entity when nothing tells more.
        """
        return names.kind_in(uri) or self.kinds.get(uri, Kind.ENTITY)

    def _note(self, uri: str, kind: Kind) -> None:
        """Keep, of several kinds that a record is said to be, the one that lineage walks from."""
        order = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)
        self.kinds[uri] = min(kind, self.kinds.get(uri, kind), key=order.index)
