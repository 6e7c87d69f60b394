"""Documents as other tools write them, from the file to the answer, in every store."""

import gzip
import io
import json
import runpy
import shutil
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import pytest

from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.interchange.reading.rdf import read_rdf
from provgraph.model.vocabulary import RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS

DOCUMENTS = CORPUS / "documents"
_EX = "http://example.org/"
_HEAD = f"@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <{_EX}> . "
_DIGEST = (
    "import sys; from provgraph.ingest.loading import load; "
    "from provgraph.store.digest import digest; from provgraph.store.registry import open_store; "
    "store = open_store('sqlite://'); list(load(store, sys.argv[1:])); print(digest(store.scan()))"
)


def _load(store: Store, *names: str | Path) -> list[Report]:
    return list(load(store, map(str, names)))


def _digest(*names: str | Path) -> str:
    """What a store holds after loading sources, one after the other."""
    with closing(open_store("sqlite://")) as store:
        for name in names:
            _load(store, name)
        return digest(store.scan())


def _edges(store: Store, name: str, *relations: RelationType) -> set[tuple[str, str, str]]:
    found = lineage(store, find(store, name), relations=relations)
    ids = {node.key: _short(node.id) for node in found.nodes}
    return {(each.relation.value, ids[each.source], ids[each.target]) for each in found.edges}


