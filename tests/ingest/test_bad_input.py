"""docs/contract.md, Bad input, line by line: what a user notices of bad input.

What the reading alone promises is tested beside the loaders, any bytes at all in ``tests/fuzz``.
"""

import csv
import gzip
import io
import json
import math
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.model.identifiers import location_of, place_of
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.values import storable_text
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.lineages import HOSTILE, TEXTS, written
from tests.loaders.examples import PRODUCTS, Record, record


@pytest.fixture
def memory() -> Iterator[Store]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


def loaded(store: Store, path: Path, data: bytes) -> Report:
    path.write_bytes(data)
    (report,) = load(store, [str(path)])
    return report


def entry(url: str, role: str | None = None, product: str | None = None) -> Record:
    meta = product and {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": "a run"}
    return {"url": url, "role": role, "reference_meta": meta}


def encoded(*records: Record) -> bytes:
    """A log with its texts as they are; lone surrogates as the escapes that JSON has for them."""
    return json.dumps(records, ensure_ascii=False).encode("utf-8", "backslashreplace")


def holds_the_same(store: Store, memory: Store) -> bool:
    return digest(store.scan()) == digest(memory.scan())


# --- truncated or concatenated log, BOM, CRLF, blank file, NaN/Infinity, duplicate keys, lone
# surrogates, nesting -----

BOM = b"\xef\xbb\xbf"
CRLF = json.dumps([record("crlf", note="\r\n")], indent=2).replace("\n", "\r\n").encode()
ODD = (
    b'[{"activity_uuid":"odd","activity_name":"t","start":"2026-11-21T08:00:00",'
    b'"input":[],"output":[],'
)
NUMBERS = (
    ODD.replace(b"odd", b"numbers")
    + b'"nan":NaN,"infinite":[Infinity,-Infinity,1e400],"huge":'
    + b"9" * 400
    + b"}]"
)
DOUBLED = ODD.replace(b"odd", b"doubled") + b'"x":1,"y":5,"x":2}]'
SURROGATES = (
    ODD.replace(b"odd", b"surrogates") + b'"x":"a\\ud800b\\u0000","\\udfff":"\xed\xa0\x80"}]'
)
NESTED = ODD.replace(b"odd", b"nested") + b'"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}]"
CUT = json.dumps([record("before the cut"), record("cut")]).encode()[:-30]
PARTS = (BOM, CRLF, NUMBERS, b"\r\n", DOUBLED, SURROGATES, BOM, b"[]", NESTED, CUT)


def test_of_every_odd_log_in_one_all_whole_records_load_into_every_store(
    store: Store, memory: Store, tmp_path: Path
) -> None:
    report = loaded(store, tmp_path / "log", b"".join(PARTS))
    assert (report.status, report.activities) == ("partial", 5)
    begins = [len(b"".join(PARTS[: PARTS.index(part)])) for part in (DOUBLED, NESTED, CUT)]
    places = [begins[0] + 1, begins[1] + 1, begins[2] + CUT.rindex(b'{"activity_name"')]
    assert [problem.where for problem in report.problems] == [f"byte {place}" for place in places]
    for problem, what in zip(
        report.problems, ("'x' stands twice", "nested too deeply", "cut off"), strict=True
    ):
        assert what in problem.what
    numbers = find(store, "numbers").attributes
    assert (numbers["infinite"], numbers["huge"]) == (
        ([math.inf, -math.inf, math.inf],),
        (10**400 - 1,),
    )
    assert math.isnan(float(str(numbers["nan"][0])))
    assert find(store, "doubled").attributes == {"x": (2,), "y": (5,)}
    assert find(store, "surrogates").attributes == {
        "x": ("a\\ud800b\\u0000",),
        "\\udfff": ("\\udced\\udca0\\udc80",),
    }
    assert find(store, "crlf").attributes["note"] == ("\r\n",)
    loaded(memory, tmp_path / "log", b"".join(PARTS))
    assert holds_the_same(store, memory)


@pytest.mark.parametrize("data", [b"", b"\r\n \t", BOM, BOM + b"\n", gzip.compress(b"", mtime=0)])
def test_a_blank_file_is_refused_as_blank(data: bytes, tmp_path: Path, memory: Store) -> None:
    report = loaded(memory, tmp_path / "log", data)
    assert (report.status, len(report.problems), list(memory.loads())) == ("refused", 1, [])
    assert "blank" in report.problems[0].what


@pytest.mark.parametrize(
    "data", [b"[]", b" [ ]\r\n", BOM + b"[]", b"[][]\n[]", gzip.compress(b"[]", mtime=0)]
)
def test_a_log_with_nothing_in_it_is_loaded(data: bytes, tmp_path: Path, memory: Store) -> None:
    report = loaded(memory, tmp_path / "log", data)
    assert (report.status, report.activities, report.problems) == ("loaded", 0, ())


@pytest.mark.parametrize(
    "part", [NESTED, CUT[:100], DOUBLED[:-4]], ids=["nested", "cut", "cut and doubled"]
)
def test_a_file_without_one_whole_record_is_refused(
    part: bytes, tmp_path: Path, memory: Store
) -> None:
    report = loaded(memory, tmp_path / "log", part)
    assert (report.status, report.activities, list(memory.loads())) == ("refused", 0, [])
    assert report.problems[0].where.startswith("byte ")
    assert not any(memory.stats().values())


def test_of_a_broken_gzip_log_in_the_older_form_the_whole_lines_load(
    tmp_path: Path, memory: Store
) -> None:
    lines = "".join(
        f"{record(str(number), note=list(range(900)))}\n" for number in range(5)
    ).encode()
    report = loaded(memory, tmp_path / "log", gzip.compress(lines)[:-40])
    assert report.status == "partial"
    assert 3 <= report.activities < 6
    assert "the rest can't be read" in report.problems[-1].what


# --- unknown format, binary junk, a directory with none of ours
# -------------------------------------------------------


LOG = encoded(record("A"))
JUNK = {
    "zeros": b"\x00" * 9999,
    "every byte": bytes(range(256)) * 99,
    "text": b"activity_uuid is mentioned here",
    "yaml": b"- activity_uuid: A\n  activity_name: t\n",
    "csv": b"activity_uuid,activity_name\nA,t\n",
    "json of another kind": b'{"people": {"a": {}}}',
    "xml": b"<?xml version='1.0'?><activity_uuid/>",
    "a product": (PRODUCTS / "irf.fits").read_bytes()[:9999],
    "utf-16": encoded(record("A")).decode().encode("utf-16"),
    "a log packed twice": gzip.compress(gzip.compress(LOG)),
    "packed junk": gzip.compress(b"\xff" * 9999),
}


@pytest.mark.parametrize("kind", JUNK)
def test_what_is_none_of_ours_is_refused_and_said_what_was_looked_for(
    kind: str, tmp_path: Path, memory: Store
) -> None:
    report = loaded(memory, tmp_path / "junk", JUNK[kind])
    (problem,) = report.problems
    assert (report.status, report.format, report.load) == ("refused", None, None)
    assert "looked for: " in problem.what
    assert "provenance logs of ctapipe" in problem.what
    assert not any(memory.stats().values())


def test_a_folder_with_none_of_ours_is_refused_and_said_what_was_looked_for(
    tmp_path: Path, memory: Store
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for number, junk in enumerate(JUNK.values()):
        (tmp_path / "deep" / "er" / f"{number}").write_bytes(junk)
    (report,) = load(memory, [str(tmp_path)])
    assert (report.source, report.status) == (str(tmp_path), "refused")
    assert f"it holds {len(JUNK)} files, none of a format" in report.problems[0].what
    assert "provenance logs of ctapipe" in report.problems[0].what


# --- a cycle, an end before a start, times in the future
# --------------------------------------------------------------


def test_a_cycle_is_loaded_as_said(store: Store, tmp_path: Path) -> None:
    first, second = entry("/data/1", "r", "P1"), entry("/data/2", "r", "P2")
    runs = record("A", input=[first], output=[second]), record("B", input=[second], output=[first])
    report = loaded(store, tmp_path / "log", encoded(*runs))
    assert (report.status, report.problems) == ("loaded", ())
    for direction in (Direction.UPSTREAM, Direction.DOWNSTREAM):
        answer = lineage(store, find(store, "product:P1"), direction)
        assert {node.id for node in answer.nodes} == {"product:P1", "product:P2", "A", "B"}
        assert len(answer.edges) == 4
        assert all(written(answer, form) for form in TEXTS)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-21T08:00:00.000", "2026-11-20T07:00:00.000"),
        ("2999-01-01T00:00:00.000", "3000-01-01T00:00:00.000"),
        ("9999-12-31T23:59:59.999", "0001-01-01T00:00:00.000"),
    ],
)
def test_an_end_before_a_start_and_times_in_the_future_are_loaded_as_said(
    start: str, end: str, store: Store, tmp_path: Path
) -> None:
    run = record("A", start={"time_utc": start}, stop={"time_utc": end}, output=[entry("/data/x")])
    report = loaded(store, tmp_path / "log", encoded(run))
    assert (report.status, report.problems) == ("loaded", ())
    node = find(store, "A")
    assert (node.start_time, node.end_time, node.status) == (f"{start}Z", f"{end}Z", "completed")
    answer = lineage(store, find(store, "/data/x"))
    assert answer.root.generated_at == f"{end}Z"
    assert all(written(answer, form) for form in TEXTS)


