"""What the pages show of servers: their commands and queries, on the servers of the tests."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from neo4j import GraphDatabase

from provgraph.commands.main import main
from tests.conftest import LOGS, empty_neo4j
from tests.services import Neo4jServer, PostgresServer

ROOT = Path(__file__).parents[1]
HOW_TO = ROOT / "docs" / "how-to"
#: How the pages call the servers of an example.
STORE = re.compile(r"neo4j://\S+")
OTHER_SCHEMA = "postgresql://reader@prov.example.org/cta?schema=old"
DATABASE = re.compile(r"postgresql://\S+")


def _commands(page: Path) -> list[list[str]]:
    """The commands on a page that name a database of PostgreSQL."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines if DATABASE.search(line)]
    return [each[1:] for each in words]


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, (arguments, result.output)
    return result.output


def test_the_commands_that_name_servers_work(
    neo4j_server: Neo4jServer,
    postgres_server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mirror of the sample in Neo4j, as the README says; other pages load such databases."""
    mirror, old = map(postgres_server.create_database, ("pages_mirror", "pages_old"))
    empty_neo4j(neo4j_server.url)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert STORE.search(readme)
    monkeypatch.setenv("PROVGRAPH_STORE", neo4j_server.url)
    _run("load", str(LOGS / "dl3_run02001.provlog"))
    [synced] = _commands(ROOT / "README.md")
    assert "synced" in _run(*(mirror if DATABASE.search(word) else word for word in synced))
    _run("sync", "--to", old, "--schema", "old")
    due = _run("digest")
    loading = _commands(HOW_TO / "ctadirac.md")
    assert len(loading) == 2
    for number, arguments in enumerate(loading):
        url = f"{old}?schema=old" if OTHER_SCHEMA in arguments else mirror
        monkeypatch.setenv("PROVGRAPH_STORE", f"sqlite:///{tmp_path / f'{number}.db'}")
        _run(*(url if DATABASE.search(word) else word for word in arguments))
        assert _run("digest") == due
    _queries_work(neo4j_server)


def _queries_work(server: Neo4jServer) -> None:
    """The queries of the page about Neo4j find what is in the store."""
    page = (HOW_TO / "neo4j.md").read_text(encoding="utf-8")
    queries = re.findall(r"```cypher\n(.*?)```", page, re.DOTALL)
    assert len(queries) >= 2
    user, _, password = server.url.partition("://")[2].rpartition("@")[0].partition(":")
    address = server.url.rpartition("@")[2].partition("/")[0]
    with GraphDatabase.driver(f"bolt://{address}", auth=(user, password)) as driver:
        used, *_ = driver.execute_query("MATCH (:Activity)-[:USED]->(e:Entity) RETURN e.id LIMIT 1")
        names, *_ = driver.execute_query("MATCH (p:Parameter) RETURN p.name LIMIT 1")
        for query in queries:
            asked = re.sub(r"\{name: '[^']+'\}", f"{{name: '{names[0][0]}'}}", query)
            found, *_ = driver.execute_query(asked, id=used[0][0])
            assert found, query
