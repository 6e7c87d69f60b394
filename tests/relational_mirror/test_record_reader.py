"""Records that the mirror keeps are read from a store."""

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.relational_mirror.description_index import DescriptionIndex
from provgraph.relational_mirror.record_reader import RecordReader
from provgraph.relational_mirror.records import KINDS, Record
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store

TOOL = Description("tool_1.0", DescriptionType.ACTIVITY, {"name": ("tool",)})
CUT = Description(
    "cut",
    DescriptionType.PARAMETER,
    {"name": ("T.cut",), "activityDescription": ("tool_1.0",)},
)
ASSOCIATION = StatedRelation(
    RelationType.WAS_ASSOCIATED_WITH, End(Kind.ACTIVITY, "run"), End(Kind.AGENT, "CTAO")
)
DOCUMENT = Document(
    Run("run", {"name": ("tool",), "version": ("1.0",), "status": ("completed",)}),
    (
        Mention("run", RelationType.USED, "data", "file:/x", "guid:X", "log"),
        Mention("run", RelationType.WAS_GENERATED_BY, "dl1", "file:/y", "product:Y", "log"),
    ),
    settings=(Settings("T", {"T.cut": 5, "T.other": 6}),),
    config_files=("file:/c/x.yaml",),
    agents=(Agent("CTAO", "CTA Observatory", AgentType.ORGANIZATION),),
    entities=(StatedEntity("guid:X", {"comment": ("good",)}),),
    relations=(ASSOCIATION,),
)


@pytest.fixture
def filled(memory: Store) -> Store:
    with memory.writing() as transaction:
        integrate(transaction, (DOCUMENT, Document(descriptions=(TOOL, CUT))))
    return memory


def read(store: Store, kind: Subject, *ids: str) -> dict[str, Record]:
    with store.viewing() as view:
        reader = StoreReader(view)
        found = ids or [each for page in reader.pages(kind) for each in page]
        return RecordReader(reader, DescriptionIndex.read(reader)).records(kind, found)


def test_an_activity_has_all_that_begins_at_it(filled: Store) -> None:
    content = read(filled, Subject.ACTIVITY)["run"].content
    assert content["facts"]["name"] == ("tool",)
    assert sorted(each["entity"] for each in content["mentions"]) == ["guid:X", "product:Y"]
    assert content["configFiles"] == ["file:/c/x.yaml"]
    assert len(content["settings"]) == 1
    assert [(each["type"], each["means"]) for each in content["relations"]] == [
        ("wasAssociatedWith", "CTAO")
    ]
    assert content["described"] == {"parameters": {"T.cut": "cut"}, "tool": True}
    assert content["status"] == "completed"


def test_a_status_that_is_a_value_of_the_graph_is_no_fact_of_the_activity(filled: Store) -> None:
    value = StatedEntity("run_status", {"value": ("failed",)}, EntityType.VALUE)
    with filled.writing() as transaction:
        integrate(transaction, (Document(entities=(value,)),))
    assert read(filled, Subject.ACTIVITY)["run"].content["status"] is None


def test_entities_agents_and_descriptions(filled: Store) -> None:
    file = read(filled, Subject.ENTITY)["guid:X"]
    assert file.content["standings"][0][0] == "file:/x"
    assert file.content["attributes"] == {"comment": ("good",)}
    agent = read(filled, Subject.AGENT)["CTAO"]
    assert (agent.content["name"], agent.type) == ("CTA Observatory", "Organization")
    cut = read(filled, Subject.PARAMETER_DESCRIPTION)["cut"]
    assert cut.content["refersTo"] == {"activityDescription": "tool_1.0"}
    (settings,) = read(filled, Subject.SETTINGS).values()
    assert settings.content == {"name": "T", "values": {"T.cut": 5, "T.other": 6}}
    assert read(filled, Subject.STATED)["guid:X"].content == {"attributes": {"comment": ("good",)}}


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_store_does_not_have_is_left_out(filled: Store, kind: Subject) -> None:
    assert read(filled, kind, "00" * 16) == {}


def test_descriptions_are_found_by_what_they_describe(filled: Store) -> None:
    with filled.viewing() as view:
        index = DescriptionIndex.read(StoreReader(view))
    parameters = Kind.PARAMETER_DESCRIPTION
    assert index.parts_of(parameters, "tool_1.0", ["T.cut", "T.other"]) == {"T.cut": "cut"}
    assert index.parts_of(parameters, "tool_2.0", ["T.cut"]) == {}
    assert index.parts_of(parameters, None, ["T.cut"]) == {}
