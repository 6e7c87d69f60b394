"""Writes a store, chosen records or a lineage as a document.

The formats are in a table here; the module that writes a format is imported when a document of that
format is asked for, since some of them need packages that are not always installed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias

from provgraph.errors import extra_needed
from provgraph.interchange import stored_elements, stored_relations
from provgraph.interchange.labels import with_label_and_location
from provgraph.interchange.store_reader import (
    DESCRIPTION_SUBJECTS,
    StoreReader,
    WholeAgent,
    WholeEntity,
    WholeRun,
)
from provgraph.loaders.ctao.fits_headers import no_folder_at_home
from provgraph.model.identifiers import is_strong
from provgraph.model.lineage import Lineage, Node
from provgraph.model.vocabulary import Kind
from provgraph.prov.names import is_of_document
from provgraph.prov.statements import DocumentPart
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from provgraph.store.records import EntityRecord, StoredRelation
from provgraph.store.views import View

#: Takes statements, gives the document piece by piece.
DocumentWriter: TypeAlias = Callable[[Iterable[DocumentPart]], Iterator[str]]

#: Format → its module in `provgraph.interchange.writing`, and the writer there.
DOCUMENT_FORMATS: dict[str, tuple[str, str]] = {
    "prov-json": ("prov_json", "write"),
    "prov-n": ("prov_n", "write"),
    "prov-xml": ("prov_package", "write_xml"),
    "turtle": ("prov_package", "write_turtle"),
    "trig": ("prov_package", "write_trig"),
    "rdf-xml": ("prov_package", "write_rdf_xml"),
    "n-triples": ("prov_package", "write_n_triples"),
    "json-ld": ("prov_package", "write_json_ld"),
    "vo-prov-json": ("vo_prov", "write"),
    "vo-prov-xml": ("vo_prov_xml", "write"),
    "votable": ("votable", "write"),
}
#: Module → the extra that brings the packages that it needs.
_EXTRAS = {"prov_package": "rdf", "votable": "fits"}


@dataclass(frozen=True)
class Selection:
    """Which records to write.

    Attributes:
        ids: of the chosen records, by their kind.
        is_closed: whether only relations between chosen records are written.
        has_settings: whether the settings of chosen runs are written, too.
        has_config_files: whether their configuration files are.
    """

    ids: Mapping[Kind, Collection[str]]
    is_closed: bool = False
    has_settings: bool = False
    has_config_files: bool = True

    def allows(self, kind: Kind, identifier: str) -> bool:
        """Tell whether a relation of a chosen record is written.

        Args:
            kind: of the record at the relation's other end.
            identifier: the id of that record.

        Returns:
            whether the selection is open, or has that record.
        """
        return not self.is_closed or identifier in self.ids.get(kind, ())


def export(store: Store, format_name: str, selection: Selection | None = None) -> Iterator[str]:
    """Write a document.

    Args:
        store: what to write.
        format_name: one of `DOCUMENT_FORMATS`.
        selection: which records; None for all.

    Yields:
        the document, piece by piece, as the store is read.

    Raises:
        MissingExtraError: the format needs packages that are not installed.
        ProvGraphError: the format can't hold what the store says, as bundles in Turtle.
    """
    write = document_writer(format_name)
    with store.viewing() as view:
        yield from write(statements(view, selection))


def document_writer(format_name: str) -> DocumentWriter:
    """Import the writer of a format.

    Args:
        format_name: one of `DOCUMENT_FORMATS`.

    Returns:
        the writer, which takes statements in any order in which settings come before what they
        configure.

    Raises:
        MissingExtraError: the format needs packages that are not installed.
    """
    module, function = DOCUMENT_FORMATS[format_name]
    extra = _EXTRAS.get(module)
    needed = nullcontext() if extra is None else extra_needed(extra, format_name)
    with needed, no_folder_at_home() if extra == "fits" else nullcontext():
        found = import_module(f"provgraph.interchange.writing.{module}")
    writer: DocumentWriter = getattr(found, function)
    return writer


def with_relations(nodes: Iterable[Node]) -> Selection:
    """Choose records with all their relations.

    Args:
        nodes: the records.

    Returns:
        the selection.
    """
    return Selection(_ids(nodes))


def within(
    lineage: Lineage, *, has_settings: bool = False, has_config_files: bool = True
) -> Selection:
    """Choose the records of a lineage, and the relations between them.

    Args:
        lineage: the answer to a question.
        has_settings: whether the settings of its runs are written, too.
        has_config_files: whether the configuration files of its runs are.

    Returns:
        the selection.
    """
    return Selection(_ids(lineage.nodes), True, has_settings, has_config_files)


def statements(view: View, selection: Selection | None = None) -> Iterator[DocumentPart]:
    """Make statements of all that a store holds, or of chosen records.

    Args:
        view: of the store.
        selection: which records; None for all.

    Yields:
        settings, descriptions and what is stated, then entities, agents and activities. Within a
        page, relations stand behind the records at which they begin.
    """
    reader = StoreReader(view)
    parts = _whole_store(reader) if selection is None else _chosen(reader, selection)
    yield from map(with_label_and_location, parts)


def _whole_store(reader: StoreReader) -> Iterator[DocumentPart]:
    for keys in reader.pages(Subject.SETTINGS):
        yield from stored_elements.of_settings(reader.settings(keys))
    for subject, kind in DESCRIPTION_SUBJECTS.items():
        for ids in reader.pages(subject):
            yield from stored_elements.of_descriptions(reader.descriptions(kind, ids))
            for relations in reader.relations_from(kind, ids).values():
                yield from map(stored_relations.of_relation, relations)
    for names in reader.pages(Subject.STATED):
        yield from _stated_apart(reader, names)
    for ids in reader.pages(Subject.ENTITY):
        # What documents state of their entities has been read with all that is stated.
        entities = reader.entities(
            ids,
            is_read=lambda each: not is_of_document(each),
            stated_names=lambda entity: (entity.id,),
        )
        yield from _with_relations_of(entities, stored_elements.of_entities(entities))
    for ids in reader.pages(Subject.AGENT):
        agents = reader.agents(ids)
        yield from _with_relations_of(agents, stored_elements.of_agents(agents))
    for ids in reader.pages(Subject.ACTIVITY):
        yield from _of_runs(reader.runs(ids), None)


def _stated_apart(reader: StoreReader, names: Collection[str]) -> Iterator[DocumentPart]:
    """Write what is stated under names that are no entity's id; the rest stands with the entity."""
    known = reader.known_entities([each for each in names if not is_of_document(each)])
    for name, each in reader.stated(names).items():
        if name not in known:
            yield from stored_elements.of_stated(each)


