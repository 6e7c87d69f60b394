"""Databases of CTADIRAC's prototype, as its own code has filled them.

See tests/corpus/ctaprov/ORIGIN.md.
"""

import json
import os
import random
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from provgraph.collecting.delivery import spool_sources
from provgraph.errors import LoginError, SettingsError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.ctaprov.address import database_of
from provgraph.model.records import Settings, key_of
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.records import StoreLimits
from provgraph.store.registry import open_store
from tests.batches import limit_batches
from tests.loaders.ctadirac.test_loader import BUNDLES, ancestors, guid_of
from tests.loaders.ctaprov.conftest import DUMPS, GENERATIONS, Restore, change, load_one
from tests.services import PostgresServer

pytestmark = pytest.mark.postgresql
EXPECTED = json.loads((DUMPS / "expected.json").read_text())
FILES = ("merged_DL2", "run101_DL2", "run301_DL2_same_job_chain")
TRUTH = EXPECTED["truth_from_ctapipe_logs"]
RUN = "458f544f-5890-4994-bc82-9664506cf2fa"
_names = count()


def expected_of(generation: str, file: str, relations: str) -> tuple[set[str], set[str]]:
    """The ancestors by the database itself.

    In 2020-09 one id stands in several rows, which are one file.
    """
    found = EXPECTED[generation]["lineage"][file]
    found = found.get(relations) or found[f"{relations}_by_entity_id"]
    return set(found["activities"]), set(found["entities"])


def ancestors_by(store: Store, guid: str, *relations: RelationType) -> tuple[set[str], set[str]]:
    answer = lineage(store, find(store, f"guid:{guid}"), relations=relations or ORIGIN_RELATIONS)
    files = [node for node in answer.of_kind(Kind.ENTITY) if node.key != answer.root.key]
    return {node.id for node in answer.of_kind(Kind.ACTIVITY)}, {guid_of(node) for node in files}


def check_ancestors(store: Store, generation: str) -> None:
    for file in FILES:
        guid = TRUTH[file]["entity_id"]
        made = ancestors_by(store, guid, RelationType.USED, RelationType.WAS_GENERATED_BY)
        assert made == expected_of(generation, file, "used+wasGeneratedBy")
        assert ancestors_by(store, guid) == expected_of(generation, file, "all_relations")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_database_gives_the_ancestors_that_it_has(
    generation: str, databases: dict[str, str], store: Store
) -> None:
    report = load_one(store, databases[generation])
    assert (report.status, report.format, report.activities, report.agents) == (
        "loaded",
        "ctaprov",
        12,
        1,
    )
    check_ancestors(store, generation)
    assert load_one(store, databases[generation]).status == "unchanged"


def test_databases_and_bundles_together_give_the_true_lineage(
    databases: dict[str, str], store: Store
) -> None:
    """Where a database lost links that its bundles still have."""
    for generation in GENERATIONS:
        load_one(store, databases[generation])
    check_ancestors(store, "2020-04")
    assert {report.status for report in load(store, [str(BUNDLES)])} == {"loaded"}
    for file in FILES:
        expected = TRUTH[file]
        assert ancestors(store, expected["entity_id"]) == (
            set(expected["activities"]),
            set(expected["entities"]),
        )
    assert find(store, RUN).attributes["jobID"] == (48153007,)


def test_bundles_answer_as_the_database_does(databases: dict[str, str], memory: Store) -> None:
    with closing(open_store("sqlite://")) as bundles:
        list(load(bundles, [str(BUNDLES)]))
        load_one(memory, databases["2020-04"])
        for guid in (TRUTH["merged_DL2"]["entity_id"], "B25AC488-C398-13DD-9740-D875B1944627"):
            assert ancestors(bundles, guid) == ancestors(memory, guid)


def test_the_order_of_loading_does_not_matter(databases: dict[str, str], memory: Store) -> None:
    """docs/contract.md, rule 8, with databases, bundles and logs in any order."""
    sources = [
        *databases.values(),
        *map(str, BUNDLES.glob("48153*")),
        *map(str, BUNDLES.glob("*/ctapipe_prov_*.log")),
    ]
    list(load(memory, sources))
    for seed in range(4):
        order = random.Random(seed).sample(sources, len(sources))
        with closing(open_store("sqlite://")) as other:
            for part in (order[:7], order[7:], order[:3]):
                list(load(other, part))
            assert digest(other.scan()) == digest(memory.scan())


