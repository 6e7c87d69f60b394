"""Reads the headers of CTAO's data products: each is one run with its inputs and one output.

The metadata are those of ctao-datamodel: the activity that made the product, its software, its
configuration, and the products that it read. docs/how-to/products.md describes what becomes of
them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from urllib.parse import unquote, urlsplit

from provgraph.errors import LoadError
from provgraph.loaders.ctao.keywords import ACTIVITY, PRODUCT
from provgraph.loaders.ctao.product_file import MAGIC, unpacked_header
from provgraph.loaders.protocol import Problem
from provgraph.model.attributes import attributes_of
from provgraph.model.identifiers import PROV, catalogue_place, place_of
from provgraph.model.records import Document, Fact, Mention, Run, Settings, StatedEntity
from provgraph.model.values import Value, Values, utc
from provgraph.model.vocabulary import RelationType

#: The name of the settings in which a run's configuration stands.
CONFIGURATION = "configuration"
#: Fact → the field of the activity. All other fields are facts under their own names.
_FACTS = {Fact.NAME: "name", Fact.VERSION: "software.version"}
_TIMES = {Fact.START: "start", Fact.END: "end"}
_CREATED = "creation_time"
_CONFIGURED_BY = "configuration_id"
_URI = "uri"
_INPUT = re.compile(r"inputs\.(\d+)\.(.+)", re.DOTALL)


class CtaoLoader:
    """The loader of product headers of CTAO."""

    name = "ctao"
    reads = "headers of CTAO's data products (FITS, HDF5, ECSV and JSON by ctao-datamodel)"

    def recognises(self, head: bytes) -> bool:
        """Whether a source is a packed header.

        Args:
            head: the source's first bytes.
        """
        return head.startswith(MAGIC)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a packed header.

        Args:
            stream: what `product_file.packed_header` has made.
            namespace: in which paths mean files (docs/contract.md, rule 7).
            start: always 0; a header is read as a whole.

        Yields:
            One document, and a problem for each part of the header that can't be read.
        """
        header, path = unpacked_header(stream)
        place = None if path is None else place_of(path, namespace)
        problems: list[Problem] = []
        yield document_of(header, place, namespace, problems)
        yield from problems


def document_of(
    header: Mapping[str, Value], place: str | None, namespace: str, problems: list[Problem]
) -> Document:
    """Turn the header of a product into a document.

    Args:
        header: the fields of the metadata by name.
        place: where the product stands; None when nobody knows.
        namespace: in which paths mean files (docs/contract.md, rule 7).
        problems: takes what is wrong with the header.

    Returns:
        The product; and the run that made it with all its inputs, if the header says which run
        that was.
    """
    activity = {
        name.removeprefix(f"{ACTIVITY}."): value
        for name, value in header.items()
        if name.startswith(f"{ACTIVITY}.")
    }
    about = {name: value for name, value in header.items() if not name.startswith(f"{ACTIVITY}.")}
    product = _product(about.pop(PRODUCT, None))
    entities = () if product is None else (StatedEntity(product, attributes_of(about)),)
    if not activity:
        return Document(entities=entities)
    run = activity.pop("id", None)
    if run is None or (product is None and place is None):
        missing = "activity.id (ACTID)" if run is None else "instance.id (DATAID)"
        problems.append(Problem("the header", f"its {missing} is missing; its run is not loaded"))
        return Document(entities=entities)
    header_of_run = _RunHeader(str(run), activity, namespace, problems)
    output = Mention(
        run=str(run),
        relation=RelationType.WAS_GENERATED_BY,
        place=place,
        identifier=product,
        source=_source(place or product),
        time=_time(_CREATED, about.get(_CREATED), problems),
    )
    inputs = tuple(header_of_run.inputs(_source(place or product)))
    return Document(
        run=Run(str(run), header_of_run.facts()),
        mentions=(*inputs, output),
        entities=(*entities, *_named_by_uri(inputs)),
        settings=header_of_run.settings(),
    )


