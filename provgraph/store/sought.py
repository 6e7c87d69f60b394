"""What a search looks for: from its conditions to the terms that entries of the index must have."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from provgraph.errors import StoreError
from provgraph.model.filters import NAMED_KINDS, Search
from provgraph.model.folders import folders_meant
from provgraph.model.hiding import HiddenFiles
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.nodes import folded
from provgraph.store.terms import (
    INVALID,
    OVERWRITTEN,
    compared,
    mark,
    parameter_mark,
    words_in,
)

#: Some terms, any of which will do. What ends in a star is the beginning of a word.
Choice = tuple[str, ...]
#: So many records for each one of the page are looked at, in the order of the answer, before an
#: index finds all that meet the conditions. A condition that one record in so many meets fills the
#: page from these, so no wide search takes longer in a larger store.
LOOKED_AT = 25


class Related(NamedTuple):
    """What has to be true of another record that a relation leads to.

    Attributes:
        relation: from the record to the other one.
        choices: of each of them the other record's entry has a term.
        parameters: of each of them the other record, a run, has a parameter with the term.
    """

    relation: RelationType
    choices: tuple[Choice, ...]
    parameters: tuple[Choice, ...] = ()


class Stood(NamedTuple):
    """Where and when a file has to have stood.

    Attributes:
        at: the time, canonical.
        folders: of one of them it stood in the place, or below it; none for any place. Each comes
            with how the places below it begin: no ``/`` follows that beginning.
    """

    at: str
    folders: tuple[tuple[str, str], ...] = ()


class HiddenEntries(NamedTuple):
    """The entries of files that an answer must not have.

    Attributes:
        choices: of each of them the entry has a term.
        since: the file was made then or later, or nobody says when; None for any time.
    """

    choices: tuple[Choice, ...]
    since: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What has to be true of the entries of some kinds.

    Attributes:
        kinds: of the records.
        choices: of each of them the entry has a term.
        parameters: of each of them the record, a run, has a parameter with the term.
        related: what the records are like that relations lead to.
        since: the earliest time, canonical; None for any.
        until: the latest time, canonical; None for any.
        external: whether no known run may have made the record.
        stood: where and when the file stood; None for anywhere and at any time.
        early: whether the file was made behind the time of ``stood``, and stood somewhere before
            all the same; False when it was made by then, or nobody says when. None for any.
        hidden: what the record must not be. A run must not have read or made such a file, unless
            it made another one, too.
        without: the keys of further records that are left out.
    """

    kinds: tuple[Kind, ...]
    choices: tuple[Choice, ...]
    parameters: tuple[Choice, ...] = ()
    related: tuple[Related, ...] = ()
    since: str | None = None
    until: str | None = None
    external: bool = False
    stood: Stood | None = None
    early: bool | None = None
    hidden: tuple[HiddenEntries, ...] = ()
    without: tuple[bytes, ...] = ()

    @property
    def is_indexed(self) -> bool:
        """Whether an index other than that of the order finds the entries."""
        return bool(self.choices or self.parameters or self.related or self.stood)


def without_entries() -> StoreError:
    """Make the error for a store that an older provgraph made, and no writer has come since."""
    return StoreError(
        "an older provgraph made this store, and nothing can be searched in it yet: the next "
        "`provgraph load` brings it up to date"
    )


def sought(search: Search, kinds: tuple[Kind, ...]) -> tuple[Sought, ...]:
    """Find what the entries of each kind have to be like.

    Conditions of runs (tool, version, status, host) mean runs. They mean files, too, where files
    are asked for: those that such a run made.

    Args:
        search: what is looked for.
        kinds: of the records.

    Returns:
        One for all kinds with the same conditions, so that a record is found by one of them at
        most. Empty when no record can meet the conditions, such as agents of a host.
    """
    if search.of_runs and kinds == NAMED_KINDS and not search.of_files:
        kinds = (Kind.ACTIVITY,)
    found: dict[Sought, tuple[Kind, ...]] = {}
    for kind in kinds:
        wanted = _of_kind(search, kind)
        for each in () if wanted is None else _by_making(wanted):
            found[each] = (*found.get(each, ()), kind)
    return tuple(replace(each, kinds=same) for each, same in found.items())


def runs_choices(search: Search) -> tuple[Choice, ...]:
    """Find what the entries of runs have to have.

    Args:
        search: conditions of runs, and no words.

    Returns:
        Some terms of each condition, as `meets` takes them.
    """
    return tuple(_run_choices(search))


