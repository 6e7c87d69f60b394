"""What is said of tools and parameters, over HTTP."""

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.describing import approve, describe
from provgraph.model.descriptions import ToolDescription
from provgraph.model.records import Settings
from provgraph.store.registry import open_store
from tests.graphql.conftest import Ask, asked, served
from tests.questions.runs import run

QUERY = """{ activity(id: "merge-1") {
    description { id name version description doculink revision by approvedBy
        parameters { name description valueType default options min max unit }
        used { role multiplicity } generated { role contentType } configFiles { name } }
    parameters { name value description default differs } } }"""


def test_a_described_run() -> None:
    said = ToolDescription(
        "merge",
        "2",
        {"description": "Joins files."},
        {"Merger.n": {"default": 5, "description": "How many.", "valueType": "long", "min": 1}},
        used=({"role": "in", "multiplicity": "1..*"},),
        generated=({"role": "out", "contentType": "text/plain"},),
        config_files=({"name": "c.yaml"},),
    )
    store = open_store("sqlite://")
    with store.writing() as transaction:
        settings = Settings("T", {"T.Merger.n": 7, "T.x": 1})
        integrate(transaction, [run("merge-1", 1, {}, {}, settings, version="2")])
    describe(store, said, "Ann")
    approve(store, "merge", "2", "Eve")
    with served(store) as client:
        found = asked(client, QUERY)["data"]["activity"]
    store.close()
    parameters = found["description"].pop("parameters")
    assert parameters == [
        {
            "name": "Merger.n",
            "description": "How many.",
            "valueType": "long",
            "default": 5,
            "options": None,
            "min": 1,
            "max": None,
            "unit": None,
        }
    ]
    assert found["description"] == {
        "id": "merge_2",
        "name": "merge",
        "version": "2",
        "description": "Joins files.",
        "doculink": None,
        "revision": 1,
        "by": "Ann",
        "approvedBy": "Eve",
        "used": [{"role": "in", "multiplicity": "1..*"}],
        "generated": [{"role": "out", "contentType": "text/plain"}],
        "configFiles": [{"name": "c.yaml"}],
    }
    assert found["parameters"] == [
        {
            "name": "T.Merger.n",
            "value": 7,
            "description": "How many.",
            "default": 5,
            "differs": True,
        },
        {"name": "T.x", "value": 1, "description": None, "default": None, "differs": None},
    ]


def test_a_run_whose_tool_nobody_described(ask: Ask) -> None:
    query = '{ activity(id: "317167d3-4a20-4cf4-8950-841e0e1874f3") { description { id } } }'
    assert ask(query)["data"] == {"activity": {"description": None}}
