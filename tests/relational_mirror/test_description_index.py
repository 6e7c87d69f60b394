"""The descriptions that a store has."""

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import Description, Document, End
from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.relational_mirror.description_index import DescriptionIndex
from provgraph.store.protocol import Store


def parameter(identifier: str, **attributes: str) -> Description:
    named = {name: (value,) for name, value in attributes.items()}
    return Description(identifier, DescriptionType.PARAMETER, named)


def index_of(store: Store, *descriptions: Description) -> DescriptionIndex:
    with store.writing() as transaction:
        integrate(transaction, (Document(descriptions=descriptions),))
    with store.viewing() as view:
        return DescriptionIndex.read(StoreReader(view, page_size=1))


def test_of_several_descriptions_of_a_parameter_the_smallest_counts(memory: Store) -> None:
    several = [
        parameter(each, name="T.cut", activityDescription="tool") for each in ("b", "a", "c")
    ]
    index = index_of(memory, *several, parameter("d", name="T.nobody"))
    found = index.parts_of(Kind.PARAMETER_DESCRIPTION, "tool", ["T.cut", "T.nobody"])
    assert found == {"T.cut": "a"}
    assert End(Kind.PARAMETER_DESCRIPTION, "d") in index.ends


def test_attributes_name_descriptions_that_are_there(memory: Store) -> None:
    tool = Description("tool", DescriptionType.ACTIVITY, {})
    index = index_of(memory, tool)
    assert index.named_in({"activityDescription": ("tool",), "role": ("x",)}) == {
        "activityDescription": "tool"
    }
    assert index.named_in({"activityDescription": ("another",)}) == {}
    assert index.named_in({"usageDescription": ("tool",)}) == {}
