"""What ctapipe's records say, field by field."""

import json
import math
import time
from typing import Any

import pytest

from provgraph.errors import LoadError
from provgraph.ingest.loading import load
from provgraph.loaders.ctapipe import CtapipeLoader, document_of
from provgraph.loaders.protocol import HEAD
from provgraph.loaders.repeated import OWN_PATHS
from provgraph.model.records import SOFTWARE, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational.store import open_sqlite
from tests.loaders.examples import (
    LOGS,
    Record,
    facts_of,
    ids,
    read,
    real_records,
    record,
    settings_of,
)


@pytest.fixture(scope="module")
def process() -> Record:
    return real_records("edge_many_configs.provlog")[1]


# Facts.


def test_facts_with_a_meaning(process: Record) -> None:
    facts = facts_of(process)
    expected = {
        "name": "ctapipe-process",
        "version": "0.28.0",
        "status": "completed",
        "startTime": "2026-11-21T08:34:12.769",
        "endTime": "2026-11-21T08:34:13.653",
        "host": "wn042",
        "bootTime": "2026-11-21T07:41:15.000",
        "executable": "/opt/ctapipe/bin/python",
        "arguments": process["system"]["arguments"],
    }
    assert {name: facts[name] for name in expected} == {
        name: (value,) for name, value in expected.items()
    }
    document = document_of(process, "default")
    assert document.run is not None
    assert document.run.id == "86a589e7-f451-41ca-8931-e7a226be97d6"


def leaves(name: str, value: object) -> dict[str, object]:
    if isinstance(value, dict) and value:
        return {
            key: leaf
            for inner, item in value.items()
            for key, leaf in leaves(f"{name}.{inner}", item).items()
        }
    return {name: value}


@pytest.mark.parametrize(
    "log", [log.name for log in sorted(LOGS.glob("edge_*")) if "truncated" not in log.name]
)
def test_no_field_of_a_real_record_is_lost(log: str) -> None:
    for said in real_records(log):
        document = document_of(said, "default")
        assert document.run is not None
        facts = document.run.facts
        told = {canonical(value) for values in facts.values() for value in values}
        top = {
            key: value
            for key, value in said.items()
            if key not in ("input", "output", "config", "system")
        }
        top["start"], top["stop"] = said["start"]["time_utc"], said["stop"]["time_utc"]
        system = {key: value for key, value in said["system"].items() if key != "environment"}
        system["python"] = {
            key: value for key, value in system["python"].items() if key != "packages"
        }
        everything = [value for key, value in top.items() if key != "activity_uuid"] + list(
            leaves("", system).values()
        )
        assert {canonical(value) for value in everything if value is not None} <= told
        parameters = [value for each in document.settings for value in each.values.values()]
        leaf_values = [
            value for value in leaves("", said.get("config", {})).values() if value != {}
        ]
        assert {canonical(value) for value in leaf_values} <= {
            canonical(leaf) for value in parameters for leaf in leaves("", value).values()
        }


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_extra_keys_are_kept_with_their_types() -> None:
    said = real_records("edge_unfinished.provlog")[0]
    facts = facts_of(said)
    assert facts["samples"] == ([{"time_utc": "2026-11-21T08:31:18.655"}],)
    assert facts["exit_code"] == (0,)
    assert facts["duration_min"] == (said["duration_min"],)
    assert facts["system.platform.n_cpus"] == (2,)
    assert facts["system.python.version"] == (["3", "11", "7"],)
    assert facts["system.start_time_utc"] == ("2026-11-21T08:31:18.652",)
    assert facts_of(record(note=False, count=0, empty=""))["note"] == (False,)


def test_missing_says_nothing() -> None:
    facts = facts_of(record(system=None, status=None, stop=None, nothing=None))
    assert facts == {"name": ("tool",), "startTime": ("2026-11-21T08:00:00.000",)}
    assert facts_of(record(system="linux"))["system"] == ("linux",)


def test_an_extra_key_is_no_fact_of_ours() -> None:
    facts = facts_of(
        record(stop=None, endTime="garbage", system={}, arguments=["--password", "hunter2"])
    )
    assert "endTime" not in facts
    assert "hunter2" not in str(facts)


def test_status_words_are_kept() -> None:
    assert facts_of(record(status="check-run"))["status"] == ("check-run",)


def test_no_real_record_tells_who_ran_it() -> None:
    for log in sorted(LOGS.glob("edge_o*")):
        for said in real_records(log.name):
            assert "/data/ctao/home" not in str(document_of(said, "default"))


# Settings.


