"""The packages import one way only, as docs/explanation/architecture.md lists them."""

import ast
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import provgraph
from provgraph.commands.main import main
from provgraph.store.relational.connection import sqlite_engine
from provgraph.store.relational.schema import MIGRATIONS, NEWEST, migrate
from provgraph.store.relational.tables import metadata

PACKAGE = Path(provgraph.__file__).parent
#: Each may import those before it; those in one row don't import each other.
LAYERS = (
    {"errors"},
    {"settings"},
    {"model"},
    {"loaders"},
    {"identity"},
    {"store"},
    {"ingest"},
    {"lineage"},
    {"writers"},
    {"graphql", "relational_mirror", "validation"},
    {"api", "app", "capture", "demonstration", "progress"},
    {"cli"},
)
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def _unit(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
        elif isinstance(node, ast.Import):
            modules.extend(alias.name for alias in node.names)
    return {module.split(".")[1] for module in modules if module.startswith("provgraph.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = _unit(path)
    later = {unit for unit in _imported(path) - {here} if RANK[unit] >= RANK[here]}
    assert not later


def test_every_unit_is_listed_in_the_architecture() -> None:
    text = (PACKAGE.parent / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    units = {_unit(path) for path in MODULES}
    assert units == RANK.keys()
    assert all(f"`{unit}" in text or f"{unit}.py`" in text for unit in units)


def test_the_public_docs_name_every_command() -> None:
    text = (PACKAGE.parent / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert all(f"`{command}" in text for command in main.commands)


def test_the_newest_migration_is_known() -> None:
    revisions = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert revisions[-1] == NEWEST


def test_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
