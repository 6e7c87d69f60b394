"""Lineages for the tests.

A realistic one made by hand, chains, and random ones with hostile names.
"""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from string import ascii_letters

from hypothesis import strategies as st

from provgraph.commands.options import IMAGES
from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.records import key_of
from provgraph.model.values import utc, with_zone
from provgraph.model.vocabulary import EntityType, Kind, RelationType, Status
from provgraph.pictures.look import PLAIN, Look, Orientation
from provgraph.pictures.registry import PICTURES
from provgraph.writers.registry import WRITERS

_LINKS = st.sampled_from((None, "https://example.org/records/{id}?a=1&b='\"<>;#x;"))
_ORIENTATIONS = st.none() | st.sampled_from(Orientation)
_AGENTS = st.sampled_from((None, True, False))
#: Any way to draw a lineage.
LOOKS = st.builds(
    Look, _ORIENTATIONS, agents=_AGENTS, fold=st.sampled_from((None, True, False)), link=_LINKS
) | st.builds(Look, _ORIENTATIONS, agents=_AGENTS, link=_LINKS, w3c=st.just(True))

HOSTILE = (
    'quote " and \\" and \\',
    "back`tick` $HOME ${x} 'single'",
    "<script>alert(1)</script>",
    "]]> --> <!-- &amp; &#0; &lt;",
    '"]; evil [label="x',
    '"]:::root\nclick n0 href "javascript:alert(1)"',
    "#quot; #35; ;;; %%{init: {}}%%",
    "fa:fa-ban **bold** _it_ 1. list",
    "- list\n- list",
    "line\nbreak\r\nand\ttab",
    "\x00\x01\x1b[31mred\x7f\x9b",
    "\u202egnp.exe\u2066\u200b\ufeff",
    "\ud800 lone \udfff",
    "\ufffe\uffff\U0001fffe",
    '=HYPERLINK("http://evil","x")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "\t=1",
    "日本語のファイル名.h5",
    "é e\u0301 \U0001f52d عربى",
    "javascript:alert(1)",
    'http://host/a?b=<c>&d="e"',
    "ﬂ°°60¶ß",
    "",
    " ",
    "/",
    "x" * 20_000,
)


#: The formats that are text.
TEXTS = (*WRITERS, *(form for form in PICTURES if form not in IMAGES))


def written(lineage: Lineage, form: str, look: Look = PLAIN) -> str:
    """What a writer of text makes of a lineage."""
    if form in WRITERS:
        return WRITERS[form](lineage)
    document = PICTURES[form](lineage, look)
    assert isinstance(document, str)
    return document


def entity(
    path: str, *, name: str | None = None, made: str | None = None, run: str = "", **more: str
) -> Node:
    """A file: a version known by its path when a run made it and it has no id of its own."""
    version = f"file:{path}@{run}" if made else f"file:{path}"
    identifier = more.pop("id", version)
    return Node(
        key=key_of(Kind.ENTITY, identifier),
        id=identifier,
        kind=Kind.ENTITY,
        name=name or path.rpartition("/")[2],
        type=EntityType.DATASET,
        location=path,
        locations=(path,),
        identifiers=(identifier,),
        generated_at=_time(made),
        **{key: _time(value) if key.endswith("_at") else value for key, value in more.items()},  # type: ignore[arg-type]
    )


def activity(
    identifier: str, name: str, start: str, end: str | None, status: Status = Status.COMPLETED
) -> Node:
    """A run."""
    return Node(
        key=key_of(Kind.ACTIVITY, identifier),
        id=identifier,
        kind=Kind.ACTIVITY,
        name=name,
        version="0.28.0",
        host="wn042",
        status=status,
        start_time=_time(start),
        end_time=_time(end),
        attributes={"exit_code": (0,), "weight": (float("nan"),)},
    )


def lineage(
    nodes: list[Node],
    edges: list[Edge],
    direction: Direction = Direction.UPSTREAM,
    *,
    depth: int | None = None,
    truncated: bool = False,
) -> Lineage:
    """The answer about the first node, with every node at its distance along the given order of
    nodes.
    """
    placed = [replace(node, distance=index) for index, node in enumerate(nodes)]
    return Lineage(placed[0], direction, depth, truncated, tuple(placed), tuple(edges))


def edge(relation: RelationType, source: Node, target: Node, role: str | None = None) -> Edge:
    """A relation between two nodes."""
    return Edge(relation, source.key, target.key, role)


TRAIN, APPLY = "5a620a10-d7a4-41b7-9814-f9e5bac5287f", "1ca17bea-0a22-45e3-a8a9-2cc53a6179af"


