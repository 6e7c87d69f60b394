"""What the store knows of a job: one run, whatever became of it, joined with those beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from provgraph.api import Provenance
from provgraph.errors import NotFoundError, UnreachableError
from provgraph.ingest.describing import approve, describe
from provgraph.jobs.definitions import known_jobs
from provgraph.jobs.records import JobRecord, Phase
from provgraph.model.descriptions import ToolDescription
from provgraph.model.lineage import Direction, Node
from provgraph.model.vocabulary import RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.jobs.conftest import Clerk

COPY: dict[str, Any] = {
    "used": [{"role": "text", "default": "text.txt"}],
    "generated": [{"role": "report", "default": "report.txt", "contentType": "text/plain"}],
}


def run_of(store: Store, job: JobRecord) -> Node:
    """The run of a job."""
    return find(store, job.id)


def ends(store: Store, node: Node, relation: RelationType) -> list[tuple[str, str | None]]:
    """What a relation leads to from a record, with roles."""
    edges = [each for each in store.edges_of([node.key], (relation,)) if each.source == node.key]
    nodes = store.nodes({each.target for each in edges})
    return sorted((nodes[each.target].id, each.role) for each in edges)


def test_all_that_is_said_of_a_run(clerk: Clerk, tmp_path: Path) -> None:
    clerk.define(
        'cat "$text" > "$report"; echo "$times" >> "$report"',
        version="1.0",
        said={"contact_name": "Ann Other", "contact_email": "ann@example.org"},
        parameters={"times": {"valueType": "int", "default": 2}},
        **COPY,
    )
    (tmp_path / "sent").write_text("sky\n")
    done = clerk.wait(
        clerk.ask(uploads={"text": ("a b.txt", tmp_path / "sent")}, times="3", runId="night 1")
    )
    run = run_of(clerk.store, done)
    assert (run.name, run.version, run.status) == ("job", "1.0", "completed")
    assert run.start_time is not None
    assert run.end_time is not None
    assert run.host
    assert run.attributes["runId"] == ("night 1",)
    assert ends(clerk.store, run, RelationType.WAS_ASSOCIATED_WITH) == [
        ("Ann Other", "contact"),
        ("alice", "owner"),
    ]
    assert ends(clerk.store, run, RelationType.IS_DESCRIBED_BY) == [("job_1.0", None)]
    (settings,) = clerk.store.parameters_of([run.key])[run.key]
    assert dict(settings.values) == {"times": 3}
    ((used, role),) = ends(clerk.store, run, RelationType.USED)
    assert (used, role) == (f"file:{clerk.desk.folder(done).inputs}/text/a b.txt", "text")
    text = find(clerk.store, used)
    assert (text.attributes["size"], len(str(text.attributes["sha256"][0]))) == ((4,), 64)
    (result,) = clerk.desk.jobs.results(done.id)
    report = find(clerk.store, result.entity)
    assert report.location == str(clerk.desk.folder(done).work / "report.txt")
    assert report.attributes["sha256"] == (result.sha256,)
    assert (report.attributes["size"], report.attributes["contentType"]) == ((6,), ("text/plain",))
    assert ends(clerk.store, report, RelationType.WAS_GENERATED_BY) == [(done.id, "report")]


@pytest.mark.parametrize(
    ("script", "status", "phase"),
    [("exit 1", "error", Phase.ERROR), ("sleep 30", "interrupted", Phase.ABORTED)],
)
def test_what_failed_is_a_run_too(script: str, status: str, phase: Phase, clerk: Clerk) -> None:
    done = clerk.run(
        f"echo x > o.txt; {script}",
        said={"executionDuration": 1},
        generated=[{"role": "o", "default": "o.txt"}],
    )
    run = run_of(clerk.store, done)
    assert (done.phase, run.status) == (phase, status)
    assert run.attributes["errorMessage"] == (done.message,)
    assert len(clerk.desk.jobs.results(done.id)) == 1


def test_jobs_that_read_results_of_jobs_are_one_chain(clerk: Clerk, tmp_path: Path) -> None:
    clerk.define('cat "$text" > "$report"', **COPY)
    (tmp_path / "sent").write_text("sky\n")
    first = clerk.wait(clerk.ask(uploads={"text": ("x.txt", tmp_path / "sent")}))
    (made,) = clerk.desk.jobs.results(first.id)
    second = clerk.wait(clerk.ask(text=made.entity))
    (report,) = clerk.desk.jobs.results(second.id)
    assert second.phase is Phase.COMPLETED
    walked = lineage(clerk.store, find(clerk.store, report.entity), Direction.UPSTREAM)
    assert {first.id, second.id} <= {node.id for node in walked.nodes}
    refused = clerk.wait(clerk.ask(text=made.entity, owner="bob"))
    assert refused.phase is Phase.ERROR
    assert "is a result of somebody else's job" in str(refused.message)


def test_logs_of_tools_in_a_job_are_loaded_with_it(clerk: Clerk, tmp_path: Path) -> None:
    """The tool made the result, so the job does not claim it."""
    log = LOGS / "merge.provlog"
    copyfile(log, tmp_path / "sent")
    clerk.define('cp "$text" tool.provlog; echo x > "$report"', **COPY)
    clerk.define("true", "reader", used=[{"role": "text"}])
    clerk.wait(clerk.ask("reader", uploads={"text": ("l.provlog", tmp_path / "sent")}))
    with pytest.raises(NotFoundError):  # an input is nothing that the script left behind
        find(clerk.store, "317167d3-4a20-4cf4-8950-841e0e1874f3")
    copyfile(log, tmp_path / "sent")
    done = clerk.wait(clerk.ask(uploads={"text": ("l.txt", tmp_path / "sent")}))
    assert run_of(clerk.store, done).status == "completed"
    assert find(clerk.store, "317167d3-4a20-4cf4-8950-841e0e1874f3").name == "ctapipe-merge"


def test_what_a_tool_says_to_have_made_has_one_maker(clerk: Clerk) -> None:
    said = [
        {
            "activity_name": "tool",
            "activity_uuid": "5ed43b1c-5b53-4bb1-8ea0-6e0f5d6a9a01",
            "start": {"time_utc": "2026-11-29T03:09:15.000"},
            "stop": {"time_utc": "2026-11-29T03:09:16.000"},
            "system": {"ctapipe_version": "0.28.0", "platform": {"node": "x"}},
            "input": [],
            "output": [{"role": "report", "url": "WORK/report.txt"}],
            "status": "completed",
            "duration_min": 0.1,
            "config": {},
        }
    ]
    clerk.define(
        "echo x > report.txt; cat > t.provlog <<'END'\n" + json.dumps(said) + "\nEND\n"
        'sed -i "s:WORK:$PWD:" t.provlog',
        generated=COPY["generated"],
    )
    done = clerk.wait(clerk.ask())
    (report,) = clerk.desk.jobs.results(done.id)
    made = find(clerk.store, report.entity)
    assert [each for each, _ in ends(clerk.store, made, RelationType.WAS_GENERATED_BY)] == [
        said[0]["activity_uuid"]
    ]


def test_internal_provenance_speaks_of_this_job(clerk: Clerk) -> None:
    said = {
        "prefix": {"ex": "http://example.org/"},
        "activity": {"current_job": {"ex:mood": "good"}},
        "entity": {"ex:map": {}},
        "used": {"_:u": {"prov:activity": "current_job", "prov:entity": "ex:map"}},
    }
    done = clerk.run(f"cat > internal_provenance.json <<'END'\n{json.dumps(said)}\nEND")
    run = run_of(clerk.store, done)
    assert run.name == "job"
    assert ends(clerk.store, run, RelationType.USED) == [("prov:http://example.org/map", None)]


def test_what_a_job_leaves_behind_defines_no_job(clerk: Clerk) -> None:
    """Else who may run one script could have another one run."""
    with Provenance(open_store("sqlite://")) as other:
        describe(other.store, ToolDescription("other", "1", {"script": "id"}), "Eve")
        approve(other.store, "other", "1", "Eve")
        document = "".join(other.export(format="prov-json"))
    clerk.run(f"cat > left.json <<'END'\n{document}\nEND")
    assert "other" not in known_jobs(clerk.store)
    (left,) = (each for each in clerk.store.loads() if each.source.endswith("left.json"))
    assert (left.status, [where for where, _ in left.problems]) == (
        "partial",
        ["the description other_1"],
    )


def test_a_store_that_is_away_gets_the_run_later(
    make_clerk: Callable[..., Clerk], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = make_clerk()
    clerk.define("true")
    with monkeypatch.context() as patch:
        patch.setattr("provgraph.jobs.running.land", _away)
        job = clerk.wait(clerk.ask(), lambda each: each.phase is Phase.COMPLETED)
        assert not job.settled
    clerk.wait(job)
    assert run_of(clerk.store, job).status == "completed"
    assert [each.source for each in clerk.store.loads()].count(f"job job/{job.id}") == 1


def _away(*_: object) -> None:
    raise UnreachableError("away")
