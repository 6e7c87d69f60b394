"""Logs of any length and in any state.

Every whole record comes out, the rest is a problem with its byte offset.
"""

import gc
import json
import math
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provgraph.loaders import json_stream
from provgraph.loaders.json_stream import JsonRecords
from provgraph.loaders.protocol import Problem
from provgraph.model.values import key_count
from tests.loaders.examples import LOGS, ids, read, real_records, record

Found = list[tuple[int, dict[str, Any]]]


def stream(data: bytes) -> tuple[Found, list[Problem]]:
    reader = cast("BufferedReader", BufferedReader(BytesIO(data)))
    found = list(JsonRecords(reader, lambda each: "activity_uuid" in each))
    return [each for each in found if isinstance(each, tuple)], [
        each for each in found if isinstance(each, Problem)
    ]


def small(name: str, **more: Any) -> dict[str, Any]:
    return {"activity_uuid": name, **more}


def names(found: Found) -> list[str]:
    return [each["activity_uuid"] for _, each in found]


def log(*arrays: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(array, indent=3).encode() for array in arrays)


# Forms.


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (log([small("A")], [small("B"), small("C")]), "ABC"),
        (log([small("A")], [], [small("B")]), "AB"),
        (b"\xef\xbb\xbf" + log([small("A")]) + b"\xef\xbb\xbf" + log([small("B")]), "AB"),
        (log([small("A")], [small("B")]).replace(b"\n", b"\r\n"), "AB"),
        (b"\r\n\t " + log([small("A")]) + b"\n\n\n" + log([small("B")]) + b"\n\n", "AB"),
        (log([small("A")]) + b"," + log([small("B")]), "AB"),
        (json.dumps(small("A")).encode() + b"\n" + json.dumps(small("B")).encode(), "AB"),
        (b"[]", ""),
        (b"[ ]\n[\n]", ""),
        (b"", ""),
        (b" \r\n", ""),
        (b"\xef\xbb\xbf", ""),
    ],
)
def test_forms(data: bytes, expected: str) -> None:
    found, problems = stream(data)
    assert names(found) == list(expected)
    assert not problems
    assert [data[offset : offset + 1] for offset, _ in found] == [b"{"] * len(found)


def test_numbers_that_json_does_not_know() -> None:
    found, problems = stream(
        b'[{"activity_uuid":"A","x":NaN,"y":Infinity,"z":[-Infinity,1e999,1e400]}]'
    )
    assert not problems
    said = found[0][1]
    assert math.isnan(said["x"])
    assert (said["y"], said["z"]) == (math.inf, [-math.inf, math.inf, math.inf])


@pytest.mark.parametrize(
    ("doubled", "key"),
    [
        (b'"x":1,"x":2', "x"),
        (b'"x":2,"x":2', "x"),
        (b'"x" :1,"x"\n:2', "x"),
        (b'"x":1,"\\u0078":2', "x"),
        (b'"y":{"z":[{"x\\"":1,"x\\"":":"}]}', 'x"'),
        (b'"\\u0000":1,"\\\\u0000":2', "\\u0000"),
        (b'"' + b"x" * 9999 + b'":1,"' + b"x" * 9999 + b'":2', "x" * 60),
    ],
)
def test_a_key_that_stands_twice_is_a_problem_and_its_last_value_loads(
    doubled: bytes, key: str
) -> None:
    data = b'[{"activity_uuid":"A"},{"activity_uuid":"B",' + doubled + b'},{"activity_uuid":"C"}]'
    found, (problem,) = stream(data)
    assert names(found) == ["A", "B", "C"]
    assert problem.where == "byte 23"
    assert f"the key {key!r} stands twice" in problem.what
    assert found[1][1].get("x", 2) == 2


@pytest.mark.parametrize(
    "text",
    [
        b'"x": ":", "y": "\\": :"',
        b'"x": "a : b", "y": {"x": 1}',
        b'"\\":": "\\": :"',
        b'"x":[{"z":1},{"z":2}]',
    ],
)
def test_colons_in_texts_are_no_keys(text: bytes) -> None:
    found, problems = stream(b'[{"activity_uuid":"A",' + text + b"}]")
    assert (names(found), problems) == (["A"], [])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b'"\\u0000"', "\\u0000"),
        (b'"a\\ud800b"', "a\\ud800b"),
        (b'"\\udc00"', "\\udc00"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\x00"', "\\u0000"),
        (b'"\xff"', "\\udcff"),
        (b'"\xed\xa0\x80"', "\\udced\\udca0\\udc80"),
        (b'"\xc3\xa9\\u00e9"', "éé"),
        (b'"\xc3"', "\\udcc3"),
        (b'"tab\tand\nline"', "tab\tand\nline"),
        (b'{"\\u0000": ["\\udfff"]}', {"\\u0000": ["\\udfff"]}),
    ],
)
def test_texts_that_no_store_can_hold_are_shown(text: bytes, kept: Any) -> None:
    data = b'[{"activity_uuid":"A","x":' + text + b'},{"activity_uuid":"B"}]'
    found, problems = stream(data)
    assert not problems
    assert found == [(1, small("A", x=kept)), (data.rindex(b"{"), small("B"))]
    json.dumps(found[0][1], ensure_ascii=False).encode()


