"""Whatever is asked in valid GraphQL gets an answer, or an error with a code that is listed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from provgraph.graphql import failures
from provgraph.store.relational.store import open_sqlite
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.graphql.conftest import served

#: The table in the module that gives errors their codes; without that for faults of provgraph.
LISTED = set(re.findall(r"^\| ([A-Z_]+) \|", failures.__doc__ or "", re.MULTILINE)) - {"INTERNAL"}
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
schemathesis.graphql.scalar(
    "JSON", st.sampled_from(["", "{}", '{"name": "a"}', "[]"]).map(nodes.String)
)


@pytest.fixture
def served_schema(store_url: str, tmp_path: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """The schema of a server, as schemathesis reads it, and how an administrator asks."""
    tokens = TokenFile(tmp_path / "tokens.json")
    headers = {"Authorization": f"Bearer {tokens.add('root', Role.ADMIN)}"}
    copy = tmp_path / "store.db"
    copy.write_bytes(Path(store_url.removeprefix("sqlite:///")).read_bytes())
    store = open_sqlite(f"sqlite:///{copy}")
    with served(store, Reception(access=AccessSettings(tokens.path))) as client:
        yield schemathesis.graphql.from_url(f"{client.base_url}/graphql", headers=headers), headers
    store.close()


def test_every_field_with_random_arguments(
    served_schema: tuple[Any, dict[str, str]],
) -> None:
    schema, headers = served_schema
    asked = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @SETTINGS
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code == 200
            codes = {each["extensions"]["code"] for each in answer.json().get("errors", ())}
            assert codes <= LISTED, json.dumps(answer.json())

        ask()
        asked.add(operation.label)
    assert {"Query.lineage", "Query.search", "Mutation.invalidate"} <= asked