def test_a_job_or_a_database_can_be_forgotten(databases: dict[str, str], memory: Store) -> None:
    sources = [*databases.values(), *map(str, sorted(BUNDLES.glob("48153*")))]
    loads = {report.source: report.load for report in load(memory, sources)}
    everything = digest(memory.scan())
    for source in (
        *(database_of(url).name for url in databases.values()),
        sources[-4],
        sources[-2],
    ):
        forget(memory, loads[source] or "")
        with closing(open_store("sqlite://")) as never_saw:
            list(
                load(
                    never_saw, [each for each in sources if source not in (each, shown_name(each))]
                )
            )
            assert digest(memory.scan()) == digest(never_saw.scan())
        (again,) = (report for report in load(memory, sources) if report.source == source)
        loads[source] = again.load
        assert digest(memory.scan()) == everything


def shown_name(source: str) -> str:
    return database_of(source).name if "://" in source else source


@pytest.mark.neo4j
def test_stores_hold_the_same(databases: dict[str, str], store: Store, memory: Store) -> None:
    sources = [str(BUNDLES), databases["2020-09"], databases["2020-04"]]
    list(load(store, sources))
    list(load(memory, reversed(sources)))
    assert digest(store.scan()) == digest(memory.scan())
    assert store.stats() == memory.stats()


# Every table, nothing dropped.


def test_what_a_database_says_of_a_run(databases: dict[str, str], memory: Store) -> None:
    load_one(memory, databases["2020-04"])
    run = "9bc85cd5-c2b5-4978-8351-f4591cde414e"
    shown = details_of(memory, find(memory, run))
    assert (shown.node.name, shown.node.version, shown.node.status) == (
        "ctapipe-process",
        "0.28.0",
        "completed",
    )
    assert (shown.node.start_time, shown.node.end_time) == (
        "2026-11-21T08:10:06.538Z",
        "2026-11-21T08:10:07.556Z",
    )
    (settings,) = shown.settings
    assert settings == Settings(
        "parameters", {**settings.values, "image_offset": None, "picture_threshold_pe": "10.0"}
    )
    assert shown.config_files == ("lfn:/vo.cta.in2p3.fr/user/p/provtest/config/reprocess_dl2.json",)
    assert shown.node.attributes["ctaprov.configFiles"] == (
        {"place": shown.config_files[0], "comment": "job 48153011"},
    )
    roles = {each.role for each in shown.explained if each.relation is RelationType.USED}
    assert roles == {"Event", "Tool Configuration"}


def test_what_follows_from_run_and_name_is_not_repeated(restore: Restore, memory: Store) -> None:
    url = restore("ctaprov_2020-04.sql")
    change(
        url,
        f"UPDATE parameters SET \"parameterDescription_id\" = NULL WHERE id = '{RUN}_rng_seed'",
        f"UPDATE parameters SET \"parameterDescription_id\" = 1 WHERE id = '{RUN}_write_dl2'",
        f"UPDATE parameters SET name = 'other' WHERE id = '{RUN}_input_url'",
    )
    load_one(memory, url)
    assert sorted(find(memory, RUN).attributes["ctaprov.parameters"], key=str) == [
        {
            "name": "other",
            "id": f"{RUN}_input_url",
            "parameterDescription": "ctapipe-process_0.28.0_input_url",
        },
        {"name": "rng_seed", "parameterDescription": None},
        {"name": "write_dl2", "parameterDescription": "ctapipe-display-muons_0.6.2_events"},
    ]


def test_descriptions(databases: dict[str, str], memory: Store) -> None:
    load_one(memory, databases["2020-04"])
    described = {
        kind: content for kind, *content in map(flat, memory.scan()) if kind.endswith("Description")
    }
    assert described.keys() == {
        "ActivityDescription",
        "DatasetDescription",
        "ValueDescription",
        "UsageDescription",
        "GenerationDescription",
        "ParameterDescription",
        "ConfigFileDescription",
    }
    rows = EXPECTED["2020-04"]["row_counts"]
    assert memory.stats()["descriptions"] == sum(
        count
        for table, count in rows.items()
        if table.endswith("Descriptions")
        and table not in ("datasetDescriptions", "valueDescriptions")
    )


