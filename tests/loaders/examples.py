"""Records and logs to load: small ones made here, real ones from the corpus."""

import json
from collections.abc import Iterable
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

from provgraph.loaders.ctapipe import CtapipeLoader, document_of
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document, Settings
from provgraph.model.values import Attributes

CORPUS = Path(__file__).parents[1] / "corpus" / "ctapipe"
LOGS = CORPUS / "logs"
PRODUCTS = CORPUS / "products"
Record = dict[str, Any]


def record(name: str = "A", **more: Any) -> Record:
    """The least that ctapipe writes of an activity."""
    return {
        "activity_name": "tool",
        "activity_uuid": name,
        "status": "completed",
        "start": {"time_utc": "2026-11-21T08:00:00.000"},
        "stop": {"time_utc": "2026-11-21T08:00:01.000"},
        "system": {"executable": "python", "arguments": ["tool"], "platform": {"node": "wn1"}},
        "input": [],
        "output": [],
        **more,
    }


def real_records(log: str) -> list[Record]:
    """The activities of an undamaged real log."""
    text, position, found = (LOGS / log).read_text("utf-8"), 0, []
    while text[position:].strip():
        array, position = json.JSONDecoder().raw_decode(text, position)
        found += array
    return found


def read(data: bytes, namespace: str = "default") -> tuple[list[Document], list[Problem]]:
    """What the loader makes of these bytes."""
    found = list(CtapipeLoader().documents(BufferedReader(BytesIO(data)), namespace))
    documents = [each for each in found if isinstance(each, Document)]
    return documents, [each for each in found if isinstance(each, Problem)]


def ids(documents: Iterable[Document]) -> list[str]:
    """The runs that documents are of."""
    return [document.run.id for document in documents if document.run is not None]


def facts_of(said: Record) -> Attributes:
    """The facts of the run that a record is of."""
    run = document_of(said, "default").run
    assert run is not None
    return run.facts


def settings_of(said: Record) -> dict[str, Settings]:
    """The settings in a record, by component."""
    return {each.name: each for each in document_of(said, "default").settings}
