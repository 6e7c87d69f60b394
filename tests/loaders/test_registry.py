"""Which loader reads a source, and what is imported for it."""

import json
import subprocess
import sys
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import cast

import pytest

from provgraph.errors import SettingsError, UnknownFormatError
from provgraph.loaders.protocol import HEAD, RelativeNames
from provgraph.loaders.registry import (
    addressed,
    begins_plainly,
    formats_read,
    loader_for,
    loader_named,
)
from provgraph.model.records import Document
from tests.loaders.examples import LOGS

#: Libraries that only few sources, stores or answers need.
HEAVY = (
    *("rdflib", "lxml", "prov", "astropy", "h5py", "fastapi", "strawberry", "igraph", "neo4j"),
    *("psycopg", "numpy"),
)
_LOADED = """
import json, sys
from provgraph.ingest.loading import load
from provgraph.store.registry import open_store

store = open_store("sqlite://")
statuses = [report.status for report in load(store, [sys.argv[1]])]
print(json.dumps([statuses, sorted(name.partition(".")[0] for name in sys.modules)]))
"""
PROV_JSON = '{"prefix": {"ex": "http://e/"}, "entity": {"ex:a": {}}}'


def loaded_in_a_fresh_interpreter(source: Path) -> tuple[list[str], set[str]]:
    """The statuses, and which of the heavy libraries are imported afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, str(source)], capture_output=True, text=True, check=True
    )
    statuses, modules = json.loads(done.stdout)
    return statuses, set(HEAVY) & set(modules)


@pytest.mark.slow
def test_a_log_of_ctapipe_needs_no_heavy_library() -> None:
    log = LOGS / "edge_many_configs.provlog"
    assert loaded_in_a_fresh_interpreter(log) == (["loaded"], set())


@pytest.mark.slow
def test_prov_json_and_what_is_of_no_format_need_none_either(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(PROV_JSON)
    assert loaded_in_a_fresh_interpreter(tmp_path / "a.json") == (["loaded"], set())
    (tmp_path / "b.txt").write_text("nothing of ours")
    assert loaded_in_a_fresh_interpreter(tmp_path / "b.txt") == (["refused"], set())


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'[{"activity_name": "t"', "ctapipe"),
        (b"[{'activity_name': 't'", "ctapipe"),
        (b"[]", "ctapipe"),
        (b"provgraph job folder 1\n", "ctadirac"),
        (PROV_JSON.encode(), "prov-json"),
        (b'{"@context": {"prov": "http://www.w3.org/ns/prov#"}}', "prov-json-ld"),
        (b'[{"@id": "x", "@type": ["http://www.w3.org/ns/prov#Entity"]}]', "prov-json-ld"),
        (b"document\nendDocument", "prov-n"),
        (b"@prefix prov: <http://www.w3.org/ns/prov#> .", "prov-o"),
        (b'<prov:document xmlns:prov="http://www.w3.org/ns/prov#">', "prov-xml"),
    ],
)
def test_the_content_says_who_reads_a_source(head: bytes, name: str) -> None:
    assert loader_for(head).name == name


def test_one_look_tells_what_counts_as_a_whole() -> None:
    assert begins_plainly(b"")
    assert begins_plainly((LOGS / "run02001.provlog").read_bytes()[:HEAD])
    for head in (b"\x1f\x8b", b"[" * 511 + b"\0", b"SIMPLE  = T", b' {"ctao_metadata_version": 1}'):
        assert not begins_plainly(head)


def test_a_name_goes_before_the_content() -> None:
    assert loader_for(PROV_JSON.encode(), "ctapipe") is loader_named("ctapipe")
    with pytest.raises(SettingsError, match="'x' is no format; the formats are ctadirac, "):
        loader_for(b"", "x")


def test_what_nobody_reads_is_told_with_what_was_looked_for() -> None:
    with pytest.raises(UnknownFormatError, match="not a format that provgraph reads") as unknown:
        loader_for(b"\x89PNG")
    assert str(unknown.value).endswith(formats_read())
    assert "PROV-N documents" in formats_read()
    with pytest.raises(UnknownFormatError, match="the file is blank"):
        loader_for(b"\xef\xbb\xbf \n")


def test_a_loader_that_wants_it_is_told_the_address() -> None:
    loader = addressed(loader_named("prov-o"), lambda: "file:///data/d.ttl")
    assert loader is not loader_named("prov-o")
    stream = cast("BufferedReader", BytesIO(b"<e1> a <http://www.w3.org/ns/prov#Entity> ."))
    told, document = loader.documents(stream, "default")
    assert told == RelativeNames()
    assert isinstance(document, Document)
    assert document.entities[0].identifier == "prov:file:///data/e1"
    assert addressed(loader_named("ctapipe"), pytest.fail) is loader_named("ctapipe")
