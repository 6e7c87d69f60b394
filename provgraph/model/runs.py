"""What the facts of a run say together."""

from provgraph.model.records import Fact
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Status

_STATED = (Status.ERROR, Status.INTERRUPTED, Status.COMPLETED)


def status_of(facts: Attributes) -> Status:
    """How the run ended: of the stated words the gravest.

    Any other word means completed when it has an end.

    CONTRACT section 1.
    """
    said = set(facts.get(Fact.STATUS, ()))
    for status in _STATED:
        if status.value in said:
            return status
    return Status.COMPLETED if Fact.END in facts else Status.RUNNING


def start_of(facts: Attributes) -> str | None:
    """The earliest start that any source gives (CONTRACT section 2 rule 3)."""
    return min((str(value) for value in facts.get(Fact.START, ())), default=None)


def end_of(facts: Attributes) -> str | None:
    """The latest end that any source gives (CONTRACT section 2 rule 3)."""
    return max((str(value) for value in facts.get(Fact.END, ())), default=None)


def first_text(facts: Attributes, name: str) -> str | None:
    """A fact as one text: the first of its values in their fixed order."""
    return str(facts[name][0]) if name in facts else None
