"""Records as the mirror keeps them: all that a store says of one subject, as JSON.

From these contents alone come the rows of the published tables
(`provgraph.relational_mirror.mapping`). Read back by the loader of ctaprov databases, they make the
same graph again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from provgraph.model.records import Fact, first_text
from provgraph.model.values import canonical_json, fingerprint
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.journal import Subject

Content = Mapping[str, Any]
#: The order in which records are read: each kind behind those that its rows refer to.
KINDS = (
    Subject.SETTINGS,
    Subject.STATED,
    Subject.ACTIVITY_DESCRIPTION,
    Subject.ENTITY_DESCRIPTION,
    Subject.USAGE_DESCRIPTION,
    Subject.GENERATION_DESCRIPTION,
    Subject.PARAMETER_DESCRIPTION,
    Subject.CONFIG_FILE_DESCRIPTION,
    Subject.AGENT,
    Subject.ENTITY,
    Subject.ACTIVITY,
)
#: What a status value is called, behind its activity's id, and the role in which it was generated.
STATUS = "status"


@dataclass(frozen=True)
class Record:
    """All that a store says of a subject.

    Attributes:
        kind: what the subject is.
        id: the store's id.
        content: what the store says, ready for JSON.
        type: the finer kind of an entity, agent or description.
    """

    kind: Subject
    id: str
    content: Content
    type: str | None = None

    @cached_property
    def key(self) -> bytes:
        """16 bytes that stand for the subject in the mirror."""
        return key_of(self.kind, self.id)

    @cached_property
    def text(self) -> str:
        """The content as JSON: equal contents have equal texts."""
        return canonical_json(self.content)


def key_of(kind: str, identifier: str) -> bytes:
    """Make the key that stands for a subject in the mirror.

    Args:
        kind: a `provgraph.store.journal.Subject`.
        identifier: the store's id.

    Returns:
        16 bytes, the same for the same subject in every mirror.
    """
    return fingerprint("mirror", kind, identifier)


def content_of(text: str) -> Content:
    """Read a record's content.

    Args:
        text: JSON, as `Record.text` has it.

    Returns:
        The content.

    Raises:
        ValueError: the text is no JSON.
    """
    content: Content = json.loads(text)
    return content


def status_value_id(activity: str) -> str:
    """The id of the value entity that holds an activity's status.

    Args:
        activity: its id.

    Returns:
        The id (docs/contract.md, The ctaprov mirror: status).
    """
    return f"{activity}_{STATUS}"


def tool_of(facts: Mapping[str, Any], relations: Iterable[Content]) -> str | None:
    """The id of the description of the tool that an activity ran.

    Args:
        facts: of the activity.
        relations: the contents of those that begin at the activity.

    Returns:
        The id as sources state it, else ``NAME_VERSION`` (docs/contract.md, The ctaprov mirror:
        activityDescriptions); None of an activity that lacks one of the two.
    """
    stated = description_of(relations, Kind.ACTIVITY_DESCRIPTION)
    if stated is not None:
        return stated
    name, version = (first_text(facts, fact) for fact in (Fact.NAME, Fact.VERSION))
    return None if name is None or version is None else f"{name}_{version}"


def description_of(relations: Iterable[Content], kind: Kind) -> str | None:
    """The id of the description that relations give a record.

    Args:
        relations: the contents of those that begin at the record.
        kind: of the description.

    Returns:
        The id, of several the smallest; None where there is no such relation.
    """
    found = (
        each["means"]
        for each in relations
        if each["type"] == RelationType.IS_DESCRIBED_BY and each["target"][0] == kind.value
    )
    return min(found, default=None)
