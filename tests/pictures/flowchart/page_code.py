"""The page's own code that makes boxes of answers, run by Node.js: for comparison."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from typing import Any

from provgraph.model.lineage import Lineage
from tests.services import ServiceUnavailable
from tests.web.browser import SOURCES
from tests.web.page_answers import page_answer

_PROGRAM = """
import { readFileSync } from 'node:fs';
import { figureOf } from './figure/boxes';
const answers = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(answers.map((answer) => figureOf(answer))));
"""


def page_figures(lineages: Iterable[Lineage]) -> list[dict[str, Any]]:
    """The figures that the page makes of some answers.

    Raises:
        ServiceUnavailable: there is no Node.js, or the tools of the page are not installed.
    """
    esbuild = SOURCES / "node_modules" / ".bin" / "esbuild"
    if shutil.which("node") is None or not esbuild.exists():
        raise ServiceUnavailable(
            "the tools that build the page are not there",
            where=str(esbuild),
            todo="install Node.js and npm, then: make page",
        )
    bundle = (str(esbuild), "--bundle", "--platform=node", "--loader=ts", "--log-level=error")
    program = subprocess.run(
        bundle, input=_PROGRAM, cwd=SOURCES / "src", capture_output=True, text=True, check=True
    ).stdout
    answers = json.dumps([page_answer(lineage) for lineage in lineages])
    run = ("node", "-e", program)
    said = subprocess.run(run, input=answers, capture_output=True, text=True, check=True).stdout
    figures: list[dict[str, Any]] = json.loads(said)
    return figures
