"""Which file of the catalogue a run means by a path on the worker node."""

from provgraph.loaders.ctadirac.file_names import FileNames
from provgraph.loaders.ctadirac.job import Job
from provgraph.loaders.ctapipe import document_of
from provgraph.model.records import Document
from tests.loaders.examples import record


def run(name: str, stop: str, reads: str = "", writes: str = "") -> Document:
    def files(path: str) -> list[dict[str, str]]:
        return [{"url": path}] if path else []

    said = record(name, stop=stop, input=files(reads), output=files(writes))
    return document_of(said, "ctadirac-1")


def lfns(names: FileNames, document: Document) -> list[str | None]:
    return [names.lfn(mention) for mention in document.mentions]


JOB = Job(
    "1", ["/in/a.h5"], ["/out/b.h5"], {"/out/b.h5": {"FileMetadata": {"GUID": "G"}, "Replicas": {}}}
)


def test_only_what_the_last_writer_left_is_in_the_catalogue() -> None:
    first = run("1", "2026-11-21T08:01:00", "/scratch/a.h5", "/scratch/b.h5")
    between = run("2", "2026-11-21T08:02:00", "/scratch/b.h5")
    second = run("3", "2026-11-21T08:03:00", "", "/scratch/b.h5")
    last = run("4", "2026-11-21T08:04:00", "/scratch/b.h5", "/scratch/c.h5")
    names = FileNames(JOB, [first, between, second, last], "default")
    assert lfns(names, first) == ["/in/a.h5", None]
    assert lfns(names, between) == [None]
    assert lfns(names, second) == ["/out/b.h5"]
    assert lfns(names, last) == ["/out/b.h5", None]


def test_what_nobody_in_the_job_wrote_was_there_before() -> None:
    reader = run("1", "2026-11-21T08:01:00", "/scratch/b.h5")
    assert lfns(FileNames(JOB, [reader], "default"), reader) == ["/out/b.h5"]


def test_places_are_lfns_shared_paths_or_scratch() -> None:
    document = run("1", "2026-11-21T08:01:00", "/cvmfs/sw/x", "/scratch/b.h5")
    other = run("2", "2026-11-21T08:02:00", "/scratch/x")
    names = FileNames(JOB, [document, other], "site")
    places = [names.place_of(each) for each in (*document.mentions, *other.mentions)]
    assert places == ["file://site/cvmfs/sw/x", "lfn:/out/b.h5", "file://ctadirac-1/scratch/x"]


def test_a_file_is_named_by_its_header_and_by_the_catalogue() -> None:
    header = {"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": "1"}
    said = record("1", output=[{"url": "/scratch/b.h5", "reference_meta": header}])
    document = document_of(said, "ctadirac-1")
    named = FileNames(JOB, [document], "default").mentions(document)
    assert [each.identifier for each in named] == ["product:P", "guid:G"]
    assert {each.place for each in named} == {"lfn:/out/b.h5"}
