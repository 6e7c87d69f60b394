"""Neo4j Browser gets questions that answer what they say, a style that fits, and joined loads."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.vocabulary import NODE_LABEL, EntityType, Kind
from provgraph.questions.reporting.report import span_of, span_report
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.neo4j import records, relations
from provgraph.store.neo4j.browser_kit import FOLDER, archive, questions, set_up, style
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from provgraph.store.records import StoreLimits
from tests.conftest import LOGS, empty_neo4j
from tests.questions.reporting.nights import night
from tests.questions.runs import run
from tests.services import Neo4jServer
from tests.store.neo4j.graphs import ask, drop_browser_indexes, put

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "neo4j.md"
#: A night that is over an hour ago.
BEGIN = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=6)
FOLDER_OF_NIGHT = f"/data/{BEGIN:%Y%m%d-%H}"
DL3, DL1 = f"{FOLDER_OF_NIGHT}/run00001.dl3", f"{FOLDER_OF_NIGHT}/run00001.dl1"


@pytest.fixture(scope="module")
def told(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    """A night, of which one file is overwritten and one is invalid; set up."""
    empty_neo4j(neo4j_server.url)
    store = open_neo4j(neo4j_server.url)
    again = (run(f"again-{number}", number, {}, {"/again": "out"}) for number in (1, 3))
    put(store, *night(6, BEGIN), *again)
    invalidate(store, find(store, DL1), None, "damaged", "ada")
    before = digest(store.scan()), store.stats()
    set_up(neo4j_server.url)
    assert (digest(store.scan()), store.stats()) == before
    yield store
    drop_browser_indexes(neo4j_server.url)
    store.close()


def answer(driver: Driver, name: str, **parameters: Any) -> list[dict[str, Any]]:
    (question,) = [each for each in questions() if each.name == name]
    found, *_ = driver.execute_query(question.text, parameters, routing_="r")
    return [dict(each) for each in found]


def ids(found: Lineage) -> set[str]:
    return {node.id for node in found.nodes}


def test_lineage_of_a_file(told: Neo4jStore, driver: Driver) -> None:
    due = ids(lineage(told, find(told, DL3)))
    rows = answer(driver, "lineage_of_a_file", file=DL3)
    assert {row["record"]["id"] for row in rows} == due
    assert len(rows) == len(due) == 10
    assert rows[0]["record"]["location"] == DL3
    again = answer(driver, "lineage_of_a_file", file=find(told, DL3).id)
    assert {row["record"]["id"] for row in again} == due


def test_products_of_a_bad_calibration(told: Neo4jStore, driver: Driver) -> None:
    path = "/config/ctapipe-apply-models.yaml"
    below = lineage(told, find(told, path), Direction.DOWNSTREAM)
    due = {node.id for node in below.of_kind(Kind.ENTITY)[1:] if node.invalidated_at is None}
    rows = answer(driver, "products_of_a_bad_calibration", file=path)
    assert {row["id"] for row in rows} == due
    assert len(due) == 12


def test_failures_of_last_night(told: Neo4jStore, driver: Driver) -> None:
    rows = answer(driver, "failures_of_last_night")
    due = span_report(told, span_of("1d", None, datetime.now(UTC))).failures
    assert [row["id"] for row in rows] == [node.id for node in due.nodes]
    assert {row["status"] for row in rows} == {"error"}
    assert len(rows) == 2


def test_products_without_raw_data(told: Neo4jStore, driver: Driver) -> None:
    rows = answer(driver, "products_without_raw_data")
    due = span_report(told, span_of("1d", None, datetime.now(UTC))).without_raw
    assert {row["id"] for row in rows} == {node.id for node in due.nodes}
    assert len(rows) == 3


def test_tools_by_version(told: Neo4jStore, driver: Driver) -> None:
    rows = answer(driver, "tools_by_version")
    found = {(row["tool"], row["version"]): (row["runs"], row["failed"]) for row in rows}
    due = span_report(told, span_of("1d", None, datetime.now(UTC))).tools
    for tool in due:
        for version, count in tool.versions.items():
            assert found[tool.tool, version][0] == count
    assert sum(failed for _, failed in found.values()) == sum(each.now.failed for each in due)


def test_files_without_a_producer(told: Neo4jStore, driver: Driver) -> None:
    rows = answer(driver, "files_without_a_producer")
    assert rows[0]["file"].startswith("/config/")
    assert rows[0]["readers"] == 6
    raw = {row["file"] for row in rows if row["level"] == "DL0"}
    assert raw == {f"{FOLDER_OF_NIGHT}/run{number:05}.dl0" for number in range(1, 6)}
    assert len(rows) == 3 + 5


def test_slowest_runs(told: Neo4jStore, driver: Driver) -> None:
    rows = answer(driver, "slowest_runs")
    seconds = [row["seconds"] for row in rows]
    assert seconds == sorted(seconds, reverse=True)
    assert seconds[0] == 185
    assert "error" not in {find(told, row["id"]).status for row in rows}


def test_overwritten_files(told: Neo4jStore, driver: Driver) -> None:
    (row,) = answer(driver, "overwritten_files")
    assert (row["file"], row["madeBy"], row["readers"]) == ("/again", ["again"], 0)
    assert row["made"] < row["overwritten"]


def test_invalid_and_tainted(told: Neo4jStore, driver: Driver) -> None:
    (row,) = answer(driver, "invalid_and_tainted")
    assert (row["what"], row["reason"], row["by"], row["tainted"]) == (DL1, "damaged", "ada", 2)
    assert set(row["products"]) == {DL3, DL3.replace("dl3", "dl2")}


def test_loads_and_what_they_said(told: Neo4jStore, driver: Driver) -> None:
    (row,) = answer(driver, "loads_and_what_they_said")
    assert row["load"]["format"] == "invalidation"
    assert [path.end_node["location"] for path in row["said"]] == [DL1]


def test_questions_only_read_and_have_titles() -> None:
    found = questions()
    assert len(found) == 10
    for each in found:
        assert re.fullmatch(r"[A-Z][a-z ]+", each.title), each.title
        assert each.title.lower().replace(" ", "_") == each.name
        assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|LOAD CSV)\b", each.text)
        asked = set(re.findall(r"\$(\w+)", each.text))
        assert asked == set(re.findall(r":param (\w+) =>", each.text))


def test_questions_go_along_indexes(told: Neo4jStore, driver: Driver) -> None:
    """But for the one that counts all runs, none reads all nodes of a label."""
    for each in questions():
        *_, summary = _explained(driver, each.text)
        plan = json.dumps(summary, default=str)
        assert "AllNodesScan" not in plan, each.name
        assert ("NodeByLabelScan" in plan) is (each.name == "tools_by_version"), each.name


def _explained(driver: Driver, query: str) -> tuple[Any, ...]:
    result = driver.execute_query(f"EXPLAIN {query}", {"file": "/x"})
    return (result.summary.plan,)


def test_what_reaches_far_is_cut(store: Neo4jStore, driver: Driver) -> None:
    put(store, run("wide", 0, {"/flat": "in"}, {f"/wide/{n}": "out" for n in range(1_001)}))
    invalidate(store, find(store, "/flat"), None, "bad")
    assert len(answer(driver, "products_of_a_bad_calibration", file="/flat")) == 1_000
    (row,) = answer(driver, "invalid_and_tainted")
    assert (row["tainted"], len(row["products"])) == (1_000, 20)


def test_the_archive_is_what_neo4j_browser_imports() -> None:
    with zipfile.ZipFile(BytesIO(archive())) as packed:
        names = packed.namelist()
        texts = [packed.read(name).decode() for name in names]
    assert names == [f"{FOLDER}/{each.name}.cypher" for each in questions()]
    assert texts == [each.text for each in questions()]
    assert archive() == archive()


def test_the_style_has_a_rule_for_every_label_with_a_caption_that_exists() -> None:
    rules = dict(re.findall(r"^node\.(\w+) \{(.*?)^\}", style(), re.MULTILINE | re.DOTALL))
    labels = {NODE_LABEL[kind] for kind in NODE_LABEL} | {each.value for each in EntityType}
    assert labels <= rules.keys() | {"Collection"}
    for label, rule in rules.items():
        captions = re.findall(r"caption: '\{(\w+)\}'", rule)
        assert captions in (["name"], ["source"]), label
        assert len(re.findall(r"color: #[0-9A-F]{6};", rule)) == 2


def test_loads_are_joined_again_and_forgotten_with_what_they_said(
    store: Neo4jStore,
    neo4j_server: Neo4jServer,
    driver: Driver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = tmp_path / "plot.json"
    said = {
        "prefix": {"ex": "https://example.org/"},
        "entity": {"ex:plot": {}},
        "activity": {"ex:draw": {}},
        "agent": {"ex:ada": {}},
    }
    document.write_text(json.dumps(said))
    (first,) = load(store, [str(document)])
    list(load(store, [str(LOGS / "irf.provlog")]))
    done = set_up(neo4j_server.url)
    assert (done.loads, done.joined) == (2, 3 + 2)
    assert set_up(neo4j_server.url).joined == 5
    pairs = (
        "MATCH (l:Load)-[:ASSERTS]->(n) "
        "RETURN DISTINCT l.format AS format, labels(n)[0] AS label ORDER BY format, label"
    )
    assert ask(driver, pairs) == [
        ["ctapipe", "Activity"],
        ["prov-json", "Activity"],
        ["prov-json", "Agent"],
        ["prov-json", "Entity"],
    ]
    # A transaction for each subject, so that the plot goes before the load does.
    monkeypatch.setattr("provgraph.ingest.forgetting.BATCH", 1)
    store.limits = StoreLimits(documents=1)
    assert first.load is not None
    forget(store, first.load)
    assert ask(driver, pairs) == [["ctapipe", "Activity"]]
    assert ask(driver, "MATCH (n:Entity {name: 'plot'}) RETURN n") == []


def test_the_page_explains_every_property_that_provgraph_makes_up() -> None:
    page = PAGE.read_text()
    core = {*records._RUN, *records._ENTITY, *relations._MENTION, *relations._RELATION}
    assert {name for name in core if f"`{name}`" not in page} == set()
