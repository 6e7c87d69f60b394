"""What is said of the tool of a run, and which of its parameters differ from their defaults.

docs/contract.md, Descriptions, says which description is that of a run.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from provgraph.model.descriptions import (
    COMPUTED_DEFAULT,
    base_id,
    names_of,
    part_id,
)
from provgraph.model.lineage import Node
from provgraph.model.records import SOFTWARE, Settings, first_text, key_of
from provgraph.model.values import Value, canonical_json
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Questions
from provgraph.store.revisions import current, revisions

_Descriptions: TypeAlias = dict[bytes, Node]


@dataclass(frozen=True, slots=True)
class DescribedParameter:
    """A parameter of a run, with what is said of it.

    Attributes:
        name: its full name.
        component: the component that it configures.
        value: its value.
        description: what is said of it; None of a parameter that nobody described.
    """

    name: str
    component: str
    value: Value
    description: Node | None

    @property
    def meaning(self) -> str | None:
        """What the parameter means, in words."""
        said = {} if self.description is None else self.description.attributes
        return first_text(said, "description")

    @property
    def default(self) -> Value:
        """The value that it has when nobody sets it; None where that is nothing or unknown."""
        said = () if self.description is None else self.description.attributes.get("default", ())
        return said[0] if said else None

    @property
    def differs(self) -> bool | None:
        """Whether it has another value than its default; None where the default isn't known."""
        if self.description is None or COMPUTED_DEFAULT in self.description.attributes:
            return None
        return not _is_alike(self.value, self.default)


def descriptions_of(store: Questions, runs: Iterable[Node]) -> _Descriptions:
    """Find the descriptions of the tools of runs.

    Args:
        store: that holds the runs.
        runs: the runs.

    Returns:
        Key of a run → the description of its tool; runs without are left out.

    Raises:
        StoreError: the store failed.
    """
    listed = list(runs)
    stated = _stated(store, [run.key for run in listed])
    bases = {run.key: _bases(run, stated.get(run.key)) for run in listed}
    known = revisions(store, {base for each in bases.values() for base in each})
    found: _Descriptions = {}
    for key, candidates in bases.items():
        described = [current(known[base]) for base in candidates if base in known]
        if described:
            found[key] = described[0]
    return found


def _stated(store: Questions, runs: Collection[bytes]) -> dict[bytes, str]:
    """Key of a run → the id of the description that a source states."""
    edges = store.edges_of(runs, (RelationType.IS_DESCRIBED_BY,))
    nodes = store.nodes({edge.target for edge in edges})
    return {edge.source: nodes[edge.target].id for edge in edges if edge.target in nodes}


def _bases(run: Node, stated: str | None) -> list[str]:
    """The ids of the descriptions that may be that of a run, the best first."""
    named = [] if run.name is None else [base_id(run.name, run.version), run.name]
    return list(dict.fromkeys([*([stated] if stated else []), *named]))


def described_parameters(
    store: Questions, settings: Mapping[bytes, Iterable[Settings]], tools: Mapping[bytes, Node]
) -> dict[bytes, list[DescribedParameter]]:
    """Find what is said of the parameters of runs.

    Args:
        store: that holds the descriptions.
        settings: key of a run → its settings.
        tools: key of a run → the description of its tool.

    Returns:
        Key of a run → its parameters: those that differ from their default first, then those of
        which that isn't known, then the others; by name.

    Raises:
        StoreError: the store failed.
    """
    values = {
        run: [
            (name, each.name, value)
            for each in known
            if each.name != SOFTWARE
            for name, value in each.values.items()
        ]
        for run, known in settings.items()
    }
    candidates = {
        (run, name): [_key(tools[run].id, each) for each in names_of(name)]
        for run, listed in values.items()
        if run in tools
        for name, _, _ in listed
    }
    said = store.nodes({key for keys in candidates.values() for key in keys})

    def described(run: bytes, name: str) -> Node | None:
        keys = candidates.get((run, name), ())
        return next((said[key] for key in keys if key in said), None)

    return {
        run: sorted(
            (DescribedParameter(*each, described(run, each[0])) for each in listed), key=_rank
        )
        for run, listed in values.items()
    }


def _key(tool: str, name: str) -> bytes:
    return key_of(Kind.PARAMETER_DESCRIPTION, part_id(tool, name))


def _rank(parameter: DescribedParameter) -> tuple[int, str]:
    return (True, None, False).index(parameter.differs), parameter.name


def _is_alike(value: Value, default: Value) -> bool:
    """Whether two values are equal, as JSON or as a number or word in a text."""
    if value is None or default is None:
        return value is default
    are_flags = isinstance(value, bool), isinstance(default, bool)
    return _plain(value) == _plain(default) or (not any(are_flags) and value == default)


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else canonical_json(value)