@dataclass(frozen=True)
class _RunHeader:
    """The part of a header that tells of the run."""

    run: str
    fields: Mapping[str, Value]
    namespace: str
    problems: list[Problem]

    def facts(self) -> dict[str, Values]:
        """The facts of the run: those with a meaning of their own, and all others by name."""
        facts = {
            name: value
            for name, value in self.fields.items()
            if not _INPUT.fullmatch(name) and name != _CONFIGURED_BY
        }
        for fact, name in (_FACTS | _TIMES).items():
            value = facts.pop(name, None)
            if fact in _TIMES:
                value = _time(f"{ACTIVITY}.{name}", value, self.problems)
            if value is not None:
                facts[fact] = value
        return attributes_of({**facts, Fact.IN_HEADER: True})

    def settings(self) -> tuple[Settings, ...]:
        """The configuration, which other runs share: all that is known of it is its name."""
        name = self.fields.get(_CONFIGURED_BY)
        return () if name is None else (Settings(CONFIGURATION, {_CONFIGURED_BY: name}),)

    def inputs(self, source: str) -> Iterator[Mention]:
        """The products that the run read, each once."""
        found: dict[str, dict[str, Value]] = {}
        for name, value in self.fields.items():
            if part := _INPUT.fullmatch(name):
                found.setdefault(part[1], {})[part[2]] = value
        mentions = {}
        for number in sorted(found, key=int):
            mention = self._input(found[number], source)
            if mention is None:
                where = f"the header, {ACTIVITY}.inputs.{number}"
                self.problems.append(Problem(where, "has neither uri nor id; it is not loaded"))
            else:
                mentions[mention.key] = mention
        yield from mentions.values()

    def _input(self, said: dict[str, Value], source: str) -> Mention | None:
        """One input; None when the header does not tell which."""
        uri, role, product = said.pop(_URI, None), said.pop("role", None), said.pop("id", None)
        place, name = (None, None) if uri is None else named_by(str(uri), self.run, self.namespace)
        identifier = _product(product) or name
        if place is None and identifier is None:
            return None
        if place is None and uri is not None and identifier != name:
            said[_URI] = uri
        return Mention(
            run=self.run,
            relation=RelationType.USED,
            role=None if role is None else str(role),
            place=place,
            identifier=identifier,
            source=source,
            attributes=attributes_of(said),
        )


def named_by(uri: str, run: str, namespace: str) -> tuple[str | None, str | None]:
    """Tell what a URI in a header names.

    Args:
        uri: such as ``lfn://ctao/dpps/x.h5``, ``file:///data/x.h5``, ``scope:name`` of Rucio, a
            DOI. The model allows ``file://x.h5`` for a file that is known locally only.
        run: the run that read it.
        namespace: in which paths mean files (docs/contract.md, rule 7).

    Returns:
        A place and an identifier, one of them None. A file that is known locally only stands in a
        namespace of its run. What no URI can be, such as ``file://[x``, is a name like any other.
    """
    if uri.partition(":")[0].lower() == "file":
        place = _place_in(uri, run, namespace)
        return place, None if place else f"{PROV}:{uri}"
    if (catalogued := catalogue_place(unquote(uri))) is not None:
        return catalogued, None
    if "://" in uri:
        return place_of(uri), None
    if ":" in uri:
        return None, f"{PROV}:{uri}"
    return place_of(uri, namespace), None


def _place_in(uri: str, run: str, namespace: str) -> str | None:
    """The place that a URI of a file names; None for what can be no URI."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.netloc in ("", "localhost"):
        return place_of(unquote(parts.path), namespace)
    local = re.sub(r"[/@\s]", "_", run)
    return place_of(f"/{unquote(parts.netloc + parts.path)}", f"ctao-{local}")


def _named_by_uri(inputs: Iterable[Mention]) -> Iterator[StatedEntity]:
    """The products that a URI names which is no place, such as a DOI: it is their name."""
    for mention in inputs:
        if mention.identifier is not None and _URI in mention.attributes:
            yield StatedEntity(mention.identifier, {"name": mention.attributes[_URI]})


def _product(identifier: Value) -> str | None:
    return None if identifier is None else f"product:{identifier}"


def _source(what: str | None) -> str:
    """The name under which the mentions of a header are kept.

    Each file is a source of its own: of two copies, each tells of one file of that name
    (docs/contract.md, rule 9).
    """
    return f"ctao {what}"


def _time(field: str, value: Value, problems: list[Problem]) -> str | None:
    """A time in canonical form; of what is no time a problem is noted."""
    try:
        return None if value is None else utc(str(value))
    except LoadError as error:
        problems.append(Problem("the header", f"its {field} is not kept: {error}"))
        return None
