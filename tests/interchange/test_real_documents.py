"""What documents of real tools say, from the file to the answer, in every store."""

from contextlib import closing
from itertools import permutations
from pathlib import Path
from shutil import copy, copytree

import pytest

from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.interchange.export import export, statements
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.vocabulary import RelationType
from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.writers import json, text
from tests.conftest import CORPUS
from tests.interchange.corpus import exported, put

DOCUMENTS = CORPUS / "documents"
EX = "http://example.org/"
OPUS = CORPUS / "opus"
DERIVATIONS = DOCUMENTS / "07-derivation-names-run" / "deriv.provn"
ENDS = DOCUMENTS / "08-started-ended-by" / "ends.provn"


def _load(store: Store, *paths: Path) -> list[Report]:
    return list(load(store, list(map(str, paths))))


def _node(store: Store, name: str) -> Node:
    return find(store, name)


def _upstream(store: Store, name: str) -> Lineage:
    return lineage(store, _node(store, name), Direction.UPSTREAM)


def _edges(found: Lineage) -> set[tuple[str, str, str, bool]]:
    names = {node.key: node.id.rpartition("/")[2] for node in found.nodes}
    return {
        (names[edge.source], edge.relation.value, names[edge.target], edge.inferred)
        for edge in found.edges
    }


def test_a_derivation_that_names_its_run_shows_the_run(store: Store) -> None:
    """PROV-CONSTRAINTS, inference 11."""
    _load(store, DERIVATIONS)
    found = _upstream(store, EX + "plot")
    assert _edges(found) == {
        ("plot", "wasDerivedFrom", "mid", False),
        ("mid", "wasDerivedFrom", "raw", False),
        ("plot", "wasGeneratedBy", "draw", True),
        ("draw", "used", "mid", True),
        ("mid", "wasGeneratedBy", "prep", True),
        ("prep", "used", "raw", True),
    }
    document = json.document(found)
    marked = {(each["relation"], each["inferred"]) for each in document["edges"]}
    assert marked == {("wasDerivedFrom", False), ("wasGeneratedBy", True), ("used", True)}
    assert "made by (inferred)" in text.write(found)


def test_what_is_inferred_is_not_exported_as_if_said(store: Store) -> None:
    _load(store, DERIVATIONS)
    with store.viewing() as view:
        said = {each.type for each in statements(view) if isinstance(each, ProvStatement)}
    assert said == {ProvType.ENTITY, ProvType.ACTIVITY, ProvType.DERIVATION}


def test_an_exported_derivation_is_inferred_from_again(store: Store, tmp_path: Path) -> None:
    _load(store, DERIVATIONS)
    path = tmp_path / "out.json"
    path.write_text("".join(export(store, "prov-json")))
    other = open_store("sqlite://")
    _load(other, path)
    assert digest(other.scan()) == digest(store.scan())
    other.close()


def test_what_a_source_states_is_shown_and_not_inferred(store: Store, tmp_path: Path) -> None:
    stated = tmp_path / "stated.provn"
    stated.write_text(
        "document\nprefix ex <http://example.org/>\n"
        "wasGeneratedBy(ex:plot, ex:draw, 2026-01-01T10:02:30Z, [prov:role='ex:figure'])\n"
        "endDocument\n"
    )
    _load(store, DERIVATIONS, stated)
    plot = _node(store, EX + "plot")
    (edge,) = (
        each
        for each in store.edges_of([plot.key], [RelationType.WAS_GENERATED_BY])
        if each.source == plot.key
    )
    assert (edge.inferred, edge.time) == (False, "2026-01-01T10:02:30.000Z")
    assert ("plot", "wasGeneratedBy", "draw", True) not in _edges(_upstream(store, EX + "plot"))
    forget(store, next(each for each in store.loads() if each.source == str(stated)).id)
    assert ("plot", "wasGeneratedBy", "draw", True) in _edges(_upstream(store, EX + "plot"))


def test_starts_and_ends_give_an_activity_its_times(store: Store) -> None:
    _load(store, ENDS)
    times = {
        name: (node.start_time, node.end_time, node.status)
        for name in ("step", "wf")
        for node in (_node(store, EX + name),)
    }
    assert times == {
        "step": ("2026-01-01T10:01:00.000Z", "2026-01-01T10:03:00.000Z", "completed"),
        "wf": ("2026-01-01T10:00:00.000Z", "2026-01-01T10:04:00.000Z", "completed"),
    }


