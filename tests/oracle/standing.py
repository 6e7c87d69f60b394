"""Where entities stand, and since when (docs/contract.md, rule 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.oracle.makings import Making, sequence
from tests.oracle.places import Place, Time
from tests.oracle.reads import Read
from tests.oracle.runs import Runs, rank


@dataclass(frozen=True)
class OracleEntity:
    """One file: where it ever stood, when it was made and when it stood nowhere any more."""

    id: str
    locations: frozenset[str]
    generated: str | None
    invalidated: str | None


@dataclass(frozen=True)
class Event:
    """An entity was written or seen at a place; `moment` orders the events there."""

    place: Place
    moment: tuple[
        Time, int, int, str
    ]  # time, then order of runs, then reads before writes, then entity id
    entity: str
    is_write: bool

    @property
    def time(self) -> Time:
        return self.moment[0]


def events_of(makings: Sequence[Making], reads: Sequence[Read], runs: Runs) -> list[Event]:
    """Section 2 rule 4.

    Every writing (at its run's generation time) and every sighting (at the reader's start).
    """
    writes = [
        Event(
            place,
            (runs[making.run].generation, rank(making.run, runs), 1, making.entity),
            making.entity,
            True,
        )
        for making in makings
        for place in making.places
    ]
    sightings = [
        Event(
            place,
            (runs[read.file.run].start, rank(read.file.run, runs), 0, read.entity),
            read.entity,
            False,
        )
        for read in reads
        for place in read.file.places
        if is_sighting(read, place, makings)
    ]
    return writes + sightings


def is_sighting(read: Read, place: Place, makings: Sequence[Making]) -> bool:
    """Agreed: a sighting is a named read.

    An unnamed one only says where a file stood that no run wrote there.
    """
    written_there = any(
        making.entity == read.entity and place in making.places for making in makings
    )
    return read.file.product is not None or not written_there


def lost_at(entity_id: str, place: Place, events: Sequence[Event]) -> Time | None:
    """Section 2 rule 4.

    When the next other entity was written at this place, None while this one still stands.
    """
    last = max(
        event.moment for event in events if event.entity == entity_id and event.place == place
    )
    following = [
        event
        for event in events
        if event.is_write
        and event.place == place
        and event.entity != entity_id
        and event.moment > last
    ]
    return min(following, key=lambda event: event.moment).time if following else None


def invalidated(entity_id: str, places: Iterable[Place], events: Sequence[Event]) -> Time | None:
    """Section 2 rule 4.

    When an entity has lost the last place where it was written or seen, that time.
    """
    losses = [lost_at(entity_id, place, events) for place in places]
    known = [loss for loss in losses if loss is not None]
    still_stands = len(known) < len(losses)
    return None if still_stands else max(known)


def entity(
    id_: str, events: Sequence[Event], makings: Sequence[Making], runs: Runs
) -> OracleEntity:
    """Section 2 rules 3, 4 and 6: one entity's times and places."""
    places = {event.place for event in events if event.entity == id_}
    makers = {runs[making.run].generation for making in makings if making.entity == id_}
    lost = invalidated(id_, places, events)
    return OracleEntity(
        id=id_,
        locations=frozenset(place.text for place in places),
        generated=min(makers).text if makers else None,
        invalidated=lost.text if lost is not None else None,
    )


def newest_at(place: Place, events: Sequence[Event], makings: Sequence[Making], runs: Runs) -> str:
    """Section 4: a path means its newest version.

    Where nothing was ever written, what was seen there last.
    """
    written = sequence(frozenset([place]), makings, runs)
    if written:
        return written[-1].entity
    return max(
        (event for event in events if event.place == place), key=lambda event: event.moment
    ).entity