def test_parameters_are_named_tool_component_trait(process: Record) -> None:
    values = {
        name: value for each in settings_of(process).values() for name, value in each.values.items()
    }
    tool = "ProcessorTool"
    assert values[f"{tool}.SimTelEventSource.ThresholdGainSelector.threshold"] == math.inf
    assert values[f"{tool}.SimTelEventSource.max_events"] is None
    assert values[f"{tool}.overwrite"] is False
    assert values[f"{tool}.log_level"] == 30
    assert values[f"{tool}.log_config"] == {}
    assert values[f"{tool}.DataWriter.image_scale"] == 10.0
    assert isinstance(values[f"{tool}.DataWriter.image_scale"], float)
    assert isinstance(values[f"{tool}.DataWriter.image_offset"], int)
    assert (
        values[f"{tool}.DataWriter.contact_info"]
        == process["config"][tool]["DataWriter"]["contact_info"]
    )
    assert values[f"{tool}.ImageProcessor.TailcutsImageCleaner.picture_threshold_pe"] == [
        ["type", "*", 9.0]
    ]
    assert values[f"{tool}.provenance_log"] == "/data/ctao/prov/edge_many_configs.provlog"


def test_infinity_survives_the_store(process: Record) -> None:
    store = open_sqlite("sqlite://")
    list(load(store, [str(LOGS / "edge_many_configs.provlog")]))
    key = key_of(Kind.ACTIVITY, "86a589e7-f451-41ca-8931-e7a226be97d6")
    found = store.nodes([key])[key]
    values = {
        k: v for each in store.parameters_of([found.key])[found.key] for k, v in each.values.items()
    }
    assert values["ProcessorTool.SimTelEventSource.ThresholdGainSelector.threshold"] == math.inf
    assert values["h5py"] == next(
        p["version"] for p in process["system"]["python"]["packages"] if p["name"] == "h5py"
    )


def test_packages_and_settings_are_shared_by_runs() -> None:
    first, second = real_records("edge_spellings.provlog")[:2]
    one, other = settings_of(first), settings_of(second)
    assert one.keys() == other.keys()
    differing = {name for name in one if one[name].key != other[name].key}
    assert differing == {OWN_PATHS}
    assert all(isinstance(v, list) or str(v).startswith("/") for v in one["paths"].values.values())
    assert one[SOFTWARE].values["numpy"]


def test_packages_in_another_order_are_the_same() -> None:
    packages = [{"name": "a", "version": "1"}, {"name": "b", "version": "2"}]
    keys = {
        settings_of(record(system={"python": {"packages": listed}}))[SOFTWARE].key
        for listed in (packages, packages[::-1])
    }
    assert len(keys) == 1


def test_settings_that_differ_have_other_keys() -> None:
    keys = {
        settings_of(record(config={"T": {"a": value}}))["T"].key
        for value in (1, 1.0, "1", True, None, [1], math.inf)
    }
    assert len(keys) == 7


def test_malformed_packages_are_kept_as_said() -> None:
    facts = facts_of(record(system={"python": {"packages": ["numpy 1.0"]}}))
    assert facts["system.python.packages"] == (["numpy 1.0"],)


def test_config_that_is_no_dict_is_kept() -> None:
    assert facts_of(record(config="x.yaml"))["config"] == ("x.yaml",)


def test_a_key_without_a_letter_is_kept() -> None:
    system = {"python": {"packages": [{"name": "a", "version": "1"}]}}
    for said in (record(), record(system=system)):
        assert facts_of({**said, "": 5})[""] == (5,)
    config = settings_of(record(config={"": 1, "Tool": {"": 2}}))
    assert (config[""].values, config["Tool"].values) == ({"": 1}, {"Tool.": 2})


def test_config_files(process: Record) -> None:
    document = document_of(process, "default")
    files = tuple(
        f"file:/data/ctao/config/{name}"
        for name in ("base.yaml", "dl1.yaml", "over.json", "over.py")
    )
    assert document.config_files == files
    used = {
        m.place
        for m in document.mentions
        if m.relation is RelationType.USED and m.role == "Tool Configuration"
    }
    assert used == set(files)


# Files.


def entry(url: str = "/data/x", role: str | None = None, **more: Any) -> Record:
    return {"url": url, "role": role, "reference_meta": None, **more}


def test_a_real_header_is_stated_of_the_product() -> None:
    said = real_records("edge_inplace.provlog")[0]
    document = document_of(said, "default")
    stated = {entity.identifier: entity.attributes for entity in document.entities}
    header = said["output"][0]["reference_meta"]
    assert stated[f"product:{header['CTA PRODUCT ID']}"] == {
        key: (value,) for key, value in header.items()
    }
    assert len(stated) == 2
    assert all(not mention.attributes for mention in document.mentions)


def test_a_made_up_header_is_said_of_the_mention_only() -> None:
    said = real_records("edge_overwrite_irf.provlog")[2]
    document = document_of(said, "default")
    (output,) = (mention for mention in document.mentions if mention.is_output)
    assert output.identifier is None
    assert output.attributes["CTA PRODUCT ID"] == ("48dbb7c3-bb7b-4f0c-a70c-9f602ed9318d",)
    assert "48dbb7c3" not in str(document.entities)


