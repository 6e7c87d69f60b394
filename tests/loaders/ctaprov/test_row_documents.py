"""What becomes of rows."""

from typing import Any

from provgraph.loaders.ctaprov.layout import RowReference
from provgraph.loaders.ctaprov.row_documents import RowDocuments
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.model.vocabulary import AgentType, RelationType
from tests.loaders.ctaprov.tables import DATABASE, descriptions, layout

ENTITIES = RowReference("generatedEntity", "entities"), RowReference("usedEntity", "entities")
PEOPLE = RowReference("activity", "activities"), RowReference("agent", "agents")


def rows() -> RowDocuments:
    tables = layout()
    described = descriptions(tables, {"id": "t_1", "name": "t", "version": "1"})
    return RowDocuments(tables, DATABASE, described)


def use(role: str, entity: str | None, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(layout().columns["used"])
    return {**empty, "role": role, "entity_id": entity, "entity.id": entity, **more}


def test_an_activity_with_its_files_and_its_description() -> None:
    row: dict[str, Any] = {
        "id": "RUN",
        "name": "t",
        "startTime": "2026-11-21 08:00:00",
        "endTime": "no time",
    }
    row |= {"comment": None, "activityDescription_id": "t_1"}
    used = [use("in", "G", **{"entity.name": "/vo/x", "time": "2026-11-21 08:00:01"})]
    found = rows().activity(row, used, [], [])
    assert found.run is not None
    assert found.run.facts == {
        "startTime": ("2026-11-21T08:00:00.000",),
        "stated endTime": ("no time",),
        "name": ("t",),
        "version": ("1",),
    }
    (mention,) = found.mentions
    assert (mention.role, mention.identifier, mention.place) == ("in", "guid:G", "lfn:/vo/x")
    assert mention.time == "2026-11-21T08:00:01.000"
    assert [each.relation for each in found.relations] == [RelationType.IS_DESCRIBED_BY]


def test_an_output_of_that_name_is_the_status() -> None:
    status = {"role": "status", "entity.id": "S", "entity.classType": "value"}
    empty = dict.fromkeys(layout().columns["wasGeneratedBy"])
    made = {**empty, **status, "valueEntities.value": "error"}
    found = rows().activity({"id": "RUN", "name": "t"}, [], [made], [])
    assert found.run is not None
    assert found.run.facts["status"] == ("error",)


def test_an_input_without_entity_is_kept_on_the_run() -> None:
    found = rows().activity({"id": "RUN", "name": "t"}, [use("lost", None)], [], [])
    assert found.run is not None
    assert found.run.facts["open.used"] == ({"role": "lost"},)
    assert not found.mentions


def test_an_input_without_activity_is_kept_on_the_entity() -> None:
    found = rows().file_without_activity("used", use("orphan", "G"))
    assert isinstance(found, Document)
    (entity,) = found.entities
    assert (entity.identifier, entity.attributes) == (
        "guid:G",
        {"open.used": ({"role": "orphan"},)},
    )
    nothing = rows().file_without_activity("used", use("lost", None, id=5))
    assert isinstance(nothing, Problem)
    assert nothing.where == "used 5"


def test_agents_of_known_and_unknown_types_and_without_an_id() -> None:
    (known,) = rows().agent({"id": "A", "name": "a", "type": "Person"}).agents
    assert (known.id, known.type, known.attributes) == ("A", AgentType.PERSON, {})
    (unknown,) = rows().agent({"id": None, "name": "a", "type": "Robot"}).agents
    assert unknown.id == f"prov:{DATABASE}#agents/None"
    assert (unknown.type, unknown.attributes) == (None, {"type": ("Robot",)})


def test_a_relation_and_one_with_an_open_end() -> None:
    row = {"id": 1, "generatedEntity_id": "G", "usedEntity_id": "U"}
    both = rows().relation(
        "wasDerivedFrom", {**row, "s.entity.id": "G", "t.entity.id": "U"}, *ENTITIES
    )
    assert isinstance(both, Document)
    (relation,) = both.relations
    assert (relation.source.id, relation.target.id) == ("guid:G", "guid:U")
    one = rows().relation("wasDerivedFrom", {**row, "t.entity.id": "U"}, *ENTITIES)
    assert isinstance(one, Document)
    (entity,) = one.entities
    assert entity.attributes == {"open.wasDerivedFrom": ({"open": "source"},)}
    none = rows().relation("wasDerivedFrom", row, *ENTITIES)
    assert isinstance(none, Problem)
    assert none.where == "wasDerivedFrom 1"


def test_what_a_relation_says_is_kept_on_the_record_that_is_there() -> None:
    row = {"id": 1, "role": "operator", "activity_id": "RUN", "agent_id": "A"}
    run = rows().relation("wasAssociatedWith", {**row, "s.id": "RUN"}, *PEOPLE)
    assert isinstance(run, Document)
    assert run.run is not None
    assert run.run.facts == {"open.wasAssociatedWith": ({"role": "operator", "open": "target"},)}
    agent = rows().relation("wasAssociatedWith", {**row, "t.id": "A"}, *PEOPLE)
    assert isinstance(agent, Document)
    assert [each.id for each in agent.agents] == ["A"]


def test_configuration_of_nothing_is_a_problem() -> None:
    assert rows().configuration_without_activity({"id": 5}).where == "wasConfiguredBy 5"
    unused = rows().unused_configuration("parameters", {"id": 5, "name": "a"})
    assert (unused.where, "'a' is not loaded" in unused.what) == ("parameters 5", True)