def two_steps() -> Lineage:
    """A model is trained and applied.

    Both runs read one configuration, and the model was overwritten since.
    """
    dl2 = entity(
        "/data/dl2/run02001_full.dl2.h5",
        made="2026-11-21 08:30:30",
        id="product:5a4a9d13-a646-4ef6-acc4-ab1dc521c011",
        data_level="DL2",
    )
    apply = activity(APPLY, "ctapipe-apply-models", "2026-11-21 08:30:27.5", "2026-11-21 08:32:30")
    model = entity(
        "/data/models/energy.pkl",
        made="2026-11-21 08:29:38.830",
        run=TRAIN,
        invalidated_at="2026-11-22 10:00:00",
    )
    train = activity(
        TRAIN,
        "ctapipe-train-energy-regressor",
        "2026-11-21 08:29:38.045",
        "2026-11-21 08:29:38.830",
    )
    config = entity("/data/config/base.yaml")
    dl1 = entity(
        "/data/dl1/run02001.dl1.h5",
        id="product:0ca26da2-c10d-46a8-add5-4380ba2ac4b1",
        data_level="DL1",
    )
    training = entity('/data/dl2/gamma <train> & "more".dl2.h5', data_level="DL2")
    agent = Node(key_of(Kind.AGENT, "CTAO"), "CTAO", Kind.AGENT, "CTAO", "Organization")
    used, made = RelationType.USED, RelationType.WAS_GENERATED_BY
    return lineage(
        [dl2, apply, agent, config, dl1, model, train, training],
        [
            edge(made, dl2, apply, "DL2/Event"),
            edge(used, apply, config, "Tool Configuration"),
            edge(used, apply, dl1, "Event data"),
            edge(used, apply, dl1, "data product to merge"),
            edge(used, apply, model, "reconstructor"),
            edge(made, model, train, "ml-models"),
            edge(used, train, config, "Tool Configuration"),
            edge(used, train, training, "Event data"),
            edge(RelationType.WAS_ASSOCIATED_WITH, apply, agent, "operator"),
            edge(RelationType.WAS_ASSOCIATED_WITH, train, agent, "operator"),
        ],
    )


def impact_of_model() -> Lineage:
    """What came of the model of `two_steps`."""
    whole = two_steps()
    dl2, apply, agent, _, _, model, *_ = whole.nodes
    failed = activity("f-1", "create-dl3", "2026-11-21 08:40:00", None, Status.ERROR)
    return lineage(
        [model, apply, dl2, failed, agent],
        [
            edge(RelationType.USED, apply, model, "reconstructor"),
            edge(RelationType.WAS_GENERATED_BY, dl2, apply, "DL2/Event"),
            edge(RelationType.USED, failed, dl2, "Event data"),
            edge(RelationType.WAS_ASSOCIATED_WITH, apply, agent, "operator"),
        ],
        Direction.DOWNSTREAM,
    )


def chain(length: int) -> Lineage:
    """Files and runs in one line."""
    nodes = [
        activity(f"run-{n}", "step", "2026-11-21 08:00:00", "2026-11-21 08:00:01")
        if n % 2
        else entity(f"/data/{n}.h5")
        for n in range(length)
    ]
    pairs = pairwise(nodes)
    return lineage(
        nodes,
        [
            edge(
                RelationType.USED if a.kind is Kind.ACTIVITY else RelationType.WAS_GENERATED_BY,
                a,
                b,
            )
            for a, b in pairs
        ],
    )


def ladder(levels: int, wide: int) -> Lineage:
    """Files, each derived from all of the next level."""
    rows = [
        [entity("/data/top.h5")],
        *([entity(f"/data/{n}/{m}.h5") for m in range(wide)] for n in range(levels)),
    ]
    placed = [
        [replace(node, distance=distance) for node in row] for distance, row in enumerate(rows)
    ]
    edges = [
        edge(RelationType.WAS_DERIVED_FROM, above, below)
        for row, following in pairwise(placed)
        for above in row
        for below in following
    ]
    nodes = tuple(node for row in placed for node in row)
    return Lineage(nodes[0], Direction.UPSTREAM, None, False, nodes, tuple(edges))


