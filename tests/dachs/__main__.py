"""``python -m tests.dachs [--write]``: ProvTAP by a real GAVO DaCHS, and the page about it."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provgraph.relational_mirror.syncing import sync
from tests.dachs.campaign import Line, lines
from tests.dachs.taplint import Finding, findings, taplint
from tests.graphql.conftest import served
from tests.relational_mirror.questions import store_of_everything
from tests.services import PostgresServer
from tests.services.dachs import DachsServer
from tests.services.environments import PYVO

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "explanation" / "provtap.md"
_PACKAGES: Final = ("python3-gavo", "stilts", "postgresql-15", "postgresql-15-pgsphere")
_INTRODUCTION: Final = """# ProvTAP, tried

Printed by `make soak-dachs`; `make soak-dachs ARGS=--write` writes this page. GAVO DaCHS serves
[the tables of ProvTAP](../how-to/virtual_observatory.md#provtap) by the script of the container
(`docker/tap/serve.sh`), on a PostgreSQL of the tests: real logs of ctapipe, a job of OPUS, a
collection. pyvo asks it in ADQL what GraphQL is asked (`tests/relational_mirror/questions.py`).
*Right* is an answer with exactly the rows of GraphQL's.
"""
_LINT: Final = """
`stilts taplint`, all stages, says of the service at last:
"""


def main() -> None:
    """Ask, and print the page; exit 1 when an answer is wrong, or taplint says something new."""
    parser = argparse.ArgumentParser(prog="python -m tests.dachs", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help=f"write it to {PAGE.relative_to(ROOT)}"
    )
    asked = parser.parse_args()
    commit = _said("git", "describe", "--always", "--dirty")
    answered, complaints = _campaign()
    text = page(answered, complaints, commit)
    print(text)
    for line in answered:
        for name in line.wrong:
            print(f"wrong after {line.when}, by /{line.way}: {name}", file=sys.stderr)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    sys.exit(not is_fine(answered, complaints))


def _campaign() -> tuple[list[Line], list[Finding]]:
    with (
        store_of_everything() as store,
        PostgresServer() as postgres,
        served(store) as client,
    ):
        mirror = postgres.create_database("mirror")
        sync(store, mirror, provtap=True)
        with DachsServer(port=postgres.port, database="mirror", user=postgres.user) as dachs:
            answered = list(lines(store, client, mirror, dachs))
            return answered, findings(taplint(dachs.url))


def is_fine(answered: Sequence[Line], complaints: Sequence[Finding]) -> bool:
    """Tell whether all is as it should be.

    Args:
        answered: what came of the questions.
        complaints: what taplint says.
    """
    return not any(line.wrong for line in answered) and all(
        each.is_explained for each in complaints
    )


def page(answered: Sequence[Line], complaints: Sequence[Finding], commit: str) -> str:
    """Write the page.

    Args:
        answered: what came of the questions.
        complaints: what taplint says.
        commit: that was tried.
    """
    versions = ", ".join((*(_version(each) for each in _PACKAGES), _pyvo()))
    return "\n".join(
        (
            _INTRODUCTION,
            "| after | by | questions | right | rows |\n|---|---|---|---|---|",
            *map(str, answered),
            _LINT,
            "| code | level | times | says at first | of |\n|---|---|---|---|---|",
            *map(str, complaints),
            f"\n{datetime.now(UTC):%Y-%m-%d}, commit {commit}; {versions}.\n",
        )
    )


def _version(package: str) -> str:
    """A package of Debian's, with its version."""
    return f"{package} {_said('dpkg-query', '-W', '-f', '${Version}', package)}"


def _pyvo() -> str:
    (pinned,) = (each for each in PYVO.read_text().split() if each.startswith("pyvo="))
    return pinned.replace("==", " ")


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