def flat(content: tuple[str, Any]) -> tuple[str, Any]:
    return content


def test_a_failed_run_is_one(databases: dict[str, str], memory: Store) -> None:
    """The value entity `<run>_status` is the run's status too; 2020-09 has lost it."""
    load_one(memory, databases["2020-09"])
    run = "cb2281f8-5ba9-487e-aeca-1477b8305fcb"
    assert find(memory, run).status == "completed"
    load_one(memory, databases["2020-04"])
    assert find(memory, run).status == "error"
    status = find(memory, f"{run}_status")
    assert (status.type, status.attributes["value"]) == ("ValueEntity", ("error",))


def test_a_derived_file_is_the_effect(databases: dict[str, str], memory: Store) -> None:
    """Columns, not the attribute names of the prototype's classes, carry the meaning."""
    load_one(memory, databases["2020-04"])
    answer = lineage(
        memory,
        find(memory, "3FD36696-22FC-1A8D-FD19-0FE736383B28"),
        relations=[RelationType.WAS_DERIVED_FROM],
    )
    assert [guid_of(node) for node in answer.of_kind(Kind.ENTITY)[1:]] == [
        "C57FC092-B442-E16F-08F8-5E91F177CE48"
    ]


def test_open_ends_are_kept(databases: dict[str, str], memory: Store) -> None:
    load_one(memory, databases["2020-09"])
    assert find(memory, RUN).attributes["open.used"] == (
        {"role": "Event", "usageDescription": "ctapipe-process_0.28.0_Event_event_hdf5"},
    )


def test_what_is_not_in_the_listing_is_kept(restore: Restore, memory: Store) -> None:
    """Columns of other versions of the tables, and rows of which an end is missing."""
    url = restore("ctaprov_2020-04.sql")
    change(
        url,
        "ALTER TABLE activities ADD COLUMN version varchar; ALTER TABLE entities ADD COLUMN "
        "size numeric;"
        'ALTER TABLE "used" ADD COLUMN weight double precision; ALTER TABLE agents ADD COLUMN '
        "seen timestamptz",
        "UPDATE activities SET version = 'mine', comment = 'by hand'",
        "UPDATE entities SET size = 12.50, \"invalidatedAtTime\" = 'yesterday' WHERE "
        "\"classType\" = 'dataset'",
        "UPDATE used SET weight = 0.5, time = '2026-11-21T08:09:05.1'",
        "UPDATE agents SET seen = '2026-11-21 10:00:00+02', type = 'Committee'",
        f"INSERT INTO used (role, activity_id) VALUES ('lost', '{RUN}')",
        "INSERT INTO used (role, entity_id) VALUES ('orphan', "
        "'3FD36696-22FC-1A8D-FD19-0FE736383B28')",
        'INSERT INTO "wasDerivedFrom" ("generatedEntity") VALUES '
        "('3FD36696-22FC-1A8D-FD19-0FE736383B28')",
        f"INSERT INTO \"wasAssociatedWith\" (role, activity_id) VALUES ('operator', '{RUN}')",
        f"INSERT INTO \"wasInformedBy\" (informant) VALUES ('{RUN}')",
    )
    assert load_one(memory, url).status == "loaded"
    run = find(memory, RUN)
    assert (run.version, run.attributes["activities.version"], run.attributes["comment"]) == (
        "0.28.0",
        ("mine",),
        ("by hand",),
    )
    assert run.attributes["open.used"] == ({"role": "lost"},)
    assert run.attributes["open.wasAssociatedWith"] == ({"role": "operator", "open": "target"},)
    assert run.attributes["open.wasInformedBy"] == ({"open": "source"},)
    file = find(memory, "3FD36696-22FC-1A8D-FD19-0FE736383B28")
    assert (file.attributes["size"], file.attributes["stated invalidated"]) == (
        ("12.50",),
        ("yesterday",),
    )
    assert file.attributes["open.used"] == ({"role": "orphan"},)
    assert file.attributes["open.wasDerivedFrom"] == ({"open": "target"},)
    assert find(memory, "CTAO").attributes == {
        "seen": ("2026-11-21 08:00:00+00",),
        "type": ("Committee",),
    }
    edges = details_of(memory, find(memory, "2e2a7abb-42cd-436f-96df-d77932b97da2")).edges
    assert "2026-11-21T08:09:05.100Z" in {edge.time for edge in edges}