def test_times_of_starts_and_ends_come_out_where_they_stood(store: Store) -> None:
    _load(store, ENDS)
    written = "".join(export(store, "prov-n"))
    assert "activity(ns1:step, -, -)" in written
    assert "activity(ns1:wf, 2026-01-01T10:00:00.000Z, -)" in written


_PARTS = {
    "derivation": "wasDerivedFrom(ex:b, ex:a, ex:run, -, -)",
    "start": "wasStartedBy(ex:run, ex:a, -, 2026-01-01T10:01:00Z)",
    "end": "wasEndedBy(ex:run, -, -, 2026-01-01T10:03:00Z)",
    "generation": "wasGeneratedBy(ex:b, ex:run, -)",
}


def test_what_is_inferred_obeys_the_law_of_loading(store: Store, tmp_path: Path) -> None:
    """Any order, split or together, the same digest; forgetting takes it back (rule 8)."""
    paths = []
    for name, statement in _PARTS.items():
        paths.append(tmp_path / f"{name}.provn")
        paths[-1].write_text(
            f"document\nprefix ex <http://example.org/>\n{statement}\nendDocument\n"
        )
    digests = set()
    for order in permutations(paths):
        with_order = open_store("sqlite://")
        for path in order:
            _load(with_order, path)
        digests.add(digest(with_order.scan()))
        with_order.close()
    _load(store, *paths)
    assert digests == {digest(store.scan())}
    before = open_store("sqlite://")
    _load(before, paths[3])
    for each in store.loads():
        if each.source != str(paths[3]):
            forget(store, each.id)
    assert digest(store.scan()) == digest(before.scan())
    before.close()


