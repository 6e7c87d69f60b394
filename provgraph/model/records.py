"""What sources say, as frozen data.

Runs, the files that they name, who answers for them, how they were set up.

A `Document` is what one record of a source says. It says nothing about which file is which: that is
decided in `provgraph.identity` from all documents together.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeVar

from provgraph.model.identifiers import base_name
from provgraph.model.values import Attributes, Value, fingerprint
from provgraph.model.vocabulary import (
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
    Status,
)

_T = TypeVar("_T", "Document", "Mention")


def build_quickly(kind: type[_T], **fields: Any) -> _T:
    """A `Document` or `Mention` in a third of the time that its constructor takes, for readers of
    millions.

    Args:
        kind: which.
        fields: those that have no default, and any others.
    """
    found = object.__new__(kind)
    found.__dict__.update(fields)
    return found


def key_of(kind: Kind, identifier: str) -> bytes:
    """16 bytes that stand for a record in every store, however long its identifier is (CONTRACT
    section 7).
    """
    return fingerprint(kind, identifier)


@dataclass(frozen=True, slots=True)
class Run:
    """What is said of one run of one tool, an activity.

    Attributes:
        id: its own identifier, such as ctapipe's activity_uuid.
        facts: all that is said of it, attribute by attribute; `Fact` names those with a meaning.
    """

    id: str
    facts: Attributes


class Fact:
    """The facts of a run that have a meaning to provgraph; all others are kept as they come."""

    NAME = "name"
    VERSION = "version"
    STATUS = "status"
    START = "startTime"
    END = "endTime"
    HOST = "host"
    BOOT_TIME = "bootTime"
    EXECUTABLE = "executable"
    ARGUMENTS = "arguments"


@dataclass(frozen=True)
class Mention:
    """One file that one source names among the inputs or the outputs of a run.

    Attributes:
        run: the run's id.
        relation: USED for an input, WAS_GENERATED_BY for an output.
        role: the part it played; None when the source says none.
        place: where it stood (see `identifiers.place_of`); None when only an identifier is known.
        identifier: a product, GUID or PROV identifier; None when the source knows none.
        source: who says so, a format and a namespace: what rule 9 calls a source.
        time: when it was read or written, where a source says that; canonical UTC.
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
        """The same mention in another load has the same key."""
        return fingerprint(
            self.run,
            self.relation,
            self.role,
            self.place,
            self.identifier,
            self.source,
            self.time,
            self.attributes,
        )

    def with_key(self, key: bytes) -> Self:
        """Note the key, where a store knows it.

        To make it anew takes as long as to read the mention.
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

    @property
    def base_name(self) -> str | None:
        """The file's own name, by which two sources of one run may agree (rule 9)."""
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


#: Attributes of an entity that somebody declared invalid: since when (canonical UTC), and why.
INVALIDATED = "invalidated"
INVALIDATION_REASON = "invalidationReason"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who answers for a run or a file.

    Attributes:
        id: its own identifier.
        name: for people; None when not said.
        type: person, organization, software; None when not said.
        attributes: what else is said.
    """

    id: str
    name: str | None = None
    type: AgentType | None = None
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Description:
    """What every run of a kind of job has in common.

    Of the tool, a file, a reading or writing, a parameter.

    Attributes:
        id: its own identifier among those of its kind.
        type: what it describes.
        attributes: what is said, under the column names of the ctaprov tables (docs/how-to/ctadirac.md);
            another description that it refers to by that one's id.
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

    A run, agent or description by its id, an entity by a strong identifier.
    """

    kind: Kind
    id: str

    @property
    def key(self) -> bytes:
        """The key of the record that this end names."""
        return key_of(self.kind, self.id)


@dataclass(frozen=True)
class StatedRelation:
    """A relation that a source states outright; inputs and outputs of runs are `Mention`s.

    Attributes:
        relation: its type.
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
        """The same statement in another load has the same key."""
        ends = (self.source.kind, self.source.id, self.target.kind, self.target.id)
        return fingerprint(self.relation, ends, self.role, self.time, self.attributes)


@dataclass(frozen=True)
class Settings:
    """Parameters or package versions that runs share: stored once, however many runs used them.

    Attributes:
        name: the component, such as ``ProcessTool.SimTelEventSource``, or ``python packages``.
        values: full parameter name, or package name, to its value with its type.
    """

    name: str
    values: Mapping[str, Value]

    @cached_property
    def key(self) -> bytes:
        """Equal settings have equal keys."""
        return fingerprint(Kind.COLLECTION, self.name, self.values)


SOFTWARE = "python packages"


@dataclass(frozen=True)
class Document:
    """What one record of a source says.

    At most one run with its files, or statements about other records.

    Attributes:
        settings_keys: keys of settings of the run that another document of the source holds.
        end: the byte of the source behind the record; None where reading can't go on from there.
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


_STATED = (Status.ERROR, Status.INTERRUPTED, Status.COMPLETED)


def status_of(facts: Attributes) -> Status:
    """How the run ended: of the stated words the gravest.

    Any other word means completed when it has an end.

    CONTRACT section 1.
    """
    said = set(facts.get(Fact.STATUS, ()))
    for status in _STATED:
        if status.value in said:
            return status
    return Status.COMPLETED if Fact.END in facts else Status.RUNNING


def start_of(facts: Attributes) -> str | None:
    """The earliest start that any source gives (CONTRACT section 2 rule 3)."""
    return min((str(value) for value in facts.get(Fact.START, ())), default=None)


def end_of(facts: Attributes) -> str | None:
    """The latest end that any source gives (CONTRACT section 2 rule 3)."""
    return max((str(value) for value in facts.get(Fact.END, ())), default=None)


def first_text(facts: Attributes, name: str) -> str | None:
    """A fact as one text: the first of its values in their fixed order."""
    return str(facts[name][0]) if name in facts else None


HEADER_KEY = "CTA PRODUCT DATA LEVELS"
_LEVEL = re.compile(r"\bDL(\d)(?!\d)", re.ASCII)


def data_level(attributes: Attributes, roles: Iterable[str | None]) -> str | None:
    """``DLn``.

    The highest in the product's header, else the highest among the roles that it played; None
    without.
    """
    stated = [str(value) for value in attributes.get(HEADER_KEY, ())]
    levels = _levels(stated) or _levels(role for role in roles if role)
    return f"DL{max(levels)}" if levels else None


def _levels(texts: Iterable[str]) -> list[str]:
    return [level for text in texts for level in _LEVEL.findall(text.replace("_", " "))]
