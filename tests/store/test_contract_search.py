"""What every store must do alike: find what people look for, as the definition says."""

from contextlib import closing
from random import Random

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.filters import (
    NAMED_KINDS,
    Filter,
    PageRequest,
    ParameterValue,
    Search,
    SortOrder,
)
from provgraph.model.records import (
    SOFTWARE,
    Agent,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Value
from provgraph.model.vocabulary import AgentType, Kind, RelationType
from provgraph.questions.tracing import find
from provgraph.store.neo4j import searching as neo4j_searching
from provgraph.store.nodes import on_all_pages
from provgraph.store.protocol import Store
from provgraph.store.records import Found
from provgraph.store.registry import open_store
from provgraph.store.relational import common_words, search_sql
from tests.conftest import LOGS
from tests.graphs import assert_external_is_known
from tests.ingest.test_forgetting import said as load_as
from tests.oracle.searching import Records, time_of
from tests.store.test_copying import copied

COUNTED = PageRequest(counted=True)
MADE = RelationType.WAS_GENERATED_BY
TOOLS, HOSTS = ("Merge-Tool", "apply models", "x"), ("wn1", "WN2.cta")
#: Values of ``Tool.Reader.Limit``; every run also has a path of its own.
LIMITS: tuple[Value, ...] = (5, 5.0, "5", None, True, [1, {"max": 7.5}], "Fast and LOOSE")
FILES = ("/data/Dl1/run1.h5", "/data/Dl1/RUN12_v2.h5", "/data/dl10/Straße.fits", "/été/run1/a b.h5")
SEARCHES = (
    Search(),
    Search("run1"),
    Search("RUN dl1"),
    Search("strasse"),
    Search("ÉT"),
    Search("un1"),
    Search("..."),
    Search("product file"),
    Search("merge t"),
    Search("wn2 cta"),
    Search("Merge r3"),
    Search("run1 r5 data"),
    Search("r7 data", external=False, under="/"),
    Search("and or not near"),
    Search(types=("datasetentity",)),
    Search(types=("Person", "SoftwareAgent")),
    Search("ada", agents=()),
    Search(data_levels=("dl1",)),
    Search(data_levels=("DL1", "DL3")),
    Search(tools=("merge-tool",)),
    Search(tools=TOOLS[1:], under="/data"),
    Search(tools=("merge-tool",), versions=("2",), external=False, under="/"),
    Search(versions=("1", "2"), hosts=("wn1",)),
    Search(statuses=("error",)),
    Search(statuses=("completed", "running"), text="run1"),
    Search(hosts=("wn2.CTA",)),
    Search(hosts=("wn",)),
    Search(parameters=(ParameterValue("limit", "5"),)),
    Search(parameters=(ParameterValue("tool.reader.LIMIT", "5.0"),)),
    Search(parameters=(ParameterValue("imit", "5"),)),
    Search(parameters=(ParameterValue("Reader.Limit", "null"), ParameterValue("limit", "true"))),
    Search(parameters=(ParameterValue("limit", "null"), ParameterValue("Limit", "TRUE"))),
    Search(parameters=(ParameterValue("limit", "7.50"),)),
    Search(parameters=(ParameterValue("limit", '[1,{"max":7.5}]'),)),
    Search("x", parameters=(ParameterValue("limit", "fast AND loose"),), hosts=("wn1",)),
    Search(parameters=(ParameterValue("limit", "5"), ParameterValue("output", "/data/1"))),
    Search(parameters=(ParameterValue("limit", "5"),), tools=("merge-tool",), under="/data"),
    Search(parameters=(ParameterValue("output", "/data/3"),), external=False, under="/"),
    Search(parameters=(ParameterValue("limit", "5"),), agents=("ada",)),
    Search(parameters=(ParameterValue("numpy", "5"),)),
    Search(agents=("ada",)),
    Search(agents=("ex:ada", "nobody")),
    Search(agents=("Ada",), statuses=("error",)),
    Search(since="2026-01-01T00:00:05.000"),
    Search(until="2026-01-01T00:00:05.000"),
    Search(since="2026-01-01T00:00:02.000", until="2026-01-01T00:00:02.000"),
    Search(under="/data/Dl1"),
    Search(under="/data/Dl1/run1.h5"),
    Search(under="/data/dl"),
    Search(under="/"),
    Search(invalid=True),
    Search(external=True),
    Search(overwritten=True),
    Search(at="2025-12-31T00:00:00.000"),
    Search(at="2026-01-01T00:00:04.500"),
    Search(at="2026-01-01T00:00:08.000", under="/data/Dl1"),
    Search(at="2026-01-01T00:00:06.000", under="/data/Dl1/run1.h5"),
    Search(at="2026-01-01T00:00:06.000", under="/"),
    Search("run1", at="2026-01-01T00:00:09.000", tools=("merge-tool",)),
    Search(at="2027-01-01T00:00:00.000", overwritten=True),
    Search("run1", external=True, under="/data"),
    Search("run1", invalid=True, overwritten=True),
)


def documents(chance: Random) -> list[Document]:
    """Runs that read and write a few files again and again, some with an agent."""
    made = []
    for number in range(12):
        name = f"r{number}"
        facts = {
            "name": (chance.choice(TOOLS),),
            "version": (str(chance.randrange(3)),),
            "host": (chance.choice(HOSTS),),
            "startTime": (f"2026-01-01T00:00:{number:02}.000",),
            "endTime": (f"2026-01-01T00:00:{number:02}.500",),
            "status": (chance.choice(("completed", "error")),),
        }
        kinds = (RelationType.USED, RelationType.WAS_GENERATED_BY)
        mentions = tuple(
            Mention(
                name,
                relation,
                chance.choice(("DL1 events", None)),
                f"file:{file}",
                chance.choice((None, f"product:{number}-{FILES.index(file)}"))
                if relation is kinds[1]
                else None,
                "t",
            )
            for relation in kinds
            for file in chance.sample(FILES, 2)
        )
        agents: tuple[Agent, ...] = ()
        relations: tuple[StatedRelation, ...] = ()
        if chance.random() < 0.4:
            who = Agent("ex:ada", "Ada", AgentType.PERSON)
            agents = (who, Agent("robot"))
            relations = (
                StatedRelation(
                    RelationType.WAS_ASSOCIATED_WITH,
                    End(Kind.ACTIVITY, name),
                    End(Kind.AGENT, who.id),
                ),
                StatedRelation(
                    RelationType.WAS_ATTRIBUTED_TO,
                    End(Kind.ENTITY, f"product:{number}-0"),
                    End(Kind.AGENT, "robot"),
                ),
            )
        settings = (
            Settings("Tool.Reader", {"Tool.Reader.Limit": LIMITS[number % len(LIMITS)]}),
            Settings("paths", {"Tool.output": f"/data/{number}"}),
            Settings(SOFTWARE, {"numpy": "5"}),
        )
        made.append(Document(Run(name, facts), mentions, (), agents, (), relations, settings))
    return made


@pytest.fixture
def filled(store: Store) -> Store:
    """A store that was written to several times, some of it taken back."""
    found = documents(Random(7))
    for some in (found[:5], found[5:], found[3:6]):
        with store.writing() as transaction:
            integrate(transaction, some)
    known = [node for node in Records(store).nodes if node.kind is Kind.ENTITY]
    marks = [invalidate(store, each, "2026-02-01", "bad") for each in (known[0], known[9])]
    invalidate(store, find(store, "r3"), "2026-02-02", "bad")
    forget(store, marks[0].id)
    return store


@pytest.mark.parametrize("many", [3, 1_000])
def test_a_search_finds_what_its_definition_says(
    filled: Store, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever words lead to it."""
    monkeypatch.setattr(common_words, "MANY", many)
    records = Records(filled)
    several = 0
    for search in SEARCHES:
        for kinds in (NAMED_KINDS, (Kind.ENTITY,), (Kind.ACTIVITY, Kind.AGENT)):
            due = {node.key for node in records.found(search, kinds)}
            page = filled.find(Filter(search=search, kinds=kinds), SortOrder.TIME, COUNTED)
            found = [each.node for each in page.found]
            assert {node.key for node in found} == due, (search, kinds)
            assert page.total == len(found) == len(due)
            times = [time_of(node) for node in found]
            assert times == sorted(times, reverse=True)
            several += 1 < len(due) < len(records.nodes)
    assert several > len(SEARCHES)


@pytest.mark.parametrize("order", [SortOrder.TIME, SortOrder.NAME])
def test_page_after_page_gives_each_record_once(filled: Store, order: SortOrder) -> None:
    wanted = Filter(search=Search("run1"))
    whole = filled.find(wanted, order)
    assert len(whole.found) > 4
    first = filled.find(wanted, order, PageRequest(3))
    assert first.after == first.found[-1].cursor
    assert _on_short_pages(filled, wanted, order) == whole.found


def test_only_who_asks_for_it_learns_how_many_records_are_found(filled: Store) -> None:
    wanted = Filter(search=Search("run1"))
    whole = len(filled.find(wanted, SortOrder.TIME).found)
    for size in (0, 3):
        assert filled.find(wanted, SortOrder.TIME, PageRequest(size)).total is None
        assert filled.find(wanted, SortOrder.TIME, PageRequest(size, None, True)).total == whole


@pytest.mark.parametrize("order", [SortOrder.TIME, SortOrder.NAME])
@pytest.mark.parametrize("looked_at", [1, 25])
def test_short_pages_have_what_one_long_page_has(
    filled: Store, order: SortOrder, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short page is filled from the next records of all, a long one along an index."""
    for module in (search_sql, neo4j_searching):
        monkeypatch.setattr(module, "LOOKED_AT", looked_at)
    for search in SEARCHES:
        wanted = Filter(search=search)
        whole = filled.find(wanted, order).found
        assert _on_short_pages(filled, wanted, order) == whole


def _on_short_pages(store: Store, wanted: Filter, order: SortOrder) -> tuple[Found, ...]:
    return tuple(on_all_pages(lambda page: store.find(wanted, order, PageRequest(3, page.after))))


def test_what_comes_later_moves_no_cursor(filled: Store) -> None:
    wanted = Filter(search=Search(), kinds=(Kind.ACTIVITY,))
    first = filled.find(wanted, SortOrder.TIME, PageRequest(4))
    rest = filled.find(wanted, SortOrder.TIME, PageRequest(100, first.after))
    later = {"startTime": ("2027-01-01T00:00:00.000",)}
    with filled.writing() as transaction:
        integrate(transaction, [Document(Run("newest", later))])
    again = filled.find(wanted, SortOrder.TIME, PageRequest(100, first.after))
    assert again.found == rest.found


def test_what_is_forgotten_is_found_no_more(store: Store) -> None:
    reports = list(load(store, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
    everything = Filter(search=Search())
    before = store.find(everything, SortOrder.TIME)
    assert len(before.found) == len(Records(store).nodes) > 3
    for report in reports:
        assert report.load is not None
        forget(store, report.load)
    assert not store.find(everything, SortOrder.TIME).found


def test_a_file_is_of_no_known_run_until_one_has_made_it(store: Store) -> None:
    """Also one without a place, and where nobody says when: nothing else of it changes."""
    start = ("2026-01-01T00:00:00.000",)
    told, named = (f"prov:urn:{name}" for name in ("told", "named"))
    said = StatedEntity(told, {"prov:generatedAtTime": start})
    reader = Run("reader", {"startTime": start})
    reads = tuple(
        Mention("reader", RelationType.USED, None, place, identifier, "t")
        for place, identifier in ((None, told), (None, named), ("file:/raw", None))
    )

    def external() -> list[str]:
        assert_external_is_known(store)
        page = store.find(Filter(search=Search(external=True)), SortOrder.TIME)
        return [each.node.id for each in page.found]

    with store.writing() as transaction:
        integrate(transaction, [Document(reader, reads, (said,))])
    # Who says when it was made need not say by whom: by its time it is the first.
    assert external()[0] == told
    assert set(external()) == {told, named, "file:/raw"}
    for name, left in ((told, {named, "file:/raw"}), (named, {"file:/raw"})):
        maker = Run(f"maker of {name}", {})
        load_as(store, name, Document(maker, (Mention(maker.id, MADE, None, None, name, "t"),)))
        assert set(external()) == left
    for name, back in ((told, {told, "file:/raw"}), (named, {told, named, "file:/raw"})):
        forget(store, name)
        assert set(external()) == back


def test_a_file_is_found_at_times_before_it_was_made(store: Store) -> None:
    """Its reader had begun before its maker ended; others are made at the same time, and later."""

    def at(second: int) -> str:
        return f"2026-01-01T00:00:{second:02}.000"

    def run(name: str, start: int, end: int) -> Run:
        return Run(name, {"startTime": (at(start),), "endTime": (at(end),)})

    def of(name: str, relation: RelationType, path: str, product: str | None) -> Mention:
        return Mention(name, relation, None, f"file:/{path}", product, "t")

    documents = [
        Document(run("maker", 5, 20), (of("maker", MADE, "x", "product:P"),)),
        Document(run("reader", 10, 30), (of("reader", RelationType.USED, "copy", "product:P"),)),
        *(
            Document(run(f"r{n}", n, n + 20), (of(f"r{n}", MADE, f"y/{n}", None),))
            for n in range(30)
        ),
    ]
    with store.writing() as transaction:
        integrate(transaction, documents)
    records = Records(store)
    assert not any(node.attributes for node in records.nodes if node.kind is Kind.ENTITY)
    for second in (9, 10, 15, 19, 20, 29, 45, 59):
        search = Search(at=at(second))
        nodes = records.found(search, (Kind.ENTITY,))
        due = [node.id for node in nodes]
        assert ("product:P" in due) == (second >= 10)
        asked = Filter(search=search, kinds=(Kind.ENTITY,))
        for order in (SortOrder.TIME, SortOrder.NAME):
            for size in (1, 100):
                page = store.find(asked, order, PageRequest(size, counted=True))
                assert page.total == len(due)
                if size == 100:
                    assert sorted(each.node.id for each in page.found) == sorted(due)
                elif order is SortOrder.TIME:
                    newest = max((node.generated_at or "" for node in nodes), default=None)
                    assert [each.node.generated_at for each in page.found] == [newest] * bool(due)


def test_a_filter_searches_or_names_and_its_order_fits(filled: Store) -> None:
    for wanted, order in (
        (Filter(search=Search(), base_name="x"), SortOrder.TIME),
        (Filter(search=Search()), SortOrder.ID),
        (Filter(base_name="x"), SortOrder.NAME),
    ):
        with pytest.raises(ValueError, match=r"a filter either|no such answer"):
            filled.find(wanted, order)
    other = filled.find(Filter(search=Search()), SortOrder.NAME, PageRequest(1)).after
    for cursor in (other, "", "é", "bm8="):
        with pytest.raises(ValueError, match="no cursor of a search by time"):
            filled.find(Filter(search=Search()), SortOrder.TIME, PageRequest(1, cursor))


def test_a_copy_is_searched_alike(filled: Store) -> None:
    with closing(open_store("sqlite://")) as other:
        copied(filled, other)
        for search in SEARCHES:
            wanted = Filter(search=search)
            assert other.find(wanted, SortOrder.TIME) == filled.find(wanted, SortOrder.TIME)
