"""The label of a log that waits: read as it was written, or refused with the reason."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from provgraph.collecting.label import Label, address_put_aside, read_label
from provgraph.errors import LoadError

LABEL = Label("run.provlog", "default", None, "sqlite://", "run.provlog", "2026-11-29", "0.2.0")


def test_a_label_is_read_as_it_was_written() -> None:
    addressed = replace(LABEL, address="file:///data/run.provlog")
    for label in (LABEL, addressed):
        assert read_label(asdict(label)) == label


def test_a_label_of_an_earlier_version_has_no_address() -> None:
    said = asdict(LABEL)
    del said["address"]
    assert read_label(said) == LABEL


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [("source", 1, "source is no text"), ("address", "run.provlog", "its address is no URI")],
)
def test_a_damaged_label_is_refused(field: str, value: object, what: str) -> None:
    with pytest.raises(LoadError, match=what):
        read_label({**asdict(LABEL), field: value})


def test_only_a_file_under_its_own_name_has_an_address(tmp_path: Path) -> None:
    log = tmp_path / "run.provlog"
    assert address_put_aside(log, str(log)) == log.as_uri()
    assert address_put_aside(log, "-") is None
    assert address_put_aside(b"[]", str(log)) is None
