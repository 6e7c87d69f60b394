"""``provgraph tokens``: add, list, revoke."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provgraph.commands.main import main
from provgraph.commands.serving import access_settings
from provgraph.commands.tokens import end_of
from provgraph.errors import SettingsError

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROVGRAPH_TOKENS", str(tmp_path / "tokens.json"))
    return tmp_path / "tokens.json"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tokens", *arguments])


def test_add_list_and_revoke() -> None:
    added = run("add", "ana", "--role", "reader", "--expires", "90d")
    assert added.exit_code == 0
    assert added.stdout.startswith("provgraph_")
    (shown,) = map(json.loads, run("list", "--json").stdout.splitlines())
    assert (shown["name"], shown["role"], shown["expired"]) == ("ana", "reader", False)
    assert added.stdout.strip() not in run("list").stdout
    assert run("revoke", "ana").exit_code == 0
    assert run("list").stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "ana"),
        ("add", "ana", "--role", "king"),
        ("add", "a b", "--role", "reader"),
        ("add", "ana", "--role", "reader", "--expires", "soon"),
        ("revoke", "nobody"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert refused.stderr


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("90d", "2027-02-27T12:00:00Z"),
        ("12h", "2026-11-30T00:00:00Z"),
        ("2026-11-29", "2026-11-30T00:00:00Z"),
        ("2026-11-29T12:30:00", "2026-11-29T12:30:00Z"),
        ("2026-11-29T14:30:00+02:00", "2026-11-29T12:30:00Z"),
    ],
)
def test_ends(said: str, end: str) -> None:
    assert end_of(said, NOW) == end


@pytest.mark.parametrize("said", ["", "d", "x", "-1d", "2026-11-28", "2026-13-01", f"{10**12}d"])
def test_what_is_no_end(said: str) -> None:
    with pytest.raises(SettingsError):
        end_of(said, NOW)


def test_no_server_where_nobody_could_come_in() -> None:
    with pytest.raises(SettingsError, match="--insecure") as raised:
        access_settings(anonymous_read=False)
    assert raised.value.exit_code == 2
    assert access_settings(anonymous_read=True).anonymous_read
    run("add", "ana", "--role", "reader")
    assert not access_settings(anonymous_read=False).anonymous_read
