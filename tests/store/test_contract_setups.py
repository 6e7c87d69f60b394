"""What set up runs, and the paths that they name: the same in every store."""

from contextlib import ExitStack, closing

from provgraph.ingest.invalidation import invalidate
from provgraph.model.hiding import HIDDEN_TEXT
from provgraph.model.identifiers import place_of
from provgraph.model.lineage import Direction, Setup
from provgraph.model.records import SOFTWARE, Document, Mention, Run, Settings, key_of
from provgraph.model.values import Value
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import run
from tests.store.test_contract import put
from tests.store.test_contract_hiding import (
    DL1,
    DL3,
    SECRET,
    filled,
    hidden_documents,
    open_documents,
    seen,
)

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY


def test_paths_in_settings(store: Store) -> None:
    paths: dict[str, Value] = {"T.in": ["/a", "b/c"], "T.deep": [{"y": "/z"}], "T.url": "r://h/p"}
    rest: dict[str, Value] = {"T.n": 5.5, "T.none": None, "T.word": "x", "T.list": ["x"]}
    written: dict[str, Value] = {"T.output_path": "/o", "T.empty": ["", "/"]}
    some = Settings("T", {**paths, **rest, **written})
    software, others = Settings(SOFTWARE, {"p": "1 @ file:///p"}), Settings("T", rest)
    keys = [some.key, software.key, others.key, b"unknown"]
    assert store.paths_in(keys) == {}
    put(store, Document(run=Run("a", {"name": ("t",)}), settings=(some, software)))
    put(store, Document(run=Run("b", {"name": ("t",)}), settings=(others,)))
    found = {
        some.key: frozenset({"/", "/a", "b/c", "/z", "r://h/p"}),
        software.key: frozenset[str](),
        others.key: frozenset[str](),
    }
    assert store.paths_in(keys) == found, "that nothing was known before is not remembered"
    assert store.paths_in(keys) == found


def test_files_at_places_are_those_of_the_state_in_which_the_store_was_read(
    store: Store, store_url: str
) -> None:
    """Whoever writes, from this process or another one, makes it another state."""
    put(
        store,
        run("make-1", 1, {}, {"/d/a": ""}),
        run("make-2", 9, {"/d/raw": ""}, {"/d/a": "", "/d/end": ""}),
    )
    root = find(store, "/d/end")

    def state() -> bytes | None:
        return store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, None, 9).state

    first = state()
    assert first is not None
    assert first == state()
    places = ["file:/d/a", "file:/d/raw", "file:/d/new", "file:/d"]
    found = store.files_at(places, first)
    assert {place: [file.id for file in files] for place, files in found.items()} == {
        "file:/d/a": ["file:/d/a@make-1", "file:/d/a@make-2"],
        "file:/d/raw": ["file:/d/raw"],
    }
    with ExitStack() as stack:
        writer = store
        if store_url != "sqlite://":
            writer = stack.enter_context(closing(open_store(store_url)))
        put(writer, run("make-3", 5, {}, {"/d/new": ""}))
        second = state()
        assert second not in (None, first)
        assert "file:/d/new" not in store.files_at(places, first), "it was looked up before"
        assert store.files_at(places, second).keys() == {*found, "file:/d/new"}
        invalidate(writer, root, None, "bad")
        assert state() not in (None, first, second)
    assert store.files_at(places) == store.files_at(places, state())


