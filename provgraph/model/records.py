"""What sources say, as frozen data: runs, the files that they name, agents, descriptions.

A `Document` is what one record of a source says. It says nothing about which file is which: that is
decided in `provgraph.identity` from all documents together.

Records and their keys go into stores, and come out of them, in `batches`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Self, TypeVar

from provgraph.model.attributes import HIDDEN, kept_json, text_size
from provgraph.model.identifiers import base_name
from provgraph.model.values import Attributes, Value, fingerprint, flat_json
from provgraph.model.vocabulary import (
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)

_T = TypeVar("_T", "Document", "Mention")


def build_quickly(kind: type[_T], **fields: Any) -> _T:
    """Make a `Document` or a `Mention` in a third of the time that its constructor takes.

    Readers of large sources make millions of them.

    Args:
        kind: the class.
        fields: the fields by name. Every field without a default must be among them.

    Returns:
        The object. Nothing is checked.
    """
    instance = object.__new__(kind)
    instance.__dict__.update(fields)
    return instance


def key_of(kind: Kind, identifier: str) -> bytes:
    """Make the key of a record, by which every store knows it.

    Args:
        kind: what the record is.
        identifier: its id, however long.

    Returns:
        16 bytes.
    """
    return _key(kind, identifier) if len(identifier) < _LONG else fingerprint(kind, identifier)


#: Where a file is read or written, it is named again and again. Longer ids are not remembered.
_LONG = 256
_key = lru_cache(1 << 14)(fingerprint)


@dataclass(frozen=True, slots=True)
class Run:
    """What is said of one run of one tool, an activity.

    Attributes:
        id: the run's own identifier, such as ctapipe's activity_uuid.
        facts: all that is said of the run, attribute by attribute; `Fact` names those with a
            meaning.
    """

    id: str
    facts: Attributes

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle in a third of the time that a dataclass with slots takes by itself."""
        return Run, (self.id, self.facts)


class Fact:
    """The names of the facts of a run that mean something to provgraph.

    All other facts are kept as they come.
    """

    NAME = "name"
    VERSION = "version"
    STATUS = "status"
    START = "startTime"
    END = "endTime"
    HOST = "host"
    BOOT_TIME = "bootTime"
    EXECUTABLE = "executable"
    ARGUMENTS = "arguments"
    #: True of a run that the header of its product tells of.
    IN_HEADER = "productHeader"
    #: Times of a start or an end that a source states apart from the run: they count as the run's
    #: start and end (PROV-CONSTRAINTS, constraints 28 and 29), and are hidden from people.
    TIME_OF_START = HIDDEN + "timeOfStart"
    TIME_OF_END = HIDDEN + "timeOfEnd"


#: The attribute of an entity with the time of its invalidation by a run, hidden from people.
TIME_OF_INVALIDATION = HIDDEN + "timeOfInvalidation"
#: The source of an input or output that no source states, but that follows from what one states.
INFERRED = "inferred"


@dataclass(frozen=True)
class Mention:
    """One file that one source names among the inputs or the outputs of a run.

    Attributes:
        run: the run's id.
        relation: USED for an input, WAS_GENERATED_BY for an output.
        role: the part that the file played; None when the source says none.
        place: where the file stood (see `identifiers.place_of`); None when only an identifier is
            known.
        identifier: a product, GUID or PROV identifier; None when the source knows none.
        source: who says so: a format and a namespace (docs/contract.md, rule 9); `INFERRED` when it
            only follows from another relation.
        time: when the file was read or written, where a source says that; canonical UTC.
        attributes: what else is said of this reading or writing.
    """

    run: str
    relation: RelationType
    role: str | None = None
    place: str | None = None
    identifier: str | None = None
    source: str = ""
    time: str | None = None
    attributes: Attributes = field(default_factory=dict)

    @cached_property
    def key(self) -> bytes:
        """The key, 16 bytes; the same mention in another load has the same key."""
        return fingerprint(self.run, further=self.said)

    @cached_property
    def said(self) -> str:
        """What is said of the file, as a JSON list: all fields but the run, in their order."""
        names = (self.relation, self.role, self.place, self.identifier, self.source)
        return flat_json((*names, self.time, self.attributes))

    def with_key(self, key: bytes) -> Self:
        """Take over a key that a store has computed before.

        To compute it again would take as long as to read the mention.

        Args:
            key: the mention's key.

        Returns:
            The mention itself.
        """
        self.__dict__["key"] = key
        return self

    @property
    def names(self) -> list[str]:
        """The place and the identifier, as far as they are known."""
        return [name for name in (self.place, self.identifier) if name is not None]

    @property
    def is_output(self) -> bool:
        """Whether the run wrote the file."""
        return self.relation is RelationType.WAS_GENERATED_BY

    def is_structural(self, twin: bytes | None) -> bool:
        """Whether the mention can change which file other mentions are of.

        All can but inputs that are known by their path alone.

        Args:
            twin: the key that it shares with mentions of other sources; None when there are none.
        """
        return self.is_output or self.identifier is not None or twin is not None

    @property
    def is_inferred(self) -> bool:
        """Whether no source states this, but it follows from another relation."""
        return self.source == INFERRED

    @property
    def base_name(self) -> str | None:
        """The file's own name; None without a place.

        Two sources of one run may agree by it (docs/contract.md, rule 9).
        """
        return None if self.place is None else base_name(self.place)


