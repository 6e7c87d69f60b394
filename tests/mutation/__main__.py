"""``python -m tests.mutation [PATTERN…] [--write]``: changes single words of the code, runs tests.

mutmut makes the mutants and runs them (``[tool.mutmut]`` in pyproject.toml says of which rooms,
and against which tests). Those that no test notices are listed; ``--write`` writes the page.
The words behind each mutant on the page are kept when the page is written again.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.__main__ import machine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "mutants.md"
#: What a mutant is, as mutmut lists it, and what became of it.
_RESULT = re.compile(r"^\s*(\S+__mutmut_\d+): (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| `(?P<change>.*)` \| (?P<words>.*) \|$", re.MULTILINE)
#: What mutmut calls those that were noticed, or never tried.
_NOTICED = ("killed", "timeout", "caught by type check", "not checked", "skipped", "segfault")
_UNEXPLAINED = "to be looked at"
_INTRODUCTION = """# Mutants that survive

Printed by `make soak-mutants`; `make soak-mutants ARGS=--write` writes this page. mutmut changes
single words of `identity/`, `ingest/deciding/`, `model/` and the journal of stores (a `<` into a
`<=`, an `and` into an `or`, a number into the next one) and runs the quick tests of these rooms
against each change. Here stand the changes that no test notices, with the reason why.
"""


def main() -> None:
    """Run mutmut and list what survives; the exit code is 1 when a survivor has no reason yet."""
    asked = _arguments()
    known = _reasons(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "")
    _mutmut("run", "--max-children", str(asked.children), *asked.patterns)
    outcomes = dict(_RESULT.findall(_mutmut("results", "--all", "true")))
    survivors = {
        name: _change(name) for name, outcome in outcomes.items() if outcome not in _NOTICED
    }
    text = _page(outcomes, survivors, known)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    sys.exit(
        any(_reason(name, change, known) == _UNEXPLAINED for name, change in survivors.items())
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "patterns",
        nargs="*",
        metavar="PATTERN",
        help="only mutants of these functions, as provgraph.model.values*",
    )
    parser.add_argument("--children", type=int, default=2, help="how many are tried at once")
    parser.add_argument(
        "--write", action="store_true", help=f"put the list into {PAGE.relative_to(ROOT)}"
    )
    return parser.parse_args()


def _mutmut(*arguments: str) -> str:
    """What mutmut prints; of a run nothing, it is shown."""
    environment = {
        **os.environ,
        # A mutant must be noticed by few examples, or by a written one.
        "PROVGRAPH_TEST_HISTORIES": os.environ.get("PROVGRAPH_TEST_HISTORIES", "5"),
        "PROVGRAPH_TEST_EXAMPLES": os.environ.get("PROVGRAPH_TEST_EXAMPLES", "5"),
    }
    done = subprocess.run(
        (sys.executable, "-m", "mutmut", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=None if arguments[0] == "run" else subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout or ""


def _change(name: str) -> str:
    """The changed line of a mutant as it was and as it is."""
    diff = _mutmut("show", name).splitlines()
    lines = [
        line
        for line in diff
        if line[:1] in ("-", "+") and not line.startswith(("---", "+++")) and line[1:].strip()
    ]
    return " → ".join(" ".join(line[1:].split()) for line in lines).replace("|", "\\|")


def _reasons(page: str) -> Mapping[tuple[str, str], str]:
    """Function and change → the words that stand behind them on a page."""
    return {(_function(row["name"]), row["change"]): row["words"] for row in _ROW.finditer(page)}


def _function(name: str) -> str:
    """A mutant's function; the number behind it changes with the code."""
    return _short(name).rpartition("__mutmut_")[0]


def _short(name: str) -> str:
    """A mutant's name as the page has it: no module bears it."""
    return name.removeprefix("provgraph.")


def _reason(name: str, change: str, known: Mapping[tuple[str, str], str]) -> str:
    return known.get((_function(name), change), _UNEXPLAINED)


def _page(
    outcomes: Mapping[str, str],
    survivors: Mapping[str, str],
    known: Mapping[tuple[str, str], str],
) -> str:
    tried = sum(outcome not in ("not checked", "skipped") for outcome in outcomes.values())
    rows: Sequence[str] = [
        f"| `{_short(name)}` | `{change}` | {_reason(name, change, known)} |"
        for name, change in sorted(survivors.items())
    ]
    count = f"Of {tried} mutants {tried - len(survivors)} were noticed."
    return (
        "\n".join(
            (
                _INTRODUCTION,
                count,
                "",
                "| mutant | change | why nothing notices it |",
                "|---|---|---|",
            )
        )
        + "".join(f"\n{row}" for row in rows)
        + f"\n\n{machine()}\n"
    )


if __name__ == "__main__":
    main()
