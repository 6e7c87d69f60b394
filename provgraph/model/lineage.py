"""The answer to a lineage question: which records were found, and how they are related.

A store walks over its relations and hands what it found to
`provgraph.model.assembly.assemble_lineage`, which makes one `Lineage` of it, the same in every
store.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from provgraph.model.attributes import LEVEL_KEYS, readable_attributes
from provgraph.model.derived import Invalidation, stated_invalidation
from provgraph.model.summary import LineageSummary
from provgraph.model.values import Attributes, Value, counted, seconds_between
from provgraph.model.vocabulary import RAW_LEVEL, Kind, RelationType

#: Where an unlimited walk stops all the same: how many nodes an answer has at most.
WALK_LIMIT = 100_000
_RAW = re.compile(r"\bR0(?!\d)", re.ASCII)


class Direction(StrEnum):
    """Which way a walk goes: to the causes, to the effects, or both ways from its root."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Node:
    """A record as answers show it. A field that does not apply to its kind is None or empty.

    Attributes:
        key: the key of the record in every store, 16 bytes.
        id: the id that people use.
        kind: what the record is.
        name: what people call the record.
        type: the finer kind, such as ``DatasetEntity`` or ``Organization``.
        distance: the number of relations from the root of the walk that found the record.
        location: the newest place where the file still stands.
        locations: all places where the file stood, the newest first.
        identifiers: all identifiers, the strongest first.
        start_time: when the run started. All times are ISO 8601 with ``Z``.
        end_time: when the run ended.
        status: how the run ended.
        version: the version of the tool.
        host: the host on which the run ran.
        generated_at: when the file was made.
        invalidated_at: when the file ceased to be, as a source states it; else when it lost its
            last place (docs/contract.md, rule 4).
        data_level: ``DLn``.
        invalidation: what somebody says of a file or run that is bad; None of all others. To be
            overwritten is another fact (`invalidated_at`).
        tainted: the ids of the invalid records that the record was made from.
        more: whether the relations that were asked for lead on from here to a record that the
            answer does not show, because its depth or its limit cut it.
        masked: whether the record is hidden from who asks: that there is something is told, and
            not what (`provgraph.model.hiding`).
        attributes: all else, as stores keep it; `shown_attributes` are those for people.
    """

    key: bytes
    id: str
    kind: Kind
    name: str | None = None
    type: str | None = None
    distance: int = 0
    location: str | None = None
    locations: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    start_time: str | None = None
    end_time: str | None = None
    status: str | None = None
    version: str | None = None
    host: str | None = None
    generated_at: str | None = None
    invalidated_at: str | None = None
    data_level: str | None = None
    invalidation: Invalidation | None = None
    tainted: tuple[str, ...] = ()
    more: bool = False
    masked: bool = False
    attributes: Attributes = field(default_factory=dict)

    def at(self, distance: int) -> "Node":
        """Put the record at a distance, in a quarter of the time that ``replace`` takes.

        Args:
            distance: from the root of a walk.

        Returns:
            The same record there.
        """
        node = object.__new__(Node)
        for read, write in _FIELDS:
            write(node, read(self))
        _set_distance(node, distance)
        return node

    @property
    def label(self) -> str:
        """What a person calls the record: its name, else its id."""
        return self.name or self.id

    @property
    def shown_attributes(self) -> dict[str, Value]:
        """The attributes that people see, fit for strict JSON."""
        return readable_attributes(self.attributes)

    @property
    def end_word(self) -> str:
        """What happened to a file that is no more: ``gone`` when a source states its end."""
        return "overwritten" if stated_invalidation(self.attributes) is None else "gone"

    @property
    def duration(self) -> float | None:
        """The seconds from the start of a run to its end; None without both."""
        if self.start_time is None or self.end_time is None:
            return None
        return seconds_between(self.start_time.rstrip("Z"), self.end_time.rstrip("Z"))


