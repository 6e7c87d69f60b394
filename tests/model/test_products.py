"""What a record reached, each product with a shortest chain that proves it."""

from dataclasses import replace

from provgraph.model.lineage import Direction, Edge, Lineage, Node, Restriction, restrict_lineage
from provgraph.model.products import products_of
from provgraph.model.vocabulary import EntityType, Kind, RelationType

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY


def file(name: str, level: str | None = None) -> Node:
    return Node(name.encode(), name, Kind.ENTITY, name, EntityType.DATASET, data_level=level)


def run(name: str) -> Node:
    return Node(name.encode(), name, Kind.ACTIVITY, name)


def edge(relation: RelationType, effect: str, cause: str) -> Edge:
    return Edge(relation, effect.encode(), cause.encode())


#: bad → a → x → b → z; bad → c → z, too, and d → y; z by two ways of equal length.
NODES = (
    file("bad"),
    run("a"),
    run("c"),
    run("d"),
    file("x", "DL1"),
    file("y"),
    file("z", "DL3"),
    run("b"),
    Node(b"who", "who", Kind.AGENT),
)
EDGES = (
    edge(RelationType.WAS_ASSOCIATED_WITH, "a", "who"),
    edge(USED, "a", "bad"),
    edge(USED, "d", "bad"),
    edge(USED, "c", "bad"),
    edge(MADE, "x", "a"),
    edge(USED, "b", "x"),
    edge(MADE, "z", "b"),
    edge(MADE, "z", "d"),
    edge(MADE, "z", "c"),
    edge(MADE, "y", "d"),
)
LINEAGE = Lineage(NODES[0], Direction.DOWNSTREAM, None, False, NODES, EDGES)


def chains(lineage: Lineage) -> list[list[str]]:
    return [[step.node.id for step in each.proof] for each in products_of(lineage)]


def test_each_product_has_a_shortest_proof_the_highest_level_first() -> None:
    assert chains(LINEAGE) == [["bad", "c", "z"], ["bad", "a", "x"], ["bad", "d", "y"]]
    last = products_of(LINEAGE)[0].proof
    assert [step.relation for step in last] == [None, USED, MADE]


def test_a_filter_chooses_products_and_breaks_no_chain() -> None:
    found = restrict_lineage(LINEAGE, Restriction(data_levels=("DL3",)))
    assert chains(found) == [["bad", "c", "z"]]


def test_what_led_to_a_record_is_no_product_of_it() -> None:
    upstream = replace(LINEAGE, root=NODES[6], direction=Direction.UPSTREAM)
    assert chains(upstream) == []


def test_a_product_without_a_run_in_between() -> None:
    derived = (edge(RelationType.WAS_DERIVED_FROM, "y", "bad"),)
    pair = Lineage(NODES[0], Direction.BOTH, None, False, (NODES[0], NODES[5]), derived)
    assert chains(pair) == [["bad", "y"]]


def test_of_two_relations_between_two_records_the_first_is_told() -> None:
    relations = (RelationType.WAS_DERIVED_FROM, RelationType.WAS_INFLUENCED_BY)
    edges = tuple(edge(relation, "y", "bad") for relation in relations)
    (found,) = products_of(replace(LINEAGE, nodes=(NODES[0], NODES[5]), edges=edges))
    assert found.proof[-1].relation == RelationType.WAS_DERIVED_FROM
