"""The rooms of the house import one way only, and everything stands where it is looked for."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import provgraph

#: One worker reads all modules, not each.
pytestmark = pytest.mark.xdist_group("layout")

PACKAGE = Path(provgraph.__file__).parent
DOCS = PACKAGE.parent / "docs"
#: The rooms in the order of the flow. Each may import the rooms above it; rooms of one row don't
#: import each other.
ROOMS = (
    {"errors"},
    {"settings", "server_settings"},
    {"model"},
    {"prov"},
    {"databases"},
    {"loaders"},
    {"identity"},
    {"store"},
    {"ingest"},
    {"questions"},
    {"interchange"},
    {"writers"},
    {"pictures"},
    {"collecting"},
    {"jobs"},
    {"graphql", "relational_mirror", "validation", "web"},
    {"answers", "loaded"},
    {"searchable"},
    {"askable"},
    {"recallable"},
    {"api", "capture", "demonstration"},
    {"client"},
    {"commands"},
)
RANK = {room: rank for rank, row in enumerate(ROOMS) for room in row}
#: Rooms inside a room that don't import each other.
NEIGHBOURS = (
    {"loaders.ctadirac", "loaders.ctaprov"},
    {"store.relational", "store.neo4j"},
)
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
PACKAGES = [path for path in FILES if path.name == "__init__.py" and path.parent != PACKAGE]
MODULES = [path for path in FILES if path.name != "__init__.py"]


def name_of(path: Path) -> str:
    """The module's name without ``provgraph.``: ``store.relational.store``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path) for path in FILES}


def imports_of(path: Path) -> set[str]:
    """The modules of provgraph that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "provgraph":
            found |= {_imported(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("provgraph.")}
    return {module.removeprefix("provgraph.") for module in found} - {"provgraph"}


def _imported(module: str, name: str) -> str:
    """The module that ``from module import name`` needs: the name may be a module itself."""
    inner = f"{module}.{name}"
    return inner if inner.removeprefix("provgraph.") in NAMES else module


def room_of(module: str) -> str:
    """The room that a module stands in: ``store`` of ``store.relational.store``."""
    return module.partition(".")[0]


@cache
def all_imports() -> dict[str, set[str]]:
    """The imports of each module, read when the first test needs them: it takes seconds."""
    return {name_of(path): imports_of(path) for path in MODULES}


@pytest.mark.parametrize("module", [name_of(path) for path in MODULES])
def test_imports_go_one_way(module: str) -> None:
    here = room_of(module)
    others = {each for each in all_imports()[module] if room_of(each) != here}
    assert {each for each in others if RANK[room_of(each)] >= RANK[here]} == set()


@pytest.mark.parametrize("row", NEIGHBOURS, ids=lambda row: " ".join(sorted(row)))
def test_neighbours_do_not_import_each_other(row: set[str]) -> None:
    for module, imported in all_imports().items():
        here = {room for room in row if module.startswith(f"{room}.")}
        assert not [each for each in imported if _inside(each, row - here)] or not here


def _inside(module: str, rooms: Iterable[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


FOLDERS = ("", *map(name_of, PACKAGES))


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_stands_in_one_folder_imports_in_no_circle(folder: str) -> None:
    """Neither files nor rooms import each other, directly or by others of the same folder."""
    graph: dict[str, set[str]] = defaultdict(set)
    for module, imported in all_imports().items():
        if (here := _child(folder, module)) is not None:
            graph[here] |= {child for each in imported if (child := _child(folder, each))} - {here}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")


def _child(folder: str, module: str) -> str | None:
    """What stands in the folder and is the module, or holds it; None when the folder does not."""
    inner = module if not folder else module.removeprefix(f"{folder}.")
    if folder and inner == module:
        return None
    return room_of(inner)


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_a_room_says_what_it_is_for_and_does_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_no_class_name_stands_twice() -> None:
    where: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                where[node.name.lstrip("_")].append(name_of(path))
    assert {name: modules for name, modules in where.items() if len(modules) > 1} == {}


def test_every_room_is_listed_in_the_architecture() -> None:
    text = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    rooms = {room_of(module) for module in all_imports()}
    assert rooms <= RANK.keys()
    assert {room for room in rooms if f"`{room}" not in text and f"{room}.py`" not in text} == set()
