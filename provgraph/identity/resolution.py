"""Which file is this? Decides which mentions are one entity: CONTRACT section 2, rules 2 to 6.

A pure function of what all sources say of some files, so the order of loading can't matter (rule
8).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provgraph.identity.files import (
    EquivalenceClasses,
    File,
    RunTimes,
    Standing,
    Timeline,
    loss_of_all,
    newest_first,
)
from provgraph.model.identifiers import (
    DEFAULT_NAMESPACE,
    PROV,
    is_strong,
    scheme_of,
    strength,
    version_of,
)


class Rule(StrEnum):
    """Why a mention is of its entity; shown by ``provgraph show`` (rule 10)."""

    CLAIM = "claim"
    VERSION = "version"
    LATE_NAME = "late-name"
    NAMED = "named"
    OWN_NAME = "own-name"
    ONLY_NAME = "only-name"
    NESTED = "nested"
    STOOD = "stood"
    MEANWHILE = "meanwhile"
    EXTERNAL = "external"


EXPLANATION = {
    Rule.CLAIM: "its header names the product, and this run made it (rules 2 and 3)",
    Rule.VERSION: "known by its path: the version that this run wrote there (rules 3 and 4)",
    Rule.LATE_NAME: "the version that this run wrote there, named by a later reader (rule 5, late names)",
    Rule.NAMED: "its header names the product (rule 2)",
    Rule.OWN_NAME: "the run names one product at this path elsewhere (rule 5)",
    Rule.ONLY_NAME: "no run wrote to this path, and its readers name one product there (rule 5)",
    Rule.NESTED: "the version that a run inside this one wrote there (rule 5a)",
    Rule.STOOD: "the version that stood there when the run started (rule 5b)",
    Rule.MEANWHILE: "the first version written there while the run went on (rule 5c)",
    Rule.EXTERNAL: "no known run wrote it (rule 5d)",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which entity a mention is of, and by which rule."""

    entity: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """One entity, with everything about it that follows from the mentions.

    Attributes:
        id: its strongest identifier (rule 6).
        identifiers: strongest first; the places where it stood among them.
        standings: the places where it stood, newest first, those where it still stands before the
            others.
        generated_at: when its maker made it; None when no run did.
        invalidated_at: when it lost the last place where it stood (rule 4); None while it stands.
        former: weak names that mean this entity and no other: ids that it bears or bore while it
            was known by its path.
    """

    id: str
    identifiers: tuple[str, ...]
    standings: tuple[Standing, ...]
    generated_at: str | None
    invalidated_at: str | None
    former: tuple[str, ...] = ()

    @property
    def stated_names(self) -> tuple[str, ...]:
        """The names by which something may be stated of it."""
        return (*filter(is_strong, self.identifiers), *self.former)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Mention key → assignment, and entity id → entity."""

    assignments: dict[bytes, Assignment]
    entities: dict[str, ResolvedEntity]


def resolve(files: Sequence[File], stated: Iterable[str] = ()) -> Resolution:
    """Decide which file is which.

    Args:
        files: all outputs and all inputs with an identifier that touch the same places and
            identifiers, directly or through each other, and those inputs known by path only whose
            assignment is wanted.
        stated: names of entities that sources state outright: strong identifiers, and ids of files
            known by their path.
    """
    return _Resolver(files, stated).resolution()


class _Resolver:
    """The steps of one resolution, each reading what those before it found."""

    def __init__(self, files: Sequence[File], stated: Iterable[str]) -> None:
        self.outputs = [file for file in files if file.is_output]
        self.inputs = [file for file in files if not file.is_output]
        self.products = EquivalenceClasses(file.identifiers for file in files)
        self.stated = set(stated)
        self.products.add(filter(is_strong, self.stated))
        self.makers = self._accepted_claims()
        self.entity_of_output = {id(file): self._first_name(file) for file in self.outputs}
        self.timelines = self._timelines()
        self.late_names = self._late_names()
        self._apply_late_names()
        self.timelines = self._timelines()
        self.named_at = self._products_named_at()
        self.externals = EquivalenceClasses([])
        self.entity_of_input = {id(file): self._input_entity(file) for file in self.inputs}
        self.assignments: dict[bytes, Assignment] = {}

    def resolution(self) -> Resolution:
        for file in self.outputs:
            self._assign(file, self.entity_of_output[id(file)], self._output_rule(file))
        for file in self.inputs:
            entity, rule = self.entity_of_input[id(file)]
            self._assign(
                file, self.externals.name(entity) if rule is Rule.EXTERNAL else entity, rule
            )
        return Resolution(self.assignments, self._entities())

    def _assign(self, file: File, entity: str, rule: Rule) -> None:
        for mention in file.mentions:
            self.assignments[mention.key] = Assignment(entity, rule)

    # Rule 3: claims.

    def _accepted_claims(self) -> dict[str, RunTimes]:
        """Product → the run that made it.

        The first claimant in the order of runs whose claim is not turned down.
        """
        read_by: dict[str, list[RunTimes]] = defaultdict(list)
        for file in self.inputs:
            if file.identifiers:
                read_by[self.products.name(file.identifiers[0])].append(file.run)
        accepted: dict[str, RunTimes] = {}
        for file in sorted(self.outputs, key=lambda file: file.run.order):
            if file.identifiers:
                product = self.products.name(file.identifiers[0])
                if product not in accepted and not _turned_down(file.run, read_by[product]):
                    accepted[product] = file.run
        return accepted

    def _first_name(self, file: File) -> str:
        """The entity an output made, before late names.

        Its product when the claim is accepted, else a version.
        """
        if file.identifiers:
            product = self.products.name(file.identifiers[0])
            maker = self.makers.get(product)
            if (maker is not None and maker.id == file.run.id) or _is_stated(file):
                return product
        return _version_id(file)

    def _output_rule(self, file: File) -> Rule:
        if self.entity_of_output[id(file)] == self.late_names.get(_version_id(file)):
            return Rule.LATE_NAME
        return Rule.VERSION if self._is_version(file) else Rule.CLAIM

    # Rule 4: versions.

    def _timelines(self) -> dict[str, Timeline]:
        """Place → its writes in the order of runs.

        Of one run's, the greater entity id last (rule 3).
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
        """Version id → the product that a later reader names for it."""
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
        for file in self.outputs:
            product = self.late_names.get(self.entity_of_output[id(file)])
            if product is not None:
                self.entity_of_output[id(file)] = product
                self.makers[product] = file.run

    # Rule 5: reads.

    def _products_named_at(self) -> dict[str, dict[str, set[str]]]:
        """Place → product → the runs that name it among their inputs there."""
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

        Of several places the best match.
        """
        timelines = (timeline for place in read.places if (timeline := self.timelines.get(place)))
        met = (
            _version_met(timeline.writes, timeline.count_before(read.run), read.run)
            for timeline in timelines
        )
        return self._best([each for each in met if each is not None])

    def _best(self, met: Sequence[tuple[File, Rule]]) -> tuple[File, Rule] | None:
        """Of versions met at several places.

        By (a) or (b) the last one made, else by (c) the first.
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
            name: _entity(
                name, identifiers, standings.get(name, ()), makers.get(name), former[name]
            )
            for name, identifiers in names.items()
        }

    def _former_names(self) -> defaultdict[str, set[str]]:
        """Entity → the weak names that mean it and no other one."""
        former: defaultdict[str, set[str]] = defaultdict(set)
        for file in self.outputs:
            former[self.entity_of_output[id(file)]].update(
                version_of(place, file.run.id) for place in file.places
            )
        for file in self.inputs:
            entity, rule = self.entity_of_input[id(file)]
            if rule in (Rule.EXTERNAL, Rule.ONLY_NAME):
                former[self.externals.name(entity) if rule is Rule.EXTERNAL else entity].update(
                    file.places
                )
        return former

    def _version_names(self) -> dict[str, set[str]]:
        """Version id → the ids under which it is known at each of its places."""
        return {
            name: {version_of(place, file.run.id) for place in file.places} | {name}
            for file in self.outputs
            if (name := self.entity_of_output[id(file)]) == _version_id(file)
        }

    def _standings(self) -> dict[str, list[Standing]]:
        """Entity → where it stood, each place since its last write or sighting there."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for (entity, place), (rank, since) in self._holds().items():
            found[entity].append(Standing(place, rank, since, self._lost(entity, place, rank)))
        return found

    def _holds(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Entity and place → rank and time of its last write or sighting there."""
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
        """When the next write of another entity at the place ended the hold; None when none did."""
        if place not in self.timelines:
            return None
        later = self.timelines[place].after(rank)
        others = (write for write in later if self.entity_of_output[id(write)] != entity)
        return next((write.run.generated for write in others), None)


