"""Entities as the resolution makes them: which run made each, and where it stands.

docs/contract.md, rule 3: an output that names a product *claims* that its run made the product.
ctapipe may name a product that another run made: a tool copies a header, or notes an output before
it is written. So some claims are turned down.

docs/contract.md, rules 4 and 6: each place is a sequence of writes; a file stands at a place until
the next write there.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from provgraph.identity.files import EquivalenceClasses, File, RunTimes
from provgraph.model.identifiers import is_strong, strength


@dataclass(frozen=True, slots=True)
class Standing:
    """One entity at one place (docs/contract.md, rule 4).

    Attributes:
        place: the path or URL, as an identifier.
        rank: sorts the entities that stood at one place; the newest has the greatest rank.
        since: when the entity was last written or seen there; "" when not known.
        until: when the next write there overwrote the entity; None while it stands.
    """

    place: str
    rank: int
    since: str
    until: str | None


def newest_first(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Sort an entity's places (docs/contract.md, rule 6: ``location`` and ``locations``).

    Args:
        standings: the places of one entity, in any order.

    Returns:
        The places where the entity still stands first; of those the newest first, of equally new
        ones the smallest first. Then the places that it lost, in the same way.
    """
    by_place = sorted(standings, key=lambda standing: standing.place)
    by_time = sorted(by_place, key=lambda standing: standing.since, reverse=True)
    return tuple(sorted(by_time, key=lambda standing: standing.until is not None))


class Timeline:
    """All writes at one place, in the order of runs (docs/contract.md, rules 3 and 4).

    Writes and sightings at a place are ranked together: the write number ``n``, counted from 0, has
    the odd rank ``2 n + 1``; a file that was seen after ``n`` writes has the even rank ``2 n``.
    Example: written by A, seen by R, written by B: the ranks are 1, 2, 3.

    Attributes:
        writes: the files written there, in order.
    """

    def __init__(self, writes: Sequence[File]) -> None:
        """Take the writes, which must be in order."""
        self.writes = writes
        self._orders = [file.run.order for file in writes]
        self._index = {id(file): index for index, file in enumerate(writes)}

    def count_before(self, reader: RunTimes) -> int:
        """Count the writes whose runs come before a reader in the order of runs (rule 5).

        Args:
            reader: the run that reads.

        Returns:
            How many of `writes`, from the first on.
        """
        return bisect_left(self._orders, reader.order)

    def rank_of_write(self, file: File) -> int:
        """Rank a write.

        Args:
            file: one of `writes`.

        Returns:
            Its rank, an odd number.
        """
        return 2 * self._index[id(file)] + 1

    def rank_of_sighting(self, reader: RunTimes) -> int:
        """Rank a file that a run met at the place when the run started.

        Args:
            reader: the run.

        Returns:
            The rank, an even number: behind all writes that were there when the run started.
        """
        count = self.count_before(reader)
        return 2 * bisect_right(
            self.writes, reader.start, hi=count, key=lambda file: file.run.generated
        )

    def after(self, rank: int) -> Iterator[File]:
        """Find the writes that came after a write or a sighting.

        Args:
            rank: the rank of the write or sighting.

        Returns:
            The later writes, in order.
        """
        return islice(self.writes, (rank + 1) // 2, None)


def loss_of_all(standings: Sequence[Standing]) -> str | None:
    """Find when an entity lost the last of its places (docs/contract.md, rule 4).

    Example: written to ``/x``, seen at ``/copy``; ``/x`` was overwritten at 7 and ``/copy`` at 9:
    the entity was invalidated at 9.

    Args:
        standings: all places of the entity.

    Returns:
        A canonical time; None while the entity stands somewhere, or never stood anywhere.
    """
    lost = [standing.until for standing in standings if standing.until is not None]
    return max(lost) if lost and len(lost) == len(standings) else None


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """One entity, with all that follows from the mentions.

    Attributes:
        id: the strongest identifier (rule 6).
        identifiers: all identifiers, the strongest first; the places where the entity stood are
            among them.
        standings: the places where the entity stood, sorted by `newest_first`.
        generated_at: when a run made the entity; None when no known run did.
        invalidated_at: when the entity lost the last place where it stood (rule 4); None while it
            stands.
        former: names without a strong identifier that mean this entity and no other one: the ids
            that it has or had while it was known by its path only.
    """

    id: str
    identifiers: tuple[str, ...]
    standings: tuple[Standing, ...]
    generated_at: str | None
    invalidated_at: str | None
    former: tuple[str, ...] = ()

    @property
    def stated_names(self) -> tuple[str, ...]:
        """The names under which a source may state something about the entity."""
        return (*filter(is_strong, self.identifiers), *self.former)

    def also_called(self, former: Iterable[str]) -> "ResolvedEntity":
        """The entity with further weak names.

        Args:
            former: names as in `former`.

        Returns:
            A new entity.
        """
        return replace(self, former=tuple(sorted({*self.former, *former})))


def resolved_entity(
    name: str,
    identifiers: set[str],
    standings: Sequence[Standing],
    maker: RunTimes | None,
    former: Iterable[str],
) -> ResolvedEntity:
    """Make one entity of what the resolution found.

    Args:
        name: the entity's id.
        identifiers: its identifiers, places aside.
        standings: the places where it stood, in any order.
        maker: the run that made it; None when no known run did.
        former: see `ResolvedEntity`.

    Returns:
        The entity.
    """
    places = {standing.place for standing in standings}
    return ResolvedEntity(
        id=name,
        identifiers=tuple(sorted(identifiers | places, key=strength)),
        standings=newest_first(standings),
        generated_at=(maker.generated or None) if maker else None,
        invalidated_at=loss_of_all(standings),
        former=tuple(sorted(former)),
    )


def bearer_of(name: str, entities: Collection[str]) -> str:
    """Choose which entity a weak name means (docs/contract.md, rules 3 and 6).

    Args:
        name: a path, or PATH@RUN.
        entities: ids of those that it may mean, at least one.

    Returns:
        The entity with that id, else the one with the greatest id: it stands there last.
    """
    return name if name in entities else max(entities)


def accepted_claims(
    outputs: Sequence[File], inputs: Sequence[File], products: EquivalenceClasses
) -> dict[str, RunTimes]:
    """Decide which run made each product (rule 3, claims).

    Of the claims that are not turned down, the first in the order of runs is accepted. Example: A
    ended at 5, B at 6, both say that they wrote P: A made P. The file that B wrote is a version
    that is known by its path.

    Args:
        outputs: the files that runs wrote.
        inputs: the files that runs read.
        products: which identifiers name one product.

    Returns:
        The name of each product with an accepted claim → the run that made the product.
    """
    read_by: dict[str, list[RunTimes]] = defaultdict(list)
    for file in inputs:
        if file.identifiers:
            read_by[products.name(file.identifiers[0])].append(file.run)
    accepted: dict[str, RunTimes] = {}
    for file in sorted(outputs, key=lambda file: file.run.order):
        if file.identifiers:
            product = products.name(file.identifiers[0])
            if product not in accepted and not _is_turned_down(file.run, read_by[product]):
                accepted[product] = file.run
    return accepted


def _is_turned_down(claimant: RunTimes, readers: Iterable[RunTimes]) -> bool:
    """Whether a claim can't be true (rule 3, claims): the product was there before.

    The product is among the claimant's own inputs, or some run read it that had ended before the
    claimant started. Example: R read P and ended at 2. A run that started at 3 did not make P; a
    run that started at 2 may have.
    """
    return any(
        reader.id == claimant.id or (reader.end is not None and reader.end < claimant.start)
        for reader in readers
    )
