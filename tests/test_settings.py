"""Where the store, the spool and passwords are looked for; how often Python looks for garbage."""

import gc
from pathlib import Path

import pytest

from provgraph.errors import SettingsError
from provgraph.settings import (
    default_spool,
    destination,
    few_collections,
    mirror_password,
    read_environment,
    store_url,
)


def test_a_given_store_goes_before_the_environment_and_that_before_the_default() -> None:
    variables = {"PROVGRAPH_STORE": "neo4j://host"}
    assert store_url("sqlite://", variables) == "sqlite://"
    assert store_url(None, variables) == "neo4j://host"
    assert store_url(None, {}).endswith("provgraph.db")


def test_a_password_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from the file\n")
    both = {"PROVGRAPH_STORE_PASSWORD": "p", "PROVGRAPH_STORE_PASSWORD_FILE": str(file)}
    assert read_environment("sqlite://", {}).store_password is None
    assert read_environment("sqlite://", {"PROVGRAPH_STORE_PASSWORD": "p"}).store_password == "p"
    assert read_environment("sqlite://", both).store_password == "from the file"
    assert mirror_password({"PROVGRAPH_MIRROR_PASSWORD_FILE": str(file)}) == "from the file"
    assert mirror_password(both) is None


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    variables = {"PROVGRAPH_STORE_PASSWORD_FILE": str(tmp_path / "none")}
    with pytest.raises(SettingsError, match=r"PROVGRAPH_STORE_PASSWORD_FILE=.*none"):
        read_environment("sqlite://", variables)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("neo4j://me:secret@host:7687/db", "neo4j://me@host:7687/db"),
        ("postgresql://me:p@ss@host/db", "postgresql://me@host/db"),
        ("neo4j://host", "neo4j://host"),
        ("sqlite://", "sqlite://"),
        ("sqlite:////data/../x.db", "sqlite:////x.db"),
    ],
)
def test_others_see_no_password(url: str, shown: str) -> None:
    assert destination(url) == shown


def test_the_spool() -> None:
    assert default_spool({"PROVGRAPH_SPOOL": "/spool"}) == Path("/spool")
    assert default_spool({}).name == "spool"


def test_the_destination_is_shown_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert destination("postgresql://u:p@ss@h:1/d") == "postgresql://u@h:1/d"
    assert destination("bolt://h/d") == "bolt://h/d"
    monkeypatch.chdir(tmp_path)
    assert (
        destination("sqlite:///a.db")
        == destination(f"sqlite:////{tmp_path}/a.db")
        == f"sqlite:///{tmp_path}/a.db"
    )


def test_collections_are_few_until_the_last_piece_of_work_ends(
    thresholds: tuple[int, int, int],
) -> None:
    """Two threads, of which the first to begin is the first to end."""
    first, second = few_collections(1_000), few_collections(2_000)
    first.__enter__()
    assert gc.get_threshold()[0] == 1_000
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] == 2_000
    second.__exit__(None, None, None)
    assert gc.get_threshold() == thresholds


def test_collections_that_are_switched_off_stay_so(thresholds: tuple[int, int, int]) -> None:
    gc.set_threshold(0)
    with few_collections(1_000):
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold()[0] == 0


def test_collections_are_as_before_behind_an_error(thresholds: tuple[int, int, int]) -> None:
    with pytest.raises(RuntimeError), few_collections(1_000):
        raise RuntimeError
    assert gc.get_threshold() == thresholds
