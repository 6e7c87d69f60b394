"""What a question asks for: which records, in which order, how many at a time.

One form for every store and every face, so that a new condition is a new field of `Filter` and not
a new method of each store.
"""

from dataclasses import dataclass
from enum import StrEnum

from provgraph.model.vocabulary import Kind

#: Kinds that a name can lead to.
NAMED_KINDS = (Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT)


@dataclass(frozen=True, slots=True)
class Version:
    """What one run wrote at one path.

    Attributes:
        place: the path, as `provgraph.model.identifiers.place_of` writes it.
        activity: the run's id.
    """

    place: str
    activity: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records a question is about: those that meet every condition that is given.

    A store refuses a filter without a condition besides ``kinds``. Example: ``Filter(base_name=
    "run1.dl3.fits")`` means all files that stood at any path with that last part.

    Attributes:
        identifiers: the record bears one of these: as its id, or as any other name of an entity.
        version: the entity is what this run wrote at this path.
        base_name: the entity stood at a path that ends in this file name.
        invalid: whether the record has to be marked as invalid.
        kinds: the record is of one of these kinds.
    """

    identifiers: tuple[str, ...] | None = None
    version: Version | None = None
    base_name: str | None = None
    invalid: bool = False
    kinds: tuple[Kind, ...] = NAMED_KINDS


class SortOrder(StrEnum):
    """The order of an answer."""

    #: By id.
    ID = "id"
    #: The entity that was the last to come to the place that was asked for stands first; among
    #: equals the order is by id.
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of an answer is wanted.

    Attributes:
        size: how many records at most.
        after: the cursor of an earlier page, as that page gave it; None for the first page.
    """

    size: int = 1_000
    after: str | None = None
