"""URLs of ctaprov databases."""

import pytest

from provgraph.errors import SettingsError
from provgraph.loaders.ctaprov.address import database_of
from provgraph.store.protocol import Store
from tests.loaders.ctaprov.conftest import load_one


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql://host",
        "postgres://u:hush@h:port/db",
        "postgresql://u:hush@h/db/more",
        "postgresql://u:hush@[::1/db",
    ],
)
def test_urls_that_make_no_sense(url: str, memory: Store) -> None:
    with pytest.raises(SettingsError) as refused:
        load_one(memory, url)
    assert "hush" not in str(refused.value)
    assert "schema=" in str(refused.value)


def test_a_url_keeps_the_drivers_options_and_no_secret_in_its_name() -> None:
    database = database_of("postgres://me:a%40b@h:5433/prov?sslmode=require&schema=x")
    said = {
        name: database.parameters[name]
        for name in ("host", "port", "user", "password", "dbname", "sslmode")
    }
    assert said == {
        "host": "h",
        "port": 5433,
        "user": "me",
        "password": "a@b",
        "dbname": "prov",
        "sslmode": "require",
    }
    assert (database.name, database.schema) == ("postgresql://h:5433/prov?schema=x", "x")
    assert "a@b" not in repr(database)
