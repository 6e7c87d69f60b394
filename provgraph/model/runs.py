"""When runs started, and when and how they ended, as follows from their facts."""

from collections.abc import Iterator

from provgraph.model.records import Fact
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Status

#: The statuses that a source can state, the gravest first.
_GRAVEST_FIRST = (Status.ERROR, Status.INTERRUPTED, Status.COMPLETED)


def status_of(facts: Attributes) -> Status:
    """Tell how a run ended (docs/contract.md, Vocabulary).

    Args:
        facts: the run's facts.

    Returns:
        The gravest of the stated status words. Without such a word: completed when the run has an
        end; running when that is said, or a start is known by more than the header of its product.
    """
    stated = set(facts.get(Fact.STATUS, ()))
    for status in _GRAVEST_FIRST:
        if status.value in stated:
            return status
    if end_of(facts) is not None:
        return Status.COMPLETED
    is_begun = start_of(facts) is not None and Fact.IN_HEADER not in facts
    return Status.RUNNING if is_begun or Status.RUNNING.value in stated else Status.UNKNOWN


def start_of(facts: Attributes) -> str | None:
    """Find when a run started: the earliest start that any source gives (docs/contract.md, rule 3).

    Args:
        facts: the run's facts.

    Returns:
        A canonical time; None when no source gives one.
    """
    return min(_times(facts, Fact.START, Fact.TIME_OF_START), default=None)


def end_of(facts: Attributes) -> str | None:
    """Find when a run ended: the latest end that any source gives (docs/contract.md, rule 3).

    Args:
        facts: the run's facts.

    Returns:
        A canonical time; None when no source gives one.
    """
    return max(_times(facts, Fact.END, Fact.TIME_OF_END), default=None)


def _times(facts: Attributes, *names: str) -> Iterator[str]:
    return (str(value) for name in names for value in facts.get(name, ()))
