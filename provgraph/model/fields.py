"""The fields of records and relations in answers: two tables, from which every face is made.

JSON, CSV, ``show --json``, GraphQL, networkx and the page docs/reference/fields.md show these
fields under these names. `tests/test_same_fields.py` compares them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any

from provgraph.model.comparison import LineageDiff
from provgraph.model.lineage import Edge, Node
from provgraph.model.summary import LineageSummary
from provgraph.model.values import Value
from provgraph.model.vocabulary import ANYTHING, Kind


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of records.

    Attributes:
        name: in every face.
        kinds: the records that can have it. Other records bear None, or an empty list.
        meaning: for people.
        read: takes the field of a record.
    """

    name: str
    kinds: frozenset[Kind]
    meaning: str
    read: Callable[[Node], Any]

    def of(self, node: Node) -> Value:
        """Take the field of a record as plain data.

        Args:
            node: the record.

        Returns:
            A value that is fit for strict JSON.
        """
        found = self.read(node)
        return list(found) if isinstance(found, tuple) else found


@dataclass(frozen=True, slots=True)
class RelationField:
    """One field of relations.

    Attributes:
        name: in every face.
        meaning: for people.
        read: takes the field of a relation; the ids of records by their keys are known.
    """

    name: str
    meaning: str
    read: Callable[[Edge, Mapping[bytes, str]], Value]


def _invalidation(node: Node) -> dict[str, str | None] | None:
    return None if node.invalidation is None else asdict(node.invalidation)


_FILES, _RUNS = frozenset({Kind.ENTITY}), frozenset({Kind.ACTIVITY})
_TYPED = frozenset({Kind.ENTITY, Kind.AGENT})

#: The fields of records, in the order of the columns of CSV.
RECORD_FIELDS = (
    RecordField("id", ANYTHING, "Its strongest identifier.", attrgetter("id")),
    RecordField("kind", ANYTHING, "entity, activity or agent.", attrgetter("kind.value")),
    RecordField(
        "name",
        ANYTHING,
        "What a person calls it: a file's base name, a tool's name.",
        attrgetter("name"),
    ),
    RecordField(
        "location", _FILES, "The newest place where it still stands.", attrgetter("location")
    ),
    RecordField(
        "distance",
        ANYTHING,
        "How many relations from the root of the lineage that it came in; 0 elsewhere.",
        attrgetter("distance"),
    ),
    RecordField("dataLevel", _FILES, "Its data level, such as DL2.", attrgetter("data_level")),
    RecordField(
        "status",
        _RUNS,
        "How it ended: completed, error, interrupted, running or unknown.",
        attrgetter("status"),
    ),
    RecordField("startTime", _RUNS, "When it started.", attrgetter("start_time")),
    RecordField("endTime", _RUNS, "When it ended.", attrgetter("end_time")),
    RecordField("version", _RUNS, "The version of the tool.", attrgetter("version")),
    RecordField(
        "type",
        _TYPED,
        "Its finer kind: DatasetEntity, ValueEntity, Collection, Bundle or Plan; of an agent "
        "Person, Organization or SoftwareAgent.",
        attrgetter("type"),
    ),
    RecordField("host", _RUNS, "The machine it ran on.", attrgetter("host")),
    RecordField("duration", _RUNS, "Seconds from its start to its end.", attrgetter("duration")),
    RecordField(
        "locations", _FILES, "All places where it stood or stands.", attrgetter("locations")
    ),
    RecordField(
        "identifiers",
        _FILES,
        "All its identifiers, each scheme:value, the strongest first.",
        attrgetter("identifiers"),
    ),
    RecordField(
        "generatedAtTime",
        _FILES,
        "When it was made: as a source states it, else when its run ended.",
        attrgetter("generated_at"),
    ),
    RecordField(
        "invalidatedAtTime",
        _FILES,
        "When it ceased to be, as a source states it; else when it lost the last place where it "
        "stood, because something else was written there.",
        attrgetter("invalidated_at"),
    ),
    RecordField(
        "invalidation",
        _FILES | _RUNS,
        "Since when it is invalid, why, and who says so, when somebody marked it; else null.",
        _invalidation,
    ),
    RecordField(
        "tainted",
        ANYTHING,
        "The ids of the invalid records that it was made from.",
        attrgetter("tainted"),
    ),
    RecordField(
        "more",
        ANYTHING,
        "Whether the relations that were asked for lead on from here to records that the answer "
        "does not show, because its depth or its limit cut it.",
        attrgetter("more"),
    ),
    RecordField(
        "masked",
        ANYTHING,
        "Whether the record is hidden from who asks: that there is something is told, and not "
        "what.",
        attrgetter("masked"),
    ),
    RecordField(
        "attributes",
        ANYTHING,
        "What its sources say of it besides the fields here.",
        attrgetter("shown_attributes"),
    ),
)

