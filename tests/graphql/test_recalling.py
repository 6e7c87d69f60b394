"""GraphQL tells what recalls reached and what is tainted, as Python does."""

from collections.abc import Iterator
from typing import Any

import pytest

from provgraph.api import Provenance
from provgraph.ingest.loading import load
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served

CONFIGURATION = "/data/ctao/config/dl1.yaml"
SPAN: dict[str, Any] = {"used_since": "2026-11-21T08:28:30Z", "used_until": "2026-11-21T08:28:52Z"}
LINEAGE = """{ root { id name } nodes { id }
    products { product { id } proof { node { id } relation } } }"""
TAINTED = """query ($since: DateTime, $first: Int!, $after: String) {
    tainted(since: $since, first: $first, after: $after) {
    totalCount nodes { id tainted } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
def night() -> Iterator[Provenance]:
    """The real logs with a bad tool version and bad uses of a path."""
    store = open_store("sqlite://")
    list(load(store, [str(LOGS)]))
    with Provenance(store) as opened:
        opened.invalidate(CONFIGURATION, "wrong gains", by="Ada", **SPAN)
        opened.invalidate(tool="create-dl3", version="0.28.0", reason="wrong units")
        yield opened


def ask(night: Provenance, query: str, **variables: Any) -> dict[str, Any]:
    with served(night.store) as client:
        return asked(client, query, **variables)


def test_the_impact_of_recalls(night: Provenance) -> None:
    answers = {
        'impactOfTool(tool: "ctapipe-merge", version: "0.28.0")': night.impact(
            tool="ctapipe-merge", version="0.28.0"
        ),
        f'impactOfUses(path: "{CONFIGURATION}", since: "{SPAN["used_since"]}", '
        f'until: "{SPAN["used_until"]}")': night.impact(CONFIGURATION, **SPAN),
    }
    for field, expected in answers.items():
        found = ask(night, f"{{ answer: {field} {LINEAGE} }}")["data"]["answer"]
        assert (found["root"]["id"], found["root"]["name"]) == (
            expected.root.id,
            expected.root.name,
        )
        assert [each["id"] for each in found["nodes"]] == [node.id for node in expected.nodes]
        proofs = [[step["node"]["id"] for step in each["proof"]] for each in found["products"]]
        assert proofs == [[node.id for node in proof] for proof in expected.proofs]
        ends = [each["product"]["id"] for each in found["products"]]
        assert ends == [proof[-1] for proof in proofs]
        assert len(ends) > 3
        # The recall is asked for by its id as well, once somebody has marked it.
        by_id = ask(
            night,
            "query ($id: String!) { impact(file: $id) { nodes { id } } }",
            id=expected.root.id,
        )
        is_marked = expected.root.invalidation is not None
        assert (by_id["data"]["impact"] is not None) == is_marked
        if is_marked:
            assert by_id["data"]["impact"]["nodes"] == found["nodes"]


def test_tainted_products_page_by_page(night: Provenance) -> None:
    expected = night.tainted()
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = ask(night, TAINTED, first=2, after=after)["data"]["tainted"]
        assert page["totalCount"] == len(expected)
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == [{"id": node.id, "tainted": [*node.tainted]} for node in expected]
    assert len(expected) > 2
    late = expected[0].generated_at
    assert late is not None
    since = ask(night, TAINTED, first=9, since=late.isoformat())["data"]["tainted"]
    assert [node["id"] for node in since["nodes"]] == [n.id for n in night.tainted(since=late)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ impactOfTool(tool: "x", version: "1") { depth } }', "NOT_FOUND"),
        ('{ impactOfUses(path: "/no/such") { depth } }', "NOT_FOUND"),
        (
            f'{{ impactOfUses(path: "{CONFIGURATION}", since: "soon") {{ depth }} }}',
            "BAD_USER_INPUT",
        ),
        ('{ tainted(since: "soon") { totalCount } }', "BAD_USER_INPUT"),
        ('{ tainted(after: "x") { totalCount } }', "BAD_USER_INPUT"),
        ("{ tainted(first: -1) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
def test_what_makes_no_sense_is_an_error(night: Provenance, query: str, code: str) -> None:
    (error,) = ask(night, query)["errors"]
    assert error["extensions"]["code"] == code
