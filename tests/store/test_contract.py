"""What every store must do alike: one suite, run over each of them."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.loading import load
from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    key_of,
)
from provgraph.model.values import Value, Values
from provgraph.model.vocabulary import (
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.questions.ways import path
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.records import Changes, LoadRecord
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())


def run(
    name: str,
    start: int,
    end: int | None,
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
) -> Document:
    """A run from second ``start`` to ``end`` that reads and writes.

    ``path=P`` names product P at the path.
    """
    facts = {"name": (f"tool {name}",), "startTime": (f"2026-01-01T00:00:{start:02}.000",)}
    if end is not None:
        facts["endTime"] = (f"2026-01-01T00:00:{end:02}.000",)
    mentions = [_mention(name, USED, each) for each in reads] + [
        _mention(name, MADE, each) for each in writes
    ]
    return Document(run=Run(name, facts), mentions=tuple(mentions))


def _mention(name: str, relation: RelationType, file: str) -> Mention:
    place, equals, product = file.partition("=")
    return Mention(
        name, relation, "data", f"file:{place}", f"product:{product}" if equals else None, "test"
    )


def put(store: Store, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def ids(answer: Lineage, kind: Kind | None = None) -> list[str]:
    return [node.id for node in answer.nodes if kind in (None, node.kind)]


def upstream(store: Store, name: str, depth: int | None = None, limit: int = 100_000) -> Lineage:
    return lineage(store, find(store, name), Direction.UPSTREAM, depth, limit=limit)


@pytest.fixture
def chain(store: Store) -> Store:
    """raw → a → calibrated → b → image, with a second reader of raw."""
    put(
        store,
        run("a", 0, 1, ("/raw",), ("/calibrated=C",)),
        run("b", 2, 3, ("/calibrated=C",), ("/image",)),
        run("c", 4, 5, ("/raw", "/image"), ("/table",)),
    )
    return store


@pytest.fixture
def whole_chain(store: Store) -> Store:
    list(load(store, [str(LOGS)]))
    return store


@pytest.mark.parametrize("file", sorted(EXPECTED))
def test_what_produced_each_dl3_file(whole_chain: Store, file: str) -> None:
    answer = upstream(whole_chain, file)
    files = [node for node in answer.of_kind(Kind.ENTITY) if node.key != answer.root.key]
    assert {node.id for node in answer.of_kind(Kind.ACTIVITY)} == set(EXPECTED[file]["activities"])
    expected_paths = set(EXPECTED[file]["entities"])
    assert all(expected_paths.intersection(node.locations) for node in files)
    assert expected_paths <= {path for node in files for path in node.locations}
    assert len(files) == (46 if file.endswith("run02002_v2.dl3.fits") else 43)
    assert not answer.truncated


def test_all_stores_hold_the_same(whole_chain: Store) -> None:
    reference = open_store("sqlite://")
    list(load(reference, [str(LOGS)]))
    assert digest(whole_chain.scan()) == digest(reference.scan())
    assert whole_chain.stats() == reference.stats()
    reference.close()


def test_all_stores_answer_alike(whole_chain: Store) -> None:
    reference = open_store("sqlite://")
    list(load(reference, [str(LOGS)]))
    for file in EXPECTED:
        for direction in Direction:
            for depth in (None, 0, 1, 4):
                found, expected = (
                    lineage(each, find(each, "/data/ctao/dl2/run00001.dl2.h5"), direction, depth)
                    for each in (whole_chain, reference)
                )
                assert found == expected
        assert upstream(whole_chain, file) == upstream(reference, file)
    reference.close()


def test_loading_again_changes_nothing(whole_chain: Store) -> None:
    before = digest(whole_chain.scan())
    with whole_chain.writing() as transaction:
        known = transaction.mentions_of(EXPECTED["/data/ctao/dl3/run02001.dl3.fits"]["activities"])
        documents = [Document(run=None, mentions=(stored.mention,)) for stored in known]
        integrate(transaction, documents)
    assert digest(whole_chain.scan()) == before


def test_walk_upstream_and_downstream(chain: Store) -> None:
    answer = upstream(chain, "/image")
    assert ids(answer) == ["file:/image@b", "b", "product:C", "a", "file:/raw"]
    assert [node.distance for node in answer.nodes] == [0, 1, 2, 3, 4]
    down = lineage(chain, find(chain, "/raw"), Direction.DOWNSTREAM)
    assert ids(down) == ["file:/raw", "a", "c", "file:/table@c", "product:C", "b", "file:/image@b"]
    shown = {node.key: node.id for node in answer.nodes}
    assert [
        (edge.relation, shown[edge.source], shown[edge.target], edge.role) for edge in answer.edges
    ] == [
        (USED, "a", "file:/raw", "data"),
        (USED, "b", "product:C", "data"),
        (MADE, "file:/image@b", "b", "data"),
        (MADE, "product:C", "a", "data"),
    ]


def test_walk_both_ways_is_not_a_walk_to_siblings(chain: Store) -> None:
    answer = lineage(chain, find(chain, "product:C"), Direction.BOTH)
    assert ids(answer) == [
        "product:C",
        "a",
        "b",
        "file:/image@b",
        "file:/raw",
        "c",
        "file:/table@c",
    ]


def test_depth_and_limit(chain: Store) -> None:
    assert ids(upstream(chain, "/image", depth=0)) == ["file:/image@b"]
    two = upstream(chain, "/image", depth=2)
    assert ids(two) == ["file:/image@b", "b", "product:C"]
    assert not two.truncated
    cut = upstream(chain, "/image", limit=3)
    assert ids(cut) == ["file:/image@b", "b", "product:C"]
    assert cut.truncated
    assert len(cut.edges) == 2


def test_relation_filter(chain: Store) -> None:
    answer = lineage(chain, find(chain, "/image"), relations=[MADE])
    assert ids(answer) == ["file:/image@b", "b"]


def test_path_between_two_records(chain: Store) -> None:
    chained = path(chain, find(chain, "/table"), find(chain, "/raw"))
    assert ids(chained) == ["file:/table@c", "c", "file:/raw"]
    assert ids(path(chain, find(chain, "/raw"), find(chain, "/image"))) == [
        "file:/raw",
        "a",
        "product:C",
        "b",
        "file:/image@b",
    ]


def test_a_ladder_of_ten_to_the_forty_paths(store: Store) -> None:
    rungs = [tuple(f"/{level}/{each}" for each in range(10)) for level in range(41)]
    documents = [
        run(f"r{level}-{each}", 0, level + 1, rungs[level], (rungs[level + 1][each],))
        for level in range(40)
        for each in range(10)
    ]
    put(store, *documents)
    answer = upstream(store, "/40/0")
    assert len(answer.nodes) == 1 + 1 + 39 * 20 + 10
    assert max(node.distance for node in answer.nodes) == 80


@pytest.mark.slow
def test_a_long_chain(store: Store) -> None:
    put(store, *(Document(relations=(_derived(n + 1, n),)) for n in range(10_000)))
    answer = upstream(store, "prov:urn:e10000")
    assert len(answer.nodes) == 10_001
    assert answer.nodes[-1].distance == 10_000


def test_cycles_end(store: Store) -> None:
    put(store, Document(relations=(_derived(1, 2), _derived(2, 3), _derived(3, 1))))
    for depth in (None, 7):
        assert len(upstream(store, "prov:urn:e1", depth).nodes) == 3


def _derived(effect: int, cause: int) -> StatedRelation:
    return StatedRelation(
        RelationType.WAS_DERIVED_FROM,
        End(Kind.ENTITY, f"prov:urn:e{effect}"),
        End(Kind.ENTITY, f"prov:urn:e{cause}"),
    )


def test_agents_are_leaves(chain: Store) -> None:
    observatory = Agent(
        "CTAO", "CTA Observatory", AgentType.ORGANIZATION, {"email": ("x@example.org",)}
    )
    answers = [
        StatedRelation(
            RelationType.WAS_ASSOCIATED_WITH,
            End(Kind.ACTIVITY, each),
            End(Kind.AGENT, "CTAO"),
            "operator",
            "2026-01-01T00:00:00.500",
        )
        for each in "abc"
    ]
    put(chain, Document(agents=(observatory,), relations=tuple(answers)))
    answer = upstream(chain, "/calibrated")
    assert ids(answer) == ["product:C", "a", "CTAO", "file:/raw"]
    assert answer.of_kind(Kind.AGENT)[0].name == "CTA Observatory"
    named = ("wasAssociatedWith", "operator", "2026-01-01T00:00:00.500Z")
    assert named in {(edge.relation, edge.role, edge.time) for edge in answer.edges}
    assert named in {
        (edge.relation, edge.role, edge.time)
        for edge in chain.edges_of(
            [answer.root.key, key_of(Kind.ACTIVITY, "a")], list(RelationType)
        )
    }
    assert find(chain, "CTAO").attributes == {"email": ("x@example.org",)}
    assert chain.stats()["agents"] == 1


def test_descriptions_are_shared_and_joined(chain: Store) -> None:
    """docs/contract.md, Vocabulary: what every run of a kind of job has in common."""
    tool = Description("tool_1", DescriptionType.ACTIVITY, {"name": ("tool",), "version": ("1",)})
    more = Description("tool_1", DescriptionType.ACTIVITY, {"type": ("Reconstruction",)})
    table = Description(
        "tool_1", DescriptionType.DATASET, {"contentType": ("text/ecsv",)}
    )  # another kind, another one
    answers = [
        StatedRelation(RelationType.IS_DESCRIBED_BY, End(Kind.ACTIVITY, "a"), tool.as_end),
        StatedRelation(RelationType.IS_DESCRIBED_BY, End(Kind.ENTITY, "product:C"), table.as_end),
    ]
    put(chain, Document(descriptions=(tool,), relations=tuple(answers)))
    put(chain, Document(descriptions=(table, more)))
    assert chain.stats()["descriptions"] == 2
    described = details_of(chain, find(chain, "a"))
    (shown,) = (
        node for node in described.others.values() if node.kind is Kind.ACTIVITY_DESCRIPTION
    )
    assert (shown.id, shown.name, shown.type, shown.version) == (
        "tool_1",
        "tool",
        "ActivityDescription",
        "1",
    )
    assert shown.attributes == {"name": ("tool",), "version": ("1",), "type": ("Reconstruction",)}
    (shown,) = (
        node for node in details_of(chain, find(chain, "C")).others.values() if node.id == "tool_1"
    )
    assert (shown.kind, shown.type) == (Kind.ENTITY_DESCRIPTION, "DatasetDescription")
    assert ids(upstream(chain, "/calibrated")) == ["product:C", "a", "file:/raw"]


def test_all_stores_keep_descriptions_alike(store: Store) -> None:
    names: tuple[Value, ...] = ("é", "id", "", "x" * 10_000, 3, False, "a", "b")
    several = [
        Description(f"{each}", each, {"name": (name,), "min": (0,), "options": (["a", 1],)})
        for each, name in zip(DescriptionType, names, strict=True)
    ]
    named_twice = Description("status", DescriptionType.VALUE, {"name": ("status", "Status")})
    relation = StatedRelation(
        RelationType.IS_DESCRIBED_BY, End(Kind.ENTITY, "guid:G"), named_twice.as_end
    )
    documents = [
        Document(descriptions=tuple(several)),
        Document(relations=(relation,)),
        Document(descriptions=(named_twice,)),
    ]
    put(store, *documents)
    reference = open_store("sqlite://")
    put(reference, *reversed(documents))
    assert digest(store.scan()) == digest(reference.scan())
    reference.close()


def test_of_a_run_that_one_source_speaks_of_only_files_that_are_said_again_matter(
    store: Store,
) -> None:
    """docs/contract.md, rule 9: what several sources name differently may be one file."""

    def read(run: str, place: str, source: str) -> Mention:
        return Mention(run, USED, None, place, None, source)

    log = [read("A", f"file:/{name}", "log") for name in "xy"]
    others = [read("B", "file:/x", "log"), read("B", "lfn:/x", "catalogue")]
    put(store, Document(Run("A", {}), tuple(log)), Document(Run("B", {}), tuple(others)))
    again, new = log[0], read("A", "file:/z", "log")
    from_catalogue = read("A", "lfn:/x", "catalogue")
    with store.viewing() as view:

        def matter(**said: list[Mention]) -> set[bytes]:
            return {each.mention.key for each in view.mentions_beside(said)}

        assert matter(A=[again, new], C=[new]) == {again.key}
        assert matter(A=[from_catalogue]) == {each.key for each in log}
        assert matter(B=[new]) == {each.key for each in others}


def test_the_ends_of_a_relation_exist(store: Store) -> None:
    ends = End(Kind.ACTIVITY, "run"), End(Kind.AGENT, "someone")
    put(store, Document(relations=(StatedRelation(RelationType.WAS_ASSOCIATED_WITH, *ends),)))
    assert (find(store, "run").kind, find(store, "someone").kind) == (Kind.ACTIVITY, Kind.AGENT)
    assert ids(upstream(store, "run")) == ["run", "someone"]
    assert (store.stats()["activities"], store.stats()["agents"]) == (1, 1)


def test_a_relation_follows_its_entity_when_a_stronger_name_is_learnt(store: Store) -> None:
    """docs/contract.md, rules 2 and 6.

    Two identifiers turn out to be one entity, ids given out keep resolving.
    """
    put(
        store,
        Document(
            relations=(
                StatedRelation(
                    RelationType.WAS_DERIVED_FROM,
                    End(Kind.ENTITY, "guid:G"),
                    End(Kind.ENTITY, "guid:H"),
                ),
            )
        ),
    )
    put(store, run("a", 0, 1, (), ("/x=P",)))
    assert ids(upstream(store, "guid:G")) == ["guid:G", "guid:H"]
    both = Document(
        run=Run("a", {"name": ("tool a",)}),
        mentions=(Mention("a", MADE, "data", "lfn:/cta/x", "guid:G", "catalogue"),),
    )
    put(store, both)
    answer = upstream(store, "guid:G")
    assert answer.root.id == "product:P"
    assert set(answer.root.locations) == {"/x", "/cta/x"}
    assert ids(answer) == ["product:P", "a", "guid:H"]


def test_names(chain: Store) -> None:
    put(chain, run("d", 6, 7, (), ("/image",)))
    assert (
        find(chain, "product:C").id
        == find(chain, "C").id
        == find(chain, "calibrated").id
        == "product:C"
    )
    assert find(chain, "/image").id == "file:/image@d"
    assert find(chain, "/image@b").id == find(chain, "file:/image@b").id == "file:/image@b"
    assert find(chain, "/calibrated@a").id == "product:C"
    assert find(chain, "a").kind is Kind.ACTIVITY


def test_typed_facts_come_back(store: Store) -> None:
    values: tuple[Value, ...] = (
        "text",
        0,
        "",
        False,
        1.5,
        float("inf"),
        2**70,
        ["a", 1, None],
        {"k": [1.0]},
        "2026-01-01T00:00:00",
    )
    facts: dict[str, Values] = {f"fact {n}": (value,) for n, value in enumerate(values)}
    facts["several"] = (1, True, "two")
    document = run("a", 0, 1)
    assert document.run is not None
    put(store, Document(run=Run("a", {**document.run.facts, **facts})))
    attributes = find(store, "a").attributes
    assert {name: attributes[name] for name in facts} == facts
    assert all(type(attributes[name][0]) is type(facts[name][0]) for name in facts)


HOSTILE = [
    "`a`",
    '"q" \'s',
    "$x {y}",
    "MATCH (n) DETACH DELETE n",
    "'; DROP TABLE entity; --",
    "<b>&amp;",
    "a\nb\tc",
    "\u202eevil",
    "é 日本 🜂",
    "x" * 1_000_000,
    "id",
    "name",
    "key",
    "attribute:id",
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:12]))
def test_hostile_names_are_data(store: Store, name: str) -> None:
    place = f"file:/{name}"
    document = Document(
        run=Run(
            f"run {name}",
            {"name": (name,), "startTime": ("2026-01-01T00:00:00.000",), name: (name,)},
        ),
        mentions=(
            Mention(f"run {name}", MADE, name, place, source=name, attributes={name: (name,)}),
            Mention(f"run {name}", USED, name, f"{place}.in", f"product:{name}", name),
        ),
        entities=(StatedEntity(f"product:{name}", {name: (name,)}),),
        settings=(Settings(name, {name: name}),),
        config_files=(place,),
    )
    put(store, document)
    answer = upstream(store, f"{place}@run {name}")
    assert [node.id for node in answer.nodes] == [
        f"{place}@run {name}",
        f"run {name}",
        f"product:{name}",
    ]
    assert (
        answer.nodes[1].attributes[name] == (name,)
        if name != "name"
        else answer.nodes[1].name == name
    )
    assert answer.nodes[2].attributes == {name: (name,)}
    assert {edge.role for edge in answer.edges} == {name}
    key = key_of(Kind.ACTIVITY, f"run {name}")
    assert store.parameters_of([key])[key] == [Settings(name, {name: name})]
    assert store.setups_of([key])[key].config_files == (place,)
    reference = open_store("sqlite://")
    put(reference, document)
    assert digest(store.scan()) == digest(reference.scan())


def test_settings_are_shared(store: Store) -> None:
    shared = Settings(
        "Tool.Part", {"Tool.Part.cut": 5.5, "Tool.Part.on": False, "Tool.Part.none": None}
    )
    for name in "abc":
        put(store, Document(run=Run(name, {"name": ("t",)}), settings=(shared,)))
    key = key_of(Kind.ACTIVITY, "b")
    assert store.parameters_of([key]) == {key: [shared]}
    assert store.stats()["settings"] == 1


def test_a_failing_load_leaves_nothing(chain: Store) -> None:
    before = digest(chain.scan())

    def fail() -> Iterator[None]:
        with chain.writing() as transaction:
            integrate(transaction, [run("z", 8, 9, ("/image",), ("/z",))])
            raise RuntimeError
        yield

    with pytest.raises(RuntimeError):
        list(fail())
    assert digest(chain.scan()) == before


DONE = LoadRecord(
    "1",
    "a.log",
    "ctapipe",
    "default",
    "00ff",
    "2026-01-01T00:00:00.000",
    "0",
    "loaded",
    {"activities": 1, "entities": 0, "agents": 0, "relations": 0},
    (("byte 1", "what"),),
)


def test_the_newest_loads_come_page_by_page(store: Store) -> None:
    moments = ("2026-01-03", "2026-01-01", "2026-01-02", "2026-01-02", "2026-01-02")
    made = [
        replace(DONE, id=str(number), time=f"{day}T00:00:00.000")
        for number, day in enumerate(moments)
    ]
    with store.writing() as transaction:
        transaction.apply(Changes(loads=made), ())
    due = store.loads()[::-1]
    assert [each.id for each in due] == ["0", "4", "3", "2", "1"]
    after: str | None = None
    found: list[LoadRecord] = []
    for follows in (True, True, False):
        page = store.newest_loads(2, after)
        assert (page.total, page.follows) == (5, follows)
        found += page.loads
        after = found[-1].id
    assert found == due
    assert store.newest_loads(0).follows
    with pytest.raises(ValueError, match="'x' is no cursor of a load"):
        store.newest_loads(2, "x")


def test_loads_are_kept_apart_from_content(chain: Store) -> None:
    before, done = digest(chain.scan()), DONE
    with chain.writing() as transaction:
        transaction.apply(Changes(loads=[done]), ())
    assert list(chain.loads()) == [done]
    assert chain.loads("2026-01-01T00:00:00.000") == [done]
    assert chain.loads("2026-01-01T00:00:00.001") == []
    assert chain.loads_of(["00ff", "11ee"], "default") == {"00ff": done}
    assert chain.loads_of(["00ff"], "other") == {}
    assert digest(chain.scan()) == before


def test_entity_types(store: Store) -> None:
    put(store, Document(entities=(StatedEntity("prov:urn:x", {"value": (3,)}, EntityType.VALUE),)))
    found = find(store, "prov:urn:x")
    assert (found.type, found.attributes) == ("ValueEntity", {"value": (3,)})


def found(
    store: Store, wanted: Filter, order: SortOrder = SortOrder.ID
) -> list[tuple[str, str | None]]:
    return [(each.node.id, each.place) for each in store.find(wanted, order).found]


def test_find_by_identifiers_names_records_of_all_kinds(chain: Store) -> None:
    wanted = ("product:C", "file:/raw", "b", "nobody", "")
    assert found(chain, Filter(identifiers=wanted)) == [
        ("b", None),
        ("file:/raw", None),
        ("product:C", None),
    ]
    assert found(chain, Filter(identifiers=wanted, kinds=(Kind.ACTIVITY,))) == [("b", None)]
    assert found(chain, Filter(identifiers=("file:/calibrated",))) == [("product:C", None)]
    assert found(chain, Filter(identifiers=())) == []
    with pytest.raises(ValueError, match="needs a condition"):
        chain.find(Filter(kinds=(Kind.ACTIVITY,)))


def test_find_what_a_run_wrote_at_a_place(chain: Store) -> None:
    assert found(chain, Filter(version=Version("file:/calibrated", "a"))) == [("product:C", None)]
    assert found(chain, Filter(version=Version("file:/calibrated", "b"))) == []
    assert found(chain, Filter(version=Version("file:/raw", "a"))) == []


def test_find_by_base_name_gives_each_place(store: Store) -> None:
    put(
        store,
        run("a", 0, 1, (), ("/one/x.h5", "/two/x.h5", "/two/y.h5")),
        run("b", 2, 3, (), ("/one/x.h5",)),
    )
    wanted = Filter(base_name="x.h5")
    assert found(store, wanted) == [
        ("file:/one/x.h5@a", "file:/one/x.h5"),
        ("file:/one/x.h5@b", "file:/one/x.h5"),
        ("file:/two/x.h5@a", "file:/two/x.h5"),
    ]
    newest = [each for each, place in found(store, wanted, SortOrder.NEWEST) if "/one/" in each]
    assert newest == ["file:/one/x.h5@b", "file:/one/x.h5@a"]


PLOT, MODEL = "prov:http://example.org/run#plot", "prov:http://example.org/models/7"


@pytest.fixture
def documents(chain: Store) -> Store:
    """The chain, and what a PROV document says: labels, URIs, an agent whose URI has a blank."""
    labelled = {"prov:label": ("Energy spectrum",)}
    draw = Run("http://example.org/run#draw", {"prov:label": ("draw the plot",)})
    put(
        chain,
        Document(
            run=draw,
            mentions=(Mention(draw.id, MADE, None, None, PLOT, "d"),),
            entities=(StatedEntity(PLOT, labelled), StatedEntity(MODEL, {})),
            agents=(Agent("uri:http://example.org/Ana Sol", "Ana", AgentType.PERSON),),
        ),
    )
    return chain


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Energy spectrum", PLOT),
        ("ex:plot", PLOT),
        ("plot", PLOT),
        ("ex:models/7", MODEL),
        ("draw the plot", "http://example.org/run#draw"),
        ("http://example.org/run#dr", "http://example.org/run#draw"),
        ("http://example.org/Ana Sol", "uri:http://example.org/Ana Sol"),
        ("Ana", "uri:http://example.org/Ana Sol"),
        ("prov:http://example.org/mod", MODEL),
        ("/image", "file:/image@b"),
        ("tool c", "c"),
    ],
)
def test_what_an_answer_shows_can_be_asked_for(
    documents: Store, name: str, identifier: str
) -> None:
    assert find(documents, name).id == identifier


def test_records_by_other_names(documents: Store) -> None:
    def called(names: tuple[str, ...], beginnings: tuple[str, ...] = ()) -> list[str]:
        return [node.id for node in documents.called(names, beginnings, 10)]

    assert called(("ENERGY SPECTRUM", "draw")) == ["http://example.org/run#draw", PLOT]
    assert called((), ("http://example.org/run", "file:/ima")) == [
        "file:/image@b",
        "http://example.org/run#draw",
    ]
    assert called(("nobody",), ("xyz", "http://example.org/run#draws")) == []
    assert called((), ("product:%", "product:_")) == []
    assert len(documents.called((), [""], 1)) <= 3
    assert called(()) == []


def test_names_in_the_neighbourhood_of_a_name(documents: Store) -> None:
    near = documents.names_near("image", 2)
    assert near == sorted(near)
    assert {"energy spectrum", "image", "raw"} <= set(near)
    assert "image" in documents.names_near("IMAGES", 1)
    assert "7" in documents.names_near("7", 1)  # a record without a name


def test_a_name_is_forgotten_with_its_record(store: Store) -> None:
    put(store, run("a", 0, 1, (), ("/data/spectrum.fits",)))
    put(store, run("b", 2, 3, ("/data/spectrum.fits=P",), ()))
    assert [node.id for node in store.called(["spectrum.fits"], (), 5)] == ["product:P"]
    assert store.called((), ["file:/data/spectrum"], 5) == []


def test_long_beginnings_and_names(store: Store) -> None:
    long = "x" * 300
    put(store, run(f"{long}1", 0, 1), run(f"{long}2", 2, 3))
    assert [node.id for node in store.called((), [f"{long}1"], 5)] == [f"{long}1"]
    assert len(store.called((), [long], 5)) == 2
    assert len(store.called([f"tool {long}1"], (), 5)) == 2  # alike in what an index holds
    assert find(store, f"tool {long}2").id == f"{long}2"


def test_find_wants_all_conditions_met(store: Store) -> None:
    put(store, run("a", 0, 1, (), ("/one/x", "/two/x")), run("b", 2, 3, (), ("/one/x",)))
    by_name = Filter(base_name="x", version=Version("file:/one/x", "b"))
    assert found(store, by_name) == [("file:/one/x@b", "file:/one/x")]
    other = Filter(base_name="x", identifiers=("file:/two/x@a", "b"))
    assert found(store, other) == [("file:/two/x@a", "file:/two/x")]
    assert found(store, Filter(base_name="y", identifiers=("file:/two/x@a",))) == []


def test_find_gives_page_after_page(store: Store) -> None:
    put(store, run("a", 0, 1, (), tuple(f"/{n}/x" for n in range(7))))
    wanted = Filter(base_name="x")
    seen: list[str] = []
    request: PageRequest | None = PageRequest(size=3)
    while request is not None:
        page = store.find(wanted, page=request)
        seen += [each.node.id for each in page.found]
        request = PageRequest(3, page.after) if page.after is not None else None
    assert seen == [f"file:/{n}/x@a" for n in range(7)]


def test_a_settled_view_shows_what_was_committed(store: Store) -> None:
    put(store, run("a", 0, 1, ("/x",)))
    with store.viewing(settled=True) as view:
        assert view.runs(["a", "b"]).keys() == {"a"}
        assert view.settled == view.turn == 1


def test_a_store_is_as_this_provgraph_makes_it(chain: Store) -> None:
    assert chain.is_current()
