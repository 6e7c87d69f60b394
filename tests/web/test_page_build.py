"""The page that is handed out is the one that its sources make."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.services import ServiceUnavailable
from tests.web.browser import SOURCES

BUNDLE = Path(__file__).parents[2] / "provgraph" / "web" / "bundle"


@pytest.mark.slow
def test_the_bundle_is_what_the_sources_make() -> None:
    """Types are checked on the way."""
    if shutil.which("npx") is None or not (SOURCES / "node_modules").exists():
        missing(
            ServiceUnavailable(
                "the tools that build the page are not there",
                where=str(SOURCES / "node_modules"),
                todo="install Node.js and npm, then: make page",
            )
        )
    built = subprocess.run(
        ("bash", str(SOURCES / "build.sh"), "--check"), capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr


def test_the_page_is_small() -> None:
    """ELK, which lays flowcharts out, is fetched when the first is drawn."""
    sizes = {
        file.name: len(gzip.compress(file.read_bytes()))
        for file in BUNDLE.rglob("*")
        if file.is_file()
    }
    assert sum(sizes.values()) < 600_000
    assert sum(size for name, size in sizes.items() if "elk" not in name) < 150_000


def test_no_lock_names_a_host() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_bundle_names_the_licences_of_all_that_is_in_it() -> None:
    wanted = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    told = (BUNDLE / "LICENSES.txt").read_text(encoding="utf-8")
    assert [name for name in wanted if f"{name} " not in told] == []
