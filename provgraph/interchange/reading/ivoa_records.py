"""Makes descriptions and configurations of the IVOA's classes in PROV documents.

A description is a record of its own. A parameter or configuration file belongs to the run that it
configured, so what a document says of the two is gathered, and told when the document has ended.
What it says of a parameter beyond name and value is kept as the run's attribute
``voprov.parameters``, one object a parameter, and of a file as ``voprov.configFiles``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provgraph.interchange.reading.attributes import AttributeReader, AttributeValues
from provgraph.interchange.reading.context import StatementContext
from provgraph.loaders.secrets import masked_parameter
from provgraph.model.attributes import TEXT, join_attributes, text_of, union
from provgraph.model.identifiers import place_of
from provgraph.model.records import Description, Document, End, Run, Settings
from provgraph.model.values import Attributes, Value, Values
from provgraph.model.vocabulary import Kind
from provgraph.prov import ivoa, names
from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.prov.values import class_in

#: The attribute of a description that names the bundle which says so.
BUNDLE = "bundle"
_TYPE = "prov:type"
_ARTEFACTS = (Kind.PARAMETER, Kind.CONFIG_FILE)
_FACTS = {Kind.PARAMETER: "voprov.parameters", Kind.CONFIG_FILE: "voprov.configFiles"}
#: How the relation of a usual artefact names it.
_USUAL_ARTEFACT = {Kind.PARAMETER: {"Parameter"}, Kind.CONFIG_FILE: {"ConfigFile", "Configfile"}}
#: Kind of a description → the kinds of those that name it as an attribute (see
#: docs/how-to/ctadirac.md, Descriptions).
_NAMED_BY = {
    Kind.ACTIVITY_DESCRIPTION: (
        Kind.USAGE_DESCRIPTION,
        Kind.GENERATION_DESCRIPTION,
        Kind.PARAMETER_DESCRIPTION,
        Kind.CONFIG_FILE_DESCRIPTION,
    ),
    Kind.ENTITY_DESCRIPTION: (Kind.USAGE_DESCRIPTION, Kind.GENERATION_DESCRIPTION),
}


def description_document(same: Sequence[ProvStatement], reader: AttributeReader) -> Document:
    """Read what is said of one description.

    Args:
        same: all statements of one id, one of which gives it a class of a description.
        reader: of the document's attributes.

    Returns:
        a document with the description.

    Raises:
        ValueError: none of them does.
    """
    found = [class_in(each.attributes, ivoa.DESCRIPTION_TYPES) for each in same]
    kind = next(each for each in found if each is not None)
    attributes: Attributes = {}
    for each in same:
        said = _in_terms(reader.read(each.attributes)[0])
        bundle: AttributeValues = {} if each.bundle is None else {BUNDLE: (each.bundle,)}
        attributes = join_attributes(attributes, join_attributes(said, bundle))
    end = names.end_from_uri(str(same[0].id), kind.kind)
    return Document(descriptions=(Description(end.id, kind, attributes),))


def reference_document(effect: End, cause: End) -> Document | None:
    """Read that two descriptions belong together.

    Args:
        effect: the one.
        cause: the other.

    Returns:
        a document with the one that names the other, such as the description of a usage, which
        names that of the activity; None of two that are not so related.
    """
    for named, naming in ((effect, cause), (cause, effect)):
        if naming.kind in _NAMED_BY.get(named.kind, ()):
            kind = next(
                each for each in ivoa.DESCRIPTION_TYPES.values() if each.kind is naming.kind
            )
            return Document(
                descriptions=(Description(naming.id, kind, {named.kind.value: (named.id,)}),)
            )
    return None


def without_class(attributes: Mapping[str, Values]) -> AttributeValues:
    """Leave out the types that are classes of the IVOA's model: what they say, records say.

    Args:
        attributes: of a record or relation.

    Returns:
        the others.
    """
    types = tuple(value for value in attributes.get(_TYPE, ()) if not _is_class(value))
    rest = {name: values for name, values in attributes.items() if name != _TYPE}
    return {**rest, _TYPE: types} if types else rest


@dataclass
class _Artefact:
    """A parameter or configuration file, as far as the document has said what it is."""

    attributes: Attributes = field(default_factory=dict)
    descriptions: list[str] = field(default_factory=list)


class Configurations:
    """Gathers what a document says of the configuration of runs."""

    def __init__(self, context: StatementContext, reader: AttributeReader) -> None:
        """Take what statements mean.

        Args:
            context: of the document.
            reader: of its attributes.
        """
        self._context = context
        self._reader = reader
        self._artefacts: defaultdict[str, _Artefact] = defaultdict(_Artefact)
        self._of_runs: defaultdict[str, list[tuple[str, Attributes]]] = defaultdict(list)

    def take(self, same: Sequence[ProvStatement]) -> bool:
        """Take statements, if they are about a configuration.

        Args:
            same: one relation, or all statements of one element.

        Returns:
            whether they are, so that nothing else is to be made of them.
        """
        first = same[0]
        if first.type is ProvType.ENTITY:
            return self._take_artefact(same)
        return first.type is ProvType.INFLUENCE and self._take_relation(first)

    def documents(self) -> Iterator[Document]:
        """Tell what was gathered.

        Yields:
            a document for each run.
        """
        for run, artefacts in self._of_runs.items():
            yield self._of_run(run, artefacts)

    def _take_artefact(self, same: Sequence[ProvStatement]) -> bool:
        uri = str(same[0].id)
        if uri not in self._context.configuring or not self._is_artefact(uri):
            return False
        artefact = self._artefacts[uri]
        for each in same:
            said = _in_terms(self._reader.read(each.attributes)[0])
            artefact.attributes = join_attributes(artefact.attributes, said)
        return True

    def _take_relation(self, statement: ProvStatement) -> bool:
        effect, cause = statement.slots
        kind = class_in(statement.attributes, {ivoa.CONFIGURED: "run", ivoa.DESCRIBED: "artefact"})
        if effect is None or cause is None or kind is None:
            return False
        if kind == "run":
            said = _in_terms(self._reader.read(statement.attributes)[0])
            self._of_runs[effect].append((cause, said))
            return True
        if effect in self._context.configuring and self._is_artefact(effect):
            self._artefacts[effect].descriptions.append(cause)
            return True
        return False

    def _is_artefact(self, uri: str) -> bool:
        return self._context.kinds.get(uri) in _ARTEFACTS

    def _of_run(self, run: str, artefacts: Sequence[tuple[str, Attributes]]) -> Document:
        values: dict[str, Value] = {}
        files: list[str] = []
        facts: defaultdict[str, list[Value]] = defaultdict(list)
        for uri, said in artefacts:
            artefact = self._artefacts[uri]
            kind = self._kind(uri, said)
            usual = _USUAL_ARTEFACT[kind]
            more = {
                "id": uri,
                **_object(said, {"artefactType": usual}),
                **(
                    {f"{kind.value}Description": artefact.descriptions[0]}
                    if artefact.descriptions
                    else {}
                ),
            }
            if kind is Kind.CONFIG_FILE:
                place = _place(uri, artefact.attributes)
                files.append(place)
                more = {"place": place, **_object(artefact.attributes, {}), **more}
            elif uri in self._context.kinds:
                name, value = _name_and_value(uri, artefact.attributes)
                more = {**_parameter(name, value, artefact.attributes), **more}
                if values.setdefault(name, value) != value:
                    more["value"] = value
            facts[_FACTS[kind]].append(more)
        settings = (Settings("parameters", values),) if values else ()
        joined = {name: union(tuple(each)) for name, each in facts.items()}
        identifier = names.record_id(run, Kind.ACTIVITY)
        return Document(
            run=Run(identifier, joined), settings=settings, config_files=tuple(dict.fromkeys(files))
        )

    def _kind(self, uri: str, said: Mapping[str, Values]) -> Kind:
        known = self._context.kinds.get(uri)
        if known in _ARTEFACTS:
            return known
        types = set(map(text_of, said.get(names.VOPROV + "artefactType", ())))
        return Kind.CONFIG_FILE if types & _USUAL_ARTEFACT[Kind.CONFIG_FILE] else Kind.PARAMETER


def _in_terms(attributes: Mapping[str, Values]) -> Attributes:
    """Name attributes as provgraph does, and leave out the class that they give."""
    found: Attributes = {}
    for name, values in without_class(attributes).items():
        term = ivoa.term_of(name)
        own = tuple(map(_plain, values)) if term != name else values
        found = join_attributes(found, {term: own})
    return found


def _plain(value: Value) -> Value:
    """A text as itself: provgraph's own attributes have JSON's types."""
    return value[TEXT] if isinstance(value, Mapping) and value.keys() == {TEXT} else value


def _is_class(value: Value) -> bool:
    return isinstance(value, Mapping) and str(value.get(TEXT)).startswith(names.VOPROV)


def _name_and_value(uri: str, attributes: Mapping[str, Values]) -> tuple[str, Value]:
    name = text_of(attributes["name"][0]) if "name" in attributes else uri
    value = attributes["value"][0] if "value" in attributes else None
    return name, masked_parameter(name, value)


def _parameter(name: str, value: Value, attributes: Mapping[str, Values]) -> dict[str, Value]:
    """What is said of a parameter beyond its value; a label that says no more is left out."""
    (stated,) = attributes.get("value", (value,))[:1]
    is_secret = stated != value
    rest = {
        key: values
        for key, values in attributes.items()
        if key not in ("name", "value") and not (is_secret and key == "prov:label")
    }
    return {"name": name, **_object(rest, {"prov:label": {f"{name} = {text_of(value)}"}})}


def _object(attributes: Mapping[str, Values], usual: Mapping[str, set[str]]) -> dict[str, Value]:
    """Attributes as one JSON object, without those that say what is usual."""
    found: dict[str, Value] = {}
    for name, values in attributes.items():
        short = name.removeprefix(names.VOPROV)
        if not set(map(text_of, values)) <= usual.get(short, set()):
            own = [_plain(value) for value in values]
            found[short] = own[0] if len(own) == 1 else own
    return found


def _place(uri: str, attributes: Mapping[str, Values]) -> str:
    """Find where a configuration file stood: its location, else what names it."""
    if uri.startswith(names.ENTITY):
        return names.entity_id(uri)
    for name in ("location", "prov:location"):
        if name in attributes:
            return place_of(text_of(attributes[name][0]))
    return uri
