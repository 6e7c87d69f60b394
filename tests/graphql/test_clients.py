"""The schema suits the clients that people use: Apollo Client, and Relay's compiler.

`tests/client/test_speaking.py` does the same with gql.
"""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from provgraph import graphql
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from tests.conftest import missing
from tests.services import ServiceUnavailable

CLIENTS = Path(__file__).with_name("clients")
PACKAGES = CLIENTS / "node_modules"
SCHEMA = Path(graphql.__file__).parent / "schema.graphql"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"

pytestmark = pytest.mark.slow


def node(*command: str | Path, cwd: Path = CLIENTS) -> str:
    """What a program of Node's prints."""
    if shutil.which("node") is None or not (PACKAGES / ".stamp").exists():
        missing(
            ServiceUnavailable(
                "the GraphQL clients are not there",
                where=str(PACKAGES),
                todo="install Node.js; then make tests/graphql/clients/node_modules/.stamp",
            )
        )
    done = subprocess.run(("node", *command), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_apollo_client_reads_pages_and_lineages(client: httpx.Client, store: Store) -> None:
    said = json.loads(node("apollo.mjs", f"{client.base_url}/graphql", DL3))
    assert len(set(said["ids"])) == len(said["ids"]) == said["total"] == store.stats()["entities"]
    whole = lineage(store, find(store, DL3))
    assert (said["nodes"], said["location"]) == (len(whole.nodes), whole.root.location)


def test_relay_compiles_queries_of_the_schema(tmp_path: Path) -> None:
    """Connections, and what is fetched again by ``node(id:)`` (Relay's server specification)."""
    shutil.copytree(CLIENTS / "relay", tmp_path / "src")
    shutil.copy(SCHEMA, tmp_path)
    settings = {"src": "src", "schema": SCHEMA.name, "language": "typescript"}
    (tmp_path / "relay.config.json").write_text(json.dumps(settings))
    node(PACKAGES / "relay-compiler" / "cli.js", cwd=tmp_path)
    made = {each.name.partition(".")[0] for each in (tmp_path / "src" / "__generated__").iterdir()}
    assert {"FilesListQuery", "FilesFileQuery", "FilesSearchQuery", "FilesMarkMutation"} <= made