def test_several_walks_are_each_as_one_walk(store: Store) -> None:
    put(
        store,
        run("make-1", 1, {"/d/raw": "in"}, {"/d/a": "out"}),
        run("make-2", 9, {"/d/a": "in"}, {"/d/end": ""}),
    )
    end, middle = (find(store, name) for name in ("/d/end", "/d/a"))
    (maker,) = store.nodes([key_of(Kind.ACTIVITY, "make-1")]).values()
    for way, depth in ((Direction.UPSTREAM, None), (Direction.BOTH, 1), (Direction.DOWNSTREAM, 0)):
        said = way, ORIGIN_RELATIONS, depth, 9
        roots = (end, maker, middle)
        alone = [store.walk(root, *said) for root in roots]
        together = store.walks(roots, *said)
        assert together == alone
        assert [each.setups for each in together] == [each.setups for each in alone]
        assert [each.recalls for each in together] == [each.recalls for each in alone]
    assert store.walks((), Direction.UPSTREAM, ORIGIN_RELATIONS, None, 9) == []


def test_what_set_up_runs(store: Store) -> None:
    """Also where many settings are linked together, and where the runs change what they have."""
    shared = tuple(Settings(f"T{number}", {"T.n": number}) for number in range(5))
    documents = [
        Document(
            run=Run(name, {"name": ("t",)}),
            settings=(*shared, Settings("own", {"own": name})),
            config_files=("file:/c", "file:/b"),
            mentions=(
                Mention(name, USED, None, f"file:/{name}", None, "x"),
                Mention(name, MADE, None, f"file:/{name}{name}", None, "x"),
            ),
        )
        for name in "ab"
    ]
    put(store, *documents, Document(run=Run("c", {"name": ("t",)})))
    keys = {name: key_of(Kind.ACTIVITY, name) for name in "abcd"}
    found = {
        keys[name]: Setup(
            tuple(sorted(each.key for each in document.settings)), ("file:/b", "file:/c")
        )
        for name, document in zip("ab", documents, strict=True)
    }
    assert store.setups_of(list(keys.values())) == found
    assert store.setups_of([]) == {}
    (root,) = store.nodes([key_of(Kind.ENTITY, "file:/aa@a")]).values()
    ways = {
        way: store.walk(root, way, ORIGIN_RELATIONS, None, 9).setups
        for way in (Direction.UPSTREAM, Direction.BOTH, Direction.DOWNSTREAM)
    }
    assert ways == {
        Direction.UPSTREAM: {keys["a"]: found[keys["a"]]},
        Direction.BOTH: {keys["a"]: found[keys["a"]]},
        Direction.DOWNSTREAM: None,
    }
    assert store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, None, 1).setups == {}
    more = Settings("more", {"more": 1})
    put(store, Document(run=Run("a", {"name": ("t",)}), settings=(more,)))
    whole = tuple(sorted((more.key, *found[keys["a"]].settings)))
    assert store.setups_of([keys["a"]])[keys["a"]].settings == whole


def test_what_set_up_a_run_is_told_where_nothing_of_the_run_is_hidden() -> None:
    """And what recalls mean, which may be hidden, only to who asks for it."""
    naming = Settings("Tool", {"Tool.in": ["/open/in", f"{SECRET}.old"]})
    setup = Document(
        run=Run("run-analysis", {}),
        settings=(naming,),
        config_files=("file:/hidden/b", "file:/open/a"),
    )
    with closing(open_store("sqlite://")) as store:
        filled(store, *open_documents(), *hidden_documents(), setup)
        asked = seen(store)
        runs = [key_of(Kind.ACTIVITY, name) for name in ("run-analysis", "run-calib", "obs-1")]
        whole = store.setups_of(runs)
        assert whole.keys() == set(runs)
        shown = {runs[0]: Setup(whole[runs[0]].settings, ("file:/open/a",))}
        walked = asked.walk(find(asked, DL3), Direction.UPSTREAM, ORIGIN_RELATIONS, None, 99)
        assert walked.setups == asked.setups_of(runs) == shown
        assert walked.recalls is None
        assert walked.state is not None
        for state in (None, walked.state):
            shown_files = asked.files_at([place_of(SECRET), place_of(DL1)], state)
            assert shown_files.keys() == {place_of(DL1)}
        assert asked.paths_in([naming.key]) == {naming.key: {"/open/in", HIDDEN_TEXT}}
