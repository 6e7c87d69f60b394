"""Secrets are masked wherever they stand, and of the environment little is kept."""

from typing import Any

import pytest

from provgraph.loaders.secrets import (
    ENVIRONMENT_VARIABLES,
    SETTING,
    masked,
    masked_arguments,
    masked_parameter,
    masked_value,
)
from tests.loaders.examples import Record, facts_of, record, settings_of


def test_a_text_keeps_all_but_its_secrets() -> None:
    assert masked("run --password hunter2 -i x") == "run --password *** -i x"
    assert masked("root://me:hunter2@host//x") == "root://***@host//x"
    assert masked("Authorization: Bearer hunter2") == "Authorization: ***"
    assert masked("author=me") == "author=me"
    # Letters that mean a k, an s and an i where the case doesn't matter.
    assert masked("to\u212aen=hunter2 \u017fecret=hunter2") == "to\u212aen=*** \u017fecret=***"
    assert masked_arguments(["--s\u0131g=hunter2"]) == ["--s\u0131g=***"]


def test_the_word_behind_an_option_is_its_secret() -> None:
    assert masked_arguments(["--token", "--hunter2", "x"]) == ["--token", "***", "x"]


def test_the_name_of_a_parameter_says_that_it_is_a_secret() -> None:
    assert masked_parameter("Tool.api_key", [1]) == "***"
    assert [masked_parameter("token", empty) for empty in (None, "", False)] == [None, "", False]
    assert masked_value([{"token": "hunter2", "x": 1}]) == [{"token": "***", "x": 1}]


def test_environment_is_kept_by_an_allow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "PATH": "/bin",
        "USER": "prod",
        "HOME": "/home/prod",
        "SHELL": "sh",
        "CONDA_PREFIX": None,
    }
    said = record(
        system={
            "environment": {**environment, "LD_LIBRARY_PATH": "/opt/lib", "OMP_NUM_THREADS": "4"}
        }
    )
    monkeypatch.delenv(SETTING, raising=False)
    facts = {name: values for name, values in facts_of(said).items() if "environment" in name}
    assert facts == {
        "system.environment.LD_LIBRARY_PATH": ("/opt/lib",),
        "system.environment.OMP_NUM_THREADS": ("4",),
    }
    assert not {"USER", "HOME", "PATH", "LOGNAME", "SHELL"} & ENVIRONMENT_VARIABLES
    monkeypatch.setenv(SETTING, "SHELL, PATH")
    facts = {name: values for name, values in facts_of(said).items() if "environment" in name}
    assert facts == {"system.environment.SHELL": ("sh",), "system.environment.PATH": ("/bin",)}
    monkeypatch.setenv(SETTING, "")
    assert not [name for name in facts_of(said) if "environment" in name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--password", "hunter2"],
        ["--password", "hunter2 and hunter2"],
        ["--PASSWORD", "hunter2"],
        ["-password", "hunter2"],
        ["--db-password", "hunter2"],
        ["--DataSource.password", "hunter2"],
        ["--password=hunter2"],
        ["--DataSource.db_password=hunter2"],
        ["password=hunter2"],
        ["token=hunter2"],
        ["--auth-token", "hunter2"],
        ["--api-key=hunter2"],
        ["--apiKey", "hunter2"],
        ["--secret", "hunter2"],
        ["--passphrase=hunter2"],
        ["host=db password=hunter2 user=me"],
        ["https://me:hunter2@host/data"],
        ["https://:hunter2@host/data"],
        ["--input=root://me:hunter2@host//data/x"],
        ["postgresql://me:hunter2@host/db"],
        ["https://host/data?access_token=hunter2"],
        ["https://host/data?a=b&token=hunter2&c=d"],
        ["--password=hunter1 hunter2"],
        ["--token=hunter1,hunter2"],
        ["--token=hunter1;hunter2"],
        ["https://me:hunter1@hunter2@host/data"],
        ["https://hunter2@host/data"],
        ["--config={'password': 'hunter2'}"],
        ['{"token": "hunter2"}'],
    ],
    ids=" ".join,
)
def test_secrets_in_arguments_are_masked(arguments: list[str]) -> None:
    kept = facts_of(record(system={"arguments": ["tool", *arguments, "-o", "out.h5"]}))[
        "arguments"
    ][0]
    assert isinstance(kept, list)
    assert "hunter2" not in str(kept)
    assert "***" in str(kept)
    assert (kept[0], kept[-2:]) == ("tool", ["-o", "out.h5"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--password-file=x"],
        ["--tokenizer", "x"],
        ["-i", "/data/token/x"],
        ["--Tool.secretary=x"],
        ["a:b@c", 5, None],
    ],
)
def test_what_is_no_secret_stays(arguments: list[Any]) -> None:
    assert facts_of(record(system={"arguments": arguments}))["arguments"] == (arguments,)


@pytest.mark.parametrize("line", ["tool --password=hunter2", "tool --password hunter2"])
def test_a_command_line_of_one_text_is_kept_without_its_secrets(line: str) -> None:
    facts = str(facts_of(record(system={"arguments": line})))
    assert "tool --password" in facts
    assert "hunter2" not in facts


def test_secrets_in_the_configuration() -> None:
    config = {
        "Tool": {
            "db_password": "hunter2",
            "url": "https://me:hunter2@host/x",
            "log": "/x?token=hunter2",
        }
    }
    settings = settings_of(record(config=config))
    assert "hunter2" not in str(settings)
    assert settings["Tool"].values["Tool.db_password"] == "***"


@pytest.mark.parametrize(
    "trait", [{"login": {"password": "hunter2"}}, {"tokens": ["hunter2"]}, {"token": ["hunter2"]}]
)
def test_secrets_deep_in_the_configuration(trait: Record) -> None:
    assert "hunter2" not in str(settings_of(record(config={"Tool": trait})))


@pytest.mark.parametrize(
    "text",
    ["-" * 300_000, "a" * 300_000 + "=token", "token" * 60_000, "x://" * 80_000, "-a" * 150_000],
)
def test_masking_takes_no_more_than_linear_time(text: str) -> None:
    """Quadratic time would take minutes here."""
    assert facts_of(record(system={"arguments": [text, f"token {text}"]}))["arguments"]
