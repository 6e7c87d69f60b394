"""The mirror follows its store.

Whatever was loaded, forgotten or renamed in between, it equals one clean copy.
"""

import random
from contextlib import closing

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.describing import approve, describe
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate, take_back
from provgraph.ingest.loading import load
from provgraph.model.descriptions import ToolDescription
from provgraph.model.identifiers import place_of
from provgraph.model.recalls import ToolVersion, UsesOfPath, recall_node
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
)
from provgraph.model.values import Value
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.questions.tracing import find
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.verification import verify
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import contents, do, rows_in
from tests.services import PostgresServer

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY


def put(store: Store, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def run(name: str, *mentions: Mention, **more: object) -> Document:
    facts = {
        "name": ("tool",),
        "version": ("1.0",),
        "startTime": ("2026-01-01T00:00:00.000",),
        "endTime": ("2026-01-01T00:01:00.500",),
        "status": ("completed",),
    }
    return Document(Run(name, facts), mentions, **more)  # type: ignore[arg-type]


def assert_equals_clean_copy(store: Store, url: str, server: PostgresServer) -> None:
    clean = server.create_database(f"clean{random.randrange(10**12)}")
    sync(store, clean)
    assert contents(rows_in(url)) == contents(rows_in(clean))
    assert verify(store, url).differences == []


def test_every_store_is_mirrored_alike(
    store: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    list(load(store, [str(LOGS / "train_energy.provlog"), str(LOGS / "run02001.provlog")]))
    first = sync(store, mirror_url)
    assert (first.mode, first.why) == ("full", "first sync")
    list(load(store, [str(LOGS / "apply_run02001.provlog"), str(LOGS / "irf.provlog")]))
    second = sync(store, mirror_url)
    assert (second.mode, second.behind) == ("incremental", 0)
    reference = open_store("sqlite://")
    names = ("train_energy", "run02001", "apply_run02001", "irf")
    list(load(reference, [str(LOGS / f"{name}.provlog") for name in names]))
    assert_equals_clean_copy(store, mirror_url, postgres_server)
    clean = postgres_server.create_database(f"clean{random.randrange(10**12)}")
    sync(reference, clean)
    assert contents(rows_in(mirror_url)) == contents(rows_in(clean))
    reference.close()


def test_nothing_new_changes_nothing(memory: Store, mirror_url: str) -> None:
    list(load(memory, [str(LOGS / "irf.provlog")]))
    sync(memory, mirror_url)
    before = rows_in(mirror_url)
    again = sync(memory, mirror_url)
    assert (again.mode, again.turns, again.subjects) == ("incremental", 0, 0)
    assert rows_in(mirror_url) == before


def test_full_keeps_the_keys_of_rows(memory: Store, mirror_url: str) -> None:
    for name in ("irf", "train_energy"):
        list(load(memory, [str(LOGS / f"{name}.provlog")]))
        sync(memory, mirror_url)
    before = rows_in(mirror_url)
    assert sync(memory, mirror_url, full=True).why == "asked for"
    assert rows_in(mirror_url) == before
    do(
        mirror_url, "INSERT INTO used (role) VALUES ('by hand')"
    )  # the sequence goes on behind the last key
    assert max(rows_in(mirror_url)["used"]) == max(before["used"]) + 1


def test_an_entity_whose_guid_becomes_known_takes_its_references_along(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    put(memory, run("a", Mention("a", MADE, "data", "file:/x", "product:P", "log")))
    put(memory, run("b", Mention("b", USED, "data", "file:/x", "product:P", "log")))
    put(
        memory,
        run(
            "c",
            Mention("c", MADE, "data", "file:/y", None, "log"),
            Mention("c", MADE, "data", "file:/z", None, "log"),
        ),
    )
    sync(memory, mirror_url)
    before = rows_in(mirror_url)
    put(memory, run("a", Mention("a", MADE, "data", "lfn:/cta/x", "guid:AB-1", "catalogue")))
    put(memory, run("c", Mention("c", MADE, "data", "lfn:/cta/y", "guid:AB-2", "catalogue")))
    assert sync(memory, mirror_url).mode == "incremental"
    after = rows_in(mirror_url)
    assert set(after["used"]) == set(before["used"])
    assert set(after["wasGeneratedBy"]) == set(before["wasGeneratedBy"])
    assert {row[3] for row in after["used"].values()} == {"AB-1"}
    renamed = {
        key: (before["wasGeneratedBy"][key][2], row[2])
        for key, row in after["wasGeneratedBy"].items()
    }
    assert ("product:P", "AB-1") in renamed.values()
    assert ("file:/y@c", "AB-2") in renamed.values()
    assert ("file:/z@c", "file:/z@c") in renamed.values()
    assert after["entities"]["AB-1"][:2] == ("/cta/x", "{/x,/cta/x}")
    assert_equals_clean_copy(memory, mirror_url, postgres_server)


def test_two_entities_that_turn_out_to_be_one(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    derived = StatedRelation(
        RelationType.WAS_DERIVED_FROM, End(Kind.ENTITY, "guid:G"), End(Kind.ENTITY, "guid:H")
    )
    put(
        memory,
        Document(relations=(derived,)),
        run("a", Mention("a", MADE, "data", "file:/x", "product:P", "log")),
    )
    sync(memory, mirror_url)
    before = rows_in(mirror_url)
    put(memory, run("a", Mention("a", MADE, "data", "lfn:/cta/x", "guid:G", "catalogue")))
    sync(memory, mirror_url)
    after = rows_in(mirror_url)
    assert after["wasDerivedFrom"].keys() == before["wasDerivedFrom"].keys()
    assert set(after["entities"]) == {"G", "H", "a_status"}
    assert_equals_clean_copy(memory, mirror_url, postgres_server)


def test_what_is_forgotten_goes(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    reports = list(load(memory, [str(LOGS / "irf.provlog"), str(LOGS / "train_energy.provlog")]))
    sync(memory, mirror_url)
    for report in reports:
        assert report.load
        forget(memory, report.load)
        sync(memory, mirror_url)
        assert_equals_clean_copy(memory, mirror_url, postgres_server)
    assert not any(rows_in(mirror_url).values())


def test_marks_and_descriptions_are_mirrored_and_come_out_again(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    """Marks of a file, a tool version and uses of a path, one of them taken back."""
    list(load(memory, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
    irf = find(memory, "irf.fits")
    tool = recall_node(ToolVersion("ctapipe-merge", "0.28.0"))
    uses = recall_node(UsesOfPath(place_of("/data/ctao/config/irf.yaml")))
    said = ToolDescription("ctapipe-merge", "0.28.0", {"description": "Makes one file of many."})
    changes = (
        lambda: invalidate(memory, irf, None, "bad pixels", "Ada"),
        lambda: invalidate(memory, tool, "2026-02-01", "wrong gain"),
        lambda: invalidate(memory, uses, None, "old calibration"),
        lambda: describe(memory, said, "Ada"),
        lambda: approve(memory, "ctapipe-merge", "0.28.0", "Grace"),
        lambda: take_back(memory, tool),
    )
    for change in changes:
        change()
        sync(memory, mirror_url)
        assert_equals_clean_copy(memory, mirror_url, postgres_server)
    with closing(open_store("sqlite://")) as copy:
        list(load(copy, [mirror_url]))
        assert digest(copy.scan()) == digest(memory.scan())
        assert copy.recalls() == memory.recalls() == [uses.id]


def test_falsy_values_stay_and_only_null_is_null(memory: Store, mirror_url: str) -> None:
    values: dict[str, Value] = {
        "T.zero": 0,
        "T.empty": "",
        "T.false": False,
        "T.none": None,
        "T.list": [],
        "T.text": "a\tb\\\n",
        "T.f": 1.0,
    }
    put(memory, run("a", settings=(Settings("T", values),)))
    sync(memory, mirror_url)
    found = {row[0]: row[1] for row in rows_in(mirror_url)["parameters"].values()}
    assert found == {
        "T.zero": "0",
        "T.empty": "",
        "T.false": "false",
        "T.none": None,
        "T.list": "[]",
        "T.text": "a\tb\\\n",
        "T.f": "1.0",
    }
    assert "a_T.zero" in rows_in(mirror_url)["parameters"]


def test_agents_relations_values_and_descriptions(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    observatory = Agent(
        "CTAO", "CTA Observatory", AgentType.ORGANIZATION, {"email": ("x@example.org",)}
    )
    tool = Description(
        "tool_1.0",
        DescriptionType.ACTIVITY,
        {"name": ("tool",), "version": ("1.0",), "type": ("Sim",)},
    )
    events = Description(
        "events", DescriptionType.DATASET, {"name": ("events",), "contentType": ("hdf5",)}
    )
    usage = Description(
        "tool_1.0_events",
        DescriptionType.USAGE,
        {
            "role": ("data",),
            "multiplicity": (1,),
            "activityDescription": ("tool_1.0",),
            "entityDescription": ("events",),
        },
    )
    cut = Description(
        "tool_1.0_T.cut",
        DescriptionType.PARAMETER,
        {
            "name": ("T.cut",),
            "default": ("5",),
            "activityDescription": ("tool_1.0",),
        },
    )
    document = run(
        "a",
        Mention(
            "a",
            USED,
            "data",
            "file:/x",
            "guid:X",
            "log",
            attributes={"usageDescription": ("tool_1.0_events",)},
        ),
        settings=(Settings("T", {"T.cut": 5, "T.other": 6}),),
        config_files=("file:/c/x.yaml", "file:/d/x.yaml"),
        agents=(observatory,),
        entities=(
            StatedEntity("prov:urn:v", {"value": (3,), "name": ("answer",)}, EntityType.VALUE),
        ),
        relations=(
            StatedRelation(
                RelationType.WAS_ASSOCIATED_WITH, End(Kind.ACTIVITY, "a"), End(Kind.AGENT, "CTAO")
            ),
            StatedRelation(
                RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "guid:X"), End(Kind.AGENT, "CTAO")
            ),
            StatedRelation(
                RelationType.WAS_DERIVED_FROM,
                End(Kind.ENTITY, "prov:urn:v"),
                End(Kind.ENTITY, "guid:X"),
            ),
            StatedRelation(
                RelationType.WAS_INFORMED_BY, End(Kind.ACTIVITY, "a"), End(Kind.ACTIVITY, "b")
            ),
            StatedRelation(RelationType.IS_DESCRIBED_BY, End(Kind.ENTITY, "guid:X"), events.as_end),
        ),
    )
    put(memory, document)
    sync(memory, mirror_url)  # the descriptions come later
    assert rows_in(mirror_url)["activityDescriptions"] == {
        "tool_1.0": ("tool", "1.0", None, None, None, None)
    }
    put(memory, Document(descriptions=(tool, events, usage, cut)))
    sync(memory, mirror_url)
    rows = rows_in(mirror_url)
    assert rows["agents"] == {
        "CTAO": ("CTA Observatory", "Organization", None, "x@example.org", None, None, None, None)
    }
    assert list(rows["wasAssociatedWith"].values()) == [(None, "a", "CTAO")]
    assert list(rows["wasAttributedTo"].values()) == [(None, "X", "CTAO")]
    assert list(rows["wasDerivedFrom"].values()) == [
        ("prov:urn:v", "X")
    ]  # generatedEntity, usedEntity
    assert list(rows["wasInformedBy"].values()) == [("b", "a")]  # informant, informed
    assert rows["entities"]["prov:urn:v"][0] == "answer"
    assert rows["valueEntities"] == {"prov:urn:v": ("3",), "a_status": ("completed",)}
    assert ("status", "a", "a_status", None) in rows["wasGeneratedBy"].values()
    assert rows["activityDescriptions"] == {"tool_1.0": ("tool", "1.0", None, "Sim", None, None)}
    assert rows["datasetDescriptions"] == {"events": ("hdf5",)}
    assert rows["entities"]["X"][-1] == "events"
    assert list(rows["used"].values()) == [("data", None, "a", "X", "tool_1.0_events")]
    (number,) = rows["parameterDescriptions"]
    assert {key: row[-1] for key, row in rows["parameters"].items()} == {
        "a_T.cut": number,
        "a_T.other": None,
    }
    assert rows["configFiles"] == {
        "a_x.yaml": ("x.yaml", "/c/x.yaml", None, None),
        "a_/d/x.yaml": ("x.yaml", "/d/x.yaml", None, None),
    }
    assert rows["activities"]["b"] == (None, None, None, None, None)
    assert_equals_clean_copy(memory, mirror_url, postgres_server)


def test_long_and_hostile_names(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    for name in ("x" * 1_000_000, "'; DROP TABLE entities; --", '"q" \\ {a,b}', "é 日本 🜂\t\r\n"):
        put(
            memory,
            run(
                f"run {name}",
                Mention(f"run {name}", MADE, name, f"file:/{name}"),
                settings=(Settings(name, {name: name}),),
                config_files=(f"file:/{name}",),
            ),
        )
    sync(memory, mirror_url)
    assert {row[1] for row in rows_in(mirror_url)["parameters"].values()} >= {
        "é 日本 🜂\t\r\n",
        "x" * 1_000_000,
    }
    assert_equals_clean_copy(memory, mirror_url, postgres_server)


def test_random_histories_end_as_one_clean_copy(
    memory: Store, mirror_url: str, postgres_server: PostgresServer
) -> None:
    chance = random.Random(5)
    logs = chance.sample(sorted(LOGS.glob("*.provlog")), 12)
    loads: list[str] = []
    for path in logs:
        (report,) = load(memory, [str(path)])
        loads += [report.load] if report.load else []
        if chance.random() < 0.3 and loads:
            forget(memory, loads.pop(chance.randrange(len(loads))))
        if chance.random() < 0.6:
            sync(memory, mirror_url, full=chance.random() < 0.2)
    sync(memory, mirror_url)
    assert_equals_clean_copy(memory, mirror_url, postgres_server)


def test_dry_run_changes_nothing_and_says_what_would(memory: Store, mirror_url: str) -> None:
    list(load(memory, [str(LOGS / "irf.provlog")]))
    summary = sync(memory, mirror_url, dry_run=True)
    assert summary.counts["activities"].inserted > 0
    with pytest.raises(Exception, match="there is no mirror"):
        verify(memory, mirror_url)
    sync(memory, mirror_url)
    list(load(memory, [str(LOGS / "train_energy.provlog")]))
    before = rows_in(mirror_url)
    summary = sync(memory, mirror_url, dry_run=True)
    assert (summary.mode, summary.counts["activities"].inserted) == ("incremental", 1)
    assert rows_in(mirror_url) == before
    assert sync(memory, mirror_url).counts == summary.counts
