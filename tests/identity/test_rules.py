"""Every match can be explained (docs/contract.md, rule 10)."""

from contextlib import closing

import pytest

from provgraph.identity.rules import EXPLANATION, Rule, because
from provgraph.store.registry import open_store
from tests.graphs import put
from tests.identity.examples import run
from tests.records import Said

NAMED, UNNAMED = run("R", 4, 5, "/x=P"), run("R", 4, 5, "/x")
CASES: dict[Rule, tuple[str, list[Said]]] = {
    Rule.CLAIM: ("wasGeneratedBy", [run("A", 0, 1, "", "/x=P")]),
    Rule.VERSION: ("wasGeneratedBy", [run("A", 0, 1, "", "/x")]),
    Rule.LATE_NAME: ("wasGeneratedBy", [run("A", 0, 1, "", "/x"), NAMED]),
    Rule.NAMED: ("used", [NAMED]),
    Rule.OWN_NAME: ("used", [run("R", 4, 5, "/x=P /x")]),
    Rule.ONLY_NAME: ("used", [run("A", 0, 1, "/x=P"), UNNAMED]),
    Rule.NESTED: (
        "used",
        [run("A", 4, 5, "", "/x", pid="p"), run("R", 3, 6, "/x", pid="p")],
    ),
    Rule.STOOD: ("used", [run("A", 0, 1, "", "/x"), UNNAMED]),
    Rule.MEANWHILE: ("used", [run("A", 4, 5, "", "/x"), run("R", 3, 6, "/x")]),
    Rule.EXTERNAL: ("used", [UNNAMED]),
}


@pytest.mark.parametrize("rule", Rule)
def test_a_store_tells_by_which_rule_a_file_was_matched(rule: Rule) -> None:
    relation, history = CASES[rule]
    with closing(open_store("sqlite://")) as store:
        put(store, history)
        told = {
            content[2]
            for kind, content in store.scan()
            if kind == relation and isinstance(content, list)
        }
    assert rule in told
    assert "(rule" in EXPLANATION[rule]


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("product:P", "its header names the product"),
        ("guid:G", "the catalogue names it"),
        ("prov:http://example.org/e", "the document names it"),
        ("other:x", "the source names it"),
    ],
)
def test_who_names_a_file_depends_on_the_name(identifier: str, words: str) -> None:
    assert because(Rule.NAMED, identifier) == f"{words} (rule 2)"
    assert because(Rule.CLAIM, identifier).startswith(f"{words}, and this run made it")
    assert because(Rule.EXTERNAL, None) == "no known run wrote it (rule 5d)"
