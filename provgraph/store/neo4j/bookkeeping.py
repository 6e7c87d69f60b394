"""Loads, and what each load says, as properties of nodes, and back.

Of an assertion (`provgraph.store.records.Assertion`) the keys are kept as hexadecimal text. Its
node's caption in Neo4j Browser is "statement".
"""

from collections.abc import Sequence
from typing import Any

from provgraph.store.neo4j.cypher import as_map
from provgraph.store.neo4j.values import (
    MARKS,
    Properties,
    Stored,
    attribute_properties,
    attributes_of,
    canonical_time,
    native_time,
)
from provgraph.store.records import UNKNOWN_SIZE, Assertion, LoadRecord

#: A load as a map, its time as text.
LOAD = as_map("l", "time: toString(l.time)")
#: An assertion as the columns that `assertion_from` reads.
ASSERTION = "s.subject, s.load, s.part, s.content"
_LOAD = MARKS | {
    "id",
    "name",
    "source",
    "format",
    "namespace",
    "sha256",
    "time",
    "version",
    "status",
    "problems",
    "problemPlaces",
    "size",
    "readTo",
    "continues",
    "agent",
}


def load_properties(load: LoadRecord) -> Properties:
    """A load as properties; its counts stand under their own names.

    Args:
        load: the load. Its source is the node's caption.
    """
    return attribute_properties({name: (count,) for name, count in load.counts.items()}, _LOAD) | {
        "id": load.id,
        "name": load.source,
        "source": load.source,
        "format": load.format,
        "namespace": load.namespace,
        "sha256": load.sha256,
        "time": native_time(load.time),
        "version": load.version,
        "status": load.status,
        "problemPlaces": [where for where, _ in load.problems],
        "problems": [what for _, what in load.problems],
        "size": load.size,
        "readTo": load.read_to,
        "continues": load.continues,
        "agent": load.agent,
    }


def load_of(stored: Stored) -> LoadRecord:
    """A load from its properties.

    Args:
        stored: the properties, with the time as text (`LOAD`).
    """
    texts = {
        name: stored[name]
        for name in ("id", "source", "format", "namespace", "sha256", "version", "status")
    }
    problems = stored.get("problems", ())
    # Files for `neo4j-admin` can't hold an empty list, nor one of one empty text (`import_rows`).
    places = stored.get("problemPlaces") or [""] * len(problems)
    return LoadRecord(
        **texts,
        time=canonical_time(stored["time"]) or "",
        counts={name: int(str(values[0])) for name, values in attributes_of(stored, _LOAD).items()},
        problems=tuple(zip(places, problems, strict=True)),
        size=stored.get("size", UNKNOWN_SIZE),
        read_to=stored.get("readTo"),
        continues=stored.get("continues"),
        agent=stored.get("agent"),
    )


def assertion_properties(assertion: Assertion) -> Properties:
    """An assertion as properties.

    Args:
        assertion: what a load says of a subject.
    """
    return {
        "name": "statement",
        "load": assertion.load.hex(),
        "subject": assertion.subject.hex(),
        "part": assertion.part,
        "content": assertion.content,
    }


def assertion_from(row: Sequence[Any]) -> Assertion:
    """An assertion from a row.

    Args:
        row: the columns of `ASSERTION`.
    """
    subject, load, part, content = row
    return Assertion(bytes.fromhex(subject), bytes.fromhex(load), part, content)