@dataclass(frozen=True, slots=True)
class StatedEntity:
    """What a source says of an entity as such: the attributes behind one strong identifier.

    Attributes:
        identifier: a product, GUID or PROV identifier; or the id of an entity that is known by its
            path alone.
        attributes: its header, or what a document says of it.
        type: which kind of entity.
    """

    identifier: str
    attributes: Attributes = field(default_factory=dict)
    type: EntityType = EntityType.DATASET

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as quickly as `Run`."""
        return StatedEntity, (self.identifier, self.attributes, self.type)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who answers for a run or a file.

    Attributes:
        id: the agent's own identifier.
        name: what people call the agent; None when not said.
        type: a person, an organization or software; None when not said.
        attributes: what else is said.
    """

    id: str
    name: str | None = None
    type: AgentType | None = None
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Description:
    """What all runs of a kind of job have in common, such as the tool or the format of a file.

    Attributes:
        id: the description's own identifier among those of its kind.
        type: what is described.
        attributes: what is said, under the column names of the ctaprov tables
            (docs/how-to/ctadirac.md). Another description is referred to by its id.
    """

    id: str
    type: DescriptionType
    attributes: Attributes = field(default_factory=dict)

    @property
    def as_end(self) -> "End":
        """The description as a relation names it."""
        return End(self.type.kind, self.id)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a stated relation.

    Attributes:
        kind: what stands there.
        id: the id of a run, agent or description; a strong identifier of an entity.
    """

    kind: Kind
    id: str

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as quickly as `Run`."""
        return End, (self.kind, self.id)

    @property
    def key(self) -> bytes:
        """The key of the record that this end names."""
        return key_of(self.kind, self.id)


@dataclass(frozen=True)
class StatedRelation:
    """A relation that a source states outright. Inputs and outputs of runs are `Mention`s instead.

    Attributes:
        relation: the type.
        source: the effect.
        target: the cause.
        role: the part played.
        time: when, canonical UTC.
        attributes: what else is said.
    """

    relation: RelationType
    source: End
    target: End
    role: str | None = None
    time: str | None = None
    attributes: Attributes = field(default_factory=dict)

    @cached_property
    def key(self) -> bytes:
        """The key, 16 bytes; the same relation in another load has the same key."""
        ends = (self.source.kind, self.source.id, self.target.kind, self.target.id)
        return fingerprint(self.relation, ends, self.role, self.time, self.attributes)


@dataclass(frozen=True)
class Settings:
    """Parameters or package versions, stored once however many runs share them.

    Attributes:
        name: the component, such as ``ProcessTool.SimTelEventSource``, or ``python packages``.
        values: full parameter name, or package name, to its value with its type.
    """

    name: str
    values: Mapping[str, Value]

    @cached_property
    def key(self) -> bytes:
        """The key, 16 bytes; equal settings have equal keys."""
        return fingerprint(Kind.COLLECTION, self.name, further=f"[{kept_json(self.values)}]")

    @cached_property
    def text_size(self) -> int:
        """See `provgraph.model.attributes.text_size`; found once for all runs with the settings."""
        return text_size(self.values.values())


#: The name of the settings that hold the versions of Python packages.
SOFTWARE = "python packages"


@dataclass(frozen=True)
class Document:
    """What one record of a source says: at most one run with its files, and other records.

    Attributes:
        run: the run.
        mentions: the files that the run read and wrote.
        entities: what is said of entities as such.
        agents: who answers for runs and files.
        descriptions: what runs have in common.
        relations: the relations that the source states outright.
        settings: the parameters of the run.
        config_files: the places of the run's configuration files.
        settings_keys: keys of settings of the run that another document of the source holds.
        end: the number of bytes of the source up to the end of the record; None where reading can't
            be resumed there.
    """

    run: Run | None = None
    mentions: tuple[Mention, ...] = ()
    entities: tuple[StatedEntity, ...] = ()
    agents: tuple[Agent, ...] = ()
    descriptions: tuple[Description, ...] = ()
    relations: tuple[StatedRelation, ...] = ()
    settings: tuple[Settings, ...] = ()
    config_files: tuple[str, ...] = ()
    settings_keys: tuple[bytes, ...] = ()
    end: int | None = field(default=None, compare=False)


def first_text(facts: Attributes, name: str) -> str | None:
    """Find a fact as one text.

    Args:
        facts: the facts of a run, or attributes of any record.
        name: the fact's name.

    Returns:
        The first of its values in their fixed order; None without one.
    """
    return str(facts[name][0]) if name in facts else None


T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Divide items into lists of a limited length.

    Python 3.12 has this as `itertools.batched`; provgraph runs on 3.11 too.

    Args:
        items: any number of them. They are read as they are needed, one batch ahead at most.
        size: the greatest number of items in a batch, at least 1.

    Yields:
        the items in their order, as lists of ``size``; the last list may be shorter. No list is
        empty.

    Raises:
        ValueError: the size is less than 1.
    """
    if size < 1:
        raise ValueError(f"a batch holds at least one item, not {size}")
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
