"""What is installed: the core alone, and what names the extras that it lacks.

The wheel is built, and run by a Python that has no other packages than the core's.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import LOGS, missing
from tests.services import ServiceUnavailable
from tests.services.environments import python_with

ROOT = Path(__file__).parents[1]
LOG = LOGS / "run02001.provlog"
#: Whatever an extra brings that a user asks for by name.
EXTRAS = {
    "fits",
    "jobs",
    "neo4j",
    "networkx",
    "oidc",
    "pictures",
    "postgresql",
    "rdf",
    "serve",
    "telemetry",
    "validation",
}

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Core:
    """The wheel without extras.

    Attributes:
        python: an interpreter that has what the core requires.
        packages: the folder into which the wheel was unpacked.
        home: the user's folder, with a store in it.
    """

    python: Path
    packages: Path
    home: Path

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``provgraph`` with these arguments to its end."""
        return self.execute("-m", "provgraph.commands.main", *arguments, **variables)

    def execute(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments to its end."""
        store = f"sqlite:///{self.home / 'store.db'}"
        return subprocess.run(
            (str(self.python), *arguments),
            cwd=self.home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "PYTHONPATH": str(self.packages),
                "PROVGRAPH_STORE": store,
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), ".")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        missing(
            ServiceUnavailable(
                f"the wheel could not be built: {done.stderr[-2000:]}",
                where=str(ROOT),
                todo="check that pip reaches its package index",
            )
        )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Core:
    folder = tmp_path_factory.mktemp("core")
    # In a folder of this name, for the environment is called by the name of the file.
    requirements = folder / "core.txt"
    requirements.write_text("".join(f"{line}\n" for line in sorted(_required("provgraph"))))
    packages = folder / "packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    home = folder / "home"
    home.mkdir()
    try:
        core = Core(python_with(requirements), packages, home)
    except ServiceUnavailable as error:
        missing(error)
    loaded = core.run("load", str(LOG))
    assert loaded.returncode == 0, loaded.stderr
    return core


def _required(name: str) -> Iterator[str]:
    """What a package requires without extras, and what that requires, as installed here."""
    for line in requires(name) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield f"{requirement.name}=={distribution(requirement.name).version}"
            yield from _required(requirement.name)


def test_the_core_is_small(core: Core) -> None:
    listed = core.execute("-m", "pip", "list", "--format", "freeze").stdout.lower()
    brought = {line.partition("==")[0] for line in listed.splitlines()}
    assert {"sqlalchemy", "click"} <= brought
    large = {"fastapi", "strawberry-graphql", "igraph", "resvg-py", "rdflib", "lxml", "astropy"}
    assert not (large | {"h5py", "neo4j", "psycopg", "networkx", "prov", "uvicorn"}) & brought


def test_the_demonstration_runs(core: Core) -> None:
    done = core.run("demo")
    assert done.returncode == 0, done.stderr
    assert "create-dl3" in done.stdout


def test_a_question_is_answered(core: Core) -> None:
    done = core.run("what-produced", "run02001.dl1.h5")
    assert done.returncode == 0, done.stderr
    assert "made by ctapipe-process" in done.stdout


@pytest.mark.parametrize("form", ["prov-json", "prov-n", "vo-prov-json"])
def test_documents_are_written(form: str, core: Core) -> None:
    done = core.run("export", "--format", form)
    assert done.returncode == 0, done.stderr
    assert "ctapipe-process" in done.stdout


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("pictures", ("what-produced", "run02001.dl1.h5", "--format", "svg")),
        ("pictures", ("what-produced", "run02001.dl1.h5", "-o", "x.png")),
        ("pictures", ("what-produced", "run02001.dl1.h5", "-o", "x.pdf")),
        ("rdf", ("export", "--format", "turtle")),
        ("rdf", ("what-produced", "run02001.dl1.h5", "--format", "prov-xml")),
        ("fits", ("export", "--format", "votable")),
        ("serve", ("serve",)),
        ("serve", ("schema",)),
        ("validation", ("validate",)),
        ("postgresql", ("sync", "--to", "postgresql://u@127.0.0.1:1/x")),
        ("postgresql", ("stats", "--store", "postgresql://u@127.0.0.1:1/x")),
        ("postgresql", ("load", "postgresql://u@127.0.0.1:1/ctaprov")),
        ("neo4j", ("stats", "--store", "neo4j://u@127.0.0.1:1/x")),
        ("neo4j", ("stats", "--store", "bolt://u@127.0.0.1:1/x")),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value[:4]).replace("/", ""),
)
def test_what_is_missing_is_named(extra: str, arguments: tuple[str, ...], core: Core) -> None:
    done = core.run(*arguments)
    assert f'needs the extra "{extra}": pip install "provgraph[{extra}]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert done.stdout == ""


def test_a_document_that_needs_an_extra_is_refused(core: Core) -> None:
    document = core.home / "chain.ttl"
    document.write_text(
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n<http://example.org/a> a prov:Entity .\n"
    )
    done = core.run("load", str(document))
    assert 'pip install "provgraph[rdf]"' in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


def test_answers_in_python_name_the_extra_too(core: Core) -> None:
    script = """
import provgraph
from provgraph.errors import MissingExtraError
with provgraph.open() as store:
    answer = store.what_produced("run02001.dl1.h5")
    pictures = (answer.to_svg, answer.to_png, answer.to_pdf)
    for method in (answer.to_networkx, answer.to_prov, *pictures):
        try:
            method()
        except MissingExtraError as error:
            print(error.extra)
"""
    done = core.execute("-c", script)
    assert done.stderr == ""
    assert done.stdout.split() == ["networkx", "rdf", *["pictures"] * 3]


def test_the_package_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "provgraph/py.typed" in names
    assert not any(name.startswith("tests/") for name in names)
    told = metadata("provgraph")
    assert "Typing :: Typed" in (told.get_all("Classifier") or ())
    assert told.get_all("Author")
    assert set(told.get_all("Provides-Extra") or ()) >= EXTRAS


def test_all_is_every_extra() -> None:
    brought: dict[str, set[str]] = {extra: set() for extra in ("all", *EXTRAS)}
    for requirement in map(Requirement, requires("provgraph") or ()):
        for extra, names in brought.items():
            if requirement.marker and requirement.marker.evaluate({"extra": extra}):
                names.add(requirement.name)
    everything = brought.pop("all")
    assert all(brought.values())
    assert everything == set().union(*brought.values())
