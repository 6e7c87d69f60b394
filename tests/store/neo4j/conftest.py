"""An empty Neo4j store, one with a night of work in it, and the server behind both."""

from collections.abc import Iterator

import pytest
from neo4j import Driver, GraphDatabase

from provgraph.model.records import (
    SOFTWARE,
    Agent,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Values
from provgraph.model.vocabulary import (
    AgentType,
    Kind,
    RelationType,
)
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from tests.conftest import empty_neo4j
from tests.services import Neo4jServer
from tests.store.neo4j.graphs import MADE, USED, put


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    empty_neo4j(neo4j_server.url)
    opened = open_neo4j(neo4j_server.url)
    opened.make()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def driver(neo4j_server: Neo4jServer) -> Iterator[Driver]:
    with GraphDatabase.driver(
        f"bolt://127.0.0.1:{neo4j_server.bolt_port}",
        auth=(neo4j_server.user, neo4j_server.password),
        notifications_min_severity="OFF",
    ) as opened:
        yield opened


@pytest.fixture
def night(store: Neo4jStore) -> Neo4jStore:
    """A run that reads a calibrated product and a configuration file, and writes a table.

    The run that made the calibrated product is there too.

    Args:
        store: an empty one.
    """
    facts: dict[str, Values] = {
        "name": ("ctapipe-process",),
        "version": ("0.28.0",),
        "status": ("completed",),
        "startTime": ("2026-11-21T08:29:38.045",),
        "endTime": ("2026-11-21T08:30:00.000",),
        "host": ("wn042",),
        "exit_code": (0,),
        "arguments": (["ctapipe-process", "-i", "x"],),
        "odd": ({"a": [1, None]},),
    }
    maker = Document(
        run=Run(
            "maker", {"name": ("ctapipe-calibrate",), "startTime": ("2026-11-21T08:00:00.000",)}
        ),
        mentions=(
            Mention(
                "maker",
                MADE,
                "DL1/Event",
                "file:/data/calibrated.h5",
                "product:1",
                "ctapipe default",
            ),
        ),
    )
    reader = Document(
        run=Run("reader", facts),
        mentions=(
            Mention(
                "reader",
                USED,
                "DL1/Event",
                "file:/data/calibrated.h5",
                "product:1",
                "ctapipe default",
            ),
            Mention(
                "reader",
                USED,
                "Tool Configuration",
                "file:/data/base.yaml",
                None,
                "ctapipe default",
            ),
            Mention("reader", MADE, "DL2/Event", "file:/data/table.h5", None, "ctapipe default"),
        ),
        entities=(
            StatedEntity("product:1", {"CTA PRODUCT FORMAT": ("hdf5",), "type": ("Event",)}),
        ),
        agents=(Agent("CTAO", "CTA Observatory", AgentType.ORGANIZATION),),
        relations=(
            StatedRelation(
                RelationType.WAS_ASSOCIATED_WITH,
                End(Kind.ACTIVITY, "reader"),
                End(Kind.AGENT, "CTAO"),
                "operator",
            ),
        ),
        settings=(
            Settings(
                "ProcessTool.Cuts", {"ProcessTool.Cuts.size": 55.5, "ProcessTool.Cuts.on": True}
            ),
            Settings(SOFTWARE, {"numpy": "1.26.4"}),
        ),
        config_files=("file:/data/base.yaml",),
    )
    put(store, maker, reader)
    return store
