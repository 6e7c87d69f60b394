"""What a URL of PostgreSQL means, and what its errors mean."""

import psycopg
import pytest

from provgraph.databases.postgresql import (
    CLASSES,
    CONNECT_SECONDS,
    STATES,
    Cause,
    cause_of,
    is_postgresql_url,
    postgresql_address,
    words_of,
)
from provgraph.errors import SettingsError

FORM = "such a URL is postgresql://USER:PASSWORD@HOST:5432/DATABASE"
#: All errors of the driver that stand for an error of the server.
SERVER_ERRORS = {
    error.sqlstate: error
    for error in vars(psycopg.errors).values()
    if isinstance(error, type) and issubclass(error, psycopg.Error) and error.sqlstate
}


@pytest.mark.parametrize(
    ("url", "settings", "shown"),
    [
        (
            "postgresql://me:secret@Host:5433/prov",
            {"host": "host", "port": 5433, "user": "me", "password": "secret", "dbname": "prov"},
            "postgresql://me@host:5433/prov",
        ),
        ("postgresql:///prov", {"dbname": "prov"}, "postgresql:///prov"),
        (
            "postgresql://me:p@ss/w?rd@h/prov",
            {"host": "h", "user": "me", "password": "p@ss/w?rd", "dbname": "prov"},
            "postgresql://me@h/prov",
        ),
        (
            "postgresql://a%40b:s%2Fc@[::1]:5432/two%20words",
            {
                "host": "::1",
                "port": 5432,
                "user": "a@b",
                "password": "s/c",
                "dbname": "two words",
            },
            "postgresql://a%40b@[::1]:5432/two%20words",
        ),
    ],
)
def test_the_parts_of_a_url(url: str, settings: dict[str, object], shown: str) -> None:
    address = postgresql_address(url, FORM)
    found = address.settings()
    assert {name: found.get(name) for name in settings} == settings
    assert str(address) == shown
    password = settings.get("password")
    assert password is None or str(password) not in f"{address} {address!r}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql://secret@host",
        "postgresql://u:secret@host/",
        "postgresql://u:secret@host:port/prov",
        "postgresql://u:secret@host:70000/prov",
        "postgresql://u:secret@host/prov/more",
        "postgresql://u:secret@host/prov?sslmode=require",
        "postgresql://u:secret@host/prov#part",
        "postgresql://u:secret@[::1/prov",
    ],
)
def test_what_is_no_such_url_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        postgresql_address(url, FORM)
    assert str(raised.value) == FORM


def test_a_password_from_elsewhere_wins() -> None:
    address = postgresql_address("postgresql://u:one@h/prov", FORM, password="two")
    assert address.settings()["password"] == "two"


def test_without_user_all_who_ask_see_the_same() -> None:
    urls = ("postgresql://u:secret@h:1/prov", "postgres://h:1/prov")
    assert {postgresql_address(url, FORM).without_user for url in urls} == {"postgresql://h:1/prov"}


def test_options_of_the_url_win_over_time_outs_where_they_are_taken() -> None:
    url = "postgresql://u:p@h/prov?connect_timeout=1&application_name=x"
    address = postgresql_address(url, FORM, takes_options=True)
    assert address.settings(application_name="sync")["application_name"] == "sync"
    assert address.settings()["connect_timeout"] == "1"
    assert postgresql_address("postgresql://h/p", FORM).settings()["connect_timeout"] == (
        CONNECT_SECONDS
    )
    with pytest.raises(SettingsError):
        postgresql_address("postgresql://h/prov?nonsense", FORM, takes_options=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("postgresql://h/d", True),
        ("postgres://h/d", True),
        ("postgresql", False),
        ("/data/postgresql://x", False),
        ("neo4j://h/d", False),
    ],
)
def test_which_names_are_urls_of_postgresql(name: str, expected: bool) -> None:
    assert is_postgresql_url(name) is expected


@pytest.mark.parametrize("state", sorted(SERVER_ERRORS))
def test_every_error_of_the_driver_has_a_rule(state: str) -> None:
    assert state[:2] in CLASSES, "a new class of errors: say in CLASSES what it means"
    assert cause_of(SERVER_ERRORS[state]("words in any language")) in Cause


def test_no_rule_is_for_an_error_that_does_not_exist() -> None:
    assert SERVER_ERRORS.keys() >= STATES.keys()
    assert {state[:2] for state in SERVER_ERRORS} == CLASSES.keys()


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("08006", Cause.AWAY),
        ("57P01", Cause.AWAY),
        ("57P03", Cause.AWAY),
        ("53300", Cause.AWAY),
        ("40001", Cause.AWAY),
        ("53100", Cause.NO_ROOM),
        ("28P01", Cause.LOGIN),
        ("28000", Cause.REFUSED),
        ("3D000", Cause.NO_DATABASE),
        ("42501", Cause.FORBIDDEN),
        ("55P03", Cause.IN_USE),
        ("2BP01", Cause.NEEDED),
        ("42P01", Cause.FAILED),
        ("XX001", Cause.FAILED),
    ],
)
def test_what_errors_of_the_server_mean(state: str, cause: Cause) -> None:
    assert cause_of(SERVER_ERRORS[state]("Wörter des Servers")) is cause


def test_errors_without_a_state_come_from_the_connection() -> None:
    assert cause_of(psycopg.OperationalError("connection refused")) is Cause.AWAY
    assert cause_of(psycopg.errors.ConnectionTimeout("timeout")) is Cause.AWAY
    assert cause_of(psycopg.InterfaceError("the connection is closed")) is Cause.AWAY
    for words, cause in (
        ('FATAL:  password authentication failed for user "u"', Cause.LOGIN),
        ('FATAL:  role "u" does not exist', Cause.LOGIN),
        ("fe_sendauth: no password supplied", Cause.LOGIN),
        ('FATAL:  database "d" does not exist', Cause.NO_DATABASE),
        ('FATAL:  no pg_hba.conf entry for host "h"', Cause.REFUSED),
        ("FATAL:  the database system is starting up", Cause.AWAY),
    ):
        error = psycopg.OperationalError(f"connection failed: {words}")
        assert cause_of(error) is cause, words
    assert cause_of(psycopg.ProgrammingError("no such placeholder")) is Cause.FAILED


def test_words_are_one_short_line() -> None:
    assert words_of(ValueError("a\n  b\tc")) == "a b c"
    assert len(words_of(ValueError("x" * 1000))) == 300
