"""The documentation names everything there is, leads somewhere, and shows what really happens."""

import ast
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import takewhile
from pathlib import Path

import graphql
import pytest
from click.testing import CliRunner

from bench.__main__ import PAGE as FIGURES
from bench.__main__ import page_with
from docs.reference import generate
from docs.reference.markdown import anchor, docstring, signature, table
from docs.reference.settings_listed import GROUPS
from docs.reference.texts import ADVICE
from provgraph import errors
from provgraph.commands.main import main
from provgraph.graphql.schema import sdl
from tests.conftest import LOGS
from tests.test_trips import DL3, trip

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
INDEX = DOCS / "README.md"
CONTRACT = DOCS / "contract.md"
#: Code, tests and whatever else may name a setting.
SOURCES = [
    path
    for folder in ("provgraph", "tests", "bench", "docker", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".sh", ".yml", "") and path.is_file() and path != Path(__file__)
] + [ROOT / "Makefile"]
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _prose(path: Path) -> str:
    """A page without its examples."""
    return _FENCE.sub("", _text(path))


@cache
def _headings(path: Path) -> list[str]:
    return [line.lstrip("# ") for line in _prose(path).splitlines() if line.startswith("#")]


def _links(path: Path) -> list[str]:
    """Where a page leads within the repository."""
    targets = _LINK.findall(_prose(path))
    return [each for each in targets if not each.startswith(("http://", "https://", "mailto:"))]


# ---- the reference names everything ----


@pytest.mark.parametrize("name", generate.PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert name not in generate.outdated(), "run make docs"


def test_every_command_has_its_heading() -> None:
    assert set(main.commands) <= set(_headings(DOCS / "reference" / "commands.md"))


def test_every_option_is_named() -> None:
    page = _text(DOCS / "reference" / "commands.md")
    for command in generate.commands().values():
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in page


def test_every_setting_has_its_heading() -> None:
    read = {
        name
        for path in SOURCES
        for name in re.findall(r"\bPROVGRAPH_[A-Z][A-Z_]*[A-Z]\b", _text_or_nothing(path))
    }
    assert read == {each.name for _, variables in GROUPS for each in variables}
    assert read <= set(_headings(DOCS / "reference" / "settings.md"))


def _text_or_nothing(path: Path) -> str:
    try:
        return _text(path)
    except UnicodeDecodeError:
        return ""


def test_every_error_has_its_heading() -> None:
    classes = {
        name
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.ProvGraphError)
    }
    assert classes <= set(_headings(DOCS / "reference" / "errors.md"))
    assert classes == ADVICE.keys()


def test_every_loader_has_its_heading() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    names = project["entry-points"]["provgraph.loaders"].keys()
    assert len(names) >= 7
    assert names <= set(_headings(DOCS / "reference" / "formats.md"))


def test_every_extra_is_explained() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    page = _text(DOCS / "how-to" / "installing.md")
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert named == project["optional-dependencies"].keys() - {"test"}


def test_every_target_of_make_is_named() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", _text(ROOT / "Makefile"), re.MULTILINE))
    page = _text(DOCS / "how-to" / "developing.md")
    assert {each for each in targets - {"help"} if f"`make {each}`" not in page} == set()


def test_every_graphql_type_has_its_heading() -> None:
    types = graphql.build_schema(sdl()).type_map
    ours = {
        name
        for name in types
        if not name.startswith("__") and name not in graphql.specified_scalar_types
    }
    assert ours <= set(_headings(DOCS / "reference" / "graphql.md"))


