"""Entities as the resolution makes them (docs/contract.md, rules 4 and 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provgraph.identity.files import RunTimes
from provgraph.identity.standings import Standing, loss_of_all, newest_first
from provgraph.model.identifiers import is_strong, strength


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