# Damage.


def test_deep_nesting_is_one_problem() -> None:
    for deep in (b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000):
        data = (
            b'[{"activity_uuid":"A"},{"activity_uuid":"B","x":' + deep + b'},{"activity_uuid":"C"}]'
        )
        found, problems = stream(data)
        assert names(found) == ["A", "C"]
        assert [problem.where for problem in problems] == ["byte 23"]
        assert "nested too deeply" in problems[0].what


def test_nesting_around_records() -> None:
    found, problems = stream(b"[" * 10_000 + b'{"activity_uuid":"A"}' + b"]" * 10_000)
    assert (names(found), problems) == (["A"], [])


SMALL = log([small("A", x=["é", "{"]), small("B", y={"activity": "]"})], [], [small("C", z=1.5)])


def ends(data: bytes) -> dict[str, int]:
    """Where each record of the small log ends."""
    found, _ = stream(data)
    text = data.decode()
    decoder = json.JSONDecoder()
    return {
        each["activity_uuid"]: len(
            text[: decoder.raw_decode(text, len(data[:offset].decode()))[1]].encode()
        )
        for offset, each in found
    }


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_a_cut_at_every_byte(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    whole, _ = stream(SMALL)
    end = ends(SMALL)
    for cut in range(len(SMALL) + 1):
        data = SMALL[:cut]
        found, problems = stream(data)
        kept = [each for each in whole if end[each[1]["activity_uuid"]] <= cut]
        assert found == kept, cut
        begun = [offset for offset, each in whole if offset < cut < end[each["activity_uuid"]]]
        if begun:
            assert [problem.where for problem in problems] == [f"byte {begun[0]}"], cut
        elif is_closed(data):
            assert not problems, cut
        else:
            assert [problem.where for problem in problems] == [f"byte {cut}"], cut


def is_closed(data: bytes) -> bool:
    text = "".join(
        c if c in "[]" else ""
        for c in data.decode("utf-8", "replace").replace('"{"', "").replace('"]"', "")
    )
    return text.count("[") == text.count("]")


def test_a_cut_real_log() -> None:
    data = (LOGS / "edge_nested.provlog").read_bytes()
    whole, _ = stream(data)
    starts = [offset for offset, _ in whole]
    for cut in range(2000, len(data), 4999):
        found, problems = stream(data[:cut])
        count = sum(end <= cut for end in ends(data).values())
        assert found == whole[:count]
        assert [problem.where for problem in problems] == [f"byte {starts[count]}"]


@pytest.mark.parametrize(
    "between",
    [
        b"garbage",
        b"}}}}",
        b'"text',
        b"123",
        b'{"a": ',
        b"{",
        b"\x00\xff\xfe",
        b"null",
        b"[[[[",
        b"\\",
        b'{"a" 1}',
        b"<x/>",
    ],
)
def test_garbage_between_records(between: bytes) -> None:
    data = b'[{"activity_uuid":"A"}]' + between + b'[{"activity_uuid":"B"}]'
    found, problems = stream(data)
    assert names(found) == ["A", "B"]
    assert found[1][0] == data.rindex(b"{")
    assert len(problems) == (1 if between != b"[[[[" else len(problems))
    if between not in (b"[[[[",):
        assert problems[0].where == "byte 23"
        assert f"byte {found[1][0]}" in problems[0].what


def test_a_cut_array_followed_by_a_whole_one() -> None:
    data = log([small("A"), small("B")])
    second = log([small("C"), small("D")])
    middle = data.index(b'"B"') + 1
    found, problems = stream(data[:middle] + second)
    assert names(found) == ["A", "C", "D"]
    assert [problem.where for problem in problems] == [f"byte {data.rindex(b'{')}"]


def test_a_whole_log_after_a_cut_at_every_byte() -> None:
    """What was cut may swallow the beginning of what was appended to it.

    The records there load all the same.
    """
    whole, _ = stream(SMALL)
    end, appended = ends(SMALL), log([small("X"), small("Y", x=["{"])], [small("Z")])
    for cut in range(len(SMALL) + 1):
        found, problems = stream(SMALL[:cut] + appended)
        kept = [name for name, last in end.items() if last <= cut]
        assert names(found) == [*kept, "X", "Y", "Z"], cut
        assert [offset for offset, _ in found][-3:] == [
            cut + offset for offset, _ in stream(appended)[0]
        ]
        begun = [offset for offset, each in whole if offset < cut < end[each["activity_uuid"]]]
        if begun:
            assert [problem.where for problem in problems] == [f"byte {begun[0]}"], cut


def test_hostile_nesting_of_damage_takes_little_time() -> None:
    found, problems = stream(b'[{"activity_uuid":"A"},' + b'{"a":' * 900 + b"[" + b"1," * 200_000)
    assert (names(found), len(problems)) == (["A"], 1)


HOSTILE = b'[{"activity_name":1,'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "records"),
    [
        (HOSTILE + b'"a":[1,{' * 60_000, 0),
        (HOSTILE + b'"a":[{"activity_uuid":1},{' * 18_000, 18_000),
        (HOSTILE + b'"a":[' + b"{}," * 100_000 + b'{"a":[1,' * 20_000, 0),
        ((b'{"k":[' + b"1," * 2500 + b'1],"n":') * 600, 0),
        ((b'{"k":[' + b"1," * 1000 + b'1],"n":') * 400 + b"9" * 5000, 0),
        (HOSTILE + b"{" * 400_000, 0),
    ],
    ids=["deep", "records in what is deep", "siblings", "too large", "integers", "braces"],
)
def test_hostile_damage_takes_linear_time_and_hides_no_record(
    data: bytes, records: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 1 << 16)
    monkeypatch.setattr(json_stream, "LARGEST_RECORD", 1 << 20)
    begun = time.process_time()
    found, problems = stream(data)
    assert time.process_time() - begun < 8
    assert sum("activity_uuid" in each for _, each in found) == records
    assert problems


