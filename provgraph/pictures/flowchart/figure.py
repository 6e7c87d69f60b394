"""The boxes and arrows of a flowchart; the page's ``boxes.ts`` makes the same of an answer."""

from collections.abc import Iterator, Sequence

from provgraph.model.lineage import Lineage, Node
from provgraph.model.summary import EndReason
from provgraph.model.values import readable
from provgraph.model.vocabulary import FAILED, Kind, Status
from provgraph.pictures.boxes import Arrow, Box
from provgraph.pictures.flowchart.names import common_name, span_of, title_of
from provgraph.pictures.flowchart.partition import grouped
from provgraph.pictures.flowchart.plain import Flow, PlainLineage, plain
from provgraph.pictures.look import Look
from provgraph.pictures.tips import tip_of
from provgraph.questions.summary import ends_of

FACT_LENGTH, ROLE_LENGTH, LEVEL_LENGTH = 60, 60, 12
_ENDS = {
    EndReason.RAW: "raw data",
    EndReason.EXTERNAL: "from outside",
    EndReason.CUT: "cut here",
    EndReason.UNRECORDED: "maker unknown",
}


def flowchart(lineage: Lineage, look: Look) -> tuple[list[Box], list[Arrow]]:
    """Return the boxes of a flowchart, and its arrows from cause to effect.

    Args:
        lineage: the answer to draw.
        look: how the reader wants the drawing.

    Returns:
        The boxes in the order of the records. What was asked about is in a box of its own.
    """
    drawn = plain(lineage, bool(look.agents))
    ends = ends_of(lineage) if lineage.summary is None else lineage.summary.ends
    why = {end.id: end.why for end in ends}
    groups = grouped(drawn, look.fold)
    boxes = [_box(group, drawn, why, look) for group in groups]
    numbers = {node.key: number for number, group in enumerate(groups) for node in group}
    return boxes, list(_arrows(drawn.flows, numbers))


def _box(nodes: Sequence[Node], drawn: PlainLineage, why: dict[str, EndReason], look: Look) -> Box:
    title = common_name([title_of(node) for node in nodes])
    read = _all(nodes, drawn.configuration)
    named = _all(nodes, drawn.parameters)
    facts = _facts(nodes, why) if look.attributes else ()
    return Box(
        nodes[0].kind,
        title,
        tuple(readable(fact, FACT_LENGTH) for fact in facts if fact and fact.strip()),
        tip_of(title, nodes, (*read, *named)),
        len(nodes),
        nodes[0].data_level and readable(nodes[0].data_level, LEVEL_LENGTH),
        read,
        any(node.key == drawn.root for node in nodes),
        sum(node.status in FAILED for node in nodes),
        sum(node.invalidation is not None for node in nodes),
        sum(bool(node.tainted) for node in nodes),
        any(node.more for node in nodes),
        any(why.get(node.id) is EndReason.UNRECORDED for node in nodes),
        look.link_of(nodes[0]) if len(nodes) == 1 else None,
    )


def _all(nodes: Sequence[Node], beside: dict[bytes, list[Node]]) -> tuple[Node, ...]:
    """What stands beside any of some records, each once."""
    found = {each.key: each for node in nodes for each in beside.get(node.key, ())}
    return tuple(found.values())


def _facts(nodes: Sequence[Node], why: dict[str, EndReason]) -> tuple[str | None, ...]:
    """What is said of records below their title."""
    first = nodes[0]
    if len(nodes) > 1:
        what = "runs" if first.kind is Kind.ACTIVITY else "files"
        versions = dict.fromkeys(node.version for node in nodes)
        return f"{len(nodes):,} {what}", first.data_level, *versions
    if first.kind is Kind.AGENT:
        return (first.type or "agent",)
    if first.kind is Kind.ACTIVITY:
        status = None if first.status == Status.COMPLETED else first.status
        return status, first.version, span_of(first.duration)
    end = _ENDS[why[first.id]] if first.id in why else None
    return first.data_level, end or ("no longer there" if first.invalidated_at else None)


def _arrows(flows: Sequence[Flow], numbers: dict[bytes, int]) -> Iterator[Arrow]:
    """One arrow for all flows between the records of two boxes."""
    found: dict[tuple[int, int], list[Flow]] = {}
    for flow in flows:
        ends = numbers[flow.cause], numbers[flow.effect]
        if ends[0] != ends[1]:
            found.setdefault(ends, []).append(flow)
    for ends, joined in found.items():
        roles = dict.fromkeys(readable(flow.role, ROLE_LENGTH) for flow in joined if flow.role)
        is_inferred = all(flow.is_inferred for flow in joined)
        yield Arrow(*ends, roles=tuple(roles), is_inferred=is_inferred)
