"""What a search finds, from its definition: each condition is looked at in each record."""

from collections.abc import Collection, Sequence

from provgraph.model.filters import NAMED_KINDS, ParameterValue, Search
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import SOFTWARE
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Store


class Records:
    """All records of a small store, with the relations that searches look at."""

    def __init__(self, store: Store) -> None:
        self.nodes = store.called((), [""], 10_000)
        keys = [node.key for node in self.nodes]
        with store.viewing() as view:
            known = view.entities([node.id for node in self.nodes])
        self._standings = {name: each.standings for name, each in known.items()}
        self._of = {node.key: node for node in self.nodes}
        relations = (
            RelationType.WAS_GENERATED_BY,
            RelationType.WAS_ASSOCIATED_WITH,
            RelationType.WAS_ATTRIBUTED_TO,
        )
        self._edges = store.edges_of(keys, relations)
        self._parameters = {
            key: [
                (f".{name}".casefold(), value)
                for settings in found
                if settings.name != SOFTWARE
                for name, value in settings.values.items()
            ]
            for key, found in store.parameters_of(keys).items()
        }

    def found(self, search: Search, kinds: Sequence[Kind] = NAMED_KINDS) -> list[Node]:
        """The records that meet a search, the newest first, then by name."""
        run_conditions = _run_conditions(search)
        file_conditions = (
            search.types
            or search.data_levels
            or search.under
            or search.external
            or search.overwritten
            or search.at
        )
        if run_conditions and not file_conditions and set(kinds) == set(NAMED_KINDS):
            kinds = (Kind.ACTIVITY,)
        return [node for node in self.nodes if node.kind in kinds and self._meets(node, search)]

    def _meets(self, node: Node, search: Search) -> bool:
        return (
            all(_bears(node, word) for word in split(search.text or ""))
            and _is_any(node.type, search.types)
            and (not search.data_levels or _is_any(node.data_level, search.data_levels))
            and _is_in(time_of(node), search)
            and (search.under is None or any(_lies(each, search.under) for each in node.locations))
            and (not search.invalid or node.invalidation is not None)
            and (not search.overwritten or node.invalidated_at is not None)
            and (not search.external or self._is_external(node))
            and (search.at is None or self._stood(node, search.at, search.under))
            and self._is_of_run(node, search)
            and self._is_of_agent(node, search.agents)
        )

    def _stood(self, node: Node, at: str, under: str | None) -> bool:
        """Whether it stood somewhere at a time, below a folder if one is given."""
        return any(
            standing.since <= at
            and (standing.until is None or standing.until > at)
            and (under is None or _lies(location_of(standing.place), under))
            for standing in self._standings.get(node.id, ())
        )

    def _is_external(self, node: Node) -> bool:
        return node.kind is Kind.ENTITY and not self._makers(node)

    def _makers(self, node: Node) -> list[Edge]:
        return self._from(node, RelationType.WAS_GENERATED_BY)

    def _from(self, node: Node, relation: RelationType) -> list[Edge]:
        return [e for e in self._edges if (e.source, e.relation) == (node.key, relation)]

    def _is_of_run(self, node: Node, search: Search) -> bool:
        if not _run_conditions(search):
            return True
        runs = [self._of[edge.target] for edge in self._makers(node)]
        return any(
            run.kind is Kind.ACTIVITY
            and _is_any(run.name, search.tools)
            and _is_any(run.version, search.versions)
            and _is_any(run.status, search.statuses)
            and _is_any(run.host, search.hosts)
            and self._is_set_up(run, search.parameters)
            for run in (node, *runs)
        )

    def _is_set_up(self, run: Node, asked: Collection[ParameterValue]) -> bool:
        """Whether of each name one of the values is a parameter's, or in it."""
        of_run = self._parameters.get(run.key, [])
        return all(
            any(
                name.endswith(f".{wanted.name}".casefold()) and _is_in_value(value, other.value)
                for name, value in of_run
                for other in asked
                if other.name.casefold() == wanted.name.casefold()
            )
            for wanted in asked
        )

    def _is_of_agent(self, node: Node, names: Collection[str]) -> bool:
        if not names:
            return True
        edges = [
            *self._from(node, RelationType.WAS_ASSOCIATED_WITH),
            *self._from(node, RelationType.WAS_ATTRIBUTED_TO),
        ]
        agents = [self._of[edge.target] for edge in edges]
        return any(_is_any(a.id, names) or _is_any(a.name or a.id, names) for a in agents)


def _run_conditions(search: Search) -> bool:
    return any((search.tools, search.versions, search.statuses, search.hosts, search.parameters))


def _is_in_value(value: object, asked: str) -> bool:
    """Whether a value is what was asked for, or holds it."""
    if isinstance(value, (list, dict)):
        members = value.values() if isinstance(value, dict) else value
        whole = canonical_json(value).casefold() == asked.casefold()
        return whole or any(_is_in_value(each, asked) for each in members)
    text = value if isinstance(value, str) else canonical_json(value)
    try:
        return float(text) == float(asked)
    except ValueError:
        return text.casefold() == asked.casefold()


def time_of(node: Node) -> str:
    """When a run started, or a file was made; "" where nobody says it."""
    return (node.start_time or node.end_time or node.generated_at or "").rstrip("Z")


def split(text: str) -> list[str]:
    """The words of a text, character by character."""
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


def _bears(node: Node, word: str) -> bool:
    texts = [node.id, node.name or "", node.host or "", *node.identifiers, *node.locations]
    return any(each.startswith(word) for text in texts for each in split(text))


def _is_any(value: str | None, wanted: Collection[str]) -> bool:
    return not wanted or (value or "").casefold() in {each.casefold() for each in wanted}


def _is_in(time: str, search: Search) -> bool:
    early = search.since is not None and not (time and time >= search.since)
    late = search.until is not None and not (time and time <= search.until)
    return not (early or late)


def _lies(location: str, folder: str) -> bool:
    return location == folder or location.startswith(folder.rstrip("/") + "/")
