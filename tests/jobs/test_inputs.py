"""Inputs come from where jobs may read, and from nowhere else."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provgraph.errors import JobRefusedError
from provgraph.ingest.reports import load_record_of_command
from provgraph.ingest.writing import write_said
from provgraph.jobs.definition import JobInput
from provgraph.jobs.inputs import InputDesk
from provgraph.jobs.records import Phase
from provgraph.model.hiding import HidingRule, HidingRules
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.questions.tracing import find
from tests.jobs.conftest import Clerk

READ = 'cat "$text" > "$report"; echo "$text"'


class Handler(BaseHTTPRequestHandler):
    """A site with one text, and one address that leads to it."""

    def do_GET(self) -> None:
        here = f"http://{self.headers['host']}"
        self.send_response({"/text.txt": 200, "/far": 302, "/inward": 302}.get(self.path, 404))
        if self.path == "/far":
            self.send_header("Location", f"{here}/text.txt")
        if self.path == "/inward":
            self.send_header("Location", here.replace("localhost", "127.0.0.1") + "/text.txt")
        self.end_headers()
        self.wfile.write(b"fetched" if self.path == "/text.txt" else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a site on this machine."""
    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def reader(make_clerk: Callable[..., Clerk], tmp_path: Path) -> Clerk:
    """A desk with a job that reads one text; files in one folder, and one machine, are allowed."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.txt").write_text("inside")
    (tmp_path / "out.txt").write_text("outside")
    (tmp_path / "data" / "link.txt").symlink_to(tmp_path / "out.txt")
    made = make_clerk(data=(tmp_path / "data",), hosts=frozenset({"localhost"}), upload=6)
    made.define(READ, used=[{"role": "text"}], generated=[{"role": "report", "default": "r"}])
    return made


def outcome(clerk: Clerk, text: str) -> str:
    """What a job read, or why it did not."""
    done = clerk.wait(clerk.ask(text=text))
    if done.phase is Phase.ERROR:
        return str(done.message)
    return clerk.text(done, "work/r")


def test_files_of_the_site(reader: Clerk, tmp_path: Path) -> None:
    assert outcome(reader, str(tmp_path / "data" / "in.txt")) == "inside"
    assert outcome(reader, f"file://{tmp_path}/data/in.txt") == "inside"
    link = tmp_path / "data" / "link.txt"
    for name in (str(tmp_path / "out.txt"), "/etc/passwd", str(link), "http://[x"):
        assert f"nothing here is called {name!r}" in outcome(reader, name)
    assert "the input text is missing" in str(reader.wait(reader.ask()).message)


def test_files_that_the_store_knows(reader: Clerk, tmp_path: Path) -> None:
    for name in ("data/in.txt", "out.txt"):
        said = Mention(f"r-{name}", RelationType.WAS_GENERATED_BY, place=f"file:{tmp_path}/{name}")
        with reader.store.writing() as transaction:
            record = load_record_of_command(name, "test", name)
            write_said(transaction, record, Document(run=Run(said.run, {}), mentions=(said,)))
    known = find(reader.store, f"{tmp_path}/data/in.txt").id
    assert outcome(reader, known) == "inside"
    assert outcome(reader, f"http://x.org/store?ID={known}") == "inside"
    assert "is not where jobs may read (PROVGRAPH_JOBS_DATA)" in outcome(reader, "out.txt")


def test_inputs_are_looked_up_as_a_runner_sees_the_store(reader: Clerk, tmp_path: Path) -> None:
    said = Mention("run", RelationType.WAS_GENERATED_BY, place=f"file:{tmp_path}/out.txt")
    with reader.store.writing() as transaction:
        record = load_record_of_command("out", "test", "out")
        write_said(transaction, record, Document(run=Run(said.run, {}), mentions=(said,)))
    told = []
    for others in ("runner", "curator"):
        rule = HidingRule(under=(str(tmp_path),), seen_by=frozenset({others}))
        rules = HidingRules((rule,), b"secret")
        desk = InputDesk(reader.desk.settings, reader.desk.jobs, reader.store, rules)
        with pytest.raises(JobRefusedError) as caught:
            desk._of_store("out.txt", JobInput("text", "text"))
        told.append(str(caught.value))
    assert "is not where jobs may read" in told[0]
    assert "nothing here is called" in told[1]


def test_urls(reader: Clerk, site: str) -> None:
    assert "is longer than 6 bytes" in outcome(reader, f"{site}/text.txt")


def test_urls_within_the_limit(make_clerk: Callable[..., Clerk], site: str) -> None:
    clerk = make_clerk(hosts=frozenset({"localhost"}))
    clerk.define(READ, used=[{"role": "text"}], generated=[{"role": "report", "default": "r"}])
    assert outcome(clerk, f"{site}/far") == "fetched"
    assert "the answer is 404" in outcome(clerk, f"{site}/none")
    inward = outcome(clerk, f"{site}/inward")
    assert "127.0.0.1 has a private address; PROVGRAPH_JOBS_HOSTS names those allowed" in inward
    done = clerk.wait(clerk.ask(text=f"{site}/text.txt"))
    edges = clerk.store.edges_of([find(clerk.store, done.id).key], (RelationType.USED,))
    (used,) = clerk.store.nodes({each.target for each in edges}).values()
    assert f"{site}/text.txt" in used.locations


def test_no_output_overwrites_an_input(make_clerk: Callable[..., Clerk], tmp_path: Path) -> None:
    """Inputs with the names of outputs, or of each other, have folders of their own."""
    clerk = make_clerk()
    clerk.define(
        'cat "$a" "$b" > "$report"; echo "$a" "$b"',
        used=[{"role": "a"}, {"role": "b"}],
        generated=[{"role": "report", "default": "x.txt"}, {"role": "all", "default": "*.log"}],
    )
    sent = {}
    for name, own in (("a", "x.txt"), ("b", "y.log")):
        (tmp_path / name).write_text(name)
        sent[name] = (own, tmp_path / name)
    done = clerk.wait(clerk.ask(uploads=sent))
    assert clerk.text(done, "work/x.txt") == "ab"
    assert clerk.text(done, "control/stdout") == "a.input/x.txt b.input/y.log\n"
    assert [each.name for each in clerk.desk.jobs.results(done.id)] == ["report"]