def meets(terms: str, choices: Iterable[Choice]) -> bool:
    """Tell whether an entry has a term of each choice.

    Args:
        terms: of the entry.
        choices: marks, and no beginnings of words.
    """
    said = set(terms.split())
    return all(said.intersection(choice) for choice in choices)


def in_text(term: str) -> str:
    """Tell what the text of an entry's terms holds that has a term, with a space at either end.

    Args:
        term: a whole one, or the beginning of a word with a star.
    """
    return f" {term[:-1]}" if term.endswith("*") else f" {term} "


def _by_making(wanted: Sought) -> Iterator[Sought]:
    """Files that stood somewhere at a time: those made by then, and the few others."""
    if wanted.stood is None:
        yield wanted
        return
    yield from (replace(wanted, early=is_early) for is_early in (False, True))


def _of_kind(search: Search, kind: Kind) -> Sought | None:
    """What one kind of records has to be like, the kind left open; None where none can be."""
    choices, related = list(_own_choices(search)), []
    of_runs, parameters = tuple(_run_choices(search)), tuple(_parameter_choices(search))
    if kind is Kind.ACTIVITY:
        choices += of_runs
    elif search.of_runs and kind is Kind.ENTITY:
        related.append(Related(RelationType.WAS_GENERATED_BY, of_runs, parameters))
    elif search.of_runs:
        return None
    if search.agents:
        if kind is Kind.AGENT:
            return None
        related.append(Related(_ANSWERING[kind], (_marks("agent", search.agents),)))
    if (search.external or search.at is not None) and kind is not Kind.ENTITY:
        return None
    return Sought(
        (),
        tuple(choices),
        parameters if kind is Kind.ACTIVITY else (),
        tuple(related),
        search.since,
        search.until,
        search.external,
        None if search.at is None else Stood(search.at, tuple(_folders(search.under))),
        None,
        tuple(map(_hidden, search.hidden)) if kind in _HIDING else (),
        search.without if kind is Kind.ENTITY else (),
    )


#: The kinds of records that rules hide; each has conditions of its own.
_HIDING = (Kind.ENTITY, Kind.ACTIVITY)


def _hidden(files: HiddenFiles) -> HiddenEntries:
    under = tuple(mark("under", each) for each in files.under)
    types, levels = _marks("type", files.types), _marks("level", files.data_levels)
    return HiddenEntries(tuple(filter(None, (under, types, levels))), files.since)


#: By which relation an agent answers for a record of each kind.
_ANSWERING = {
    Kind.ACTIVITY: RelationType.WAS_ASSOCIATED_WITH,
    Kind.ENTITY: RelationType.WAS_ATTRIBUTED_TO,
}


def _own_choices(search: Search) -> Iterator[Choice]:
    yield from ((f"{word}*",) for word in words_in(search.text or ""))
    if search.types:
        yield _marks("type", search.types)
    if search.data_levels:
        yield _marks("level", search.data_levels)
    if search.under is not None:
        yield tuple(mark("under", each) for each in folders_meant(search.under))
    if search.invalid:
        yield (mark(*INVALID),)
    if search.overwritten:
        yield (mark(*OVERWRITTEN),)


def _run_choices(search: Search) -> Iterator[Choice]:
    for what, values in (
        ("tool", search.tools),
        ("version", search.versions),
        ("status", search.statuses),
        ("host", search.hosts),
    ):
        if values:
            yield _marks(what, values)


def _parameter_choices(search: Search) -> Iterator[Choice]:
    """The terms of each name, any of which will do."""
    values: dict[str, list[str]] = defaultdict(list)
    for each in search.parameters:
        values[each.name.casefold()] += (compared(each.value), *_json_of(each.value))
    for name, texts in values.items():
        yield tuple(parameter_mark(name, text) for text in texts)


def _json_of(text: str) -> Iterator[str]:
    """A list or object that somebody asks for, as JSON in its one form."""
    if text[:1] in ("[", "{"):
        with suppress(ValueError, RecursionError):
            yield canonical_json(json.loads(text)).casefold()


def _marks(what: str, values: tuple[str, ...]) -> Choice:
    return tuple(mark(what, folded(each)) for each in values)


def _folders(path: str | None) -> Iterator[tuple[str, str]]:
    """A folder as places name it, on a disk and in a catalogue, and what is below it."""
    for location in [] if path is None else folders_meant(path):
        for place in (location, f"file:{location}", f"lfn:{location}"):
            yield place, f"{place.removesuffix('/')}/"