def test_what_else_an_entry_says_is_kept() -> None:
    (mention,) = document_of(
        record(input=[entry(size=5, checksum="x", n=None)]), "default"
    ).mentions
    assert mention.attributes == {"size": (5,), "checksum": ("x",)}
    header = {"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": "A"}
    (mention,) = document_of(
        record(input=[entry(size=5) | {"reference_meta": header}]), "default"
    ).mentions
    assert (mention.identifier, mention.attributes) == ("product:P", {"size": (5,)})


def test_paths_stand_in_the_namespace() -> None:
    mentions = document_of(
        record(input=[entry("/data//x"), entry("/cwd/root:/h/x")]), "wn"
    ).mentions
    assert [mention.place for mention in mentions] == ["file://wn/data/x", "root://h/x"]


def test_one_file_in_two_roles_is_two_mentions() -> None:
    mentions = document_of(
        record(input=[entry(role="a"), entry(role="b"), entry(role="b")]), "default"
    ).mentions
    assert [mention.role for mention in mentions] == ["a", "b"]


# Malformed records.


@pytest.mark.parametrize(
    "change",
    [
        {"activity_uuid": None},
        {"activity_uuid": ""},
        {"activity_uuid": 5},
        {"activity_uuid": {"a": 1}},
        {"activity_name": None},
        {"start": None},
        {"start": {"time_utc": "yesterday"}},
        {"start": {"time_utc": 5}},
        {"start": {}},
        {"start": "2026-13-01T00:00:00"},
        {"stop": {"time_utc": "25:00"}},
        {"input": None},
        {"input": {"url": "/x"}},
        {"input": ["/x"]},
        {"output": [{"role": "x"}]},
        {"output": [{"url": None}]},
        {"output": [{"url": 5}]},
        {"output": None},
    ],
    ids=str,
)
def test_a_malformed_record_is_one_problem(change: Record) -> None:
    log = json.dumps([record("A"), record("B", **change), record("C")]).encode()
    documents, problems = read(log)
    assert ids(documents) == ["A", "C"]
    (problem,) = problems
    (field,) = change
    assert problem.where == f"byte {log.index(json.dumps(record('B', **change)).encode())}"
    assert field in problem.what or "time" in problem.what or field == "output"
    with pytest.raises(LoadError):
        document_of(record("B", **change), "default")


@pytest.mark.parametrize("field", ["activity_uuid", "activity_name", "start", "input", "output"])
def test_a_missing_field_is_one_problem(field: str) -> None:
    broken = record("B")
    del broken[field]
    documents, (problem,) = read(json.dumps([record("A"), broken]).encode())
    assert ids(documents) == ["A"]
    assert (field in problem.what) == (field != "activity_uuid") or "activity_uuid" in problem.what


@pytest.mark.parametrize(
    "change",
    [
        {"system": []},
        {"system": {"platform": 5}},
        {"system": {"arguments": {}}},
        {"config": []},
        {"status": 5},
    ],
)
def test_odd_values_where_nothing_is_needed_are_kept(change: Record) -> None:
    documents, problems = read(json.dumps([record("A", **change)]).encode())
    assert (ids(documents), problems) == (["A"], [])


def test_times_are_utc() -> None:
    facts = facts_of(
        record(start="2026-11-21T10:00:00+02:00", stop={"time_utc": "2026-11-21 08:00:00.1234567Z"})
    )
    assert facts["startTime"] == ("2026-11-21T08:00:00.000",)
    assert facts["endTime"] == ("2026-11-21T08:00:00.123456700",)


# Recognition.


@pytest.mark.parametrize("log", sorted(log.name for log in LOGS.iterdir()))
def test_every_real_log_is_recognised(log: str) -> None:
    assert CtapipeLoader().recognises((LOGS / log).read_bytes()[:8192])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b" \n",
        b"\xef\xbb\xbf",
        b'{"prefix": {}}',
        b"[1, 2]",
        b"\x89HDF",
        b"SIMPLE  =",
        b"# activity_name",
        b"activity_uuid,activity_name\n",
        b'"activity_name"',
        b"\x00" * 100,
        b"<xml/>",
    ],
)
def test_what_is_none_of_ours_is_not(head: bytes) -> None:
    assert not CtapipeLoader().recognises(head)


@pytest.mark.parametrize(
    "head",
    [
        b"[]" * 32_000 + b"[" + b" " * 1000 + b"x",
        b"[ ]\n" * 16_384,
        b"[" + b" " * HEAD + b"x",
        b"[]" * 20_000 + b"x",
    ],
)
def test_recognition_takes_no_more_than_linear_time(head: bytes) -> None:
    """Quadratic time takes 2 to 8 s here."""
    begun = time.process_time()
    assert CtapipeLoader().recognises(head[:HEAD]) == (not head.endswith(b"x"))
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "head", [b'[]\n[{"activity_uuid"', b'[],[{"activity_name"', b'\xef\xbb\xbf{"activity_uuid"']
)
def test_a_log_behind_empty_arrays_is_recognised(head: bytes) -> None:
    assert CtapipeLoader().recognises(head)
