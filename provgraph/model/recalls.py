"""Recalls: marks that mean many uses at once, also those of runs that are loaded later.

A file or a run is marked as invalid itself. Of a tool version every run is meant; of a path, which
may be one external file for ever, the uses in a span of time. Such a mark is a rule and no list. It
is kept as an entity of its own, whose id says what is meant, and which bears the mark as any other
invalid record does. Nobody states that a run used this entity; it follows from the rule.
"""

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote

from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Node
from provgraph.model.records import StatedEntity, key_of
from provgraph.model.values import Attributes, with_zone
from provgraph.model.vocabulary import EntityType, Kind

#: How the id of every recall begins.
RECALLS = "prov:urn:provgraph:recall:"
_TOOL, _USES = f"{RECALLS}tool/", f"{RECALLS}uses/"


@dataclass(frozen=True, slots=True)
class ToolVersion:
    """Every run of a tool in one version.

    Attributes:
        tool: the name of the runs; compared as a search compares it.
        version: of the tool, likewise.
    """

    tool: str
    version: str

    @property
    def id(self) -> str:
        """The id of the entity that stands for the rule."""
        return f"{_TOOL}{quote(self.tool, safe='')}/{quote(self.version, safe='')}"

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.tool} {self.version}"

    @property
    def attributes(self) -> Attributes:
        """What the entity says of the rule, for people and programs that know no recalls."""
        return {"name": (self.label,), "recalledTool": (self.tool,), "version": (self.version,)}


@dataclass(frozen=True, slots=True)
class UsesOfPath:
    """Every run that read a path in a span of time, whichever file stood there.

    The time of a use is the one that a source states, else the start of the run, else its end.

    Attributes:
        place: the path, as `provgraph.model.identifiers.place_of` writes it.
        since: the first moment, in canonical UTC; None for any.
        until: the last moment, likewise.
    """

    place: str
    since: str | None = None
    until: str | None = None

    @property
    def id(self) -> str:
        """The id of the entity that stands for the rule."""
        return f"{_USES}{self.since or ''}/{self.until or ''}/{quote(self.place, safe='')}"

    @property
    def label(self) -> str:
        """What people call it."""
        words = (("since", self.since), ("until", self.until))
        span = " ".join(f"{word} {with_zone(time)}" for word, time in words if time)
        return f"uses of {location_of(self.place)} {span}".rstrip()

    @property
    def attributes(self) -> Attributes:
        """What the entity says of the rule, for people and programs that know no recalls."""
        said = (("recalledPath", self.place), ("usedSince", self.since), ("usedUntil", self.until))
        return {"name": (self.label,)} | {name: (value,) for name, value in said if value}


#: What a mark can mean besides one record.
Recall: TypeAlias = ToolVersion | UsesOfPath


def recall_of(identifier: str) -> Recall | None:
    """Find what a recall is about.

    Args:
        identifier: the id of any record.

    Returns:
        The rule; None of any other record.
    """
    if identifier.startswith(_TOOL):
        tool, slash, version = identifier.removeprefix(_TOOL).partition("/")
        return ToolVersion(unquote(tool), unquote(version)) if slash else None
    if not identifier.startswith(_USES):
        return None
    match identifier.removeprefix(_USES).split("/"):
        case [since, until, place]:
            return UsesOfPath(unquote(place), since or None, until or None)
    return None


def label_of(identifier: str) -> str:
    """Say what people call a record of which only the id is known.

    Args:
        identifier: the id of any record.

    Returns:
        What a recall is about; the id of any other record.
    """
    recall = recall_of(identifier)
    return identifier if recall is None else recall.label


def stated_recall(recall: Recall, mark: Attributes) -> StatedEntity:
    """Make the entity that stands for a rule.

    Args:
        recall: the rule.
        mark: since when its runs are invalid, why, and who says so.

    Returns:
        The entity as a source states it.
    """
    return StatedEntity(recall.id, {**recall.attributes, **mark}, EntityType.VALUE)


def recall_node(recall: Recall) -> Node:
    """Make the record of a rule as answers show it, whether anybody has marked it or not.

    Args:
        recall: the rule.
    """
    return Node(
        key=key_of(Kind.ENTITY, recall.id),
        id=recall.id,
        kind=Kind.ENTITY,
        name=recall.label,
        type=EntityType.VALUE,
        identifiers=(recall.id,),
        attributes=recall.attributes,
    )
