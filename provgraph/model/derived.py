"""What follows from what sources state of one record: its times, its mark, its places.

A time that a source states of an entity goes before one that is computed.

To be marked as invalid and to be overwritten are two facts. The mark is stated; that a file lost
its last place is computed (docs/contract.md, rule 4). Neither replaces the other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provgraph.errors import LoadError
from provgraph.model.attributes import OPEN, TEXT, TYPE, text_of
from provgraph.model.identifiers import place_of
from provgraph.model.records import TIME_OF_INVALIDATION, Fact
from provgraph.model.values import Attributes, Value, utc, with_zone
from provgraph.model.vocabulary import RelationType, Status

#: The statuses that a source can state, the gravest first.
_GRAVEST_FIRST = (Status.ERROR, Status.INTERRUPTED, Status.COMPLETED)
#: The attributes of a record that bear the mark: since when (canonical UTC), why, and who says so.
INVALIDATED = "invalidated"
INVALIDATION_REASON = "invalidationReason"
INVALIDATED_BY = "invalidatedBy"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{3}){1,3}", re.ASCII)
_IVOA = "http://www.ivoa.net/documents/ProvenanceDM/index.html#"
#: Where documents say that an entity is (PROV-DM, section 5.7.2.1): PROV's attribute, its name in
#: PROV-O, and that of the IVOA's model.
_LOCATION = ("prov:location", "prov:atLocation", f"{_IVOA}location")
#: Where sources say since when and until when an entity was: attributes of PROV-O and of the IVOA's
#: model, and a generation or invalidation by nobody.
_GENERATION, _INVALIDATION = (
    (term, f"prov:{term}", f"{_IVOA}{term}", f"{OPEN}{relation}")
    for term, relation in (
        ("generatedAtTime", RelationType.WAS_GENERATED_BY),
        ("invalidatedAtTime", RelationType.WAS_INVALIDATED_BY),
    )
)
_PATH = re.compile(r"/[^/\s]|(?:file|lfn):/|[A-Za-z][A-Za-z0-9+.-]*://[^/\s]", re.ASCII)
#: A place on Earth or in a laboratory may be named by a record of its own, but a path is no record.
_FILE = re.compile(r"(?:file|lfn):/", re.ASCII)


def status_of(facts: Attributes) -> Status:
    """Tell how a run ended (docs/contract.md, Vocabulary).

    Args:
        facts: the run's facts.

    Returns:
        The gravest of the stated status words. Without such a word: completed when the run has an
        end; running when that is said, or a start is known by more than the header of its product.
    """
    stated = facts.get(Fact.STATUS, ())
    for status in _GRAVEST_FIRST:
        if status in stated:
            return status
    if end_of(facts) is not None:
        return Status.COMPLETED
    is_begun = start_of(facts) is not None and Fact.IN_HEADER not in facts
    return Status.RUNNING if is_begun or Status.RUNNING in stated else Status.UNKNOWN


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


def stated_generation(attributes: Attributes, times: Iterable[str] = ()) -> str | None:
    """Find when an entity was generated, as far as a source says so itself.

    Args:
        attributes: of the entity.
        times: of the generations that name a run; canonical UTC.

    Returns:
        The earliest time; None when no source says any. Example: ``wasGeneratedBy(plot, draw,
        2026-11-21T10:02:00)`` gives that time, also when the run ``draw`` ended at 11:00.
    """
    return min((*times, *_entity_times(attributes, _GENERATION)), default=None)


def stated_invalidation(attributes: Attributes) -> str | None:
    """Find when an entity was invalidated, as far as a source says so itself.

    Args:
        attributes: of the entity.

    Returns:
        The latest time, so that an entity was as long as any source says; None when none does.
    """
    names = (*_INVALIDATION, TIME_OF_INVALIDATION)
    return max(_entity_times(attributes, names), default=None)


def _entity_times(attributes: Attributes, names: Iterable[str]) -> Iterator[str]:
    """The times among the values of some attributes; whatever else stands there is no time."""
    for value in (value for name in names for value in attributes.get(name, ())):
        of_relation = isinstance(value, Mapping) and TEXT not in value and value.get("time")
        try:
            yield utc(text_of(of_relation or value))
        except LoadError:
            continue


def _times(facts: Attributes, *names: str) -> list[str]:
    return [str(value) for name in names if name in facts for value in facts[name]]


@dataclass(frozen=True, slots=True)
class Invalidation:
    """The mark of an invalid record.

    Attributes:
        time: since when the record is invalid; ISO 8601 with ``Z``.
        reason: why. Several reasons are separated by ``; ``.
        by: who says so. Several people are separated by ``; ``.
    """

    time: str
    reason: str | None = None
    by: str | None = None


def invalidation_of(attributes: Attributes) -> Invalidation | None:
    """Find the mark of an invalid record.

    Args:
        attributes: of an entity; the facts of a run.

    Returns:
        The mark, since the earliest time that anybody says, with all reasons and people; None of a
        record that nobody marked.
    """
    since = invalid_since(attributes)
    if since is None:
        return None
    return Invalidation(
        f"{with_zone(since)}",
        _joined(attributes, INVALIDATION_REASON),
        _joined(attributes, INVALIDATED_BY),
    )


def invalid_since(attributes: Attributes) -> str | None:
    """Find since when a record is marked as invalid.

    Args:
        attributes: of an entity; the facts of a run.

    Returns:
        The earliest time that anybody says, in the canonical form; None of a record that nobody
        marked. Whatever else an attribute of that name holds is no mark.
    """
    times = (str(time) for time in attributes.get(INVALIDATED, ()) if _is_time(time))
    return min(times, default=None)


def _is_time(value: Value) -> bool:
    """Whether the value is a time in the canonical form."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _joined(attributes: Attributes, name: str) -> str | None:
    return "; ".join(map(str, attributes.get(name, ()))) or None


def stated_places(attributes: Attributes) -> list[str]:
    """Find where an entity stands, as far as that is said as such.

    Args:
        attributes: of the entity.

    Returns:
        the places in a fixed order, as `provgraph.model.identifiers.place_of` makes them. A
        location that is neither an absolute path nor a URL names no file: ``Tenerife``.
    """
    values = (value for name in _LOCATION for value in attributes.get(name, ()))
    return sorted({place_of(text_of(value)) for value in values if _is_path(value)})


def _is_path(value: Value) -> bool:
    text = text_of(value)
    is_name = isinstance(value, Mapping) and str(value.get(TYPE)).endswith("#QUALIFIED_NAME")
    is_text = isinstance(value, str) or (isinstance(value, Mapping) and TEXT in value)
    return is_text and (_FILE if is_name else _PATH).match(text) is not None
