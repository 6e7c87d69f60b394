"""Events in words."""

from tests.validation.histories import gone, made, run, used, verdict


def message(*statements: object) -> str:
    (finding,) = verdict(*statements).findings  # type: ignore[arg-type]
    return finding.message


def test_a_file_with_one_producer_was_written_by_it() -> None:
    assert message(run("A", 10, 20), made("F", "A", 30)) == (
        "run tool-A (A) ended 10 s before it wrote file F"
    )


def test_a_file_without_producer_was_made() -> None:
    assert message(made("F", None, 20), gone("F", 10)) == (
        "file F became invalid 10 s before it was made"
    )


def test_a_reading_without_run_is_by_a_run() -> None:
    found = verdict(used(None, "F", 10), made("F", "A", 20)).findings
    assert any(each.message.startswith("a run read file F 10 s before") for each in found)
