"""Reads all that a store holds in bulk, page by page, each record whole.

Documents, the check of PROV-CONSTRAINTS and the relational mirror all read a store here. A page
holds some thousand records, so a store of any size is read in bounded memory. A whole record has
with it all that begins at it and that sources state: a run its inputs and outputs, settings,
configuration files and relations; an entity what sources state of it, and its relations.

Example:
    >>> reader = StoreReader(view)
    >>> for ids in reader.pages(Subject.ACTIVITY):
    ...     for run in reader.runs(ids):
    ...         print(run.run.id, len(run.mentions))
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from provgraph.model.records import Agent, Description, End, Run, Settings, StatedEntity, batches
from provgraph.model.vocabulary import DESCRIPTIONS, Kind
from provgraph.store.journal import Subject
from provgraph.store.records import EntityRecord, StoredMention, StoredRelation
from provgraph.store.views import View

#: The subjects that are descriptions, and the kind of record that each is.
DESCRIPTION_SUBJECTS = {Subject(kind.value): kind for kind in DESCRIPTIONS}
_PAGE_SIZE = 2000


@dataclass(frozen=True, slots=True)
class WholeRun:
    """A run with all that begins at it.

    Attributes:
        run: the run itself.
        mentions: its inputs and outputs, in the order in which the store gives them; those that are
            inferred follow from other relations again, and are left out.
        settings: the keys of its settings, in hexadecimal.
        config_files: the places of its configuration files, sorted.
        relations: the stated relations of which it is the source, in the store's order.
    """

    run: Run
    mentions: list[StoredMention]
    settings: list[str]
    config_files: list[str]
    relations: list[StoredRelation]


@dataclass(frozen=True, slots=True)
class WholeEntity:
    """An entity with all that begins at it.

    Attributes:
        id: the entity's id.
        entity: the entity itself; None when it was not asked for.
        stated: what sources state of it, under each of the names that were asked for.
        relations: the stated relations of which it is the source, in the store's order.
    """

    id: str
    entity: EntityRecord | None
    stated: list[StatedEntity]
    relations: list[StoredRelation]


@dataclass(frozen=True, slots=True)
class WholeAgent:
    """An agent with all that begins at it.

    Attributes:
        agent: the agent itself.
        relations: the stated relations of which it is the source, in the store's order.
    """

    agent: Agent
    relations: list[StoredRelation]


class StoreReader:
    """Reads whole records from one view of a store."""

    def __init__(self, view: View, page_size: int = _PAGE_SIZE) -> None:
        """Take a view, which shows the store as it is while the reader reads.

        Args:
            view: of the store.
            page_size: how many ids a page has at most.
        """
        self._view = view
        self._page_size = page_size

    def pages(self, subject: str) -> Iterator[list[str]]:
        """List all ids of a kind.

        Args:
            subject: a `provgraph.store.journal.Subject`.

        Yields:
            ids in the order of the store, at most ``page_size`` at a time; of settings their keys
            in hexadecimal.
        """
        after: str | None = ""
        while after is not None:
            page = self._view.subjects(subject, after, self._page_size)
            yield page.ids
            after = page.after

    def pages_of(self, ids: Iterable[str]) -> Iterator[list[str]]:
        """Cut chosen ids into pages.

        Args:
            ids: in any order.

        Yields:
            the ids sorted, at most ``page_size`` at a time.
        """
        yield from batches(sorted(ids), self._page_size)

    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        """Read settings.

        Args:
            keys: in hexadecimal.

        Returns:
            key in hexadecimal → the settings, of the known ones among these.
        """
        return self._view.settings(keys)

    def descriptions(self, kind: Kind, ids: Collection[str]) -> dict[End, Description]:
        """Read descriptions.

        Args:
            kind: one of `provgraph.model.vocabulary.DESCRIPTIONS`.
            ids: of descriptions of this kind.

        Returns:
            the end that relations name → the description, of the known ones among these.
        """
        return self._view.descriptions([End(kind, each) for each in ids])

    def stated(self, names: Collection[str]) -> dict[str, StatedEntity]:
        """Read what sources state of entities.

        Args:
            names: identifiers under which sources state it.

        Returns:
            name → what is stated, of the known ones among these.
        """
        return self._view.stated(names)

    def known_entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """Read entities without what belongs to them.

        Args:
            ids: of entities.

        Returns:
            id → the entity, of the known ones among these.
        """
        return self._view.entities(ids)

    def agents(self, ids: Collection[str]) -> list[WholeAgent]:
        """Read agents.

        Args:
            ids: of agents.

        Returns:
            the known ones among these.
        """
        relations = self.relations_from(Kind.AGENT, ids)
        return [WholeAgent(agent, relations[agent.id]) for agent in self._view.agents(ids).values()]

    def entities(
        self,
        ids: Collection[str],
        *,
        is_read: Callable[[str], bool] | None = None,
        stated_names: Callable[[EntityRecord], Iterable[str]] | None = None,
    ) -> list[WholeEntity]:
        """Read entities.

        Args:
            ids: of entities.
            is_read: tells by an id whether the entity itself is needed, or its relations only;
                None when all entities are.
            stated_names: gives the names of an entity under which statements of sources are read
                too; None for none.

        Returns:
            the known ones among these that are needed, then those without the entity itself.
        """
        relations = self.relations_from(Kind.ENTITY, ids)
        needed = ids if is_read is None else [each for each in ids if is_read(each)]
        found = self._view.entities(needed)
        stated = _Stated(self._view, found.values(), stated_names)
        skipped = () if is_read is None else (each for each in ids if not is_read(each))
        return [
            *(
                WholeEntity(each.id, each, stated.of(each), relations[each.id])
                for each in found.values()
            ),
            *(WholeEntity(each, None, [], relations[each]) for each in skipped),
        ]

    def runs(self, ids: Collection[str], *, has_configuration: bool = True) -> list[WholeRun]:
        """Read runs.

        Args:
            ids: of runs.
            has_configuration: whether settings and configuration files are read too.

        Returns:
            the known ones among these.
        """
        view = self._view
        mentions: dict[str, list[StoredMention]] = defaultdict(list)
        for stored in filter(_is_stated, view.mentions_of(ids)):
            mentions[stored.mention.run].append(stored)
        relations = self.relations_from(Kind.ACTIVITY, ids)
        settings = view.settings_of(ids) if has_configuration else {}
        files = view.config_files_of(ids) if has_configuration else {}
        return [
            WholeRun(
                run,
                mentions[run.id],
                settings.get(run.id, []),
                sorted(files.get(run.id, ())),
                relations[run.id],
            )
            for run in view.runs(ids).values()
        ]

    def relations_from(
        self, kind: Kind, ids: Collection[str]
    ) -> defaultdict[str, list[StoredRelation]]:
        """Read the stated relations that begin at records.

        Args:
            kind: of the records.
            ids: of the records.

        Returns:
            id of the source → its relations in the store's order; an empty list of any other id.
        """
        found: defaultdict[str, list[StoredRelation]] = defaultdict(list)
        asked = set(ids)
        for stored in self._view.relations_of(kind, ids):
            if stored.relation.source.kind is kind and stored.source in asked:
                found[stored.source].append(stored)
        return found

    def mentions_of_entities(self, entities: Iterable[EntityRecord]) -> Iterator[StoredMention]:
        """Read who wrote and read some entities.

        Args:
            entities: known by an identifier or by their path alone.

        Yields:
            the inputs and outputs, of whatever run, that are these entities; no inferred ones.
        """
        listed = list(entities)
        ids = {each.id for each in listed}
        names = {name for each in listed for name in (each.id, *each.identifiers)}
        for found in (self._view.structural_mentions(names, ()), self._view.plain_reads(names)):
            yield from (each for each in filter(_is_stated, found) if each.entity in ids)


def _is_stated(stored: StoredMention) -> bool:
    return not stored.mention.is_inferred


class _Stated:
    """What sources state of some entities."""

    def __init__(
        self,
        view: View,
        entities: Iterable[EntityRecord],
        names_of: Callable[[EntityRecord], Iterable[str]] | None,
    ) -> None:
        self._names_of = names_of
        names = {name for each in entities for name in names_of(each)} if names_of else set()
        self._known = view.stated(names) if names else {}

    def of(self, entity: EntityRecord) -> list[StatedEntity]:
        """What is stated of one of the entities, by each of its names."""
        if self._names_of is None or not self._known:
            return []
        known = self._known
        return [known[name] for name in dict.fromkeys(self._names_of(entity)) if name in known]
