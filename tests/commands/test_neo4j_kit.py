"""The style and the saved questions are written, and a Neo4j store is set up for them."""

import zipfile

from tests.commands.shell import Shell
from tests.conftest import LOGS, empty_neo4j
from tests.services import Neo4jServer
from tests.store.neo4j.graphs import drop_browser_indexes


def test_the_kit_is_written_into_a_folder(newcomer: Shell) -> None:
    written = newcomer("neo4j", "kit", "for/browser")
    assert (written.returncode, written.stdout) == (0, "")
    assert "drop both files on the window of Neo4j Browser" in written.stderr
    folder = newcomer.folder / "for" / "browser"
    assert "node.Activity {" in (folder / "provgraph.grass").read_text()
    with zipfile.ZipFile(folder / "provgraph-questions.zip") as packed:
        assert "provgraph/lineage_of_a_file.cypher" in packed.namelist()
    assert not newcomer.store.exists()
    in_the_way = newcomer("neo4j", "kit", "for/browser/provgraph.grass")
    assert in_the_way.returncode == 2
    assert "is a file" in in_the_way.stderr


def test_only_a_neo4j_store_is_set_up(newcomer: Shell) -> None:
    for arguments in ((), ("sqlite:///other.db",)):
        refused = newcomer("neo4j", "setup", *arguments)
        assert refused.returncode == 2
        assert (
            "only a Neo4j store is set up: give neo4j://USER@HOST:7687/DATABASE" in refused.stderr
        )
    assert not newcomer.store.exists()


def test_a_store_is_set_up_as_often_as_one_likes(
    newcomer: Shell, neo4j_server: Neo4jServer
) -> None:
    empty_neo4j(neo4j_server.url)
    newcomer("load", str(LOGS / "irf.provlog"), PROVGRAPH_STORE=neo4j_server.url)
    done = newcomer("neo4j", "setup", neo4j_server.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("1 load joined to 2 records\n")
    password = neo4j_server.password
    url = neo4j_server.url.replace(f":{neo4j_server.password}@", "@")
    again = newcomer("--store", url, "neo4j", "setup", PROVGRAPH_STORE_PASSWORD=password)
    assert again.stdout == "indexes made: 0; 1 load joined to 2 records\n"
    assert newcomer("neo4j", "setup", url, PROVGRAPH_STORE_PASSWORD=password).stdout == again.stdout
    drop_browser_indexes(neo4j_server.url)
