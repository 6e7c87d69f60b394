"""The labels of nodes: what a record is, and which finer kind of it."""

from provgraph.model.records import Agent, Description
from provgraph.model.vocabulary import NODE_LABEL, Kind
from provgraph.store.neo4j.records import NODE_TIMES
from provgraph.store.records import EntityRecord

_TIMES = {NODE_LABEL[kind]: times for kind, times in NODE_TIMES.items()}


def entity_labels(record: EntityRecord) -> tuple[str, ...]:
    """The labels of an entity's node.

    Args:
        record: the entity.
    """
    return NODE_LABEL[Kind.ENTITY], record.type.value


def agent_labels(agent: Agent) -> tuple[str, ...]:
    """The labels of an agent's node.

    Args:
        agent: the agent; most have no finer kind.
    """
    return (NODE_LABEL[Kind.AGENT], *([agent.type.value] if agent.type else []))


def description_labels(description: Description) -> tuple[str, ...]:
    """The labels of a description's node: that of a dataset is one of an entity, too.

    Args:
        description: the description.
    """
    return tuple(dict.fromkeys((NODE_LABEL[description.type.kind], description.type.value)))


def times_at(label: str) -> tuple[str, ...]:
    """The properties of a node that are times, and are written as text.

    Args:
        label: the first of its labels.
    """
    return _TIMES.get(label, ())
