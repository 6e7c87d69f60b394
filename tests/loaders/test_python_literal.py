"""The older form of logs: Python reprs, which are read as data and never run."""

import json
import math
from pathlib import Path

import pytest

from provgraph.errors import LoadError
from provgraph.loaders import python_literal
from provgraph.loaders.ctapipe import CtapipeLoader, document_of
from provgraph.loaders.python_literal import read_literals
from provgraph.model.records import Document
from tests.loaders.examples import ids, read, real_records, record


def as_read(data: bytes) -> list[Document]:
    documents, problems = read(data)
    assert not problems
    return documents


def test_items_have_the_byte_that_they_begin_at_and_count_their_keys() -> None:
    text = " [{'é': 1},\n {'a': {'b': 2, 'b': 3}}, f()]"
    found = read_literals(text)
    assert [each.value for each in found] == [{"é": 1}, {"a": {"b": 3}}, None]
    assert [each.keys for each in found] == [1, 3, 0]
    begins = [text.encode().index(each) for each in ("{'é".encode(), b"{'a", b"f()")]
    assert [each.offset for each in found] == begins
    assert found[2].error == "no Python literal: 'f()' is no literal"


def test_one_value_is_one_item_and_a_text_that_is_no_python_is_an_error() -> None:
    assert [each.value for each in read_literals("-1.5")] == [-1.5]
    with pytest.raises(LoadError, match="no Python literal"):
        read_literals("[1,")


@pytest.mark.parametrize("log", ["edge_nested.provlog", "edge_many_configs.provlog"])
def test_a_repr_says_the_same_as_json(log: str) -> None:
    records = real_records(log)
    expected = [document_of(each, "default") for each in records]
    whole = repr(records).encode()
    assert CtapipeLoader().recognises(whole[:1000])
    assert as_read(whole) == expected
    assert as_read(repr(tuple(records)).encode()) == expected
    lines = "\n".join(map(repr, records)).encode()
    assert as_read(lines) == expected
    assert as_read(b"\r\n".join([lines, b"", b""])) == expected
    assert as_read(repr(records[0]).encode()) == expected[:1]


def test_a_repr_keeps_types() -> None:
    said = record(a=("x", 1), b=None, c=True, d={1}, e=-1.5, f=b"raw", g=math.inf, h="\u00e9")
    facts = as_read(repr(said).encode())[0].run
    assert facts is not None
    kept = {name: facts.facts.get(name) for name in "abcdefgh"}
    assert kept == {
        "a": (["x", 1],),
        "b": None,
        "c": (True,),
        "d": ([1],),
        "e": (-1.5,),
        "f": ("raw",),
        "g": (math.inf,),
        "h": ("é",),
    }


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('touch {}')",
        "[open(n, 'w') for n in ['{}']]",
        "(lambda: open('{}', 'w'))()",
        "open('{}', 'w')",
        "f\"{{open('{}', 'w')}}\"",
        "{{**open('{}', 'w')}}",
        "1 + 1",
        "...",
        "os",
    ],
)
def test_code_is_refused_and_not_run(code: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    evil = repr(record("B"))[:-1] + ", 'x': " + code.format(mark) + "}"
    documents, problems = read(f"{record('A')}\n{evil}\n{record('C')}".encode())
    assert not mark.exists()
    if "**" not in code:
        assert ids(documents) == ["A", "C"]
        assert [problem.where for problem in problems] == [f"byte {len(repr(record('A'))) + 1}"]


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{'activity_name': " * 10_000, "-" * 100_000 + "1", "('activity_name',", "b'"],
)
def test_hostile_literals_are_problems(text: str) -> None:
    documents, problems = read(f"{record('A')}\n{text}".encode())
    assert ids(documents) == ["A"]
    assert len(problems) == 1


def test_a_huge_hexadecimal_integer() -> None:
    log = repr(record("A")) + "\n" + repr(record("B"))[:-1] + ", 'x': 0x" + "f" * 5000 + "}"
    for document in read(log.encode())[0]:
        assert all(mention.key for mention in document.mentions)
        json.dumps(document.run.facts if document.run else None)


def test_in_a_repr_too_one_bad_record_is_one_problem() -> None:
    evil, doubled = (
        repr(record("B"))[:-1] + ", 'x': open('/x')}",
        repr(record("D"))[:-1] + ", 'x': 1, 'x': 2}",
    )
    log = f"\n[{record('A')}, {evil},\n {record('C')}, {doubled}, 5]".encode()
    documents, problems = read(log)
    assert ids(documents) == ["A", "C", "D"]
    begins = [log.index(each) for each in (evil.encode(), doubled.encode(), b"5]")]
    assert [problem.where for problem in problems] == [f"byte {begin}" for begin in begins]
    assert ["open('/x')" in problems[0].what, "stands twice" in problems[1].what] == [True, True]
    run = documents[2].run
    assert run is not None
    assert run.facts["x"] == (2,)


def test_no_part_of_a_repr_is_silently_left_out() -> None:
    documents, problems = read((repr(record("A"))[:-1] + ", **{'x': 1}}").encode())
    assert (documents, len(problems)) == ([], 1)


def test_odd_escapes_in_a_repr_warn_nobody() -> None:
    assert ids(as_read(repr(record("A")).replace("'tool'", r"'\d'").encode())) == ["A"]


def test_a_repr_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_literal, "LARGEST_LITERAL", 1000)
    records = [record("A"), record("B", x="x" * 1000), record("C")]
    documents, (problem,) = read(repr(records).encode())
    assert (documents, problem.where) == ([], "byte 0")
    lines = "\n".join(map(repr, records)).encode()
    documents, (problem,) = read(lines)
    assert (ids(documents), problem.where) == (
        ["A", "C"],
        f"byte {lines.index(repr(records[1]).encode())}",
    )
    monkeypatch.setattr(python_literal, "LARGEST_LITERAL_LOG", 1000)
    documents, (problem,) = read(lines)
    assert (documents, problem.where) == ([], "byte 0")
    assert "cut it between two lines" in problem.what
