"""Elements of a store as statements."""

from typing import Any

from provgraph.interchange import stored_elements
from provgraph.interchange.store_reader import WholeAgent, WholeEntity, WholeRun
from provgraph.model.records import Agent, Run, Settings, StatedEntity
from provgraph.model.values import Values
from provgraph.model.vocabulary import AgentType, EntityType
from provgraph.prov import names
from provgraph.prov.statements import PROV, BundleNamed, DocumentPart, ProvStatement, ProvType
from provgraph.store.records import EntityRecord

_EX = "http://example.org/"


def said(part: DocumentPart) -> dict[str, list[str]]:
    """The attributes of a statement, by the ends of their URIs."""
    assert isinstance(part, ProvStatement)
    found: dict[str, list[str]] = {}
    for uri, literal in part.attributes:
        found.setdefault(uri.removeprefix(names.ATTRIBUTE).removeprefix(PROV), []).append(
            literal.text
        )
    return found


def test_of_several_starts_and_ends_a_document_says_the_widest() -> None:
    run = Run(
        _EX + "a",
        {
            "startTime": ("2026-11-21T08:00:00.000", "2026-11-21T09:00:00.000"),
            "endTime": ("2026-11-21T10:00:00.000", "2026-11-21T11:00:00.000"),
        },
    )
    (activity,) = stored_elements.of_runs([WholeRun(run, [], [], ["default:/c.yml"], [])])
    assert isinstance(activity, ProvStatement)
    assert activity.slots == ("2026-11-21T08:00:00.000Z", "2026-11-21T11:00:00.000Z")
    assert said(activity) == {
        "provgraph.configFile": ["default:/c.yml"],
        "provgraph.startTime": ["2026-11-21T09:00:00.000"],
        "provgraph.endTime": ["2026-11-21T10:00:00.000"],
    }


def test_a_time_comes_out_in_its_zone() -> None:
    facts = {
        "startTime": ("2026-11-21T08:00:00.000",),
        names.START: ("2026-11-21T09:00:00+01:00",),
    }
    (activity,) = stored_elements.of_runs([WholeRun(Run(_EX + "a", facts), [], [], [], [])])
    assert isinstance(activity, ProvStatement)
    assert activity.slots == ("2026-11-21T09:00:00+01:00", None)


def test_the_type_of_an_agent_is_marked_when_no_document_says_it() -> None:
    agent = Agent(_EX + "g", "Ada", AgentType.PERSON)
    (statement,) = stored_elements.of_agents([WholeAgent(agent, [])])
    assert said(statement) == {
        "provgraph.name": ["Ada"],
        "provgraph.type": ["Person"],
        "type": [PROV + "Person"],
    }
    implied = {"prov:type": ({"$": PROV + "Person", "type": PROV + "QUALIFIED_NAME"},)}
    agent = Agent(_EX + "g", None, AgentType.PERSON, implied)
    (statement,) = stored_elements.of_agents([WholeAgent(agent, [])])
    assert said(statement) == {"type": [PROV + "Person"]}


def test_a_bundle_is_named_before_what_is_said_of_it() -> None:
    stated = StatedEntity(f"prov:{_EX}b", {names.IS_BUNDLE: (True,)}, EntityType.BUNDLE)
    assert list(stored_elements.of_stated(stated)) == [BundleNamed(_EX + "b")]


def test_what_provgraph_concluded_stands_beside_what_is_stated() -> None:
    def entity(identifier: str) -> EntityRecord:
        return EntityRecord(
            identifier, EntityType.DATASET, (identifier,), (), None, None, "DL3", {}
        )

    ours, theirs = entity("product:7"), entity(f"prov:{_EX}e")
    stated = [StatedEntity("product:7", {"size": (1,)})]
    of_document = [StatedEntity(f"prov:{_EX}e", {"prov:label": ("x",)})]
    first, second = stored_elements.of_entities(
        [
            WholeEntity(ours.id, ours, stated, []),
            WholeEntity(theirs.id, theirs, of_document, []),
            WholeEntity(f"prov:{_EX}unread", None, [], []),
        ]
    )
    assert said(first) == {
        "size": ["1"],
        "provgraph.resolved": ["true"],
        "provgraph.identifier": ["product:7"],
        "provgraph.dataLevel": ["DL3"],
        "provgraph.stated": ["true"],
    }
    assert said(second) == {"label": ["x"]}


def test_settings_are_entities_with_their_values() -> None:
    (statement,) = stored_elements.of_settings({"ab": Settings("levels", {"a": 1})})
    assert isinstance(statement, ProvStatement)
    assert statement.id == names.SETTINGS + "ab"
    assert said(statement) == {"provgraph.name": ["levels"], "provgraph.values": ['{"a":1}']}


def test_records_of_one_id_come_out_apart() -> None:
    records: tuple[dict[str, Any], ...] = (
        {"says": {"prov:label": ["one"]}},
        {"says": {}, "bundle": _EX + "b"},
    )
    attributes: dict[str, Values] = {"prov:label": ("one", "two"), names.RECORDS: records}
    found = list(stored_elements.of_stated(StatedEntity(f"prov:{_EX}e", attributes)))
    assert stored_elements.records_in(attributes) == list(records)
    assert [(said(each), each.bundle) for each in found if isinstance(each, ProvStatement)] == [
        ({"label": ["two"]}, None),
        ({"label": ["one"]}, None),
        ({}, _EX + "b"),
    ]


def test_whatever_keeps_a_relation_gives_it_back() -> None:
    kept: dict[str, Any] = {"open": "target", "prov": {"places": {"entity": _EX + "e"}, "says": {}}}
    found = list(
        stored_elements.of_stated(
            StatedEntity(f"prov:{_EX}e", {"open.wasGeneratedBy": (kept, "a value")})
        )
    )
    element, relation = found
    assert said(element) == {"open.wasGeneratedBy": ["a value"]}
    assert relation == ProvStatement(ProvType.GENERATION, None, (_EX + "e", None, None))
