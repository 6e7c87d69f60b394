"""Parameters and configuration files in the classes of the IVOA's model."""

import json
from contextlib import closing
from typing import Any

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.export import export
from provgraph.interchange.writing.vo_classes import records
from provgraph.model.records import Description, Document, End, Run, Settings, StatedRelation
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.prov import ivoa
from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.interchange.corpus import put

JOB = "http://127.0.0.1:8082/rest/test_activity_2/03c433"


def _written(*documents: Document) -> dict[str, dict[str, Any]]:
    with closing(open_store("sqlite://")) as store:
        with store.writing() as transaction:
            integrate(transaction, list(documents))
        found: dict[str, dict[str, Any]] = json.loads("".join(export(store, "vo-prov-json")))
    return found


def _run(name: str, **values: Any) -> Document:
    return Document(run=Run(name, {}), settings=(Settings("parameters", values),))


def test_what_runs_share_is_there_once() -> None:
    found = _written(_run("a", n=1), _run("b", n=1))
    ((uri, parameter),) = found["parameter"].items()
    value = {"$": "1", "type": "xsd:int"}
    assert parameter == {"prov:name": "n", "prov:value": value, "prov:label": "n = 1"}
    configured = {each["voprov:configured"] for each in found["wasConfiguredBy"].values()}
    assert (configured, len(found["wasConfiguredBy"])) == ({"pga:a", "pga:b"}, 2)
    assert all(each["voprov:configurator"] == uri for each in found["wasConfiguredBy"].values())


def test_what_a_document_says_of_a_parameter_comes_back() -> None:
    with closing(open_store("sqlite://")) as store:
        assert put(store, (CORPUS / "opus" / "job_prov.json").read_bytes()) == []
        text = "".join(export(store, "vo-prov-json"))
    document = json.loads(text)
    assert list(document["parameter"].values()) == [
        {
            "prov:name": "text",
            "prov:value": "Hello CTAO",
            "prov:label": "text = Hello CTAO",
            "voprov:datatype": "xs:string",
            "voprov:default": "Hello World",
            "voprov:description": "Input text for test job",
            "voprov:required": "true",
        }
    ]
    assert "voprov.parameters" not in text


def test_a_parameter_is_described_by_its_name() -> None:
    described = (
        Description("t_1", DescriptionType.ACTIVITY, {}),
        Description("t_1_n", DescriptionType.PARAMETER, {}),
        Description("t_1_c.yml", DescriptionType.CONFIG_FILE, {}),
    )
    ends = End(Kind.ACTIVITY, "a"), End(Kind.ACTIVITY_DESCRIPTION, "t_1")
    relation = StatedRelation(RelationType.IS_DESCRIBED_BY, *ends)
    own = _run("a", n=1, m=2)
    found = _written(
        Document(descriptions=described),
        Document(
            run=own.run,
            settings=own.settings,
            relations=(relation,),
            config_files=("file:/x/c.yml",),
        ),
    )
    named = [
        (each["voprov:described"], each["voprov:descriptor"])
        for each in found["isDescribedBy"].values()
    ]
    (n,) = (uri for uri, each in found["parameter"].items() if each["prov:name"] == "n")
    assert (n, "pgd:parameterDescription/t_1_n") in named
    assert ("pge:file:/x/c.yml", "pgd:configFileDescription/t_1_c.yml") in named
    assert len(named) == 3
    files = found["configFile"]
    assert list(files.values()) == [{"prov:name": "c.yml", "prov:location": "/x/c.yml"}]


def test_two_runs_keep_their_own_values() -> None:
    """What a document says of one run's parameter is not said of another's."""
    said = {"voprov.parameters": ({"name": "n", "id": "http://e.org/p", "unit": "m"},)}
    own = Document(run=Run("a", said), settings=(Settings("parameters", {"n": 1}),))
    found = _written(own, _run("b", n=1))
    by_run = {
        each["voprov:configured"]: found["parameter"][each["voprov:configurator"]]
        for each in found["wasConfiguredBy"].values()
    }
    assert by_run["pga:a"]["voprov:unit"] == "m"
    assert "voprov:unit" not in by_run["pga:b"]


def test_relations_name_the_artefact_as_the_model_does() -> None:
    statement = ProvStatement(ProvType.ACTIVITY, "urn:a", (None, None))
    assert [each.part for each in records([statement])] == [statement]
    assert set(ivoa.ARTEFACT_TYPES.values()) == {"Parameter", "Configfile"}