#: How each field of a node is read and written, and the one that a walk sets.
_FIELDS = [
    (slot.__get__, slot.__set__) for slot in (vars(Node)[each.name] for each in fields(Node))
]
_set_distance = vars(Node)["distance"].__set__


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation as answers show it, from effect to cause.

    Attributes:
        relation: its type.
        source: the key of the effect's node.
        target: the key of the cause's node.
        role: the part that the file or agent played for the run, such as ``DL1/Event``.
        time: when; ISO 8601 with ``Z``.
        location: the path by which the run named the file in this relation; of several the
            smallest.
        inferred: whether no source states it: it follows from another relation (docs/contract.md,
            Commands).
    """

    relation: RelationType
    source: bytes
    target: bytes
    role: str | None = None
    time: str | None = None
    location: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run was set up by.

    Attributes:
        settings: the keys of its settings, sorted (`provgraph.model.records.Settings.key`).
        config_files: the places of its configuration files, sorted.
    """

    settings: tuple[bytes, ...] = ()
    config_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which records of an answer are listed: those that meet every condition that is given.

    Attributes:
        kinds: the record is of one of these kinds.
        data_levels: the record is a product of one of these data levels, such as ``DL2``.
        types: the record is of one of these finer types, such as ``DatasetEntity``.
    """

    kinds: tuple[str, ...] = ()
    data_levels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[tuple[str, ...], ...]:
        """The conditions that are given."""
        return tuple(each for each in (self.kinds, self.data_levels, self.types) if each)

    def admits(self, node: Node) -> bool:
        """Tell whether a record is to be listed.

        Args:
            node: the record.
        """
        wanted = ((self.kinds, node.kind), (self.data_levels, node.data_level))
        return all(not some or has in some for some, has in (*wanted, (self.types, node.type)))


@dataclass(frozen=True, slots=True)
class Lineage:
    """The answer to a lineage question.

    Attributes:
        root: the node where the walk began.
        direction: which way the walk went.
        depth: how many relations the walk was to follow; None for as many as there are.
        truncated: whether a limit cut the answer.
        nodes: the root and all nodes found, by distance from the root, then by id.
        edges: the relations between these nodes, in a fixed order.
        restriction: which records were asked for; None for all.
        whole: the answer of which this one lists a part; None when this is the whole.
        summary: how far the whole answer reaches, and what speaks against trusting it; None when
            nobody has summed it up (`provgraph.questions.summary.with_summary`).
        setups: key of a run → what it was set up by, read together with the records; None where it
            was not read. Of a part of an answer it is not kept in step.
        recalls: the ids of the recalls that are marked, sorted, read together with the records;
            None where nobody has read them.
        state: what tells the state of the store in which the records were read: any commit makes
            it another one. None where that is not known.
    """

    root: Node
    direction: Direction
    depth: int | None
    truncated: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    restriction: Restriction | None = field(default=None, kw_only=True)
    whole: "Lineage | None" = field(default=None, kw_only=True)
    summary: LineageSummary | None = field(default=None, kw_only=True)
    setups: Mapping[bytes, Setup] | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )
    recalls: tuple[str, ...] | None = field(default=None, kw_only=True, compare=False, repr=False)
    state: bytes | None = field(default=None, kw_only=True, compare=False, repr=False)

    def of_kind(self, kind: Kind) -> tuple[Node, ...]:
        """Choose the nodes of one kind.

        Args:
            kind: which.

        Returns:
            The nodes in the order of `nodes`.
        """
        return tuple(node for node in self.nodes if node.kind is kind)


def restrict_lineage(lineage: Lineage, restriction: Restriction) -> Lineage:
    """Keep only some of a lineage's records, and the relations between these.

    Args:
        lineage: the whole answer.
        restriction: which records to keep.

    Returns:
        The lineage with the records that the restriction admits, and with its root in any case. It
        keeps the whole answer, since what is said of the rest must stay true.
    """
    if restriction == Restriction():
        return lineage
    root = lineage.root.key
    chosen = [node for node in lineage.nodes if node.key == root or restriction.admits(node)]
    keys = {node.key for node in chosen}
    edges = tuple(edge for edge in lineage.edges if edge.source in keys and edge.target in keys)
    return replace(
        lineage, nodes=tuple(chosen), edges=edges, restriction=restriction, whole=lineage
    )


def listed_part(lineage: Lineage) -> str:
    """Say which part of what was found an answer lists, as in ``7 records, none of them DL2``.

    A filter narrows what is listed, and never what is said of the rest. Therefore these words
    stand in the answer itself.

    Args:
        lineage: the answer.

    Returns:
        The sentence, without a full stop; empty when nothing was filtered, or nothing found.
    """
    if lineage.restriction is None or lineage.whole is None or len(lineage.whole.nodes) < 2:
        return ""
    found, listed = (len(each.nodes) - 1 for each in (lineage.whole, lineage))
    which = " and ".join(map(" or ".join, lineage.restriction.conditions))
    some = f"{listed if listed else 'none'} of them {which}"
    return f"{counted(found, 'record')}, {some}" + ("; only these are listed" if listed else "")


def display_name(node: Node) -> str:
    """Return what a person calls a record in running text.

    Args:
        node: the record.

    Returns:
        The path where an entity stands or last stood, else its id; the name of any other record.
    """
    if node.kind is not Kind.ENTITY:
        return node.label
    if node.location or node.locations:
        return node.location or node.locations[-1]
    return node.id if is_known_by_path(node) else node.label


def is_known_by_path(node: Node) -> bool:
    """Tell whether an entity has no identifier of its own, only a path.

    Args:
        node: the record.

    Returns:
        True for ids such as ``file:/data/x`` and ``file:/data/x@RUN`` (docs/contract.md, rule 6).
    """
    return node.kind is Kind.ENTITY and node.id.startswith("file:")


def is_raw(node: Node, roles: Iterable[str]) -> bool:
    """Tell whether a record is raw data: DL0; or R0 in a header or a role, and of no level.

    Args:
        node: the record.
        roles: in which runs used it, or made it.
    """
    if node.data_level is not None:
        return node.data_level == RAW_LEVEL
    stated = (str(value) for key in LEVEL_KEYS for value in node.attributes.get(key, ()))
    return any(map(_says_raw, chain(stated, roles)))


@lru_cache(maxsize=1024)
def _says_raw(text: str) -> bool:
    return _RAW.search(text.replace("_", " ")) is not None
