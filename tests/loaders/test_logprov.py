"""The records of lstosa and logprov among the lines of a log."""

from collections.abc import Iterator
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.loaders.logprov import LogprovLoader
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.model.vocabulary import Kind, RelationType, Status
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS

LOG = CORPUS / "logprov" / "prov.log"
DL1 = "/fefs/DL1/dl1_LST-1.Run01807.0000.h5"
FIRST, SECOND = "2026011701807_f755f0", "2026011701807_0000aa"
START = "{'activity_id': 'aaaaaa', 'name': 'tool', 'startTime': '2026-01-17T20:00:01'}"


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def read(*records: str, mark: str = "__PROV__") -> list[Document | Problem]:
    lines = (f"INFO provLogger {mark}2026-01-17T20:01:00.5{mark}{each}\n" for each in records)
    log = "".join(lines).encode()
    return list(LogprovLoader().documents(BufferedReader(BytesIO(log)), "default"))


def test_two_steps_on_one_path_are_two_versions(store: Store) -> None:
    (report,) = load(store, [str(LOG)], format_name=None)
    assert (report.format, report.status, report.activities) == ("logprov", "loaded", 2)
    answer = lineage(store, find(store, DL1))
    assert [node.id for node in answer.of_kind(Kind.ACTIVITY)] == [SECOND, FIRST]
    assert answer.root.id == f"file:{DL1}@{SECOND}"
    roles = {(edge.relation, edge.role) for edge in answer.edges}
    assert (RelationType.USED, "Observation subrun") in roles
    assert (RelationType.WAS_GENERATED_BY, "DL1AB subrun dataset") in roles
    assert [node.name for node in answer.nodes if node.kind is Kind.AGENT] == ["lstanalyzer"]


def test_a_run_has_what_is_said_of_its_session(memory: Store) -> None:
    list(load(memory, [str(LOG)]))
    run = find(memory, SECOND)
    assert (run.name, run.version, run.host) == ("dl1ab", "v0.9.13", "cp02")
    assert run.status is Status.COMPLETED
    assert run.attributes["observation_run"] == ("01807",)
    assert "system.environment.USER" not in run.attributes
    assert "hunter2" not in str(run.attributes)
    details = details_of(memory, run)
    settings = {each.name: dict(each.values) for each in details.settings}
    assert settings["dl1ab"] == {"StoreImage": True, "token": "***"}
    assert settings["python packages"] == {"lstchain": "0.9.13"}
    assert list(details.config_files) == ["file:/fefs/cfg/lstchain.json"]


@pytest.mark.parametrize("mark", ["__PROV__", "_PROV_", "%%"])
def test_any_mark_around_the_time(mark: str) -> None:
    (document,) = read(START, mark=mark)
    assert isinstance(document, Document)
    assert document.run is not None
    assert document.run.id == "2026-01-17T20:01:00.5_aaaaaa"


def test_a_mark_without_a_time() -> None:
    log = f"x __%{START}\n".encode()
    (document,) = LogprovLoader().documents(BufferedReader(BytesIO(log)), "default")
    assert isinstance(document, Document)


def test_values_in_memory_have_ids_and_relations() -> None:
    documents = read(
        START,
        "{'entity_id': 17, 'name': 'Spectrum', 'value': '[1, 2]'}",
        "{'activity_id': 'aaaaaa', 'generated_id': 17, 'generated_role': 'result'}",
        "{'entity_id': 17, 'progenitor_id': 'ivo:x', 'generated_time': '2026-01-17T20:00:30'}",
        "{'entity_id': 17, 'member_id': 18}",
    )
    assert not any(isinstance(each, Problem) for each in documents)
    made, derived, member = (each for each in documents[1:] if isinstance(each, Document))
    assert made.mentions[0].identifier == "prov:logprov:17"
    assert made.entities[0].attributes["value"] == ("[1, 2]",)
    assert derived.relations[0].relation is RelationType.WAS_DERIVED_FROM
    assert derived.relations[0].target.id == "prov:ivo:x"
    assert derived.relations[0].time == "2026-01-17T20:00:30.000"
    assert member.relations[0].relation is RelationType.HAD_MEMBER


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ("{'activity_id': 'bbbbbb', 'used_id': 1}", "the start of the activity bbbbbb"),
        ("{'activity_id': 'aaaaaa', 'endTime': 'soon'}", "no ISO 8601"),
        ("{'activity_id': __import__('os')}", "no Python literal"),
        ("{'activity_id': 'aaaaaa', 'x': <object at 0x7f>}", "no Python literal"),
        ("{'entity_id': 'f', 'member_id': 'g'}", "only its path tells"),
    ],
)
def test_one_bad_record_is_one_problem(record: str, what: str) -> None:
    file = "{'entity_id': 'f', 'filepath': '/x'}"
    end = "{'activity_id': 'aaaaaa', 'endTime': '2026-01-17T20:05:00'}"
    found = read(START, file, record, end)
    problems = [each for each in found if isinstance(each, Problem)]
    assert [what in problem.what for problem in problems] == [True]
    assert problems[0].where == f"byte {len(_line(START)) + len(_line(file))}"
    assert len(found) == 3


def _line(record: str) -> str:
    return f"INFO provLogger __PROV__2026-01-17T20:01:00.5__PROV__{record}\n"


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (_line(START).encode(), True),
        (LOG.read_bytes(), True),
        (b"INFO activity_id of the session_id {'x': 1}\n", False),
        (b"__PROV__2026-01-17T20:01:00.5_PROV_{'activity_id': 1}", False),
        (b'[{"activity_id": "x"}]', False),
        (b"2026-01-17T20:00:00" * 3000 + b"activity_id", False),
        (b"_" * 60_000 + b"activity_id", False),
    ],
)
def test_what_is_such_a_log(head: bytes, ours: bool) -> None:
    assert LogprovLoader().recognises(head) is ours


def test_a_growing_log_gives_what_a_whole_one_gives(memory: Store, tmp_path: Path) -> None:
    log = tmp_path / "prov.log"
    lines = LOG.read_bytes().splitlines(keepends=True)
    for end in (4, 8, len(lines)):
        log.write_bytes(b"".join(lines[:end]))
        assert {report.status for report in load(memory, [str(log)])} == {"loaded"}
    assert find(memory, DL1).id == f"file:{DL1}@{SECOND}"