#: The fields of relations.
RELATION_FIELDS = (
    RelationField("relation", "Its type.", lambda edge, _: edge.relation.value),
    RelationField("source", "The id of the effect.", lambda edge, ids: ids[edge.source]),
    RelationField("target", "The id of the cause.", lambda edge, ids: ids[edge.target]),
    RelationField("role", "The part that the cause or effect played.", lambda edge, _: edge.role),
    RelationField("time", "When, where a source says so.", lambda edge, _: edge.time),
    RelationField(
        "location",
        "The path by which the run named the file that it read or wrote.",
        lambda edge, _: edge.location,
    ),
    RelationField(
        "inferred",
        "Whether it follows from another relation, and no source states it.",
        lambda edge, _: edge.inferred,
    ),
)


#: The fields of the summary of a lineage: name → meaning.
SUMMARY_FIELDS = {
    "complete": "Whether every way to the origin ends in raw data (DL0, R0) or configuration, and "
    "nothing was cut; of a lineage to the effects whether nothing was cut.",
    "ends": "Where the ways to the origin end, and why: raw (raw data), external (no known run "
    "made it), cut (by depth or limit), unrecorded (its inputs, or its maker, are not recorded), "
    "hidden (what it is, and what led to it, is hidden from who asks).",
    "failed": "The ids of the runs that ended with an error or were interrupted.",
    "invalid": "The ids of the invalid records in the answer, and of those that its root was made "
    "from.",
    "versions": "Tool → the versions of which it ran.",
    "rewritten": "The ids of the files that the run that read them overwrote, or that were read "
    "after they had been overwritten.",
    "suspected": "Files that a run names in its configuration or arguments, but that nobody noted "
    "as its input: concluded, not stated.",
}


def summary_document(summary: LineageSummary) -> dict[str, Value]:
    """Return the summary of a lineage as plain data.

    Args:
        summary: the summary.

    Returns:
        Each of `SUMMARY_FIELDS` by its name.
    """
    return {
        "complete": summary.complete,
        "ends": [{"id": end.id, "why": end.why.value} for end in summary.ends],
        "failed": list(summary.failed),
        "invalid": list(summary.invalid),
        "versions": {tool: list(found) for tool, found in summary.versions.items()},
        "rewritten": list(summary.rewritten),
        "suspected": [asdict(each) for each in summary.suspected],
    }


def difference_document(found: LineageDiff) -> dict[str, Any]:
    """Return what differs between two histories as plain data.

    Args:
        found: what differs.

    Returns:
        The object that docs/contract.md, Commands, fixes for ``diff --json``.
    """
    return {
        "a": found.a,
        "b": found.b,
        "identical": found.identical,
        "alike": found.alike,
        "truncated": found.truncated,
        "runs": [
            {
                **{field.name: getattr(run, field.name) for field in fields(run)},
                "change": run.change.value,
                "version": None if run.version is None else list(run.version),
                "parameters": [asdict(each) for each in run.parameters],
                "packages": [asdict(each) for each in run.packages],
                "inputs": [asdict(each) for each in run.inputs],
            }
            for run in found.runs
        ],
    }


def record_document(node: Node) -> dict[str, Value]:
    """Return one record as plain data.

    Args:
        node: the record.

    Returns:
        Each of `RECORD_FIELDS` by its name.
    """
    return {field.name: field.of(node) for field in RECORD_FIELDS}


def relation_document(edge: Edge, ids: Mapping[bytes, str]) -> dict[str, Value]:
    """Return one relation as plain data.

    Args:
        edge: the relation.
        ids: the id of each record by its key; those of both ends are among them.

    Returns:
        Each of `RELATION_FIELDS` by its name.
    """
    return {field.name: field.read(edge, ids) for field in RELATION_FIELDS}