# --- XML with entities or external references, JSON or archive bombs, a 2 GB log; no network or
# file access -----------

_WATCHED = """
import sys
sys.path[:0] = [sys.argv[3]]
from provgraph.ingest.loading import load
from provgraph.store.registry import open_store
store = open_store(f"sqlite:///{sys.argv[2]}/store.db")
list(load(store, [sys.argv[2] + "/first"]))
touched = []
sys.addaudithook(lambda event, arguments: touched.append(f"{event} {arguments!r}"))
for report in load(store, [sys.argv[1]]):
    print(report.status)
watched = ("open", "os.", "socket.", "subprocess.", "urllib.")
print("\\n".join(each for each in touched if each.startswith(watched)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "status"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{url}"><!ENTITY y SYSTEM "file://{path}">]><a>&x;&y;</a>',
            "refused",
        ),
        (
            '<!DOCTYPE a [<!ENTITY a "aaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
            "<a>&c;</a>",
            "refused",
        ),
        (
            '[{{"activity_uuid":"A","activity_name":"{path}","start":"2026-11-21T08:00:00","$ref":"{url}","@context":"{url}",'
            '"$include":"{path}","config":{{"T":{{"file":"{path}"}}}},"input":[{{"url":"{path}"}},{{"url":"file://{path}"}},'
            '{{"url":"{url}"}}],"output":[{{"url":"{path}.out"}}]}}]',
            "loaded",
        ),
        (
            "[{{'activity_uuid':'A','activity_name':'t','start':'2026-11-21T08:00:00','input':[],'output':[{{'url':'{path}'}}]}},"
            "{{'activity_uuid':open('{path}')}}]",
            "partial",
        ),
    ],
    ids=["external entities", "entities", "references", "code"],
)
def test_no_document_makes_us_reach_for_the_network_or_another_file(
    form: str, status: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "first").write_bytes(encoded(record("first")))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        (tmp_path / "log").write_text(form.format(url=url, path=secret))
        command = [
            sys.executable,
            "-c",
            _WATCHED,
            str(tmp_path / "log"),
            str(tmp_path),
            str(Path(__file__).parents[2]),
        ]
        said, *touched = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        with pytest.raises(BlockingIOError):
            server.accept()
    assert said == status
    assert any(str(tmp_path / "log") in each for each in touched)
    assert not [
        each
        for each in touched
        if "secret" in each or each.startswith(("socket.connect", "subprocess", "exec"))
    ]


_MEASURED = """
import json, resource, sys
from provgraph.ingest.loading import load
from provgraph.store.registry import open_store
store = open_store("sqlite://")
list(load(store, [sys.argv[1]]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(report,) = load(store, [sys.argv[2]])
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
problems = [problem.what for problem in report.problems]
print(json.dumps([report.status, report.activities, problems, grown >> 10]))
"""
MIB = 1 << 20


def record_with(value: bytes) -> Iterable[bytes]:
    """A log in which a field of a record is this value."""
    return [gzip.compress(BEFORE + WITHIN + value + b"}]" + BEHIND, 1)]


def text(kib: int, begin: bytes = b"", end: bytes = b"", character: bytes = b"x") -> bytes:
    return b'"' + begin + character * ((kib << 10) // len(character)) + end + b'"'


def objects(count: int) -> bytes:
    return b"[" + b",".join(b'{"k%d":1}' % number for number in range(count)) + b"]"


def filled(begin: bytes, filling: bytes, mib: int, end: bytes) -> Iterable[bytes]:
    """A log with so many MiB of something within it, packed in members of a gzip file of its own
    each.
    """
    member = gzip.compress(filling * (16 * MIB // len(filling)))
    return [gzip.compress(begin), *[member] * (mib // 16), gzip.compress(end)]


EMOJI = "\U0001f600".encode()
BEFORE, BEHIND = encoded(record("before")), encoded(record("behind"))
WITHIN = encoded(record("bomb"))[:-2] + b', "x": '


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "activities", "said", "most_mib"),
    [
        (lambda: filled(BEFORE, b" \n", 512, BEHIND), 2, None, 40),
        (lambda: filled(BEFORE, b"\x00", 256, BEHIND), 2, "no JSON object begins with", 40),
        (
            lambda: filled(BEFORE + WITHIN + b'"', b"x", 128, b'"}]' + BEHIND),
            2,
            "a record of more than 16 MiB",
            100,
        ),
        (
            lambda: filled(BEFORE + WITHIN + b"[", b"[],", 64, b"1]}]" + BEHIND),
            2,
            "of more than 750,000 keys and",
            100,
        ),
        (
            lambda: filled(b"[{'activity_uuid': [", b"[],", 16, b"]}]"),
            0,
            "a Python literal of more than 256 KiB",
            100,
        ),
        (
            lambda: filled(b"", b"{'activity_uuid':'A'}\n", 128, b""),
            0,
            "of more than 64 MiB is not read",
            200,
        ),
        (lambda: record_with(text(12_000)), 3, None, 150),
        (lambda: record_with(text(20 << 10, EMOJI)), 2, "a record of more than 16 MiB", 100),
        (lambda: record_with(text(3000, EMOJI)), 3, None, 150),
        (lambda: record_with(text(12_000, end=EMOJI)), 2, "a record of more than 16 MiB", 220),
        (
            lambda: record_with(text(12_000, character=b"\x00")),
            2,
            "a record of more than 16 MiB",
            200,
        ),
        (lambda: record_with(text(2000, character=b"\x00")), 3, None, 150),
        (lambda: record_with(objects(245_000)), 3, None, 200),
        (lambda: record_with(objects(255_000)), 2, "of more than 750,000 keys and", 200),
        (lambda: record_with(b"[" + b"[]," * 370_000 + b"0]"), 3, None, 150),
        (lambda: [b"[{'activity_uuid': [" + b"[]," * 87_000 + b"]}]"], 0, "malformed", 200),
        (lambda: filled(b"\x00", b"\x00", 512, b""), 0, "not a format that provgraph reads", 40),
    ],
    ids=[
        "blanks",
        "zeros",
        "one text",
        "lists",
        "a literal",
        "literals",
        "largest text",
        "wide text",
        "largest wide text",
        "wide at its end",
        "unstorable text",
        "largest unstorable text",
        "objects",
        "more objects",
        "most lists",
        "largest literal",
        "junk",
    ],
)
def test_bombs_are_refused_or_streamed_in_bounded_memory(
    data: Callable[[], Iterable[bytes]],
    activities: int,
    said: str | None,
    most_mib: int,
    tmp_path: Path,
) -> None:
    (tmp_path / "bomb").write_bytes(b"".join(data()))
    assert (tmp_path / "bomb").stat().st_size < 3 * MIB
    (tmp_path / "first").write_bytes(encoded(record("first")))
    command = [sys.executable, "-c", _MEASURED, str(tmp_path / "first"), str(tmp_path / "bomb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    status, found, problems, grown_mib = json.loads(done.stdout)
    assert (status, found) == (
        "loaded" if said is None else "partial" if activities else "refused",
        activities,
    )
    assert said is None or said in problems[0]
    assert grown_mib < most_mib


# --- hostile names
# ------------------------------------------------------------------------------------------

NAMES = (
    *HOSTILE,
    "MATCH (n) DETACH DELETE n",
    "`}) MATCH (n) DETACH DELETE n //",
    "'; DROP TABLE activity; --",
    "%s {0}",
    "${jndi:ldap://x}",
    "\\",
    "\\u0000",
    "\x00" * 9,
    "product:x",
    "file:/x@y",
    "a@b@c",
    "*?[a-z]",
    "-o",
    "--help",
    "x" * 3000,
    "日" * 9000,
    "y" * 1_000_000,
)


def hostile(number: int, name: str) -> Record:
    return record(
        f"{number} {name}",
        activity_name=f"n{name}",
        status=name,
        input=[entry(f"/data/{number}/in {name}", name)],
        output=[
            entry(f"/data/{number}/out {name}", name, f"{number} {name}"),
            entry(f"/data/{number}/other {name}", name),
        ],
        config={f"T{name}": {name: name}},
        **{f"k{name}": name},
    )


@pytest.mark.slow
def test_hostile_names_are_data_in_every_store(store: Store, memory: Store, tmp_path: Path) -> None:
    log = _hostile_log()
    report = loaded(store, tmp_path / "log", log)
    assert (report.status, report.activities, report.problems) == ("loaded", len(NAMES), ())
    for number, name in enumerate(NAMES):
        kept = storable_text(name)
        answer = lineage(store, find(store, f"product:{number} {name}"))
        run, source = answer.nodes[1], answer.nodes[2]
        assert (run.id, run.name) == (f"{number} {kept}", f"n{kept}")
        assert run.attributes[f"k{kept}"] == (kept,)
        assert source.location == location_of(place_of(f"/data/{number}/in {kept}"))
        assert {edge.role for edge in answer.edges} == {kept}
        assert find(store, f"/data/{number}/out {name}").id == answer.root.id
    loaded(memory, tmp_path / "log", log)
    assert store.stats() == memory.stats()
    assert holds_the_same(store, memory)


def _hostile_log() -> bytes:
    return encoded(*(hostile(number, name) for number, name in enumerate(NAMES)))


@pytest.mark.slow
def test_hostile_names_are_shown_escaped(memory: Store, tmp_path: Path) -> None:
    """An answer is the same from every store."""
    loaded(memory, tmp_path / "log", _hostile_log())
    for number, name in enumerate(NAMES):
        shows_nothing_to_obey(lineage(memory, find(memory, f"product:{number} {name}")))


def shows_nothing_to_obey(answer: Lineage) -> None:
    shown = {form: written(answer, form) for form in TEXTS}
    for form, document in shown.items():
        document.encode()
        assert not set(document) & set("\x00\x1b\x9b\u202e\x7f") or form in ("json", "csv")
    as_json: dict[str, Any] = json.loads(shown["json"])
    assert [node["id"] for node in as_json["nodes"]] == [
        storable_text(node.id) for node in answer.nodes
    ]
    csv.field_size_limit(1 << 30)
    rows = list(csv.reader(io.StringIO(shown["csv"], newline=""), strict=True))
    assert [row[1] for row in rows[1:]] == [node.kind.value for node in answer.nodes]
    drawing = ET.fromstring(shown["svg"])
    assert not [each for each in drawing.iter() if each.tag.endswith("script")]
    assert {each.get("href", "http:").partition(":")[0] for each in drawing.iter()} <= {
        "http",
        "https",
    }
    drawn = [line.split()[:3] for line in shown["dot"].splitlines() if line.startswith("  n")]
    arrows = [words for words in drawn if words[1] == "->"]
    assert len(drawn) - len(arrows) - 1 == len(answer.nodes)  # one line is for all nodes
    assert len(arrows) == len(answer.edges)
    assert sum(line.startswith("  n") for line in shown["mermaid"].splitlines()) == len(
        answer.nodes
    ) + len(answer.edges)
    assert len([node for node in answer.nodes if node.kind is Kind.ACTIVITY]) == 1
