"""Questions that GraphQL and ADQL answer alike, about a store that has something of everything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS
from tests.interchange.corpus import put

DL3 = "run02001.dl3.fits"
JOB = "http://127.0.0.1:8082/rest/test_activity_2/03c433"
E = "http://example.org/"
COLLECTION = b"""document prefix ex <http://example.org/>
  entity(ex:all, [prov:type='prov:Collection']) entity(ex:one) hadMember(ex:all, ex:one)
  entity(ex:plot) activity(ex:draw, 2026-11-21T08:00:00, 2026-11-21T09:00:00)
  used(ex:draw, ex:all, -) wasGeneratedBy(ex:plot, ex:draw, -)
  wasInformedBy(ex:draw, ex:plan) activity(ex:plan, -, -) wasDerivedFrom(ex:plot, ex:one)
endDocument"""
Rows = set[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        graphql: asks the store.
        rows: what that answer comes to.
        adql: asks schema ``provenance``, as a TAP service or PostgreSQL takes it.
    """

    graphql: str
    rows: Callable[[Any], Rows]
    adql: str


@contextmanager
def store_of_everything() -> Iterator[Store]:
    """A chain of ctapipe, a job of OPUS, and a collection."""
    store = open_store("sqlite://")
    list(load(store, [str(LOGS), str(CORPUS / "opus" / "provsap_desc2.json")]))
    assert put(store, COLLECTION) == []
    yield store
    store.close()


def _found(answer: Any, *path: str) -> list[Any]:
    """What stands at the end of a path through objects and lists."""
    here = [answer]
    for name in path:
        here = [
            one
            for each in here
            if each is not None
            for one in (each[name] if isinstance(each[name], list) else [each[name]])
        ]
    return here


def _ids(*path: str) -> Callable[[Any], Rows]:
    return lambda answer: {(each["id"],) for each in _found(answer, *path)}


def _pairs(first: str, second: str, *path: str) -> Callable[[Any], Rows]:
    return lambda answer: {(each[first], each[second]) for each in _found(answer, *path)}


def _without_root(rows: Rows, root: str) -> Rows:
    return {row for row in rows if row[0] != root}


