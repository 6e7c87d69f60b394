"""``python -m bench [NAME…] [--write]``: measure, and print the table of figures."""

import argparse
import os
import platform
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import (
    again,
    against_prov2neo,
    comparing,
    copying,
    crowd,
    documents,
    finding,
    graphql,
    interchange,
    jobs,
    kit,
    lineage,
    load,
    memory,
    mirror,
    page,
    parallel,
    room,
    sending,
    shapes,
    startup,
    taint,
    validation,
)
from bench.measure import Figure, say

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "figures.md"
BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "startup": startup.figures,
    "load": load.figures,
    "room": room.figures,
    "against_prov2neo": against_prov2neo.figures,
    "documents": documents.figures,
    "memory": memory.figures,
    "parallel": parallel.figures,
    "sending": sending.figures,
    "copying": copying.figures,
    "again": again.figures,
    "shapes": shapes.figures,
    "graphql": graphql.figures,
    "crowd": crowd.figures,
    "lineage": lineage.figures,
    "finding": finding.figures,
    "comparing": comparing.figures,
    "taint": taint.figures,
    "page": page.figures,
    "mirror": mirror.figures,
    "kit": kit.figures,
    "jobs": jobs.figures,
    "validation": validation.figures,
    "interchange": interchange.figures,
}
_SHORT = "What falls short"
_NOT_MET = "| **no** |"
_INTRODUCTION = """# Figures

Printed by `make bench`; `make bench ARGS=--write` writes this page, `make bench ARGS='NAME
--write'` one section of it. Each ratio comes from one run in which provgraph and its reference take
turns; times are medians. After a `;` stands the reference.
"""


def main() -> None:
    """Run benchmarks and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)}; all without one"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"put the figures into {PAGE.relative_to(ROOT)}"
    )
    asked = parser.parse_args()
    if unknown := set(asked.names) - BENCHMARKS.keys():
        parser.error(
            f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}"
        )
    for name in asked.names or BENCHMARKS:
        say(f"== {name}")
        found: list[Figure] = []
        for figure in BENCHMARKS[name]():
            say(f"{figure.name}: {figure.measured}, demanded {figure.demanded}")
            found.append(figure)
        text = f"{_table(found)}\n{machine()}\n"
        print(text)
        if asked.write:
            _write(name, text)


def _write(name: str, text: str) -> None:
    """Put a benchmark's section into the page."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(page_with(before, name, text), encoding="utf-8")


def page_with(before: str, name: str, text: str) -> str:
    """The page of figures with a new section: what falls short first, then all benchmarks in order.

    Args:
        before: the page as it was; "" for none.
        name: of the benchmark.
        text: the table that it printed.
    """
    parts = dict(part.split("\n\n", 1) for part in before.split("\n## ")[1:]) | {name: text}
    sections = {each: parts[each].rstrip() for each in BENCHMARKS if each in parts}
    missing = ", ".join(f"`{each}`" for each in BENCHMARKS if each not in parts)
    short = "\n".join(_fallen_short(sections)) + (
        f"\n\nNot measured: {missing}." if missing else ""
    )
    written = (f"\n## {each}\n\n{said}\n" for each, said in {_SHORT: short, **sections}.items())
    return "".join((_INTRODUCTION, *written))


def _fallen_short(sections: Mapping[str, str]) -> Iterator[str]:
    """The lines of all tables whose demand is not met, with the benchmark and the commit."""
    yield "| benchmark | figure; reference | ours | reference | measured | demanded | commit |"
    yield "|---|---|---|---|---|---|---|"
    for name, text in sections.items():
        commit = text.rpartition("commit ")[2].rstrip(".")
        for line in text.splitlines():
            if line.endswith(_NOT_MET):
                yield f"| [{name}](#{name}) {line.removesuffix(_NOT_MET)}| {commit} |"


def _table(figures: Iterable[Figure]) -> str:
    lines = [
        "| figure; reference | ours | reference | measured | demanded | met |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.name} | {each.ours} | {each.reference} | {each.measured} | {each.demanded} "
        f"{'| yes |' if each.is_met else _NOT_MET}"
        for each in figures
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What was measured on, when, and of which commit."""
    commit = subprocess.run(
        ("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in ("sqlalchemy", "neo4j", "psycopg", "strawberry-graphql")
    )
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}; {datetime.now(UTC):%Y-%m-%d}, "
        f"commit {commit or 'unknown'}."
    )


if __name__ == "__main__":
    main()
