"""The file of rules is read as it is meant, and a mistake in it is told with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provgraph.commands.serving import hiding_rules
from provgraph.errors import SettingsError
from provgraph.model.hiding import HiddenFiles
from provgraph.web.hiding_rules import read_rules

RULES = """
[[hide]]
under = ["/data/proposals/", "file://scratch/p"]
seen_by = "curator"

[[hide]]
data_levels = "DL0"
embargo_days = 365
until = 2027-06-30
"""
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def written(folder: Path, text: str) -> Path:
    path = folder / "hiding.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rule_hides_what_it_says_as_long_as_it_says(tmp_path: Path) -> None:
    rules = read_rules(written(tmp_path, RULES))
    folders, embargo = rules.files_for(frozenset(), NOW)
    assert folders.is_under("/data/proposals/x.fits")
    assert folders.is_under("file://scratch/p/x.fits")
    assert embargo == HiddenFiles((), (), ("DL0",), "2026-01-01T00:00:00.000")
    assert rules.files_for(frozenset({"curator", "loader"}), NOW) == (embargo,)
    assert rules.files_for(frozenset({"admin"}), NOW) == ()
    assert rules.files_for(frozenset(), NOW.replace(month=6, day=30)) == (folders,)


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "hiding.md"
    example = page.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    proposals, embargo, field = read_rules(written(tmp_path, example)).rules
    assert proposals.seen_by == {"admin", "curator"}
    assert embargo.embargo_days == 365
    found = field.files_at(NOW)
    assert found is not None
    assert found.is_under("/ctao/user/grb/x.fits"), "as answers write lfn:/ctao/user/grb/x.fits"


def test_pseudonyms_are_those_of_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, RULES)
    monkeypatch.delenv("PROVGRAPH_HIDING_RULES", raising=False)
    assert hiding_rules(None) is None
    monkeypatch.setenv("PROVGRAPH_HIDING_RULES", str(path))
    monkeypatch.setenv("PROVGRAPH_HIDING_SECRET", "x")
    assert hiding_rules(None) == read_rules(path, "x")
    assert read_rules(path).secret != read_rules(path).secret
    assert read_rules(path, "x").secret == read_rules(path, "x").secret != b"x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "[[hide]]"),
        ("hide = 1", "[[hide]]"),
        ("[[hide]\n", "are no TOML"),
        ("[[hide]]\nseen_by = 'curator'", "rule 1: it would hide every file"),
        ("[[hide]]\nunder = 'data'", "rule 1: 'data' is no absolute path"),
        ("[[hide]]\nunder = '/a'\n[[hide]]\nunder = [1]", "rule 2: under = [1]"),
        ("[[hide]]\nunder = '/a'\nseenby = 'x'", "no 'seenby'"),
        ("[[hide]]\nunder = '/a'\nseen_by = 'boss'", "'boss' is no role"),
        ("[[hide]]\nunder = '/a'\nuntil = '2027'", "until = '2027' is no date"),
        ("[[hide]]\nembargo_days = true", "embargo_days = True"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_rules(written(tmp_path, text))
    assert told in str(caught.value)
    assert "hiding.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml can't be read: No such file"):
        read_rules(tmp_path / "none.toml")
