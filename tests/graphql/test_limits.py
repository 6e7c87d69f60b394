"""How much one document may ask."""

import pytest

from provgraph.server_settings import ServingLimits
from tests.graphql.conftest import Ask

LIMITS = ServingLimits()
FRAGMENTS = "".join(f"fragment F{n} on Lineage {{ ...F{n + 1} ...F{n + 1} }} " for n in range(60))


REFUSED = {
    "syntax": "{ stats { ",
    "validation": "{ stats { nothing } }",
    "no selection": "{ stats }",
    "variable": "query($f: String!) { whatProduced(file: $f) { truncated } }",
    "depth": '{ node(id: "x") { ... on Entity { usedBy '
    + "{ activity { used { entity { usedBy " * 3
    + "{ role }"
    + "}" * 14,
    "aliases": "{" + "".join(f"s{n}: stats {{ agents }} " for n in range(LIMITS.aliases + 1)) + "}",
    "aliases in fragments": '{ impact(file: "x") { ...F0 } } '
    + FRAGMENTS
    + "fragment F60 on Lineage { a: depth }",
    "fields": "{" + " ...F" * 600 + " } fragment F on Query { stats { agents } }",
    "cost": "{ activities(first: 1000) { nodes { used { entity { usedBy { activity { used { entity "
    "{ usedBy { activity { id } } } } } } } } } } }",
    "tokens": "{ stats {" + " agents" * LIMITS.tokens + " } }",
    "nesting": "{ a" * 600 + "}" * 600,
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_documents(ask: Ask, case: str) -> None:
    answer = ask(REFUSED[case])
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_REQUEST"}