_FILE = f"(SELECT id FROM provenance.entity WHERE name = '{DL3}')"
_RUN = f"(SELECT activity_id FROM provenance.wasgeneratedby WHERE entity_id IN {_FILE})"
QUESTIONS = {
    "all runs": Question(
        "{ activities(first: 500) { nodes { id } } }",
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity",
    ),
    "all agents": Question(
        "{ agents(first: 500) { nodes { id } } }",
        _ids("agents", "nodes"),
        "SELECT id FROM provenance.agent",
    ),
    "runs of one tool": Question(
        '{ activities(first: 500, filter: {name: "ctapipe-merge"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity WHERE name = 'ctapipe-merge'",
    ),
    "runs that failed": Question(
        '{ activities(first: 500, filter: {status: "error"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT g.activity_id FROM provenance.wasgeneratedby g "
        "JOIN provenance.entity e ON e.id = g.entity_id "
        "WHERE g.role = 'status' AND e.\"value\" = 'error'",
    ),
    "runs since": Question(
        '{ activities(first: 500, filter: {since: "2026-11-25T00:00:00Z"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity "
        "WHERE coalesce(start_time, end_time) >= '2026-11-25T00:00:00'",
    ),
    "who made a file": Question(
        f'{{ whatProduced(file: "{DL3}", depth: 1) {{ activities {{ id name }} }} }}',
        _pairs("id", "name", "whatProduced", "activities"),
        f"SELECT id, name FROM provenance.activity WHERE id IN {_RUN}",
    ),
    "what led to a file": Question(
        f'{{ whatProduced(file: "{DL3}") {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("whatProduced", "entities")(answer), answer["whatProduced"]["root"]["id"]
        ),
        f"SELECT ancestor_id FROM provenance.ancestry WHERE entity_id IN {_FILE}",
    ),
    "what led to a file, two relations far": Question(
        f'{{ whatProduced(file: "{DL3}", depth: 2) {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("whatProduced", "entities")(answer), answer["whatProduced"]["root"]["id"]
        ),
        f"SELECT ancestor_id FROM provenance.ancestry WHERE entity_id IN {_FILE} AND depth <= 2",
    ),
    "how far away all is that led to a file": Question(
        f'{{ whatProduced(file: "{DL3}") {{ nodes {{ __typename id distance }} }} }}',
        lambda answer: {
            (each["id"], each["distance"])
            for each in _found(answer, "whatProduced", "nodes")
            if each["__typename"] == "Entity" and each["distance"]
        },
        f"SELECT ancestor_id, depth FROM provenance.ancestry WHERE entity_id IN {_FILE}",
    ),
    "the runs that led to a file": Question(
        f'{{ whatProduced(file: "{DL3}") {{ activities {{ id }} }} }}',
        _ids("whatProduced", "activities"),
        "SELECT activity_id FROM provenance.wasgeneratedby WHERE entity_id IN "
        f"{_FILE} OR entity_id IN (SELECT ancestor_id FROM provenance.ancestry "
        f"WHERE entity_id IN {_FILE})",
    ),
    "what was made from a file": Question(
        f'{{ impact(file: "{E}one") {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("impact", "entities")(answer), answer["impact"]["root"]["id"]
        ),
        f"SELECT entity_id FROM provenance.ancestry WHERE ancestor_id = 'prov:{E}one'",
    ),
    "what a run read": Question(
        f'{{ activity(id: "{JOB}") {{ used {{ role entity {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["entity"]["id"]) for each in _found(answer, "activity", "used")
        },
        f"SELECT role, entity_id FROM provenance.used WHERE activity_id = '{JOB}'",
    ),
    "what a run wrote": Question(
        f'{{ activity(id: "{JOB}") {{ generated {{ role entity {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["entity"]["id"]) for each in _found(answer, "activity", "generated")
        },
        f"SELECT role, entity_id FROM provenance.wasgeneratedby WHERE activity_id = '{JOB}' "
        "AND role != 'status'",
    ),
    "who read a file": Question(
        f'{{ entity(id: "prov:{E}all") {{ usedBy {{ activity {{ id }} }} }} }}',
        _ids("entity", "usedBy", "activity"),
        f"SELECT activity_id FROM provenance.used WHERE entity_id = 'prov:{E}all'",
    ),
    "whose job": Question(
        f'{{ activity(id: "{JOB}") {{ agents {{ role agent {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["agent"]["id"]) for each in _found(answer, "activity", "agents")
        },
        f"SELECT role, agent_id FROM provenance.wasassociatedwith WHERE activity_id = '{JOB}'",
    ),
    "the parameters of a run": Question(
        f'{{ activity(id: "{JOB}") {{ parameters {{ name value }} }} }}',
        _pairs("name", "value", "activity", "parameters"),
        'SELECT p.name, p."value" FROM provenance.parameter p '
        "JOIN provenance.wasconfiguredby c ON c.parameter_id = p.id "
        f"WHERE c.activity_id = '{JOB}' AND c.artefact_type = 'Parameter'",
    ),
    "how many parameters a run has": Question(
        f'{{ whatProduced(file: "{DL3}", depth: 1) {{ activities {{ parameters {{ name }} }} }} }}',
        lambda answer: {(len(_found(answer, "whatProduced", "activities", "parameters")),)},
        f"SELECT count(parameter_id) FROM provenance.wasconfiguredby WHERE activity_id IN {_RUN}",
    ),
    "what the tool of a run is": Question(
        f'{{ activity(id: "{JOB}") {{ description {{ name version }} }} }}',
        _pairs("name", "version", "activity", "description"),
        "SELECT d.name, d.version FROM provenance.activitydescription d "
        "JOIN provenance.activity a ON a.activity_description_id = d.id "
        f"WHERE a.id = '{JOB}'",
    ),
    "the members of a collection": Question(
        f'{{ lineage(id: "{E}all", relations: [HAD_MEMBER]) {{ entities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "entities")(answer), f"prov:{E}all"),
        "SELECT m.entity_id FROM provenance.hadmember m "
        "JOIN provenance.entity e ON e.id = m.collection_id WHERE e.\"type\" = 'Collection'",
    ),
    "which run told a run": Question(
        f'{{ lineage(id: "{E}draw", relations: [WAS_INFORMED_BY]) {{ activities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "activities")(answer), f"{E}draw"),
        f"SELECT informant_id FROM provenance.wasinformedby WHERE informed_id = '{E}draw'",
    ),
    "what a file was derived from": Question(
        f'{{ lineage(id: "{E}plot", relations: [WAS_DERIVED_FROM]) {{ entities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "entities")(answer), f"prov:{E}plot"),
        "SELECT used_entity_id FROM provenance.wasderivedfrom "
        f"WHERE generated_entity_id = 'prov:{E}plot'",
    ),
    "the run that began at a time": Question(
        "{ activities(first: 500) { nodes { id startTime } } }",
        lambda answer: {
            (each["id"],)
            for each in _found(answer, "activities", "nodes")
            if each["startTime"] == "2026-11-21T08:00:00.000Z"
        },
        "SELECT id FROM provenance.activity WHERE start_time = '2026-11-21T08:00:00'",
    ),
}
