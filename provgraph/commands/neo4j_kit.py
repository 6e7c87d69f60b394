"""The commands for people who look into Neo4j itself: ``neo4j setup`` and ``neo4j kit``."""

from pathlib import Path

import click

from provgraph.commands.running import given, note, reporting_errors, write_out
from provgraph.errors import SettingsError, extra_needed
from provgraph.model.values import counted
from provgraph.settings import read_environment


@click.group(name="neo4j")
def neo4j() -> None:
    """Make Neo4j Browser and Bloom ready: indexes, a style, saved questions."""


@neo4j.command()
@click.argument("url", required=False)
@reporting_errors
def setup(url: str | None) -> None:
    """Make the indexes of the saved questions, and join each load to what it speaks of.

    URL is the store, else --store. It may be done again at any time: what was loaded since is
    joined then. Answers and digest stay as they are.
    """
    with extra_needed("neo4j", "provgraph neo4j setup"):
        from provgraph.store.neo4j.address import SCHEMES  # noqa: PLC0415
        from provgraph.store.neo4j.browser_kit import set_up  # noqa: PLC0415
    asked = read_environment(url or given("store"))
    if asked.store.partition("://")[0] not in SCHEMES:
        raise SettingsError("only a Neo4j store is set up: give neo4j://USER@HOST:7687/DATABASE")
    done = set_up(asked.store, asked.store_password)
    click.echo(
        f"indexes made: {done.indexes}; {counted(done.loads, 'load')} joined to "
        f"{counted(done.joined, 'record')}"
    )


@neo4j.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reporting_errors
def kit(folder: Path) -> None:
    """Write the style and the saved questions into FOLDER, for dropping on Neo4j Browser."""
    with extra_needed("neo4j", "provgraph neo4j kit"):
        from provgraph.store.neo4j.browser_kit import STYLE, archive, style  # noqa: PLC0415
    folder.mkdir(parents=True, exist_ok=True)
    write_out([style()], folder / STYLE)
    write_out([archive()], folder / "provgraph-questions.zip")
    note("drop both files on the window of Neo4j Browser, one after the other")