def test_rows_that_nothing_can_hold_are_told(restore: Restore, memory: Store) -> None:
    url = restore("ctaprov_2020-04.sql")
    change(
        url,
        "INSERT INTO used (role) VALUES ('of nothing')",
        "INSERT INTO parameters (id, name, value) VALUES ('p', 'lonely', '1')",
        'INSERT INTO "wasConfiguredBy" ("artefactType") VALUES (\'Parameter\')',
    )
    report = load_one(memory, url)
    assert (report.status, report.activities) == ("partial", 12)
    assert sorted(problem.where.split()[0] for problem in report.problems) == [
        "parameters",
        "used",
        "wasConfiguredBy",
    ]
    assert load_one(memory, url).status == "partial"


def test_files_without_guid_and_numbers_for_ids(restore: Restore, memory: Store) -> None:
    """As the issue's listing has it.

    ``entities.id`` is a number, the GUID stands in ``ctadirac_guid`` where known.
    """
    url = restore("seedlike_reconstruction_schema.sql")
    change(
        url,
        'INSERT INTO activities (id, name, "startTime", "endTime") VALUES '
        "('a', 'tool', '2026-01-01T00:00:00.000', '2026-01-01T00:00:01.000'), "
        "('b', 'tool', '2026-01-01T00:00:02.000', 'no time')",
        "INSERT INTO entities (id, name, \"classType\") VALUES (1, '/cta/raw', 'dataset'), "
        "(2, '/cta/dl1', 'dataset'), "
        "(3, 'status', 'value'), (4, NULL, 'dataset')",
        "INSERT INTO \"datasetEntities\" (id, ctadirac_guid) VALUES (1, NULL), (2, 'GUID-2'), "
        "(4, NULL)",
        "INSERT INTO \"valueEntities\" (id, value) VALUES (3, 'error')",
        "INSERT INTO used (role, activity_id, entity_id) VALUES ('in', 'a', 1), ('in', 'b', "
        "2), ('in', 'b', 4)",
        "INSERT INTO \"wasGeneratedBy\" (role, activity_id, entity_id) VALUES ('out', 'a', "
        "2), ('status', 'b', 3)",
    )
    assert load_one(memory, url).status == "loaded"
    answer = lineage(memory, find(memory, "b"))
    assert {node.location or "" for node in answer.of_kind(Kind.ENTITY)} == {
        "/cta/raw",
        "/cta/dl1",
        "",
    }
    assert find(memory, "/cta/dl1").id == "guid:GUID-2"
    run = find(memory, "b")
    assert (run.status, run.end_time, run.attributes["stated endTime"]) == (
        "error",
        None,
        ("no time",),
    )


def test_tables_may_be_in_another_schema_and_missing(restore: Restore, memory: Store) -> None:
    """Older versions of the prototype have 17 tables."""
    url = restore("ctaprov_2020-04.sql")
    change(
        url,
        'ALTER SCHEMA public RENAME TO "Old Prov"; CREATE SCHEMA public',
        'DROP TABLE "Old Prov"."wasConfiguredBy", "Old Prov".parameters, "Old '
        'Prov"."wasInformedBy", '
        '"Old Prov"."valueDescriptions", "Old Prov"."configFiles"',
    )
    assert load_one(memory, url).status == "refused"
    report = load_one(memory, f"{url}?schema=Old%20Prov")
    assert (report.status, report.activities) == ("loaded", 12)
    assert report.source.endswith("?schema=Old%20Prov")


# Again and again.


def test_a_grown_database_adds_what_is_new(restore: Restore, store: Store) -> None:
    url = restore("ctaprov_2020-04.sql")
    first = load_one(store, url)
    change(
        url,
        "INSERT INTO activities (id, name, \"startTime\") VALUES ('new', 'tool', "
        "'2026-12-01T00:00:00.000')",
        "INSERT INTO used (role, activity_id, entity_id) VALUES ('in', 'new', "
        "'3FD36696-22FC-1A8D-FD19-0FE736383B28')",
    )
    second = load_one(store, url)
    assert (second.status, second.activities) == ("loaded", 13)
    assert {node.id for node in lineage(store, find(store, "new")).of_kind(Kind.ACTIVITY)} == {
        "new",
        "cb302a77-daea-422d-ab2b-ffc2bdb8e0a4",
    }
    with closing(open_store("sqlite://")) as at_once:
        load_one(at_once, url)
        assert digest(store.scan()) == digest(at_once.scan())
        forget(store, first.load or "")
        assert load_one(store, url).status == "loaded"  # what the first had said is said again
        assert digest(store.scan()) == digest(at_once.scan())


