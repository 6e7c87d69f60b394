"""The command ``demo``: real provenance in, the answer out."""

import click

from provgraph.commands.running import given, reporting_errors
from provgraph.demonstration import demonstrate


@click.command()
@reporting_errors
def demo() -> None:
    """Load the real sample provenance shipped with provgraph and ask what produced its DL3 file.

    Into a store of its own in the temporary folder, whatever PROVGRAPH_STORE says; into another one
    with --store.
    """
    demonstrate(given("store"))