# ---- every page leads somewhere, and is led to ----


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_leads_to_what_is_there(page: Path) -> None:
    for link in _links(page):
        name, _, part = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if part:
            assert part in map(anchor, _headings(target)), link


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = {INDEX}, [INDEX]
    while waiting:
        page = waiting.pop()
        for link in _links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix in (".md", ".ipynb") and target not in reached:
                reached.add(target)
                if target.suffix == ".md":
                    waiting.append(target)
    assert {*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")} <= reached


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_names_of_modules_are_those_of_modules_that_exist(page: Path) -> None:
    """``provgraph.room.module``, what stands in it, and the names of the Python API."""
    for name in set(
        re.findall(r"\bprovgraph(?:\.[a-z_]\w*){2,}|\bprovgraph\.[A-Z]\w+", _text(page))
    ):
        assert _exists(name), name


def _exists(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    try:
        import_module(name)
    except ModuleNotFoundError:
        return hasattr(import_module(module), attribute)
    return True


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_names_of_files_are_those_of_files_that_exist(page: Path) -> None:
    named = re.findall(r"`((?:provgraph|tests|bench|docs|docker)/[\w./-]+\.\w+)`", _text(page))
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_the_stops_of_the_architecture_exist() -> None:
    """Each row of a trip names files, and functions or classes that stand in these files."""
    rows = [
        line.split(" | ")
        for line in _text(DOCS / "explanation" / "architecture.md").splitlines()
        if re.match(r"\| `\w+[\w/]*\.py`.* \| `.*` \|", line)
    ]
    assert len(rows) > 20
    for stops, functions, _ in rows:
        paths = [ROOT / "provgraph" / each for each in re.findall(r"`([^`]+)`", stops)]
        defined = {name for path in paths for name in _defined(path)}
        assert set(re.findall(r"`([^`]+)`", functions)) <= defined, stops


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "arguments"),
    [
        ("Trip 1", ("load", str(LOGS / "dl3_run02001.provlog"))),
        ("Trip 2", ("what-produced", DL3)),
        ("Trip 3", ("export", "-o", "all.json")),
    ],
    ids=["load", "what-produced", "export"],
)
def test_the_architecture_names_each_stop(
    title: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """The files that a trip passes through are those that its section names as stops."""
    if title != "Trip 1":
        trip(tmp_path, "load", str(LOGS / "dl3_run02001.provlog"))
    passed = set(trip(tmp_path, *arguments))
    page = _text(DOCS / "explanation" / "architecture.md")
    section = page.partition(f"## {title}")[2].partition("\n## ")[0]
    stops = {
        path
        for line in section.splitlines()
        if line.startswith(("| `", "Also passed:"))
        for path in re.findall(r"`(\w+(?:/\w+)*\.py)`", line.rpartition(" | ")[0] or line)
    }
    assert (passed - stops, stops - passed) == (set(), set())


def _defined(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


# ---- nothing is cited that is not here ----


def test_nothing_cites_a_rule_book_outside_of_the_repository() -> None:
    outside = "CON" + "TRACT"
    citing = [
        _named(path)
        for path in [*SOURCES, *PAGES]
        if path.suffix in (".py", ".md") and re.search(rf"\b{outside}\b(?! ?=|\))", _text(path))
        if path != Path(__file__)
    ]
    assert citing == []


def test_the_ten_rules_have_headings() -> None:
    rules = [each for each in _headings(CONTRACT) if each.startswith("Rule ")]
    assert [rule.partition(":")[0] for rule in rules] == [f"Rule {n}" for n in range(1, 11)]
    for each in _prose(CONTRACT).split("\n### Rule ")[1:]:
        assert "*Example.*" in each, each[:60]


def test_citations_of_the_contract_name_what_it_has() -> None:
    names = _headings(CONTRACT)
    numbers = {each.split(":")[0].lower() for each in names if each.startswith("Rule ")}
    for path in SOURCES:
        for cited in re.findall(r"docs/contract\.md, (rule \d+|[A-Z]\w+)", _text_or_nothing(path)):
            known = cited in numbers or any(cited.lower() in each.lower() for each in names)
            assert known, f"{_named(path)}: {cited}"


# ---- the contract is built, and what is planned is not ----


def test_commands_of_the_contract_are_there() -> None:
    section = _text(CONTRACT).partition("## Commands")[2].partition("### Names of files")[0]
    built = set(re.findall(r"^\| `([a-z0-9-]+)", section, re.MULTILINE))
    assert built <= main.commands.keys()
    assert len(built) >= 14


def test_graphql_of_the_contract_is_there_and_what_is_planned_is_not() -> None:
    text = _text(CONTRACT)
    there = _fields(graphql.parse(sdl()))
    fences = [each for each in _FENCE.finditer(text) if each[1] == "graphql"]
    assert len(fences) >= 2
    for each in fences:
        is_planned = "**Planned**" in text[: each.start()].rstrip().rpartition("\n")[2]
        fields = _fields(graphql.parse(each[2]))
        assert (not fields & there) if is_planned else (fields <= there)


def _fields(document: graphql.DocumentNode) -> set[tuple[str, str, str]]:
    """Each field: its type, its name, and what it gives."""
    return {
        (kind.name.value, field.name.value, graphql.print_ast(field.type))
        for kind in document.definitions
        if isinstance(
            kind,
            graphql.ObjectTypeDefinitionNode
            | graphql.InterfaceTypeDefinitionNode
            | graphql.InputObjectTypeDefinitionNode,
        )
        for field in kind.fields or ()
    }


# ---- the tutorial is what happens ----


def test_the_tutorial_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROVGRAPH_STORE", "sqlite:///first-hour.db")
    (tmp_path / "provgraph").symlink_to(ROOT / "provgraph")
    blocks = _FENCE.findall(_text(DOCS / "tutorial" / "first-hour.md"))
    run = 0
    for command, shown in _commands(code for kind, code in blocks if kind == "console"):
        if command.startswith("provgraph "):
            result = CliRunner().invoke(main, shlex.split(command)[1:])
            assert result.exit_code == 0, result.output
            assert _pattern(shown).fullmatch(result.output.rstrip("\n")), (command, result.output)
            run += 1
    assert run >= 9


#: How a block begins that names what a newcomer does not have: its commands are read, and not run.
EXAMPLE = "# addresses and folders of an example: put yours in their place\n"


def _shell_blocks(page: Path) -> list[str]:
    """The blocks of a page that run provgraph, in the order of the page."""
    blocks = _FENCE.findall(_text(page))
    return [code for kind, code in blocks if kind == "sh" and "provgraph " in code]


def _pages_with_commands() -> list[Path]:
    return [page for page in PAGES if _shell_blocks(page)]


def _provgraph_commands(code: str) -> list[list[str]]:
    """The arguments of each command of provgraph in a block, up to where its output goes."""
    words = [shlex.split(line, comments=True) for line in code.replace("\\\n", " ").splitlines()]
    found = [each[1:] for each in words if each[:1] == ["provgraph"]]
    return [list(takewhile(lambda word: word not in ("|", ">"), each)) for each in found]


@pytest.fixture(scope="module")
def folder_of_a_newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample in a store, and files of the names that the pages use."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "prov").symlink_to(ROOT / "provgraph" / "data" / "sample")
    url = f"sqlite:///{folder / 'newcomer.db'}"
    assert _run("load", str(folder / "prov"), "--store", url) == (0, "")
    for name, form in (
        ("workflow.provn", "prov-n"),
        ("run.provn", "prov-n"),
        ("notebook.ttl", "turtle"),
        ("workflow.ttl", "turtle"),
        ("pipeline.json", "prov-json"),
        ("provenance.json", "prov-json"),
    ):
        written = ("export", "run02001.dl3.fits", "--format", form, "-o", str(folder / name))
        assert _run(*written, "--store", url) == (0, "")
    return folder


def _run(*arguments: str) -> tuple[int, str]:
    """The exit code of a command, and what it says when that is not 0."""
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output if result.exit_code else ""


@pytest.mark.parametrize("page", _pages_with_commands(), ids=_named)
def test_commands_of_a_page_work_where_a_newcomer_stands(
    page: Path, folder_of_a_newcomer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test runs a whole page: a block may take back what an earlier one marked.

    Of an example, too, each option must be there.
    """
    folder = tmp_path / "newcomer"
    shutil.copytree(folder_of_a_newcomer, folder, symlinks=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PROVGRAPH_STORE", "sqlite:///newcomer.db")
    for code in _shell_blocks(page):
        for arguments in _provgraph_commands(code):
            if code.startswith(EXAMPLE):
                main.commands[arguments[0]].make_context(arguments[0], arguments[1:])
            else:
                assert _run(*arguments) == (0, ""), (_named(page), arguments)


def test_most_blocks_are_run() -> None:
    blocks = [code for page in PAGES for code in _shell_blocks(page)]
    assert sum(not code.startswith(EXAMPLE) for code in blocks) >= 7


def _commands(blocks: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that it prints."""
    for block in blocks:
        for part in f"\n{block}".split("\n$ ")[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            yield command, shown


def _pattern(lines: list[str]) -> re.Pattern[str]:
    """What a command may print: a line of ``…`` is any lines, within a line it is any text."""
    parts = [
        r"(?:.*\n?)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in lines
    ]
    return re.compile("".join(parts).removesuffix("\n"))


# ---- how the pages are made ----


def test_an_anchor_is_that_of_github() -> None:
    assert anchor("Rule 4: a path names a sequence of files") == (
        "rule-4-a-path-names-a-sequence-of-files"
    )
    assert anchor("What `diff --json` will print") == "what-diff---json-will-print"


def test_a_table_keeps_bars_and_lines_together() -> None:
    assert (
        table(("a", "b"), [("x|y", "one\ntwo")])
        == "| a | b |\n| --- | --- |\n| x\\|y | one two |\n"
    )


def test_a_docstring_becomes_a_list_of_its_sections() -> None:
    def shown(name: str) -> None:
        """Show ``name``.

        Args:
            name: what it is called,
                as a text.

        Raises:
            ValueError: there is none.
        """

    assert docstring(shown) == (
        "Show `name`.\n\n*Args*\n\n- `name`: what it is called, as a text.\n\n"
        "*Raises*\n\n- `ValueError`: there is none.\n"
    )
    assert signature(shown, "x.shown") == "x.shown(name: str) -> None"


def test_a_page_that_is_out_of_date_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "PAGES", {"page.md": lambda: "new\n"})
    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    (tmp_path / "page.md").write_text("old\n", encoding="utf-8")
    assert generate.main() == 1
    assert "page.md is out of date" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["generate"])
    assert generate.main() == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == "new\n"


def test_what_falls_short_stands_first_among_the_figures() -> None:
    before = FIGURES.read_text(encoding="utf-8")
    sections = dict(part.split("\n\n", 1) for part in before.split("\n## ")[1:])
    first, *names = sections
    assert page_with(before, names[0], sections[names[0]]) == before
    missed = [line for name in names for line in sections[name].splitlines() if "**no**" in line]
    assert len(missed) == sections[first].count("\n| [")