def _chosen(reader: StoreReader, selection: Selection) -> Iterator[DocumentPart]:
    ids = selection.ids
    for kind in DESCRIPTION_SUBJECTS.values():
        for page in reader.pages_of(ids.get(kind, ())):
            yield from stored_elements.of_descriptions(reader.descriptions(kind, page))
            for relations in reader.relations_from(kind, page).values():
                yield from _allowed(relations, selection)
    for page in reader.pages_of(ids.get(Kind.ENTITY, ())):
        entities = reader.entities(page, stated_names=_stated_names)
        yield from stored_elements.of_entities(entities)
        if not selection.is_closed:
            yield from _mentions_elsewhere(reader, entities, ids.get(Kind.ACTIVITY, ()))
        yield from _relations_of(entities, selection)
    for page in reader.pages_of(ids.get(Kind.AGENT, ())):
        agents = reader.agents(page)
        yield from _with_relations_of(agents, stored_elements.of_agents(agents), selection)
    for page in reader.pages_of(ids.get(Kind.ACTIVITY, ())):
        runs = reader.runs(page, has_configuration=selection.has_config_files)
        if selection.has_settings:
            keys = {key for run in runs for key in run.settings}
            yield from stored_elements.of_settings(reader.settings(keys))
        yield from _of_runs(runs, selection)


def _stated_names(entity: EntityRecord) -> list[str]:
    names = dict.fromkeys((entity.id, *entity.identifiers))
    return [name for name in names if is_strong(name) or name == entity.id]


def _mentions_elsewhere(
    reader: StoreReader, entities: Iterable[WholeEntity], runs: Collection[str]
) -> Iterator[DocumentPart]:
    """Write who wrote and read chosen entities, of the runs that are not chosen themselves."""
    found = [each.entity for each in entities if each.entity is not None]
    for stored in reader.mentions_of_entities(found):
        if stored.mention.run not in runs:
            yield stored_relations.of_mention(stored)


def _of_runs(runs: list[WholeRun], selection: Selection | None) -> Iterator[DocumentPart]:
    yield from stored_elements.of_runs(runs)
    for run in runs:
        for stored in run.mentions:
            if selection is None or selection.allows(Kind.ENTITY, stored.entity):
                yield stored_relations.of_mention(stored)
    yield from _relations_of(runs, selection)
    if selection is None or selection.has_settings:
        for run in runs:
            for key in run.settings:
                yield stored_relations.of_configuration(run.run.id, key)


_Whole: TypeAlias = WholeRun | WholeEntity | WholeAgent


def _with_relations_of(
    records: Iterable[_Whole], elements: Iterator[DocumentPart], selection: Selection | None = None
) -> Iterator[DocumentPart]:
    yield from elements
    yield from _relations_of(records, selection)


def _relations_of(records: Iterable[_Whole], selection: Selection | None) -> Iterator[DocumentPart]:
    for record in records:
        yield from _allowed(record.relations, selection)


def _allowed(
    relations: Iterable[StoredRelation], selection: Selection | None
) -> Iterator[DocumentPart]:
    for stored in relations:
        if selection is None or selection.allows(stored.relation.target.kind, stored.target):
            yield stored_relations.of_relation(stored)


def _ids(nodes: Iterable[Node]) -> dict[Kind, set[str]]:
    found: dict[Kind, set[str]] = defaultdict(set)
    for node in nodes:
        found[node.kind].add(node.id)
    return found
