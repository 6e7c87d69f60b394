"""What is tainted, from its definition: every way from every mark is gone, one by one."""

from collections.abc import Iterator

from provgraph.model.lineage import Node
from provgraph.model.recalls import ToolVersion, recall_of
from provgraph.model.vocabulary import ORIGIN_RELATIONS, EntityType, Kind, RelationType
from provgraph.store.protocol import Store


class Marked:
    """All records of a small store, with the relations by which one was made from another."""

    def __init__(self, store: Store) -> None:
        self.nodes = {node.key: node for node in store.called((), [""], 10_000)}
        self.edges = store.edges_of(list(self.nodes), ORIGIN_RELATIONS)
        runs = [node.id for node in self.nodes.values() if node.kind is Kind.ACTIVITY]
        with store.viewing() as view:
            self._mentions = view.mentions_of(runs)

    def taints(self) -> dict[str, tuple[str, ...]]:
        """The id of each tainted record, and the invalid records that it was made from."""
        found: dict[str, set[str]] = {}
        for mark in self.nodes.values():
            if mark.invalidation is not None:
                for node in self._reached(mark):
                    if node.key != mark.key:
                        found.setdefault(node.id, set()).add(mark.id)
        return {key: tuple(sorted(marks)) for key, marks in found.items()}

    def delivered(self, since: str = "") -> list[str]:
        """The ids of the delivered products that are tainted, the newest first."""
        tainted = self.taints()
        chosen = [
            node
            for node in self.nodes.values()
            if node.id in tainted
            and self._is_delivered(node)
            and (node.generated_at or "") >= since
        ]
        chosen.sort(key=lambda node: (node.generated_at or "", node.key), reverse=True)
        return [node.id for node in chosen]

    def runs_of(self, identifier: str) -> set[str]:
        """The ids of the runs that a recall means."""
        return {node.id for node in self.nodes.values() if self._is_meant(node, identifier)}

    def _reached(self, mark: Node) -> list[Node]:
        found = [mark]
        if recall_of(mark.id) is not None:
            found += [node for node in self.nodes.values() if self._is_meant(node, mark.id)]
        for node in found:  # which grows
            effects = [self.nodes[each.source] for each in self.edges if each.target == node.key]
            found += [each for each in effects if each not in found]
        return found

    def _is_meant(self, node: Node, identifier: str) -> bool:
        recall = recall_of(identifier)
        if node.kind is not Kind.ACTIVITY or recall is None:
            return False
        if isinstance(recall, ToolVersion):
            said = ((node.name or "").casefold(), (node.version or "").casefold())
            return said == (recall.tool.casefold(), recall.version.casefold())
        since, until = recall.since or "", recall.until or "~"
        is_any = recall.since is None and recall.until is None
        times = self._times_of_uses(node, recall.place)
        return any(is_any or (time and since <= time <= until) for time in times)

    def _times_of_uses(self, run: Node, place: str) -> Iterator[str]:
        for each in (stored.mention for stored in self._mentions):
            if (each.run, each.place, each.relation) == (run.id, place, RelationType.USED):
                yield (each.time or run.start_time or run.end_time or "").removesuffix("Z")

    def _is_delivered(self, node: Node) -> bool:
        if node.type != EntityType.DATASET or node.invalidated_at is not None:
            return False
        made = [e for e in self.edges if e.source == node.key and e.relation == "wasGeneratedBy"]
        used = [e for e in self.edges if e.target == node.key and e.relation == "used"]
        return bool(made) and (node.data_level in ("DL3", "DL4", "DL5", "DL6") or not used)
