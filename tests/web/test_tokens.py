"""Tokens: made once, kept as hashes, revoked at once."""

import hashlib
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provgraph.errors import SettingsError
from provgraph.web.roles import Role
from provgraph.web.tokens import BEGINNING, TokenFile


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "folder" / "tokens.json")


def test_a_token_is_found_and_not_kept(file: TokenFile) -> None:
    token = file.add("ana", Role.READER)
    assert token.startswith(BEGINNING)
    assert len(token) > 50
    found = file.find(token)
    assert found is not None
    assert (found.name, found.role, found.expires) == ("ana", Role.READER, None)
    kept = file.path.read_text()
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() in kept
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    for other in ("", token[:-1], token + "x", found.sha256):
        assert file.find(other) is None


def test_what_another_process_changes_counts_at_once(file: TokenFile) -> None:
    server, token = TokenFile(file.path), file.add("ana", Role.READER)
    assert server.find(token)
    second = file.add("ben", Role.ADMIN)
    assert server.find(second)
    file.revoke("ana")
    assert server.find(token) is None
    assert [each.name for each in server.all()] == ["ben"]


def test_a_token_ends(file: TokenFile) -> None:
    assert file.find(file.add("old", Role.READER, "2020-01-01T00:00:00Z")) is None
    assert file.find(file.add("new", Role.READER, "2999-01-01T00:00:00Z"))


def test_names(file: TokenFile) -> None:
    file.add("ana@example.org", Role.READER)
    for name in ("ana@example.org", "", "a b", "x\n", "x" * 101):
        with pytest.raises(SettingsError):
            file.add(name, Role.READER)
    with pytest.raises(SettingsError, match="no token named ben"):
        file.revoke("ben")


def test_tokens_that_are_made_at_the_same_time_are_all_kept(file: TokenFile) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: TokenFile(file.path).add(f"n{n}", Role.LOADER), range(20)))
    assert len(file.all()) == 20


@pytest.mark.parametrize("text", ["", "[]", '{"tokens": [{}]}', "\x00"])
def test_a_file_that_is_none_of_ours(file: TokenFile, text: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)
    for ask in (file.all, lambda: file.find("x"), lambda: file.add("ana", Role.READER)):
        with pytest.raises(SettingsError, match="PROVGRAPH_TOKENS"):
            ask()
    assert file.path.read_text() == text


def test_a_role_that_there_is_not_is_none_of_ours(file: TokenFile) -> None:
    file.add("ana", Role.READER)
    said = json.loads(file.path.read_text())
    said["tokens"][0]["role"] = "king"
    file.path.write_text(json.dumps(said))
    with pytest.raises(SettingsError):
        TokenFile(file.path).all()
