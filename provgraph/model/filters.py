"""What a question asks for: which records, in which order, how many at a time.

One form for every store and every face, so that a new condition is a new field of `Filter` and not
a new method of each store.
"""

from dataclasses import dataclass
from enum import StrEnum

from provgraph.model.hiding import HiddenFiles
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
class ParameterValue:
    """How a run was set up, in one respect.

    Attributes:
        name: of the parameter, or what its full name ends in behind a dot: ``input_url`` means
            ``ProcessorTool.EventSource.input_url``, too.
        value: as a text; a number, truth or null as JSON writes it.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Search:
    """What people look for: the records that meet every condition that is given.

    Of several values of one condition any will do. Case makes no difference but in paths. Without
    any condition all records are found.

    Attributes:
        text: every word of it is the beginning of a word among the record's names, paths and
            identifiers, or the name of the run's host (docs/contract.md, Commands).
        types: finer types, such as ``DatasetEntity`` or ``Person``.
        data_levels: of files, such as ``DL3``.
        tools: the names of runs.
        versions: of the tools.
        statuses: how runs ended.
        hosts: where runs ran.
        parameters: how runs were set up. Of several with one name any will do; every name has to
            be met.
        agents: ids or names of agents that answer for the run or file.
        since: the run started, or the file was made, then or later; a canonical time.
        until: then or earlier.
        under: the file stood at this path, or somewhere below it.
        invalid: whether the record has to be marked as invalid.
        external: whether no known run may have made the file.
        overwritten: whether the file has to be one that ceased to be, as by being overwritten.
        at: the file stood at some path then: at ``under`` or below it, where that is given; a
            canonical time.
        hidden: the files that are left out, and with them the runs that read or made such files
            and made no others.
        without: the keys of further entities that are left out.
    """

    text: str | None = None
    types: tuple[str, ...] = ()
    data_levels: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    parameters: tuple[ParameterValue, ...] = ()
    agents: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    under: str | None = None
    invalid: bool = False
    external: bool = False
    overwritten: bool = False
    at: str | None = None
    hidden: tuple[HiddenFiles, ...] = ()
    without: tuple[bytes, ...] = ()

    @property
    def of_runs(self) -> bool:
        """Whether any condition is one of runs."""
        return bool(self.tools or self.versions or self.statuses or self.hosts or self.parameters)

    @property
    def of_files(self) -> bool:
        """Whether any condition is one of files."""
        return bool(
            self.types
            or self.data_levels
            or self.under is not None
            or self.external
            or self.overwritten
            or self.at is not None
        )


class SortOrder(StrEnum):
    """The order of an answer."""

    #: By id.
    ID = "id"
    #: The entity that was the last to come to the place that was asked for stands first; among
    #: equals the order is by id.
    NEWEST = "newest"
    #: Of a search: by time, the newest first; what has no time stands last.
    TIME = "time"
    #: Of a search: by name; what has none stands first.
    NAME = "name"


#: The orders that a search can have, and nothing else.
SEARCH_ORDERS = (SortOrder.TIME, SortOrder.NAME)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records a question is about: those that meet every condition that is given.

    A store refuses a filter without a condition besides ``kinds``, and one that both searches and
    names records. Example: ``Filter(base_name="run1.dl3.fits")`` means all files that stood at any
    path with that last part.

    Attributes:
        identifiers: the record bears one of these: as its id, or as any other name of an entity.
        version: the entity is what this run wrote at this path.
        base_name: the entity stood at a path that ends in this file name.
        search: what people look for.
        kinds: the record is of one of these kinds.
    """

    identifiers: tuple[str, ...] | None = None
    version: Version | None = None
    base_name: str | None = None
    search: Search | None = None
    kinds: tuple[Kind, ...] = NAMED_KINDS


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of an answer is wanted.

    Attributes:
        size: how many records at most.
        after: the cursor of an earlier page, as that page gave it; None for the first page.
        counted: whether a search has to tell how many records it finds on all pages: the time of
            counting grows with the records that are found.
    """

    size: int = 1_000
    after: str | None = None
    counted: bool = False