def test_only_what_is_new_is_written(restore: Restore, memory: Store) -> None:
    url = restore("ctaprov_2020-09.sql")
    load_one(memory, url)
    change(
        url,
        "INSERT INTO activities (id, name, \"startTime\") VALUES ('new', 'tool', "
        "'2026-12-01T00:00:00.000')",
    )
    second = load_one(memory, url)
    with memory.writing() as transaction:
        said = transaction.assertions_of(key_of(Kind.LOAD, second.load or ""), 1000)
    assert len({each.subject for each in said if each.subject == key_of(Kind.ACTIVITY, "new")}) == 1
    assert len(said) < 60  # agents and descriptions; the other 100 rows are known


class _InterruptedError(Exception):
    pass


class _Impatient(Observer):
    """Ends a load after some of its parts."""

    def __init__(self, parts: int) -> None:
        self._left = parts

    def pass_over(self, source: Source) -> None:
        raise AssertionError(source)

    def wrote(self, documents: int) -> None:
        self._left -= 1
        if not self._left:
            raise _InterruptedError


def test_an_interrupted_load_is_gone_on_with(
    databases: dict[str, str], memory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a store that takes a few documents at a time, as Neo4j takes some thousands."""
    limit_batches(20, monkeypatch)
    memory.limits = StoreLimits(documents=20)
    url = databases["2020-04"]
    with pytest.raises(_InterruptedError):
        list(load(memory, [url], observer=_Impatient(4)))
    (begun,) = memory.loads()
    assert begun.status == "unfinished"
    report = load_one(memory, url)
    assert (report.status, report.load) == ("loaded", begun.id)
    with closing(open_store("sqlite://")) as at_once:
        load_one(at_once, url)
        assert digest(memory.scan()) == digest(at_once.scan())
    forget(memory, begun.id)
    assert not any(count for name, count in memory.stats().items() if name != "loads")


# What is no ctaprov database, and what is not there.


def test_another_database_is_refused(postgres_server: PostgresServer, memory: Store) -> None:
    url = postgres_server.create_database(f"other{next(_names)}")
    change(url, "CREATE TABLE activities (id integer, colour text)")
    report = load_one(memory, url)
    assert report.status == "refused"
    (problem,) = report.problems
    assert "entities" in problem.what
    assert "activities.startTime" in problem.what
    assert "wasGeneratedBy" in problem.what


def test_a_table_that_may_not_be_read_is_told(
    restore: Restore, postgres_server: PostgresServer, memory: Store
) -> None:
    url = restore("ctaprov_2020-04.sql")
    change(
        url,
        "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'secret word'; "
        "GRANT SELECT ON activities TO reader",
    )
    (report,) = load(memory, [url.replace("provgraph:provgraph-tests", "reader:secret%20word")])
    assert report.status == "refused"
    assert "SELECT" in report.problems[0].what


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """Exit 3; and no password, neither in messages nor in the record of a load."""
    command = [
        sys.executable,
        "-m",
        "provgraph.commands.main",
        "--store",
        f"sqlite:///{tmp_path / 's.db'}",
        "load",
        "postgresql://me:hush@127.0.0.1:1/prov",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 3
    assert "postgresql://127.0.0.1:1/prov" in done.stderr
    assert "hush" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_no_password_is_kept(databases: dict[str, str], memory: Store) -> None:
    report = load_one(memory, databases["2020-04"])
    (kept,) = memory.loads()
    assert "provgraph-tests" in databases["2020-04"]
    assert "provgraph-tests" not in repr(report) + repr(kept)
    with pytest.raises(LoginError) as refused:
        load_one(memory, databases["2020-04"].replace("provgraph-tests", "wrong word"))
    assert "wrong word" not in str(refused.value)


def test_a_database_does_not_go_into_a_spool(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="in a spool"):
        list(
            spool_sources(
                tmp_path,
                ["postgresql://h/db"],
                format_name=None,
                namespace="default",
                store="sqlite:///x",
            )
        )
