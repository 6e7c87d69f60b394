"""Rows of loads, and of what each load says, to records and back."""

import json
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Row

from provgraph.model.values import canonical_json
from provgraph.store.records import Assertion, LoadRecord
from provgraph.store.relational.records import Record


def load_row(load: LoadRecord) -> Record:
    """A load as a row.

    Args:
        load: the load.
    """
    fields = (
        "id",
        "source",
        "format",
        "namespace",
        "sha256",
        "time",
        "version",
        "status",
        "size",
        "read_to",
        "continues",
    )
    row = {field: getattr(load, field) for field in fields}
    return {**row, "counts": canonical_json(load.counts), "problems": canonical_json(load.problems)}


def assertion_row(assertion: Assertion) -> Record:
    """An assertion as a row.

    Args:
        assertion: what a load says of a subject.
    """
    return {
        "load": assertion.load,
        "subject": assertion.subject,
        "part": assertion.part,
        "content": assertion.content,
    }


def assertion_of(row: Row[Any]) -> Assertion:
    """An assertion from its row.

    Args:
        row: of `tables.assertion`.
    """
    return Assertion(row.subject, row.load, row.part, row.content)


def load_of(row: Row[Any]) -> LoadRecord:
    """A load from its row.

    Args:
        row: of `tables.load`.
    """
    values = dict(cast("Mapping[str, Any]", row._mapping))
    problems = tuple((where, what) for where, what in json.loads(values.pop("problems")))
    return LoadRecord(**{**values, "counts": json.loads(values.pop("counts"))}, problems=problems)
