"""What the resources of a document are: elements of PROV, qualified relations, or neither."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from provgraph.interchange.reading.prov_o.terms import (
    DOMAINS,
    ELEMENT_CLASSES,
    EVENTS,
    QUALIFYING,
    RANGES,
    RDF_TYPE,
    RELATION_CLASSES,
    RelationTerm,
)
from provgraph.interchange.reading.prov_o.triples import Resource, Triple
from provgraph.prov.statements import ProvType

_ORDER = (ProvType.ENTITY, ProvType.ACTIVITY, ProvType.AGENT)


@dataclass
class ResourceKinds:
    """What a whole document tells of its resources.

    Attributes:
        stated: resource → the kinds of element that a class says it is.
        inferred: resource → the kinds that follow from the domain or range of a property.
        relations: qualified relation → what its classes and the properties that lead to it say.
        named_events: the generations and usages that derivations name.
    """

    stated: dict[Resource, set[ProvType]] = field(default_factory=lambda: defaultdict(set))
    inferred: dict[Resource, set[ProvType]] = field(default_factory=lambda: defaultdict(set))
    relations: dict[Resource, list[RelationTerm]] = field(default_factory=lambda: defaultdict(list))
    named_events: set[Resource] = field(default_factory=set)

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> "ResourceKinds":
        """Read what the resources are.

        Args:
            triples: all of a document, none with an inverse property.

        Returns:
            the kinds of all resources.
        """
        kinds = cls()
        for each in triples:
            kinds._note(each)
        return kinds

    def _note(self, triple: Triple) -> None:
        subject, predicate, value, _ = triple
        if not isinstance(value, str):
            self._infer(self.inferred, subject, DOMAINS.get(predicate))
        elif predicate == RDF_TYPE:
            self._infer(self.stated, subject, ELEMENT_CLASSES.get(value))
            if value in RELATION_CLASSES:
                self.relations[subject].append(RELATION_CLASSES[value])
        else:
            self._infer(self.inferred, subject, DOMAINS.get(predicate))
            self._infer(self.inferred, value, RANGES.get(predicate))
            if predicate in QUALIFYING:
                self.relations[value].append(QUALIFYING[predicate])
            elif predicate in EVENTS:
                self.named_events.add(value)

    @staticmethod
    def _infer(
        kinds: dict[Resource, set[ProvType]], resource: Resource, kind: ProvType | None
    ) -> None:
        if kind is not None:
            kinds[resource].add(kind)

    def elements(self, resource: Resource) -> list[ProvType]:
        """Tell as which elements a resource is described.

        Args:
            resource: which.

        Returns:
            the kinds that are stated; else those that are inferred; none for a resource that is
            nothing of PROV's.
        """
        found = self.stated.get(resource) or self.inferred.get(resource) or ()
        return [kind for kind in _ORDER if kind in found]

    def relation(self, resource: Resource) -> RelationTerm | None:
        """Tell which relation a resource is.

        Args:
            resource: which.

        Returns:
            the most exact of the terms that say it: a revision before a derivation, and any before
            an influence; None when it is no qualified relation.
        """
        found = self.relations.get(resource)
        if found is None:
            return None
        return max(
            found, key=lambda term: (term.type is not ProvType.INFLUENCE, bool(term.subtype))
        )