def night(runs: int, failed: Collection[int] = ()) -> Lineage:
    """Files that runs of one kind made of one file each, merged; some runs failed."""
    merged = entity("/data/night/merged.dl2.h5", data_level="DL2")
    merge = replace(
        activity("merge", "ctapipe-merge", "2026-11-21 09:00:00", "2026-11-21 09:01:00"), distance=1
    )
    config = replace(entity("/data/config/base.yaml"), distance=4)
    nodes, edges = [merged, merge], [edge(RelationType.WAS_GENERATED_BY, merged, merge)]
    for n in range(runs):
        status = Status.ERROR if n in failed else Status.COMPLETED
        start, end = (
            f"2026-11-21 {8 + minute // 60:02}:{minute % 60:02}:00"
            for minute in (n % 900, n % 900 + 1)
        )
        process = replace(
            activity(f"run-{n:02}", "ctapipe-process", start, end, status), distance=3
        )
        dl1 = replace(entity(f"/data/night/run{n:05}.dl1.h5", data_level="DL1"), distance=2)
        dl0 = replace(entity(f"/data/night/run{n:05}.simtel.zst", data_level="DL0"), distance=4)
        nodes += [dl1, process, dl0]
        edges += [
            edge(RelationType.USED, merge, dl1, "data product to merge"),
            edge(RelationType.WAS_GENERATED_BY, dl1, process, "DL1/Event"),
            edge(RelationType.USED, process, dl0, "DL0/Event"),
            edge(RelationType.USED, process, config, "Tool Configuration"),
        ]
    nodes.append(config)
    return Lineage(
        merged,
        Direction.UPSTREAM,
        None,
        False,
        tuple(sorted(nodes, key=lambda node: (node.distance, node.id))),
        tuple(edges),
    )


def _time(text: str | None) -> str | None:
    return None if text is None else with_zone(utc(text))


_TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=30), st.text(ascii_letters, min_size=1, max_size=8)
)
_MAYBE = st.none() | _TEXTS
_TIMES = st.none() | st.sampled_from(
    (
        "2026-11-21T08:30:51.106Z",
        "2026-11-21T08:30:51.106000001Z",
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
    )
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
)
_ATTRIBUTES = st.dictionaries(
    _TEXTS, st.lists(_VALUES, min_size=1, max_size=2).map(tuple), max_size=3
)


_MARKS = st.none() | st.builds(Invalidation, st.just("2026-12-01T00:00:00.000Z"), _MAYBE, _MAYBE)


@st.composite
def _nodes(draw: st.DrawFn, number: int) -> Node:
    return Node(
        key=number.to_bytes(16, "big"),
        id=f"{draw(_TEXTS)}{number}",
        kind=draw(st.sampled_from(Kind)),
        name=draw(_MAYBE),
        type=draw(st.none() | st.sampled_from(EntityType)),
        distance=draw(st.integers(0, 5)),
        location=draw(_MAYBE),
        locations=tuple(draw(st.lists(_TEXTS, max_size=2))),
        identifiers=tuple(draw(st.lists(_TEXTS, max_size=2))),
        start_time=draw(_TIMES),
        end_time=draw(_TIMES),
        status=draw(_MAYBE | st.sampled_from(Status)),
        version=draw(_MAYBE),
        host=draw(_MAYBE),
        generated_at=draw(_TIMES),
        invalidated_at=draw(_TIMES),
        data_level=draw(_MAYBE),
        invalidation=draw(_MARKS),
        tainted=tuple(draw(st.lists(_TEXTS, max_size=2))),
        more=draw(st.booleans()),
        attributes=draw(_ATTRIBUTES),
    )


@st.composite
def lineages(draw: st.DrawFn) -> Lineage:
    """Any lineage at all.

    Cycles, loops, parts that hang on nothing, relations whose ends were filtered out.
    """
    nodes = [draw(_nodes(number)) for number in range(draw(st.integers(1, 8)))]
    ends = st.integers(0, len(nodes)).map(lambda number: number.to_bytes(16, "big"))
    edges = st.builds(Edge, st.sampled_from(RelationType), ends, ends, _MAYBE, _TIMES, _MAYBE)
    return Lineage(
        nodes[0],
        draw(st.sampled_from(Direction)),
        draw(st.none() | st.integers(0, 5)),
        draw(st.booleans()),
        tuple(nodes if draw(st.booleans()) else nodes[1:]),
        tuple(draw(st.lists(edges, max_size=16))),
    )


def marked() -> Lineage:
    """Two steps whose raw file is invalid, cut behind the first of them."""
    plain = two_steps()
    mark = Invalidation("2026-12-01T00:00:00.000Z", "moonlight", "Ada")
    bad = next(node for node in reversed(plain.nodes) if node.kind is Kind.ENTITY)
    nodes = tuple(
        replace(node, invalidation=mark, more=True)
        if node.key == bad.key
        else replace(node, tainted=(bad.id,))
        for node in plain.nodes
    )
    return replace(plain, root=nodes[0], nodes=nodes)