def _short(identifier: str) -> str:
    return identifier.removeprefix("prov:").removeprefix(_EX)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two folders with a document each, which name files relative to themselves."""
    shutil.copytree(DOCUMENTS / "02-turtle-relative-names", tmp_path / "docs")
    return tmp_path / "docs"


def test_each_document_names_the_files_beside_it(store: Store, folders: Path) -> None:
    _load(store, folders)
    for number, source in (("1", "in.txt"), ("2", "other.txt")):
        base = (folders / number).as_uri()
        assert _edges(store, f"{base}/out.txt") == {
            ("wasGeneratedBy", f"{base}/out.txt", f"{base}/prov.ttl#run"),
            ("used", f"{base}/prov.ttl#run", f"{base}/{source}"),
        }
        for name in (f"{number}/out.txt", str(folders / number / "out.txt")):
            assert find(store, name, folders).id == f"prov:{base}/out.txt"


def test_names_are_the_same_from_any_folder(
    folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for folder, names in (
        (folders, ("1/prov.ttl", "2/prov.ttl")),
        (folders / "1", ("../2/prov.ttl", "prov.ttl")),
        (tmp_path, (str(folders),)),
    ):
        monkeypatch.chdir(folder)
        digests.add(_digest(*names))
    assert len(digests) == 1


def test_the_same_bytes_elsewhere_are_other_files(folders: Path) -> None:
    shutil.copytree(folders / "1", folders / "3")
    names = [folders / number / "prov.ttl" for number in "123"]
    assert len({_digest(*each) for each in permutations(names)}) == 1
    with closing(open_store("sqlite://")) as store:
        assert [each.status for each in _load(store, *names)] == ["loaded"] * 3
        assert store.stats()["entities"] == 7
        again = _load(store, *names)
        assert [each.status for each in again] == ["unchanged"] * 3
        assert again[0].sha256 == again[2].sha256


def test_a_compressed_document_says_the_same(folders: Path) -> None:
    plain = folders / "1" / "prov.ttl"
    before = _digest(plain)
    plain.with_name("prov.ttl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert _digest(folders / "1") == before


def test_what_comes_through_a_pipe_is_named_by_its_content(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (folders / "1" / "prov.ttl").read_bytes()
    names = set()
    for folder in (folders, folders / "1"):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        with closing(open_store("sqlite://")) as store:
            _load(store, "-")
            names.add(tuple(sorted(json.dumps(each) for each in store.scan())))
    (found,) = names
    assert "arcp://ni,sha-256;" in found[0]


def test_documents_in_an_archive_name_one_anothers_files(folders: Path) -> None:
    (folders / "2" / "next.ttl").write_text(
        f"{_HEAD} <#next> a prov:Activity ; prov:used <../1/out.txt> ."
    )
    packed = [folders.parent / name / "docs.tgz" for name in ("here", "there")]
    for path in packed:
        path.parent.mkdir()
    with tarfile.open(packed[0], "w:gz") as archive:
        archive.add(folders, "docs")
    shutil.copy(*packed)
    assert _digest(packed[0]) == _digest(packed[1])
    with closing(open_store("sqlite://")) as store:
        _load(store, packed[0])
        assert store.stats()["entities"] == 5
        (read,) = (each for each in _edges(store, "next", RelationType.USED))
        assert read[2].endswith("/docs/1/out.txt")
        assert ("wasGeneratedBy", read[2]) in {each[:2] for each in _edges(store, read[2])}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.provn", "document prefix ex <data/> entity(ex:e1) endDocument"),
        ("d.json", '{"prefix": {"ex": "data/"}, "entity": {"ex:e1": {}}}'),
        ("e.json", '{"entity": {"ex:e1": {}}, "prefix": {"ex": "data/"}}'),
        (
            "d.xml",
            '<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="data/">'
            '<prov:entity prov:id="ex:e1"/></prov:document>',
        ),
        (
            "e.xml",
            '<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="data/" '
            'xml:base="../sub/"><prov:entity prov:id="ex:e1"/></prov:document>',
        ),
    ],
)
def test_namespaces_of_other_formats_are_relative_to_the_document(
    name: str, content: str, tmp_path: Path
) -> None:
    folder = tmp_path / "sub"
    folder.mkdir()
    (folder / name).write_text(content)
    with closing(open_store("sqlite://")) as store:
        assert [each.status for each in _load(store, folder / name)] == ["loaded"]
        assert find(store, f"{folder.as_uri()}/data/e1").kind == "entity"
        (tmp_path / name).write_text(content)
        assert [each.status for each in _load(store, tmp_path / name)] == ["loaded"]


def test_a_run_keeps_both_agents_and_the_plan(store: Store) -> None:
    _load(store, DOCUMENTS / "01-turtle-two-agents")
    run = find(store, f"{_EX}run")
    associated = _edges(store, f"{_EX}run", RelationType.WAS_ASSOCIATED_WITH)
    assert {target for _, _, target in associated} == {"engine", "container"}
    assert f"{_EX}recipe" in json.dumps(run.attributes["open.wasAssociatedWith"])
    assert find(store, f"{_EX}recipe").type == "Plan"


@pytest.mark.parametrize(
    "name",
    ["01-turtle-two-agents/twoagents.ttl", "04-turtle-prov-o-terms/provo.ttl"],
)
def test_the_same_bytes_say_the_same_in_every_process(name: str) -> None:
    """Python's sets have another order in each process."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST, DOCUMENTS / name],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(digests) == 1


def test_one_comment_more_adds_nothing(tmp_path: Path) -> None:
    turtle = (
        f"{_HEAD} [] a prov:Activity ;"
        " prov:used [ a prov:Entity ; prov:value 1 ], [ prov:value 2 ] ;"
        " prov:wasAssociatedWith [ a prov:SoftwareAgent ] ."
    )
    one, other = tmp_path / "one.ttl", tmp_path / "other.ttl"
    one.write_text(turtle)
    other.write_text(f"# a comment\n{turtle}\n")
    assert _digest(one) == _digest(other) == _digest(one, other) == _digest(other, one)
    with closing(open_store("sqlite://")) as store:
        _load(store, one, other)
        stats = store.stats()
        assert (stats["activities"], stats["entities"], stats["agents"]) == (1, 2, 1)