PIECES = st.sampled_from(
    [
        '{"activity_uuid":1}',
        '{"activity_uuid":1,"x":{}}',
        '{"a":',
        '{"',
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "1",
        "x",
        '"{"',
        '{"activity_uuid":',
        "\\u00",
        "9" * 4400,
        '{"a":' * 120,
        "}" * 120,
        " ",
        '[{"activity_uuid":2,"y":[',
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.integers(1, 50))
def test_damage_hides_no_record_that_trying_every_brace_would_find(text: str, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        found, _ = stream(text.encode())
    assert [offset for offset, each in found if "activity_uuid" in each] == list(
        tried_everywhere(text)
    )


def tried_everywhere(text: str) -> Iterator[int]:
    """The slow and obvious way.

    At each brace an object begins, or there is none and the next brace is tried.
    """
    at = text.find("{")
    while at >= 0:
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            if "activity_uuid" in value and key_count(value) is not None:
                yield at
        at = text.find("{", end)


def test_of_a_damaged_record_nothing_is_loaded() -> None:
    found, _ = stream(b'[{"activity_uuid":"A","input":[{"url":"/x"},{"url":"/y"}],"out')
    assert not found


def test_real_damage() -> None:
    found, problems = stream((LOGS / "edge_truncated_then_appended.provlog").read_bytes())
    assert len(found) == 2
    assert len(problems) == 1


@pytest.mark.parametrize("digits", [20, 400, 4300])
def test_large_integers_are_kept(digits: int) -> None:
    found, problems = stream(b'[{"activity_uuid":"A","x":' + b"9" * digits + b"}]")
    assert (found[0][1]["x"], problems) == (10**digits - 1, [])


def test_an_integer_too_large_to_read_is_one_problem() -> None:
    data = (
        b'[{"activity_uuid":"A"},{"activity_uuid":"B","x":'
        + b"9" * 5000
        + b'},{"activity_uuid":"C"}]'
    )
    found, (problem,) = stream(data)
    assert (names(found), problem.where) == (["A", "C"], "byte 23")


def test_large_integers_go_through_the_loader() -> None:
    data = json.dumps([record("A", x=10**300, y=-(2**63) - 1)]).encode()
    documents, problems = read(data)
    assert not problems
    assert documents[0].run is not None
    assert documents[0].run.facts["x"] == (10**300,)


# Streaming.

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('ab{}[]"\\,é', max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    arrays=st.lists(
        st.lists(values.map(lambda value: small("A", x=value)), max_size=3), max_size=4
    ),
    chunk=st.integers(1, 40),
    ascii_only=st.booleans(),
)
def test_the_size_of_the_chunks_never_matters(
    arrays: list[list[dict[str, Any]]], chunk: int, ascii_only: bool
) -> None:
    data = "\n".join(json.dumps(array, ensure_ascii=ascii_only) for array in arrays).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        found, problems = stream(data)
    assert not problems
    assert [json.dumps(each) for _, each in found] == [
        json.dumps(each).replace("\\u0000", "\\\\u0000") for array in arrays for each in array
    ]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(1, 64))
@example(b"{}", 1)
def test_any_bytes_between_two_logs(between: bytes, chunk: int) -> None:
    """Whatever stands between, the first record loads; what is found has its place."""
    data = b'[{"activity_uuid":"A"}]' + between + b'\n[{"activity_uuid":"B"}]'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        found, problems = stream(data)
    assert found[0] == (1, small("A"))
    assert all(data[offset : offset + 1] == b"{" for offset, _ in found)
    assert found[-1][1].get("activity_uuid") == "B" or problems


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_an_object_between_two_logs_is_handed_out_whatever_it_is(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether an undamaged object is an activity is for the loader to say."""
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    data = b'[{"activity_uuid":"A"}]{}\n[{"activity_uuid":"B"}]'
    assert stream(data) == ([(1, small("A")), (23, {}), (27, small("B"))], [])
    log = json.dumps([record("A")]).encode() + b"{}" + json.dumps([record("B")]).encode()
    documents, (problem,) = read(log)
    assert (ids(documents), problem.where) == (["A", "B"], f"byte {log.index(b'{}')}")
    assert "activity_uuid is missing" in problem.what


@pytest.mark.parametrize("chunk", [1, 100, 5000])
def test_records_larger_than_a_chunk(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    data = (LOGS / "edge_twotools.provlog").read_bytes()
    documents, problems = read(data)
    assert ids(documents) == [
        each["activity_uuid"] for each in real_records("edge_twotools.provlog")
    ]
    assert not problems


def test_a_record_larger_than_allowed_is_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 64)
    monkeypatch.setattr(json_stream, "LARGEST_RECORD", 1000)
    data = (
        b'[{"activity_uuid":"A"},{"activity_uuid":"B","x":"'
        + b"y" * 10_000
        + b'"},{"activity_uuid":"C"}]'
    )
    found, (problem,) = stream(data)
    assert (names(found), problem.where) == (["A", "C"], "byte 23")


_STREAMING = """
import io, json, resource, sys
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.loaders.protocol import Problem
from provgraph.model.values import key_count

array = open(sys.argv[1], "rb").read()
class Log(io.RawIOBase):
    left, size = b"", 0
    def readable(self): return True
    def readinto(self, buffer):
        while len(self.left) < len(buffer) and self.size < 60 << 20:
            self.left += array
            self.size += len(array)
        data, self.left = self.left[:len(buffer)], self.left[len(buffer):]
        buffer[:len(data)] = data
        return len(data)

def run(log):
    found = CtapipeLoader().documents(io.BufferedReader(log), "default")
    return sum(not isinstance(each, Problem) for each in found)

run(io.BytesIO(array * 200))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
log = Log()
count = run(log)
print(json.dumps([count, log.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def test_a_stream_is_let_go_of_as_soon_as_it_is_read() -> None:
    """Thousands of logs would wait for the garbage collector with all their bytes."""
    stream: BufferedReader = BufferedReader(BytesIO(b'[{"activity_uuid": "A"}, {"x'))
    there = weakref.ref(stream)
    gc.disable()
    try:
        assert len(list(JsonRecords(stream, lambda _: True))) == 2
        del stream
        assert there() is None
    finally:
        gc.enable()


@pytest.mark.slow
def test_a_long_log_needs_little_memory() -> None:
    source = str(LOGS / "edge_directory.provlog")
    done = subprocess.run(
        [sys.executable, "-c", _STREAMING, source], capture_output=True, text=True, check=True
    )
    count, size, grown_kib = json.loads(done.stdout)
    assert size >= 60 << 20
    assert count == size // (LOGS / "edge_directory.provlog").stat().st_size
    assert grown_kib < 12 << 10