@pytest.mark.parametrize(
    "folder", sorted(each.name for each in DOCUMENTS.iterdir() if each.is_dir())
)
def test_three_loads_from_two_folders_give_one_digest(
    folder: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    digests = set()
    for here in (DOCUMENTS, tmp_path, DOCUMENTS / folder):
        monkeypatch.chdir(here)
        other = open_store("sqlite://")
        _load(other, DOCUMENTS / folder)
        digests.add(digest(other.scan()))
        other.close()
    assert len(digests) == 1


def _stats(store: Store) -> dict[str, int]:
    counted = store.stats()
    return {each: counted[each] for each in ("activities", "entities", "descriptions", "settings")}


_JOB = "http://127.0.0.1:8082/rest/test_activity_1/8ba17a"


def test_opus_says_the_same_in_xml_and_in_json(store: Store) -> None:
    """The two files are a file and a bundle; a parameter is none."""
    digests = set()
    for name in ("job_prov.xml", "job_prov.json"):
        alone = open_store("sqlite://")
        (report,) = _load(alone, OPUS / name)
        assert report.status == "loaded"
        digests.add(digest(alone.scan()))
        alone.close()
    _load(store, OPUS / "job_prov.xml", OPUS / "job_prov.json")
    assert digests == {digest(store.scan())}
    assert _stats(store) == {"activities": 1, "entities": 2, "descriptions": 0, "settings": 1}
    job = _node(store, _JOB)
    (settings,) = store.parameters_of([job.key])[job.key]
    assert settings.values == {"text": "Hello CTAO"}


@pytest.mark.parametrize("name", ["provsap_desc2.json", "provsap_w3c.json"])
def test_opus_describes_its_jobs(store: Store, name: str) -> None:
    (report,) = _load(store, OPUS / name)
    assert (report.status, report.problems) == ("loaded", ())
    assert _stats(store) == {"activities": 1, "entities": 4, "descriptions": 6, "settings": 1}
    job = _node(store, "http://127.0.0.1:8082/rest/test_activity_2/03c433")
    (edge,) = store.edges_of([job.key], [RelationType.IS_DESCRIBED_BY])
    (described,) = store.nodes([edge.target]).values()
    assert described.name == "test_activity_2"
    output = _node(store, "http://127.0.0.1:8082/store/?ID=9e3a3e")
    assert ("03c433", "used", "?ID=bde6e3", False) in _edges(lineage(store, output))
    other = open_store("sqlite://")
    assert put(other, exported(store)) == []
    assert digest(other.scan()) == digest(store.scan())
    other.close()


_LST = DOCUMENTS / "09-prov-location" / "lst_prov.json"
_DL1 = "prov:id:dl1_LST-1.Run01807.0000.h5"


def test_a_location_is_where_a_file_stands(store: Store) -> None:
    """Its label names a kind of file, and is not its name."""
    _load(store, _LST)
    names = ("/fefs/DL1/dl1_LST-1.Run01807.0000.h5", "dl1_LST-1.Run01807.0000.h5", _DL1)
    found = [_node(store, name) for name in names]
    assert {each.id for each in found} == {_DL1}
    assert (found[0].location, found[0].name) == names[:2]
    assert ("a1", "used", "LST-1.1.Run01807.0000.fits.fz", False) in {
        (source.removeprefix("id:"), relation, target.removeprefix("prov:id:"), inferred)
        for source, relation, target, inferred in _edges(lineage(store, found[0]))
    }


def test_of_two_files_at_one_location_the_last_made_is_meant(store: Store, tmp_path: Path) -> None:
    """In whatever order they were loaded; forgetting one takes its place back."""
    paths = []
    for name, hour in (("new", 11), ("old", 10)):
        paths.append(tmp_path / f"{name}.provn")
        paths[-1].write_text(
            "document\nprefix ex <http://example.org/>\n"
            f"entity(ex:{name}, [prov:location='/data/plot.png'])\n".replace("'", '"')
            + f"activity(ex:make-{name}, -, 2026-01-01T{hour}:00:00Z)\n"
            f"wasGeneratedBy(ex:{name}, ex:make-{name}, -)\nendDocument\n"
        )
    _load(store, *paths)
    assert _node(store, "plot.png").id == f"prov:{EX}new"
    forget(store, next(each for each in store.loads() if each.source == str(paths[0])).id)
    assert _node(store, "/data/plot.png").id == f"prov:{EX}old"


_PROV_N = """document
prefix ex <http://example.org/>
entity(ex:plot)
activity(ex:draw, 2026-01-01T10:00:00, 2026-01-01T11:00:00)
wasGeneratedBy(ex:plot, ex:draw, 2026-01-01T10:02:30)
wasInvalidatedBy(ex:plot, {cleaner}, 2026-01-02T00:00:00)
endDocument
"""
_TURTLE = """@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:draw a prov:Activity ; prov:endedAtTime "2026-01-01T11:00:00Z"^^xsd:dateTime .
ex:plot a prov:Entity ; {ways}
  prov:generatedAtTime "2026-01-01T10:02:30Z"^^xsd:dateTime ;
  prov:invalidatedAtTime "2026-01-02T01:00:00+01:00"^^xsd:dateTime .
"""
_JSON = """{"prefix": {"ex": "http://example.org/"},
  "entity": {"ex:plot": {"prov:generatedAtTime": "2026-01-01T10:02:30Z", "prov:invalidatedAtTime":
    {"$": "2026-01-02T00:00:00", "type": "xsd:dateTime"}}}}
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.provn", _PROV_N.replace("{cleaner}", "ex:clean")),
        ("nobody.provn", _PROV_N.replace("{cleaner}", "-")),
        ("run.ttl", _TURTLE.replace("{ways}", "prov:wasGeneratedBy ex:draw ;")),
        ("nobody.ttl", _TURTLE.replace("{ways}", "")),
        ("attributes.json", _JSON),
    ],
)
def test_a_stated_time_of_a_file_is_its_time(
    name: str, content: str, store: Store, tmp_path: Path
) -> None:
    """It was generated while its run went on, and invalidated without being overwritten."""
    path = tmp_path / name
    path.write_text(content)
    _load(store, path)
    found = _upstream(store, EX + "plot")
    root = json.document(found)["nodes"][0]
    told = root["generatedAtTime"], root["invalidatedAtTime"]
    assert told == ("2026-01-01T10:02:30.000Z", "2026-01-02T00:00:00.000Z")
    assert "gone 2026-01-02 00:00:00" in text.write(found)
    assert not [each for each in root["attributes"] if "timeOf" in each]
    _export_and_load(store, tmp_path)
    forget(store, store.loads()[0].id)
    assert store.stats() == open_store("sqlite://").stats()


def _export_and_load(store: Store, folder: Path) -> None:
    """What was stated survives an export."""
    copied = folder / "exported.json"
    copied.write_text("".join(export(store, "prov-json")))
    with closing(open_store("sqlite://")) as other:
        _load(other, copied)
        assert digest(other.scan()) == digest(store.scan())


class _Counting(Observer):
    """Lists what a load passes over."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pass_over(self, source: Source) -> None:
        self.names.append(Path(source.name).name)


def test_json_of_others_in_a_folder_is_passed_over_and_counted(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "of-others"
    copytree(DOCUMENTS / "11-folder-with-other-json", folder)
    copy(DERIVATIONS, folder)
    observer = _Counting()
    (report,) = load(store, [str(folder)], observer=observer)
    assert (report.status, Path(report.source).name) == ("loaded", DERIVATIONS.name)
    assert sorted(observer.names) == ["context.json", "manifest.json", "ro-crate-metadata.json"]
