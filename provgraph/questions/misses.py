"""Names that lead to no record, or to several: what a person needs to know to ask better."""

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from provgraph.errors import AmbiguousError, NameCandidate, NotFoundError
from provgraph.model.identifiers import base_name, local_name, strength
from provgraph.model.lineage import Node, display_name
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.nodes import folded
from provgraph.store.protocol import Store

#: How many candidates of an ambiguous name are listed.
MOST_CANDIDATES = 20
#: How many names before and behind a misspelt one are compared with it.
_NEIGHBOURS = 250
_SUGGESTIONS = 3
#: How alike two names have to be, from 0 to 1.
_ALIKE = 0.75
#: How many characters tell what a name was to become.
_BEGUN = 3


def not_found(store: Store, name: str, header: Sequence[str], is_on_disk: bool) -> NotFoundError:
    """Say what is known of a name that leads to no record.

    Args:
        store: where it was looked for.
        name: the name.
        header: the identifiers that the header of the file of this name gives it.
        is_on_disk: whether there is a file of this name.

    Returns:
        The error, to be raised. It says whether the store is empty, what the header of the file
        says, or which names are spelt alike.

    Raises:
        StoreError: the store failed.
    """
    if not store.called((), [""], 1):
        return NotFoundError(name, "the store is empty: load something first")
    if header:
        known = " and ".join(header)
        return NotFoundError(
            name, f"its header says that it is {known}, which nothing that was loaded names"
        )
    on_disk = "there is a file of this name, but it has no header that tells which product it is"
    return NotFoundError(name, on_disk if is_on_disk else "", _spelt_alike(store, name))


def ambiguous(store: Store, name: str, found: Collection[Node]) -> AmbiguousError:
    """List the records that a name may mean.

    Args:
        store: where they are.
        name: the name.
        found: the records.

    Returns:
        The error, to be raised, with path, data level, time and maker of each.

    Raises:
        StoreError: the store failed.
    """
    ordered = sorted(found, key=lambda node: strength(node.id))
    listed = ordered[:MOST_CANDIDATES]
    makers = _makers(store, listed)
    described = [
        NameCandidate(
            node.id,
            node.kind.value,
            display_name(node),
            node.data_level,
            node.generated_at or node.start_time,
            makers.get(node.key),
        )
        for node in listed
    ]
    return AmbiguousError(name, described, len(ordered) > len(listed))


def _makers(store: Store, found: Sequence[Node]) -> dict[bytes, str]:
    """The run that made each file, with its version."""
    files = [node.key for node in found if node.kind is Kind.ENTITY]
    made = [
        edge
        for edge in store.edges_of(files, (RelationType.WAS_GENERATED_BY,))
        if edge.source in files
    ]
    runs = store.nodes({edge.target for edge in made})
    return {
        edge.source: " ".join(filter(None, (runs[edge.target].label, runs[edge.target].version)))
        for edge in made
        if edge.target in runs
    }


def _spelt_alike(store: Store, name: str) -> list[str]:
    """The names that a misspelt one may have meant, the likeliest first.

    Only names that stand near it in the alphabet are compared, whatever the store holds.
    """
    asked = folded(_last_part(name))
    near = {each: _likeness(asked, each) for each in store.names_near(asked, _NEIGHBOURS)}
    begun = {each for each in near if len(asked) >= _BEGUN and each.startswith(asked)}
    alike = [each for each in near if near[each] >= _ALIKE or each in begun]
    alike.sort(key=lambda each: -near[each])
    likeliest = (store.called([each], (), 1) for each in alike[:_SUGGESTIONS])
    shown = (node.name or local_name(node.id) for found in likeliest for node in found)
    return list(dict.fromkeys(shown))[:_SUGGESTIONS]


def _last_part(name: str) -> str:
    return base_name(name) if "/" in name else local_name(name)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
