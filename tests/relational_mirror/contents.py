"""Records with contents as the mirror keeps them, for tests of what is made of them."""

from typing import Any

from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject


def activity(identifier: str = "run", **content: Any) -> Record:
    empty: dict[str, Any] = {
        "facts": {},
        "mentions": [],
        "settings": [],
        "configFiles": [],
        "relations": [],
        "open": [],
        "described": {},
        "status": None,
    }
    return Record(Subject.ACTIVITY, identifier, empty | content)


def entity(identifier: str = "guid:G", kind: str = "DatasetEntity", **content: Any) -> Record:
    empty: dict[str, Any] = {
        "identifiers": [],
        "standings": [],
        "generatedAt": None,
        "invalidatedAt": None,
        "dataLevel": None,
        "attributes": {},
        "relations": [],
        "open": [],
    }
    return Record(Subject.ENTITY, identifier, empty | content, kind)


def mention(kind: str, entity_id: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "role": "data", "entity": entity_id, "source": "log"} | more


def relation(kind: str, source: list[str], target: list[str], **more: Any) -> dict[str, Any]:
    return {"type": kind, "source": source, "target": target, "means": target[1]} | more
