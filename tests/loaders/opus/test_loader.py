"""Loading a job database: what OPUS wrote of the same jobs joins with it."""

import itertools
import sqlite3
from contextlib import closing
from pathlib import Path

from provgraph.ingest.loading import load
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.loaders.opus.databases import CHAIN, job, sqlite_file

OPUS = CORPUS / "opus"
DATABASE = OPUS / "job_database.sqlite"


def test_the_database_of_a_real_server() -> None:
    with closing(open_store("sqlite://")) as store:
        (report,) = load(store, [str(DATABASE)])
        assert (report.format, report.status, report.problems) == ("opus", "loaded", ())
        counts = store.stats()
        made = find(store, "/srv/opus/results/03c433/output.txt")
        led = lineage(store, made)
    found = {name: counts[name] for name in ("activities", "entities", "agents")}
    assert found == {"activities": 4, "entities": 3, "agents": 1}
    assert [node.name for node in led.of_kind(Kind.ACTIVITY)] == ["test_activity_2"]
    assert {node.label for node in led.nodes} == {"test_activity_2", "alice", "j.sh", "output.txt"}


def test_one_job_loaded_both_ways_is_one() -> None:
    sources = [DATABASE, OPUS / "job_prov.xml", OPUS / "provsap_desc2.json"]
    digests = set()
    for order in itertools.permutations(sources):
        with closing(open_store("sqlite://")) as store:
            for source in order:
                assert [each.status for each in load(store, [str(source)])] == ["loaded"]
            digests.add(digest(store.scan()))
            counts = store.stats()
    assert len(digests) == 1
    relations = ("used", "wasGeneratedBy", "wasAssociatedWith", "settings")
    assert [counts[each] for each in relations] == [1, 2, 4, 3]


def test_a_job_that_has_ended_since(tmp_path: Path) -> None:
    where = sqlite_file(tmp_path / "jobs.sqlite")
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(where)]))
        running = find(store, "smooth/dd")
        with closing(sqlite3.connect(where)) as connection:
            ended = job("dd")["end_time"]
            change = "UPDATE jobs SET phase = 'COMPLETED', end_time = ? WHERE jobid = 'dd'"
            connection.execute(change, [ended])
            connection.commit()
        (report,) = load(store, [str(where)])
        (again,) = load(store, [str(where)])
        done = find(store, "smooth/dd")
    assert (running.status, done.status, done.duration) == ("running", "completed", 60.0)
    assert (report.status, report.disagreements) == ("loaded", ())
    assert again.status == "unchanged"


def test_another_database_is_none_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    other = folder / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE jobs (jobid TEXT)")
        connection.commit()
    with closing(open_store("sqlite://")) as store:
        (named,) = load(store, [str(other)])
        sqlite_file(folder / "jobs.sqlite", CHAIN)
        reports = list(load(store, [str(folder)]))
    assert named.status == "refused"
    assert "none of OPUS's" in named.problems[0].what
    assert [Path(each.source).name for each in reports] == ["jobs.sqlite"], "passed over"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = DATABASE.read_bytes()
    cut = tmp_path / "cut.sqlite"
    cut.write_bytes(whole[:9000])
    with closing(open_store("sqlite://")) as store:
        (report,) = load(store, [str(cut)])
    assert report.status in ("refused", "partial")
    assert "can't be read" in report.problems[-1].what
