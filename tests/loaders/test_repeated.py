"""What records repeat is recognised by its text, and nothing else comes out for it."""

import json
import re
from io import BufferedReader, BytesIO
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provgraph.loaders import json_stream
from provgraph.loaders.ctapipe import CtapipeLoader, document_of
from provgraph.loaders.json_stream import JsonRecords
from provgraph.loaders.repeated import OWN_PATHS, RepeatedObjects, settings_of
from provgraph.model.records import Document
from provgraph.model.values import SharedObject
from tests.loaders.examples import LOGS, real_records, record

OPENINGS = re.compile(r'"(?:config"\s*+:\s*+\{|(system|[A-Z]\w*+)"\s*+:\s*+(?=\{))')


def stream(data: bytes, repeated: RepeatedObjects | None) -> list[Any]:
    reader = cast("BufferedReader", BufferedReader(BytesIO(data)))
    return list(JsonRecords(reader, lambda each: "activity_uuid" in each, repeated=repeated))


def in_words(found: list[Any]) -> str:
    """With the types of numbers; and that NaN equals NaN."""
    return repr(found)


def log(*records: dict[str, Any]) -> bytes:
    return json.dumps(list(records), indent=3).encode()


def run(name: str, **more: Any) -> dict[str, Any]:
    return {"activity_uuid": name, **more}


def test_an_object_in_the_same_words_is_one_instance() -> None:
    data = log(*(run(name, system={"a": [1, 2.0, None]}, B={"c": name}) for name in "XYZ"))
    found = [each for _, each in stream(data, RepeatedObjects(OPENINGS))]
    assert found == json.loads(data)
    assert found[1]["system"] is found[2]["system"]
    assert isinstance(found[2]["system"], SharedObject)
    assert not isinstance(found[2]["B"], SharedObject)


def test_what_python_takes_for_equal_is_not_the_same() -> None:
    records = [run("X", A={"x": value}) for value in (1, True, 1.0, "1", 0, False, 0.0, -0.0)]
    data = log(*records, *records)
    found = [each for _, each in stream(data, RepeatedObjects(OPENINGS))]
    assert repr(found) == repr(records + records)


def test_objects_of_other_records_are_recognised_between_those_that_differ() -> None:
    """However many texts come once, those that come again are kept."""
    repeated = RepeatedObjects(OPENINGS)
    for number in range(1000):
        stream(log(run("X", A={"x": number}), run("Y", A={"y": 1})), repeated)
    ((_, first), (_, second)) = stream(log(run("X", A={"x": -1}), run("Y", A={"y": 1})), repeated)
    assert not isinstance(first["A"], SharedObject)
    assert isinstance(second["A"], SharedObject)


DEEP = '"E":' + '{"x":' * 30 + "1" + "}" * 30
PARTS = [
    DEEP,
    '"z":' + "[" * 75 + "{" + DEEP + "}" + "]" * 75,
    '"A":{"x":1}',
    '"A" : {"x": 1}',
    '"A":{"x":1,"x":2}',
    '"A":{"B":{"y":[{}]}}',
    '"B":{"y":[{}]}',
    '"config":{"T":{"A":{"x":1}}}',
    '"system":{"é":1}',
    '"system":{"x":"\\u00e9"}',
    '"system":{"x":"\\udc00"}',
    '"system":{"\\u0000":1,"\\\\u0000":2}',
    '"system":{"x":NaN}',
    '"system":{"x":-Infinity}',
    '"z":NaN',
    '"z":"NaN"',
    '"z":Infinity',
    '"z":' + "9" * 30,
    '"z":' + "9" * 4400,
    '"z":"é\\u00e9"',
    '"z":"\\u0000"',
    '"z":1,"z":2',
    '"a\\"A":{"x":1}',
    '"z":"\\"A\\":{"',
    '"z":"\\\\","A":{"x":1}',
    '"z":["A",{"x":1}]',
    '"z":"x "A":{"x":1}',
    '"C":{' + '"C":{' * 30 + "}" * 30 + "}",
    '"z":' + "[" * 85 + '{"A":{"x":{"x":{"x":1}}}}' + "]" * 85,
    '"D":{"x":{"x":{"x":1}}},"z":' + "[" * 96 + '{"D":{"x":{"x":{"x":1}}}}' + "]" * 96,
    '"A":{"x":1',
    '"A":{"x" 1}',
    '"A":"x"',
    '"A":[1]',
    '"A":{}',
]


def of_parts(*parts: str) -> str:
    return "{" + ",".join(('"activity_uuid":"X"', *parts)) + "}"


RECORDS = st.lists(st.sampled_from(PARTS), max_size=4).map(lambda parts: of_parts(*parts))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(RECORDS, max_size=5).map(lambda each: each + each[::-1]),
    st.sampled_from([1, 30, 1 << 20]),
)
@example([of_parts(part) for part in PARTS] * 2, 1 << 20)
def test_records_are_those_of_the_usual_decoder(records: list[str], chunk: int) -> None:
    data = ("[" + ",".join(records) + "]").encode()
    repeated = RepeatedObjects(OPENINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        expected = in_words(stream(data, None))
        assert in_words(stream(data, repeated)) == expected
        assert in_words(stream(data, repeated)) == expected


@pytest.mark.parametrize("name", sorted(path.name for path in LOGS.glob("*.provlog")))
def test_real_logs_say_the_same_at_first_and_again(name: str) -> None:
    data = (LOGS / name).read_bytes()
    usual = stream(data, None)
    repeated = RepeatedObjects(re.compile(r'"(\w++)"\s*+:\s*+(?=\{)'))
    for _ in range(3):
        assert in_words(stream(data, repeated)) == in_words(usual)


def test_a_document_is_the_same_whether_its_objects_are_known_or_not() -> None:
    data = (LOGS / "run02001.provlog").read_bytes()
    expected = [document_of(each, "default") for each in real_records("run02001.provlog")]
    for _ in range(3):
        found = list(CtapipeLoader().documents(BufferedReader(BytesIO(data)), "default"))
        assert found == expected
        assert [keys_of(each) for each in found] == [keys_of(each) for each in expected]


def keys_of(document: Any) -> list[bytes]:
    assert isinstance(document, Document)
    keys = [each.key for each in document.settings]
    return keys + [each.key for each in document.mentions]


def test_settings_of_equal_numbers_of_other_types_are_others() -> None:
    made = [next(iter(settings_of({"Tool": {"x": value}}))) for value in (1, True, 1.0, "1", 1)]
    assert [each.values["Tool.x"] for each in made] == [1, True, 1.0, "1", 1]
    assert len({each.key for each in made}) == 4
    assert made[0] is made[-1]


def test_a_secret_in_what_is_repeated_is_masked_each_time() -> None:
    said = record(config={"Tool": {"Part": {"password": "hunter2"}}})
    data = log(said, said, said)
    for _ in range(2):
        found = list(CtapipeLoader().documents(BufferedReader(BytesIO(data)), "default"))
        assert len(found) == 3
        assert "hunter2" not in repr(found)
        assert OWN_PATHS not in repr(found)