def _version_met(writes: Sequence[File], count: int, reader: RunTimes) -> tuple[File, Rule] | None:
    """Rule 5 (a) to (c) among the first ``count`` writes, those of the runs before the reader."""
    if not count:
        return None
    first_inside = bisect_left(writes, reader.start, hi=count, key=_generated)
    for index in range(count - 1, first_inside - 1, -1):
        if reader.encloses(writes[index].run):
            return writes[index], Rule.NESTED
    at_start = bisect_right(writes, reader.start, lo=first_inside, hi=count, key=_generated)
    return (writes[at_start - 1], Rule.STOOD) if at_start else (writes[0], Rule.MEANWHILE)


def _generated(file: File) -> str:
    return file.run.generated


def _turned_down(claimant: RunTimes, readers: Iterable[RunTimes]) -> bool:
    """Whether the product is among the claimant's own inputs or was read by a run that ended before
    it started.
    """
    return any(
        reader.id == claimant.id or (reader.end is not None and reader.end < claimant.start)
        for reader in readers
    )


def _entity(
    name: str,
    identifiers: set[str],
    standings: Sequence[Standing],
    maker: RunTimes | None,
    former: Iterable[str],
) -> ResolvedEntity:
    places = {standing.place for standing in standings}
    return ResolvedEntity(
        id=name,
        identifiers=tuple(sorted(identifiers | places, key=strength)),
        standings=newest_first(standings),
        generated_at=(maker.generated or None) if maker else None,
        invalidated_at=loss_of_all(standings),
        former=tuple(sorted(former)),
    )


def _is_stated(file: File) -> bool:
    """Whether a document states this generation outright, of no path: it stays as said (rule 3)."""
    return not file.places and scheme_of(file.identifiers[0]) == PROV


def _version_id(file: File) -> str:
    return min(version_of(place, file.run.id) for place in file.places or file.identifiers)


def _version_order(file: File) -> tuple[object, ...]:
    """The first version in the order of runs, then namespace, path."""
    return file.run.order, min(map(_namespace_and_path, file.places))


def _namespace_and_path(place: str) -> tuple[str, str]:
    """Of a place; a remote file has no namespace."""
    if place.startswith("file://"):
        namespace, slash, path = place[len("file://") :].partition("/")
        return namespace, slash + path
    return (DEFAULT_NAMESPACE, place[len("file:") :]) if place.startswith("file:") else ("", place)


def _hold(
    held: dict[tuple[str, str], tuple[int, str]], entity: str, place: str, since: tuple[int, str]
) -> None:
    held[(entity, place)] = max(since, held.get((entity, place), since))
