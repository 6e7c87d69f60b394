"""The records of a job's runs."""

import json

from provgraph.loaders.ctadirac.run_records import run_records
from provgraph.loaders.protocol import Problem


def line(*names: str) -> bytes:
    return json.dumps([{"activity_uuid": name} for name in names]).encode()


def found(**files: bytes) -> tuple[list[str], list[Problem]]:
    both = list(run_records({name.replace("__", "."): content for name, content in files.items()}))
    names = [each["activity_uuid"] for each in both if not isinstance(each, Problem)]
    return names, [each for each in both if isinstance(each, Problem)]


def test_of_several_lines_the_last_counts_and_what_is_lost_is_told() -> None:
    names, (problem,) = found(provDict__txt=b"\n".join([line("A"), line("B"), line("A"), b""]))
    assert names == ["A"]
    assert problem.where == "provDict.txt: line 2"


def test_a_value_over_several_lines_counts_as_a_whole() -> None:
    text = json.dumps([{"activity_uuid": "A"}, {"activity_uuid": "B"}], indent=1).encode()
    assert found(provDict__txt=text) == (["A", "B"], [])


def test_of_a_log_all_counts() -> None:
    assert found(a__log=line("A") + b"\n" + line("B")) == (["A", "B"], [])


def test_a_blank_file_and_damage_are_problems_of_that_file() -> None:
    names, problems = found(provDict__txt=b" \n", a__log=line("A") + b'[{"activity_uuid"')
    assert names == ["A"]
    wheres = [problem.where for problem in problems]
    assert wheres == ["provDict.txt", f"a.log: byte {len(line('A')) + 1}"]