def test_what_is_not_declared_is_known_all_the_same(store: Store) -> None:
    (report,) = _load(store, DOCUMENTS / "03-turtle-untyped" / "untyped.ttl")
    assert (report.status, report.problems) == ("loaded", ())
    run, source = find(store, f"{_EX}run"), find(store, f"{_EX}in")
    assert (run.kind, run.name, run.status) == ("activity", "the run", "completed")
    assert (run.start_time, run.end_time) == (
        "2026-01-01T10:00:00.000Z",
        "2026-01-01T11:00:00.000Z",
    )
    assert "4" in json.dumps(run.attributes[f"{_EX}threads"])
    assert source.name == "the input"
    assert "12" in json.dumps(source.attributes[f"{_EX}size"])
    assert _edges(store, f"{_EX}out") == {("wasGeneratedBy", "out", "run"), ("used", "run", "in")}


def test_terms_of_prov_o_are_known(store: Store) -> None:
    (report,) = _load(store, DOCUMENTS / "04-turtle-prov-o-terms" / "provo.ttl")
    assert (report.status, report.problems) == ("loaded", ())
    assert _edges(store, f"{_EX}out") >= {("wasGeneratedBy", "out", "run"), ("used", "run", "in")}
    derived = RelationType.WAS_DERIVED_FROM
    assert ("wasDerivedFrom", "v2", "out") in _edges(store, f"{_EX}v2", derived)
    assert _edges(store, f"{_EX}q", derived) >= {
        ("wasDerivedFrom", "q", "out"),
        ("wasDerivedFrom", "q", "in"),
    }
    assert _edges(store, f"{_EX}set", RelationType.HAD_MEMBER) >= {
        ("hadMember", "set", "out"),
        ("hadMember", "set", "v2"),
    }
    tool, alice = find(store, f"{_EX}tool"), find(store, f"{_EX}alice")
    assert (tool.name, tool.type) == ("tool 1.0", "SoftwareAgent")
    assert (alice.name, alice.type) == ("Alice", "Person")


def test_one_bad_triple_is_one_problem(store: Store) -> None:
    (report,) = _load(store, DOCUMENTS / "06-turtle-one-bad-triple" / "bad.ttl")
    assert report.status == "partial"
    (problem,) = report.problems
    assert problem.where == f"{_EX}out prov:wasAttributedTo"
    assert _edges(store, f"{_EX}out") == {("wasGeneratedBy", "out", "run"), ("used", "run", "in")}


def test_prov_o_as_json_ld_says_what_turtle_says(tmp_path: Path) -> None:
    turtle = tmp_path / "same.ttl"
    turtle.write_text(
        f"{_HEAD} ex:out a prov:Entity ; prov:wasGeneratedBy ex:run ."
        " ex:run a prov:Activity ; prov:used ex:in ."
    )
    expanded, compact = (
        DOCUMENTS / "10-jsonld-prov-o" / f"provo_{name}.jsonld" for name in ("expanded", "context")
    )
    assert _digest(expanded) == _digest(compact) == _digest(turtle) == _digest(turtle, compact)


def test_json_ld_is_loaded_into_every_store(store: Store) -> None:
    reports = _load(store, DOCUMENTS / "10-jsonld-prov-o")
    assert [each.status for each in reports] == ["loaded", "loaded"]
    assert _edges(store, f"{_EX}out") == {("wasGeneratedBy", "out", "run"), ("used", "run", "in")}


def test_all_documents_give_the_same_in_any_order() -> None:
    paths = [path for path in sorted(DOCUMENTS.rglob("*.*")) if path.suffix in (".ttl", ".jsonld")]
    assert len(paths) > 6
    again = [*paths[3:], *paths[:3], *paths]
    assert _digest(*paths) == _digest(*reversed(paths)) == _digest(*again)


def test_reading_is_linear(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the names take about four times the time; it was sixteen times."""
    program = DOCUMENTS / "12-turtle-slow-many-namespaces" / "make.py"

    def seconds(names: int) -> float:
        monkeypatch.setattr(sys, "argv", ["make.py", str(names)])
        runpy.run_path(str(program))
        content = capsys.readouterr().out.encode()
        begin = time.process_time()
        assert len(read_rdf(content, "file:///x.ttl", is_xml=False).parts) == names
        return time.process_time() - begin

    assert seconds(8000) < 9 * min(seconds(2000), seconds(2000))
