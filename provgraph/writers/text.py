"""Writes a lineage for people at a terminal: the question, a summary, and a tree."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provgraph.model.derived import stated_generation
from provgraph.model.lineage import (
    Direction,
    Lineage,
    Node,
    display_name,
    is_known_by_path,
    listed_part,
)
from provgraph.model.recalls import label_of
from provgraph.model.summary import EndReason, LineageSummary
from provgraph.model.values import counted, duration_text, readable, time_text
from provgraph.model.vocabulary import FAILED, EntityType, Kind, Status
from provgraph.writers.screen import PLAIN, Part, Screen, Style, short_ids
from provgraph.writers.tree import LEAST, ROLE_LENGTH, Tree

#: A longer name or path loses its middle; no file system allows one so long.
NAME_LENGTH = 4096
#: The least columns of a name on a narrow terminal.
LEAST_NAME = 12
#: The least columns of a mark, such as ``INVALID since 2026-11-28``.
LEAST_MARK = 24


def write(lineage: Lineage, asked: str | None = None, screen: Screen = PLAIN) -> str:
    """Write a lineage for a terminal.

    Args:
        lineage: the answer to write.
        asked: the name that was asked for, which the title repeats; None for the record's own.
        screen: where the text goes.

    Returns:
        The text, ending in a newline. Control characters in names are shown as escapes.
    """
    return "".join(f"{line}\n" for line in _LineageText.of(lineage, asked, screen).lines())


@dataclass(frozen=True)
class _LineageText:
    """A lineage with its trees, and what may be said about it.

    Attributes:
        lineage: the answer.
        whole: the answer of which it lists a part; the answer itself when nothing was filtered.
        trees: one for each direction that was asked for.
        known: the trees of the whole answer.
        others: records that no tree shows, because the answer was filtered to a list.
        asked: the name that was asked for.
        screen: where the text goes.
        ids: key of a run → its id as the screen shows it.
        horizon: records at this distance and beyond may have more behind them than the answer
            shows; None when the answer is complete.
    """

    lineage: Lineage
    whole: Lineage
    trees: tuple[Tree, ...]
    known: tuple[Tree, ...]
    others: tuple[Node, ...]
    asked: str
    screen: Screen
    ids: Mapping[bytes, str]
    horizon: int | None

    @classmethod
    def of(cls, lineage: Lineage, asked: str | None, screen: Screen) -> "_LineageText":
        whole = lineage.whole or lineage
        trees = _trees(lineage)
        reached = frozenset().union(*(tree.reached for tree in trees))
        others = tuple(node for node in lineage.nodes if node.key not in reached)
        known = trees if whole is lineage else _trees(whole)
        name = display_name(lineage.root) if asked is None else asked
        ids = {node.key: node.id for node in whole.nodes}
        shown = ids if screen.width is None else short_ids(ids)
        return cls(lineage, whole, trees, known, others, name, screen, shown, _horizon(whole))

    def lines(self) -> Iterator[str]:
        yield self._question()
        for line in filter(None, (self._summary(), self._levels(), listed_part(self.lineage))):
            yield from self.screen.wrapped(line)
        for line in _trust(self.lineage, self.ids):
            yield from self.screen.wrapped(line, "  ")
        yield from self._warning()
        for tree, known in zip(self.trees, self.known, strict=True):
            yield ""
            yield from self._tree(tree, known)
        if self.others:
            yield ""
            yield "Found, without the relations between them:"
            for node in self.others:
                yield self.screen.line([Part("   ", gap=""), *self._described(node)])
        for line in self._footer():
            yield from self.screen.wrapped(line)

    def _question(self) -> str:
        depth = self.lineage.depth
        within = f" (within {counted(depth, 'relation')})" if depth is not None else ""
        is_file = self.lineage.root.kind is Kind.ENTITY
        match self.lineage.direction:
            case Direction.UPSTREAM:
                begin, end = f"What {'produced' if is_file else 'led to'} ", "?"
            case Direction.DOWNSTREAM:
                begin, end = f"What {'was made from' if is_file else 'came of'} ", "?"
            case Direction.BOTH:
                begin, end = "What led to ", ", and what came of it?"
        name = Part(readable(self.asked, NAME_LENGTH), LEAST_NAME, 0, Style.STRONG, "")
        return self.screen.line([Part(begin, gap=""), name, Part(end + within, gap="")])

    def _summary(self) -> str:
        rest = [node for node in self.whole.nodes if node.key != self.lineage.root.key]
        if not rest:
            return "Nothing known."
        counts = [
            _runs(rest),
            _files(rest, sum(self._is_external(node) and not _is_value(node) for node in rest)),
        ]
        counts += [counted(sum(_is_value(node) for node in rest), "value")]
        counts += [counted(sum(node.kind is Kind.AGENT for node in rest), "agent")]
        counts += [counted(sum(node.kind not in _COUNTED for node in rest), "other record")]
        listed = ", ".join(count for count in counts if not count.startswith("0 "))
        cut = "  [cut short, see the end]" if self.lineage.truncated else ""
        return f"{listed}{_period(rest)}{cut}"

    def _levels(self) -> str:
        """How many products of each data level there are, the highest first."""
        root = self.whole.root.key
        levels = Counter(node.data_level for node in self.whole.nodes if node.key != root)
        ranked = sorted((level for level in levels if level), reverse=True)
        return ", ".join(f"{levels[level]} {readable(level, ROLE_LENGTH)}" for level in ranked)

    def _warning(self) -> Iterator[str]:
        """That the record was made from invalid ones, or that there are some among its products."""
        root = self.whole.root
        bad = [node for node in self.whole.nodes if node.invalidation and node.key != root.key]
        upstream = [tree.reached for tree in self.known if tree.upstream]
        above = [node for node in bad if any(node.key in reached for reached in upstream)]
        unseen = len(set(root.tainted) - {node.id for node in above})
        below = len(bad) - len(above)
        words = [f"made from {invalid}"] if (invalid := _invalid(above, unseen)) else []
        words += [f"{counted(below, 'invalid record')} among what was made from it"] * (below > 0)
        if words:
            yield self.screen.line([Part("; ".join(words), LEAST_MARK, 0, Style.BAD, "")])

    def _tree(self, tree: Tree, known: Tree) -> Iterator[str]:
        if self.lineage.direction is Direction.BOTH:
            yield "What led to it:" if tree.upstream else "What came of it:"
        yield from tree.lines(self._described, lambda node: self._remark(node, known), self.screen)

    def _remark(self, node: Node, tree: Tree) -> str:
        """Return the remark that nothing more is known behind a record.

        A record that was cut off gets no such remark: more may be known of it.
        """
        is_file = node.kind is Kind.ENTITY
        if self._is_list or node.key in tree.branches or not self._is_settled(node):
            return ""
        if tree.upstream and is_file:
            return "(no known run made it)" if self._is_external(node) else ""
        if tree.upstream:
            return "(nothing is known that it used)" if node.kind is Kind.ACTIVITY else ""
        if node.key != tree.root.key:
            return ""
        return "(no known run used it)" if is_file else "(nothing is known that came of it)"

    def _is_external(self, node: Node) -> bool:
        """Tell whether the answer shows that no known run made this file.

        An answer that was cut does not show that.
        """
        return (
            node.kind is Kind.ENTITY
            and not self._is_list
            and (node.generated_at is None or stated_generation(node.attributes) is not None)
            and self._is_settled(node)
            and any(tree.upstream and tree.ends_with(node) for tree in self.known)
        )

    @property
    def _is_list(self) -> bool:
        """Whether records stand there without what relates them, and nobody knows the whole."""
        return bool(self.others) and self.whole is self.lineage

    def _described(self, node: Node, named: str | None = None) -> list[Part]:
        """The facts of a record on one line; of a file also by which path a run named it."""
        if node.kind is Kind.ENTITY:
            return [*_of_file(node, named), *_marks(node)]
        if node.kind is Kind.ACTIVITY:
            return [*_of_run(node, self.ids.get(node.key, node.id)), *_marks(node)]
        return [Part(readable(node.label, NAME_LENGTH), LEAST_NAME, gap="")]

    def _is_settled(self, node: Node) -> bool:
        return self.horizon is None or node.distance < self.horizon

    def _footer(self) -> Iterator[str]:
        depth = self.lineage.depth
        if self.lineage.truncated:
            yield ""
            yield (
                f"Cut short: these are the nearest {len(self.whole.nodes)} records; "
                "there are more behind them."
            )
        elif depth is not None and any(not self._is_settled(node) for node in self.whole.nodes):
            yield ""
            yield (
                f"The walk stopped after {counted(depth, 'relation')}, as asked; "
                "there may be more (--depth)."
            )


def _trust(lineage: Lineage, ids: Mapping[bytes, str]) -> Iterator[str]:
    """What the summary says: how far the answer reaches, and what speaks against trusting it."""
    found = lineage.summary
    if found is None:
        return
    names = {
        node.id: _named(node, ids.get(node.key, node.id))
        for node in (lineage.whole or lineage).nodes
    }
    if found.ends and len((lineage.whole or lineage).nodes) > 1:
        yield _reach(found, names)
    mixed = {tool: each for tool, each in found.versions.items() if len(each) > 1}
    suspected = [
        f"{readable(each.path, NAME_LENGTH)} (by {names.get(each.run, each.run)})"
        for each in found.suspected
    ]
    bad = [names.get(each) or readable(label_of(each), NAME_LENGTH) for each in found.invalid]
    tainted = sum(bool(node.tainted) for node in (lineage.whole or lineage).nodes)
    listed = {
        "Did not end well": [names[each] for each in found.failed],
        "Invalid": [*bad, f"made from invalid: {counted(tainted, 'record')}"] if tainted else bad,
        "Several versions": [f"{tool} {', '.join(each)}" for tool, each in mixed.items()],
        "Overwritten by its reader, or before it was read": [
            names[each] for each in found.rewritten
        ],
        "Named in a configuration, not recorded as an input (inferred)": suspected,
    }
    yield from (f"{title}: {_some(items)}" for title, items in listed.items() if items)


def _reach(summary: LineageSummary, names: Mapping[str, str]) -> str:
    """Whether the answer reaches back to raw data; else where it ends, and why."""
    raw = sum(end.why is EndReason.RAW for end in summary.ends)
    settled = len(summary.configuration)
    goals = [
        *([f"raw data ({raw})"] if raw else []),
        *([f"configuration ({settled})"] if settled else []),
    ]
    if summary.complete:
        return f"Complete: every way leads back to {' or '.join(goals)}."
    open_ends: dict[EndReason, list[str]] = {}
    for end in summary.ends:
        if end.why is not EndReason.RAW and end.id not in summary.configuration:
            open_ends.setdefault(end.why, []).append(names[end.id])
    reasons = "; ".join(
        f"{_WHY[why]}: {_some(open_ends[why])}" for why in EndReason if why in open_ends
    )
    return f"Not complete. {reasons or 'Some records lead back to themselves alone'}"


#: Why a way ends → how a list of such ends begins.
_WHY = {
    EndReason.EXTERNAL: "Made by no known run",
    EndReason.CUT: "Cut here",
    EndReason.UNRECORDED: "Inputs or maker not recorded",
}
#: How many records a line of the summary names.
_NAMED = 3


def _some(items: Sequence[str]) -> str:
    """The first of some items, and how many more there are."""
    more = [f"and {len(items) - _NAMED} more"] if len(items) > _NAMED else []
    return ", ".join([*items[:_NAMED], *more])


def _named(node: Node, shown_id: str) -> str:
    """A record in running text: a file by its path, a run by its tool and id."""
    name = readable(display_name(node), NAME_LENGTH)
    is_run = node.kind is Kind.ACTIVITY and node.label != node.id
    return f"{name} ({readable(shown_id, NAME_LENGTH)})" if is_run else name


def _trees(lineage: Lineage) -> tuple[Tree, ...]:
    """One tree for each direction that was asked for."""
    ways = (Direction.UPSTREAM, Direction.DOWNSTREAM)
    return tuple(Tree(lineage, way) for way in ways if lineage.direction in (way, Direction.BOTH))


_COUNTED = frozenset({Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT})


def _horizon(lineage: Lineage) -> int | None:
    """Return the distance from which on the answer may be incomplete.

    That is its depth, or the distance where a limit left out nodes. Answers keep the nearest nodes.
    So a limit leaves out some nodes at the greatest distance, or nodes beyond it: those that the
    nodes one step nearer led to.
    """
    walked = [node.distance for node in lineage.nodes if node.kind is not Kind.AGENT]
    bounds = [] if lineage.depth is None else [lineage.depth]
    if lineage.truncated:
        bounds.append(max(walked, default=0) - 1)
    return min(bounds, default=None)


def _of_file(node: Node, named: str | None) -> Iterator[Part]:
    yield Part(readable(named or display_name(node), NAME_LENGTH), LEAST_NAME, gap="")
    if named and node.location and node.location != named:
        yield Part(f"now at {readable(node.location, NAME_LENGTH)}", LEAST_NAME, rank=1)
    if node.data_level:
        yield Part(readable(node.data_level, ROLE_LENGTH), LEAST, style=Style.LEVEL)
    if node.generated_at and is_known_by_path(node):
        yield Part(f"version of {time_text(node.generated_at)}", rank=2)
    if node.invalidated_at:
        yield Part(f"{node.end_word} {time_text(node.invalidated_at)}", rank=1)


def _marks(node: Node) -> Iterator[Part]:
    """What may not be missed: that a record is invalid, or was made from one that is."""
    if node.invalidation is not None:
        reason = f": {node.invalidation.reason}" if node.invalidation.reason else ""
        words = f"INVALID since {time_text(node.invalidation.time)}{reason}"
        yield Part(readable(words, NAME_LENGTH), LEAST_MARK, style=Style.BAD)
    if node.tainted:
        words = f"made from {counted(len(node.tainted), 'invalid record')}"
        yield Part(words, LEAST_MARK, style=Style.BAD)
    if node.more:
        yield Part("(more behind it)", style=Style.FAINT)


def _invalid(nodes: list[Node], others: int) -> str:
    """How many invalid files and runs there are; empty without any."""
    files = sum(node.kind is Kind.ENTITY for node in nodes)
    numbers = {"invalid file": files, "invalid run": len(nodes) - files, "invalid record": others}
    return " and ".join(counted(number, noun) for noun, number in numbers.items() if number)


def _of_run(node: Node, shown_id: str) -> Iterator[Part]:
    yield Part(readable(node.label, NAME_LENGTH), LEAST_NAME, gap="")
    if node.version:
        yield Part(readable(node.version, ROLE_LENGTH), LEAST, gap=" ")
    if node.status:
        style = Style.BAD if node.status in FAILED else Style.PLAIN
        yield Part(readable(node.status, ROLE_LENGTH), LEAST, style=style)
    if node.start_time:
        yield Part(time_text(node.start_time), rank=2)
    if node.start_time and node.end_time:
        yield Part(duration_text(node.start_time, node.end_time), rank=5)
    if node.host:
        yield Part(readable(node.host, ROLE_LENGTH), LEAST, rank=5)
    if node.label != node.id:
        yield Part(f"({readable(shown_id, NAME_LENGTH)})", LEAST_NAME, rank=1, style=Style.FAINT)


def _is_value(node: Node) -> bool:
    return node.kind is Kind.ENTITY and node.type == EntityType.VALUE


def _runs(nodes: list[Node]) -> str:
    """How many runs, and how many of them did not end well."""
    runs = [node for node in nodes if node.kind is Kind.ACTIVITY]
    ends = Counter(node.status for node in runs)
    failed = [
        f"{ends[status]} {status}"
        for status in Status
        if status is not Status.COMPLETED and ends[status]
    ]
    return counted(len(runs), "run") + (f" ({', '.join(failed)})" if failed else "")


def _files(nodes: list[Node], external: int) -> str:
    files = sum(node.kind is Kind.ENTITY and not _is_value(node) for node in nodes)
    some = "" if external == files else f"{external} of them "
    return counted(files, "file") + (f" ({some}made by no known run)" if external else "")


def _period(nodes: list[Node]) -> str:
    runs = [node for node in nodes if node.kind is Kind.ACTIVITY and node.start_time]
    if not runs:
        return ""
    first = time_text(min(node.start_time or "" for node in runs))
    last = time_text(max(node.end_time or node.start_time or "" for node in runs))
    return f", {first} to {last.removeprefix(first[:11])} UTC"
