"""The runs that logs tell of (docs/contract.md, rules 3 and 9)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.oracle.places import Time, time_of

Record = Mapping[str, Any]
Said = tuple[str, Record]  # (namespace, one activity of a ctapipe log)


@dataclass(frozen=True)
class Run:
    """One activity, all that was said of it put together."""

    id: str
    start: Time
    end: Time | None
    process: tuple[frozenset[str], ...]

    @property
    def generation(self) -> Time:
        """Section 2 rule 3: a run's generation time is its end, its start when it never ended."""
        return self.end or self.start


Runs = Mapping[str, Run]  # in the order of runs


def runs_of(told: Sequence[Said]) -> Runs:
    """Section 2 rules 3 and 9: an activity seen several times is one.

    All of them in the order of runs.
    """
    ids = {str(record["activity_uuid"]) for _, record in told}
    runs = [
        run_of(id_, [record for _, record in told if record["activity_uuid"] == id_])
        for id_ in sorted(ids)
    ]
    runs.sort(key=lambda run: run.id)
    runs.sort(
        key=lambda run: run.start, reverse=True
    )  # stable, so equal starts keep the order of ids
    runs.sort(key=lambda run: run.generation)
    return {run.id: run for run in runs}


def run_of(id_: str, records: Sequence[Record]) -> Run:
    """Section 2 rule 3 *Times*: the earliest start and the latest end that any source gives."""
    ends = times(records, "stop")
    return Run(id_, min(times(records, "start")), max(ends) if ends else None, process_of(records))


def times(records: Sequence[Record], key: str) -> list[Time]:
    texts = [(record.get(key) or {}).get("time_utc") for record in records]
    return [time_of(text) for text in texts if text]


def process_of(records: Sequence[Record]) -> tuple[frozenset[str], ...]:
    """Section 2 rule 5a: host, boot time, executable and arguments.

    An unknown one is an empty set.
    """
    systems = [record.get("system") or {} for record in records]
    platforms = [system.get("platform") or {} for system in systems]
    facts = (
        [platform.get("node") for platform in platforms],
        [platform.get("boot_time") for platform in platforms],
        [system.get("executable") for system in systems],
        [system.get("arguments") for system in systems],
    )
    return tuple(
        frozenset(json.dumps(fact) for fact in values if fact not in (None, "")) for values in facts
    )


def rank(run: str, runs: Runs) -> int:
    """Section 2 rule 3 *The order of runs*: by generation time; of equal ones the later start.

    Then the smaller id.
    """
    return list(runs).index(run)
