"""Which file is this? Decides which mentions are one entity (docs/contract.md, rules 2 to 6).

`resolve` is a pure function of what all sources say of some files together, so the order of loading
can't matter (rule 8). Rule numbers are those of docs/contract.md.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provgraph.identity.entities import (
    ResolvedEntity,
    Standing,
    Timeline,
    accepted_claims,
    bearer_of,
    resolved_entity,
)
from provgraph.identity.files import EquivalenceClasses, File, RunTimes
from provgraph.identity.rules import Rule
from provgraph.model.identifiers import (
    DEFAULT_NAMESPACE,
    PROV,
    is_strong,
    scheme_of,
    version_of,
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which entity a mention belongs to, and why.

    Attributes:
        entity: the entity's id.
        rule: why.
    """

    entity: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer of `resolve`.

    Attributes:
        assignments: mention key → the entity.
        entities: entity id → the entity.
    """

    assignments: dict[bytes, Assignment]
    entities: dict[str, ResolvedEntity]


def resolve(files: Sequence[File], stated: Iterable[str] = ()) -> Resolution:
    """Decide which file is which.

    Args:
        files: all outputs, and all inputs with an identifier, that share places or identifiers,
            directly or through each other; and those inputs known by their path only whose entity
            is asked for.
        stated: names of entities that sources state outright: strong identifiers, and ids of files
            known by their path.

    Returns:
        The entity of every mention of these files, and these entities.
    """
    return _Resolver(files, stated).resolution()


class _Resolver:
    """The steps of one resolution. Each step uses what the steps before it found."""

    def __init__(self, files: Sequence[File], stated: Iterable[str]) -> None:
        self.outputs = [file for file in files if file.is_output]
        self.inputs = [file for file in files if not file.is_output]
        self.products = EquivalenceClasses(file.identifiers for file in files)
        self.stated = set(stated)
        self.products.add(filter(is_strong, self.stated))
        self.makers = accepted_claims(self.outputs, self.inputs, self.products)
        self.entity_of_output = {id(file): self._first_name(file) for file in self.outputs}
        self.timelines = self._timelines()
        self.late_names = self._late_names()
        if self.late_names:
            self._apply_late_names()
            self.timelines = self._timelines()
        self.named_at = self._products_named_at()
        self.externals = EquivalenceClasses([])
        self.entity_of_input = {id(file): self._input_entity(file) for file in self.inputs}
        self.assignments: dict[bytes, Assignment] = {}

    def resolution(self) -> Resolution:
        """Give every mention its entity, then make the entities."""
        for file in self.outputs:
            self._assign(file, self.entity_of_output[id(file)], self._output_rule(file))
        for file in self.inputs:
            entity, rule = self.entity_of_input[id(file)]
            self._assign(
                file, self.externals.name(entity) if rule is Rule.EXTERNAL else entity, rule
            )
        return Resolution(self.assignments, self._entities())

    def _assign(self, file: File, entity: str, rule: Rule) -> None:
        """Give all mentions of a file their entity."""
        for mention in file.mentions:
            self.assignments[mention.key] = Assignment(entity, rule)

    def _first_name(self, file: File) -> str:
        """The entity that an output made, before late names (rule 3).

        It is the product that the output names, if the run's claim is accepted, else a version that
        is known by its path. Example: A and B say that they wrote P, A to ``/x``, B to ``/y``, and
        A's claim is accepted: the entities are ``product:P`` and ``file:/y@B``.
        """
        if file.identifiers:
            product = self.products.name(file.identifiers[0])
            maker = self.makers.get(product)
            if (maker is not None and maker.id == file.run.id) or _is_stated(file):
                return product
        return _version_id(file)

    def _output_rule(self, file: File) -> Rule:
        """Why an output is its entity."""
        if self.entity_of_output[id(file)] == self.late_names.get(_version_id(file)):
            return Rule.LATE_NAME
        return Rule.VERSION if self._is_version(file) else Rule.CLAIM

    # Rule 4: versions.

    def _timelines(self) -> dict[str, Timeline]:
        """Place → all writes there, in the order of runs (rule 4).

        Each run that writes to a path makes a new entity there. Example: A wrote ``/x``, later B
        wrote ``/x``: ``file:/x@A``, which then stands no more, and ``file:/x@B``. Of several writes
        of one run at one place, the greater entity id is the last (rule 3).
        """
        writes: dict[str, list[File]] = defaultdict(list)
        for file in self.outputs:
            for place in file.places:
                writes[place].append(file)
        return {
            place: Timeline(
                sorted(files, key=lambda file: (file.run.order, self.entity_of_output[id(file)]))
            )
            for place, files in writes.items()
        }

    # Rule 5: late names.

    def _late_names(self) -> dict[str, str]:
        """Version id → the product that a later reader names for it (rule 5, late names).

        Example: A wrote ``/x`` and its log names no product, since ctapipe noted the output before
        it was written. R reads ``/x`` and names product P, which no run has claimed: what A wrote
        is P. Of several readers the earliest decides. Of several versions that are named P, the
        first in the order of runs is P.
        """
        proposals: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        order: dict[str, tuple[object, ...]] = {}
        for file in self.inputs:
            product = self.products.name(file.identifiers[0]) if file.identifiers else None
            if product is None or product in self.makers:
                continue
            stood = self._stood(file)
            if stood is not None and self._is_version(stood[0]):
                version = self.entity_of_output[id(stood[0])]
                order[version] = _version_order(stood[0])
                proposals[version].append((file.run.start, file.run.id, product))
        decided: dict[str, list[str]] = defaultdict(list)
        for version, proposed in proposals.items():
            decided[min(proposed)[2]].append(version)
        return {
            min(versions, key=order.__getitem__): product for product, versions in decided.items()
        }

    def _is_version(self, file: File) -> bool:
        """Whether the output is known by its path only."""
        return self.entity_of_output[id(file)] == _version_id(file)

    def _apply_late_names(self) -> None:
        """Let the versions be the products that later readers name for them."""
        for file in self.outputs:
            product = self.late_names.get(self.entity_of_output[id(file)])
            if product is not None:
                self.entity_of_output[id(file)] = product
                self.makers[product] = file.run

    # Rule 5: reads.

    def _products_named_at(self) -> dict[str, dict[str, set[str]]]:
        """Place → product → the runs that name the product among their inputs there."""
        named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for file in self.inputs:
            if file.identifiers:
                product = self.products.name(file.identifiers[0])
                for place in file.places:
                    named[place][product].add(file.run.id)
        return named

    def _input_entity(self, file: File) -> tuple[str, Rule]:
        if file.identifiers:
            return self.products.name(file.identifiers[0]), Rule.NAMED
        for place in file.places:
            own = [
                product
                for product, runs in self.named_at.get(place, {}).items()
                if file.run.id in runs
            ]
            if len(own) == 1:
                return own[0], Rule.OWN_NAME
        if stood := self._stood(file):
            return self.entity_of_output[id(stood[0])], stood[1]
        for place in file.places:
            named = self.named_at.get(place, {})
            if place not in self.timelines and len(named) == 1:
                return next(iter(named)), Rule.ONLY_NAME
        self.externals.add_together(file.places)
        return file.places[0], Rule.EXTERNAL

    def _stood(self, read: File) -> tuple[File, Rule] | None:
        """The version that a read met at its place, and by which part of rule 5.

        A file with several places (rule 9) may have met several versions: see `_best`.
        """
        timelines = (timeline for place in read.places if (timeline := self.timelines.get(place)))
        met = (
            _version_met(timeline.writes, timeline.count_before(read.run), read.run)
            for timeline in timelines
        )
        return self._best([each for each in met if each is not None])

    def _best(self, met: Sequence[tuple[File, Rule]]) -> tuple[File, Rule] | None:
        """Of versions met at several places the best match.

        A version by (a) goes before one by (b), and that before one by (c); of several by (a) or
        (b) the last one made, of several by (c) the first one made.
        """
        for rule, choose in ((Rule.NESTED, max), (Rule.STOOD, max), (Rule.MEANWHILE, min)):
            by_rule = [each for each in met if each[1] is rule]
            if by_rule:
                return choose(
                    by_rule,
                    key=lambda each: (each[0].run.order, self.entity_of_output[id(each[0])]),
                )
        return None

    # The entities.

    def _entities(self) -> dict[str, ResolvedEntity]:
        """Entity id → the entity."""
        names = self.products.groups() | self._version_names()
        names |= {
            name: {name}
            for given in self.assignments.values()
            if (name := given.entity) not in names
        }
        latest_first = sorted(self.outputs, key=lambda file: file.run.order, reverse=True)
        makers = {self.entity_of_output[id(file)]: file.run for file in latest_first} | self.makers
        standings = self._standings()
        former = self._former_names()
        borne = set().union(*former.values())
        alone = {name for name in self.stated if not is_strong(name) and name not in borne}
        for name in alone:
            names[name] = former[name] = {name}
        return {
            name: resolved_entity(
                name, identifiers, standings.get(name, ()), makers.get(name), former[name]
            )
            for name, identifiers in names.items()
        }

    def _former_names(self) -> defaultdict[str, set[str]]:
        """Entity → the weak names that mean this entity and no other one (rule 6).

        Example: ``file:/x@A`` for a version that a later reader named P: the id was given out, so
        it must still lead to P. Where A made P and Q at ``/x``, the name means the entity with that
        id, else the one with the greater id, which stands there last (rule 3).
        """
        bearers: defaultdict[str, set[str]] = defaultdict(set)
        for file in self.outputs:
            for place in file.places:
                bearers[version_of(place, file.run.id)].add(self.entity_of_output[id(file)])
        for file in self.inputs:
            entity, rule = self.entity_of_input[id(file)]
            if rule in (Rule.EXTERNAL, Rule.ONLY_NAME):
                name = self.externals.name(entity) if rule is Rule.EXTERNAL else entity
                for place in file.places:
                    bearers[place].add(name)
        former: defaultdict[str, set[str]] = defaultdict(set)
        for name, entities in bearers.items():
            former[bearer_of(name, entities)].add(name)
        return former

    def _version_names(self) -> dict[str, set[str]]:
        """Version id → the ids of the version at each of its places."""
        return {
            name: {version_of(place, file.run.id) for place in file.places} | {name}
            for file in self.outputs
            if (name := self.entity_of_output[id(file)]) == _version_id(file)
        }

    def _standings(self) -> dict[str, list[Standing]]:
        """Entity → the places where it stood, since the last write or sighting there (rule 4)."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for (entity, place), (rank, since) in self._holds().items():
            found[entity].append(Standing(place, rank, since, self._lost(entity, place, rank)))
        return found

    def _holds(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Entity and place → rank and time of the last write or sighting there.

        Being seen at a path makes no version, but the entity stands there. Example: A wrote P to
        ``/x``, B read P at ``/copy``: P stands at both.
        """
        holds: dict[tuple[str, str], tuple[int, str]] = {}
        for file in self.outputs:
            for place in file.places:
                since = self.timelines[place].rank_of_write(file), file.run.generated
                _hold(holds, self.entity_of_output[id(file)], place, since)
        for file in self.inputs:
            entity, rule = self.entity_of_input[id(file)]
            if rule is not Rule.EXTERNAL and (file.identifiers or len(file.places) > 1):
                for place in file.places:
                    timeline = self.timelines.get(place)
                    rank = timeline.rank_of_sighting(file.run) if timeline else 0
                    _hold(holds, entity, place, (rank, file.run.start))
        for external, places in self.externals.groups().items():
            for place in places:
                _hold(holds, external, place, (0, ""))
        return holds

    def _lost(self, entity: str, place: str, rank: int) -> str | None:
        """When another entity was next written at the place; None while the entity stands there."""
        if place not in self.timelines:
            return None
        later = self.timelines[place].after(rank)
        others = (write for write in later if self.entity_of_output[id(write)] != entity)
        return next((write.run.generated for write in others), None)


def _version_met(writes: Sequence[File], count: int, reader: RunTimes) -> tuple[File, Rule] | None:
    """Rule 5 (a) to (c): the version that a reader met at a place; None if it met none.

    Example: A wrote ``/x`` and ended at 1, B at 3, C at 6. A reader from 4 to 9 met B's file (b). A
    reader from 0 to 9 met A's file (c). If C ran in the reader's own process from 5 to 6, a reader
    from 4 to 9 met C's file (a).

    Args:
        writes: the writes at the place, in the order of runs.
        count: how many of them are of runs that come before the reader in the order of runs.
        reader: the run that reads.
    """
    if not count:
        return None
    first_inside = bisect_left(writes, reader.start, hi=count, key=_generated)
    for index in range(count - 1, first_inside - 1, -1):
        if reader.encloses(writes[index].run):
            return writes[index], Rule.NESTED
    at_start = bisect_right(writes, reader.start, lo=first_inside, hi=count, key=_generated)
    return (writes[at_start - 1], Rule.STOOD) if at_start else (writes[0], Rule.MEANWHILE)


def _generated(file: File) -> str:
    """When the file was made."""
    return file.run.generated


def _is_stated(file: File) -> bool:
    """Whether a PROV document states this generation, without a path: it stays as said (rule 3)."""
    return not file.places and scheme_of(file.identifiers[0]) == PROV


def _version_id(file: File) -> str:
    """The id of an output that is known by its path only (rule 6); of several the smallest."""
    return min(version_of(place, file.run.id) for place in file.places or file.identifiers)


def _version_order(file: File) -> tuple[object, ...]:
    """A key that sorts versions: by the order of runs, then by namespace and path (rule 5)."""
    return file.run.order, min(map(_namespace_and_path, file.places))


def _namespace_and_path(place: str) -> tuple[str, str]:
    """The two parts of a place; a remote file has no namespace."""
    if place.startswith("file://"):
        namespace, slash, path = place[len("file://") :].partition("/")
        return namespace, slash + path
    return (DEFAULT_NAMESPACE, place[len("file:") :]) if place.startswith("file:") else ("", place)


def _hold(
    held: dict[tuple[str, str], tuple[int, str]], entity: str, place: str, since: tuple[int, str]
) -> None:
    """Note a write or sighting of an entity at a place, unless a later one is known."""
    held[(entity, place)] = max(since, held.get((entity, place), since))
