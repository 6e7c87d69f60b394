"""The command line knows the formats that there are."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from provgraph.commands.main import main
from provgraph.commands.options import DOCUMENTS
from provgraph.interchange.export import DOCUMENT_FORMATS
from tests.commands.shell import Shell

_PAGES = Path(__file__).parents[2] / "docs"


def test_all_formats_of_documents_are_offered_and_documented() -> None:
    assert set(DOCUMENTS) == DOCUMENT_FORMATS.keys()
    text = (_PAGES / "explanation" / "interchange.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in DOCUMENTS)


def test_an_unwritable_file_and_an_unknown_record_are_said(tmp_path: Path) -> None:
    store = ["--store", f"sqlite:///{tmp_path / 'store.db'}"]
    run = CliRunner().invoke
    answer = run(main, [*store, "export", "-o", str(tmp_path / "none" / "x.json")])
    assert (answer.exit_code, "can't be written" in answer.stderr) == (1, True)
    assert run(main, [*store, "export", "nobody"]).exit_code == 2


def test_bundles_are_refused_where_they_do_not_fit(tmp_path: Path) -> None:
    store = ["--store", f"sqlite:///{tmp_path / 'store.db'}"]
    document = tmp_path / "x.json"
    document.write_text(
        '{"prefix": {"ex": "http://e/"}, "bundle": {"ex:b": {"entity": {"ex:e": {}}}}}'
    )
    run = CliRunner().invoke
    assert run(main, [*store, "load", str(document)]).exit_code == 0
    assert "take trig" in run(main, [*store, "export", "--format", "turtle"]).stderr


def test_people_see_values_and_names(tmp_path: Path) -> None:
    store = ["--store", f"sqlite:///{tmp_path / 'store.db'}"]
    document = tmp_path / "x.json"
    document.write_text(
        '{"prefix": {"ex": "http://e/"}, "entity": {"ex:e": ['
        '{"prov:label": "42", "ex:n": {"$": "1.0", "type": "xsd:double"}}, {}]},'
        '"wasGeneratedBy": {"_:1": {"prov:entity": "ex:e"}}}'
    )
    run = CliRunner().invoke
    run(main, [*store, "load", str(document)])
    shown = run(main, [*store, "show", "http://e/e", "--json"]).stdout
    assert '"name": "42"' in shown
    assert '"http://e/n": 1.0' in shown
    assert "prov.records" not in shown


def test_writing_a_votable_leaves_no_folder_at_home(full_shell: Shell, tmp_path: Path) -> None:
    """In a process of its own: the first import of astropy would make the folder."""
    home = tmp_path / "home"
    home.mkdir()
    out = tmp_path / "all.vot"
    subprocess.run(
        [
            str(Path(sys.executable).parent / "provgraph"),
            *("--store", f"sqlite:///{full_shell.store}"),
            *("export", "run02001.dl3.fits", "-o", str(out)),
        ],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        check=True,
    )
    assert "<VOTABLE" in out.read_text(encoding="utf-8")
    assert list(home.iterdir()) == []
