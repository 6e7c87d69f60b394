"""The flowchart has the boxes and arrows that the page draws."""

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import EntityType, Kind, RelationType, Status
from provgraph.pictures.boxes import Arrow, Box
from provgraph.pictures.flowchart.figure import flowchart
from provgraph.pictures.look import PLAIN
from tests.conftest import missing
from tests.lineages import impact_of_model, ladder, marked, night, two_steps
from tests.pictures.flowchart.page_code import page_figures
from tests.services import ServiceUnavailable

_RELATIONS = (
    *[RelationType.USED, RelationType.WAS_GENERATED_BY] * 3,
    RelationType.WAS_DERIVED_FROM,
    RelationType.WAS_INFORMED_BY,
    RelationType.WAS_ASSOCIATED_WITH,
)
_ROLES = (None, None, "Event data", "Tool Configuration", "reconstructor", "R0 events")


def _any_node(dice: random.Random, number: int, variety: int) -> Node:
    """A record; the greater the variety, the fewer look the same."""

    def rarely(one: Any, other: Any = None) -> Any:
        return one if dice.random() < variety / 60 else other

    seconds = dice.choice((0.125, 2, 44.5, 59.96, 150, 3_599, 3_605, 86_399))
    file, start = dice.choice(("run", "gamma_run", "cal")), "2026-11-21T08:00:00.000Z"
    minutes, rest = divmod(seconds, 60)
    end = f"2026-11-21T{8 + minutes // 60:02.0f}:{minutes % 60:02.0f}:{rest:06.3f}Z"
    end = end if seconds < 3_606 else "2026-11-22T07:59:59.000Z"
    common = {
        "key": number.to_bytes(16, "big"),
        "distance": min(number, 9),
        "more": rarely(True, False),
        "tainted": rarely(("bad",), ()),
    }
    mark = rarely(Invalidation("2026-12-01T00:00:00.000Z"))
    match rarely(Kind.AGENT, dice.choice((Kind.ENTITY, Kind.ENTITY, Kind.ACTIVITY))):
        case Kind.AGENT:
            return Node(id=f"who-{number}", kind=Kind.AGENT, type=rarely("Person"), **common)
        case Kind.ACTIVITY:
            return Node(
                id=f"run-{number}",
                kind=Kind.ACTIVITY,
                name=rarely("merge", "process"),
                version=rarely("0.29", "0.28"),
                status=rarely(dice.choice(list(Status)), Status.COMPLETED),
                start_time=rarely(None, start),
                end_time=end,
                invalidation=mark,
                **common,
            )
    path = f"/data/{number % 7}/{file}{number:05}.h5"
    return Node(
        id=f"file:{path}",
        kind=Kind.ENTITY,
        name=rarely(f"{file}{number:05}.dl1.h5"),
        type=rarely(EntityType.PLAN, EntityType.DATASET),
        location=rarely(None, path),
        generated_at=rarely(start),
        invalidated_at=rarely(start),
        data_level=dice.choice((None, "DL0", "DL1", "DL2")[: 1 + variety % 4]),
        invalidation=mark,
        **common,
    )


def any_lineage(seed: int) -> Lineage:
    """A lineage that makes no sense: few kinds of records, and any relations."""
    dice = random.Random(seed)
    variety = dice.randrange(12)
    nodes = [_any_node(dice, number, variety) for number in range(dice.randrange(1, 90))]
    edges = [
        Edge(
            dice.choice(_RELATIONS),
            dice.choice(nodes).key,
            dice.choice(nodes).key,
            dice.choice(_ROLES),
            inferred=dice.random() < 0.1,
        )
        for _ in range(dice.randrange(2 * len(nodes)))
    ]
    way = dice.choice(list(Direction))
    return Lineage(nodes[0], way, None, False, tuple(nodes), tuple(edges))


def _named_apart() -> Lineage:
    """A night whose raw files have names that have nothing in common."""
    whole = night(30)
    nodes = (
        replace(node, name="".join(chr(97 + int(digit)) for digit in (node.name or "")[3:8]))
        if node.data_level in ("DL0", "DL1")
        else node
        for node in whole.nodes
    )
    return replace(whole, nodes=tuple(nodes))


def _cases() -> Iterator[Lineage]:
    """Answers that both draw."""
    yield from (_named_apart(), ladder(1, 23), ladder(1, 24))  # 24 records, and 25
    yield from (two_steps(), impact_of_model(), marked(), ladder(4, 20))
    yield from (night(5), night(30, failed={3, 4}), replace(night(100), truncated=True))
    yield from map(any_lineage, range(60))


def _told(boxes: Iterable[Mapping[str, Any]]) -> list[Hashable]:
    """What the page's boxes say, in a form that can be compared."""
    return [
        (
            *(box[name] for name in ("kind", "title", "level", "isRoot", "failed", "invalid")),
            *(box[name] for name in ("tainted", "hasMore", "isUnrecorded")),
            len(box["members"]),
            frozenset(filter(None, box["facts"].split(" · "))),
            frozenset(file["id"] for file in box["configuration"]),
        )
        for box in boxes
    ]


def _said(boxes: Iterable[Box]) -> list[Hashable]:
    """What our boxes say, in the same form."""
    return [
        (
            *(box.kind.value, box.title, box.level, box.is_root, box.failed, box.invalid),
            *(box.tainted, box.has_more, box.is_unrecorded, box.count, frozenset(box.facts)),
            frozenset(file.id for file in box.configuration),
        )
        for box in boxes
    ]


def _arrows(boxes: Sequence[Hashable], arrows: Iterable[Arrow]) -> Counter[Hashable]:
    return Counter(
        (boxes[each.source], boxes[each.target], frozenset(each.roles), each.is_inferred)
        for each in arrows
    )


def _page_arrows(figure: Mapping[str, Any]) -> list[Arrow]:
    numbers = {box["key"]: number for number, box in enumerate(figure["boxes"])}
    return [
        Arrow(
            numbers[each["from"]], numbers[each["to"]], (), tuple(each["roles"]), each["inferred"]
        )
        for each in figure["arrows"]
    ]


def test_page_and_files_show_the_same_boxes_and_arrows() -> None:
    cases = list(_cases())
    try:
        shown = page_figures(cases)
    except ServiceUnavailable as error:
        missing(error)
    for number, (case, page) in enumerate(zip(cases, shown, strict=True)):
        boxes, arrows = flowchart(case, PLAIN)
        ours, theirs = _said(boxes), _told(page["boxes"])
        assert Counter(ours) == Counter(theirs), number
        assert _arrows(ours, arrows) == _arrows(theirs, _page_arrows(page)), number
    folded = sum(any(len(box["members"]) > 1 for box in figure["boxes"]) for figure in shown)
    assert folded > 25
