"""Reads triples of PROV-O as statements of PROV.

What the triples say that no statement can hold is a problem, so that nothing is lost silently.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import canonical_time
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.prov_o.blank_nodes import blank_names
from provgraph.interchange.reading.prov_o.kinds import ResourceKinds
from provgraph.interchange.reading.prov_o.relations import (
    GatheredRelation,
    RelationsOfGraph,
    times_in_order,
)
from provgraph.interchange.reading.prov_o.terms import (
    ATTRIBUTES,
    BASE_CLASSES,
    ELEMENT_CLASSES,
    ENDED,
    EVENT_TIMES,
    IMPLIED_CLASSES,
    IN_BUNDLE,
    INVERSES,
    OF_RELATIONS,
    PROPERTIES,
    QUALIFYING,
    RDF_TYPE,
    SLOT_PROPERTIES,
    STARTED,
    RelationTerm,
    readable,
)
from provgraph.interchange.reading.prov_o.triples import Resource, Triple, forward, is_blank
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    SLOTS,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)

#: A property and its value.
_Said = tuple[str, Resource | Literal]
#: The classes of what PROV-O describes only as a value of its records.
_VALUE_CLASSES = {PROV + "Role", PROV + "Location", *IMPLIED_CLASSES}
#: The properties of which the object is a record, or a qualified relation.
_RELATING = {*PROPERTIES, *QUALIFYING, *INVERSES}
#: How many terms a message lists.
_LISTED = 5


def statements(triples: Iterable[Triple]) -> Iterator[PartOrProblem]:
    """Read a document.

    Args:
        triples: all of the document, in its order.

    Yields:
        statements and names of bundles; a problem for each part that can't be read.
    """
    listed = list(dict.fromkeys(forward(triples)))
    kinds, names = ResourceKinds.of(listed), blank_names(listed)
    graphs: dict[Resource | None, dict[Resource, list[_Said]]] = {None: {}}
    for subject, predicate, value, graph in listed:
        graphs.setdefault(graph, {}).setdefault(subject, []).append((predicate, value))
    for graph, subjects in graphs.items():
        bundle = None if graph is None else names.get(graph, graph)
        if bundle is not None:
            yield BundleNamed(bundle)
        yield from _GraphReader(subjects, kinds, names, bundle).statements()


class _GraphReader:
    """Reads one graph of a document."""

    def __init__(
        self,
        subjects: Mapping[Resource, Sequence[_Said]],
        kinds: ResourceKinds,
        names: Mapping[Resource, str],
        bundle: str | None,
    ) -> None:
        self._subjects = subjects
        self._kinds = kinds
        self._names = names
        self._bundle = bundle
        self._problems: list[Problem] = []
        self._relations = RelationsOfGraph()
        #: Qualified relation → the records to which it belongs.
        self._effects: dict[Resource, list[str]] = defaultdict(list)
        #: Subject → what is not yet taken.
        self._left: dict[Resource, list[_Said]] = {}
        #: Blank node → where it stands.
        self._place: dict[Resource, str] = {}

    def statements(self) -> Iterator[PartOrProblem]:
        """Read the graph.

        Yields:
            the elements, then the relations, then the problems.
        """
        for subject, said in self._subjects.items():
            self._left[subject] = [each for each in said if not self._takes(subject, *each)]
        qualified = dict.fromkeys(each for each in self._subjects if self._is_relation(each))
        for node in {**qualified, **dict.fromkeys(self._effects)}:
            self._take_qualified(node)
        for subject, left in self._left.items():
            if left:
                yield from self._elements(subject, left)
        for relation in self._relations.joined():
            yield from relation.statements(self._bundle)
        yield from self._problems

    # What says a relation.

    def _takes(self, subject: Resource, predicate: str, value: Resource | Literal) -> bool:
        """Take what states a relation by itself, and what leads to a qualified one."""
        if isinstance(value, str) and is_blank(value):
            self._place.setdefault(value, f"{self._where(subject)} {readable(predicate)}")
        if predicate in EVENT_TIMES:
            if (time := self._time(subject, predicate, value)) is not None:
                self._relations.add_time(predicate, self._name(subject), time)
            return True
        if predicate not in _RELATING:
            return predicate == IN_BUNDLE and self._has_mention(subject)
        if not isinstance(value, str):
            self._refuse(subject, predicate, f"{value.text[:200]!r} is a text, not a record's name")
        elif predicate in QUALIFYING:
            self._effects[value].append(self._name(subject))
        else:
            self._take_plain(PROPERTIES[predicate], subject, value)
        return True

    def _take_plain(self, term: RelationTerm, subject: Resource, value: Resource) -> None:
        bundle: str | None = None
        if term.type is ProvType.MENTION:
            found = (end for name, end in self._subjects[subject] if name == IN_BUNDLE)
            bundle = next((self._name(end) for end in found if isinstance(end, str)), None)
        ends = self._name(subject), self._name(value)
        self._relations.add_plain(term, *ends, *(() if bundle is None else (bundle,)))

    def _has_mention(self, subject: Resource) -> bool:
        return any(name == PROV + "mentionOf" for name, _ in self._subjects[subject])

    def _is_relation(self, resource: Resource) -> bool:
        return self._kinds.relation(resource) is not None

    def _take_qualified(self, node: Resource) -> None:
        term = self._kinds.relation(node)
        if term is None:
            return
        types = {each.type for each in self._kinds.relations[node]} - {ProvType.INFLUENCE}
        if len(types) > 1:
            several = " and a ".join(sorted(each.name.capitalize() for each in types))
            self._problems.append(
                Problem(self._where(node), f"this is not loaded: it can't be a {several} at once")
            )
            self._left[node] = []
            return
        relation = GatheredRelation(term, self._relation_id(node), [self._effects.get(node, [])])
        left = self._left.get(node, [])
        self._left[node] = [each for each in left if each[1] in ELEMENT_CLASSES]
        for predicate, value in left:
            self._add_to(relation, node, predicate, value)
        self._relations.add_qualified(relation)

    def _relation_id(self, node: Resource) -> str | None:
        """Name a relation; a blank one has a name only where a derivation names it."""
        is_named = not is_blank(node) or node in self._kinds.named_events
        return self._name(node) if is_named else None

    def _add_to(
        self,
        relation: GatheredRelation,
        node: Resource,
        predicate: str,
        value: Resource | Literal,
    ) -> None:
        number = SLOT_PROPERTIES[relation.type].get(predicate)
        if predicate == RDF_TYPE:
            self._add_type(relation, value)
        elif number is None and predicate in OF_RELATIONS:
            self._refuse(node, predicate, f"a {relation.type.value} has no such part in PROV")
        elif number is None:
            relation.attributes.append(self._pair(predicate, value))
        elif SLOTS[relation.type][number] is Slot.TIME:
            if (time := self._time(node, predicate, value)) is not None:
                _add_once(relation.slots[number], time)
        elif isinstance(value, str):
            _add_once(relation.slots[number], self._name(value))
        else:
            self._refuse(node, predicate, f"{value.text[:200]!r} is a text, not a record's name")

    def _add_type(self, relation: GatheredRelation, value: Resource | Literal) -> None:
        is_implied = isinstance(value, str) and (
            value in IMPLIED_CLASSES or value in ELEMENT_CLASSES or value == relation.term.subtype
        )
        if not is_implied:
            relation.attributes.append(self._pair(RDF_TYPE, value))

    # What says something of an element.

    def _elements(self, subject: Resource, said: Sequence[_Said]) -> Iterator[ProvStatement]:
        classes = {value for name, value in said if name == RDF_TYPE}
        stated = [kind for each, kind in ELEMENT_CLASSES.items() if each in classes]
        kinds = dict.fromkeys(stated or self._kinds.elements(subject))
        starts, ends = (self._times(subject, name, said) for name in (STARTED, ENDED))
        if starts or ends:
            kinds[ProvType.ACTIVITY] = None
        if not kinds:
            self._refuse_stranger(subject, said)
            return
        pairs = list(self._attributes(subject, said))
        for kind in kinds:
            mine = tuple(pair for pair in pairs if _is_said_of(kind, pair))
            times = [()] if kind is not ProvType.ACTIVITY else _pairs_of_times(starts, ends)
            for slots in times:
                yield ProvStatement(kind, self._name(subject), slots, mine, self._bundle)

    def _attributes(self, subject: Resource, said: Iterable[_Said]) -> Iterator[Pair]:
        for predicate, value in said:
            if predicate in OF_RELATIONS or predicate == IN_BUNDLE:
                self._refuse(subject, predicate, "PROV has this of qualified relations only")
            elif predicate not in (STARTED, ENDED):
                yield self._pair(predicate, value)

    def _times(self, subject: Resource, wanted: str, said: Iterable[_Said]) -> list[str]:
        found = (self._time(subject, wanted, value) for name, value in said if name == wanted)
        return [time for time in found if time is not None]

    def _refuse_stranger(self, subject: Resource, said: Sequence[_Said]) -> None:
        """Tell that a resource is nothing of PROV's."""
        if all(name == RDF_TYPE and value in _VALUE_CLASSES for name, value in said):
            return
        terms = list(
            dict.fromkeys(
                f"a {readable(value)}"
                if name == RDF_TYPE and isinstance(value, str)
                else readable(name)
                for name, value in said
            )
        )
        more = "" if len(terms) <= _LISTED else f" and {len(terms) - _LISTED} more"
        what = (
            "what is said of it is not loaded, for nothing tells that it is an entity, activity or "
            f"agent: {', '.join(terms[:_LISTED])}{more}"
        )
        self._problems.append(Problem(self._where(subject), what))

    # Terms.

    def _pair(self, predicate: str, value: Resource | Literal) -> Pair:
        name = PROV + "type" if predicate == RDF_TYPE else ATTRIBUTES.get(predicate, predicate)
        if isinstance(value, str):
            return name, Literal(self._name(value), QUALIFIED_NAME)
        return name, value

    def _name(self, resource: Resource) -> str:
        return self._names.get(resource, resource)

    def _where(self, resource: Resource) -> str:
        if is_blank(resource):
            return f"the blank node at {self._place.get(resource, 'the top')}"
        return resource

    def _time(self, subject: Resource, predicate: str, value: Resource | Literal) -> str | None:
        text = value if isinstance(value, str) else value.text
        try:
            canonical_time(text)
        except LoadError as error:
            self._refuse(subject, predicate, str(error))
            return None
        return text

    def _refuse(self, subject: Resource, predicate: str, why: str) -> None:
        where = f"{self._where(subject)} {readable(predicate)}"
        self._problems.append(Problem(where, f"this is not loaded: {why}"))


def _is_said_of(kind: ProvType, pair: Pair) -> bool:
    """Tell whether an attribute belongs to a record of this kind.

    All do but the classes of other kinds, and the class that says no more than the kind.
    """
    name, value = pair
    if name != PROV + "type" or value.text not in ELEMENT_CLASSES:
        return True
    return ELEMENT_CLASSES[value.text] is kind and value.text != BASE_CLASSES[kind]


def _add_once(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)


def _pairs_of_times(starts: list[str], ends: list[str]) -> list[tuple[str | None, str | None]]:
    """Put starts and ends side by side: a statement has one of each."""
    return list(zip_longest(*times_in_order(starts, ends))) or [(None, None)]
