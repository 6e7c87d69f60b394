"""``GET /provsap``: OPUS's questions get OPUS's answers, and errors are VOTables."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from astropy.io.votable import parse
from lxml import etree

from provgraph.ingest.loading import load
from provgraph.server_settings import ServingLimits
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.web.app import Reception
from tests.conftest import CORPUS, LOGS
from tests.graphql.conftest import served
from tests.interchange.corpus import put
from tests.ivoa import valid

OPUS = CORPUS / "opus"
JOB = "http://127.0.0.1:8082/rest/test_activity_2/03c433"
RESULT = "http://127.0.0.1:8082/store/?ID=9e3a3e"
UPLOAD = "http://127.0.0.1:8082/store/?ID=bde6e3"
_SVG = "{http://www.w3.org/2000/svg}"


@contextmanager
def asking(store: Store, **limits: int) -> Iterator[httpx.Client]:
    """A client of an application on a store."""
    with served(store, Reception(limits=ServingLimits(**limits))) as client:
        yield client


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """What OPUS knows of a job."""
    opened = open_store("sqlite://")
    list(load(opened, [str(OPUS / "provsap_desc2.json")]))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    with asking(store) as client:
        yield client


def _content(document: bytes) -> set[str]:
    """What a document says, but for bundles, and for names that only the model asks for."""
    copy = open_store("sqlite://")
    assert put(copy, document) == []
    found = {repr(each).replace(", 'prov:name': ['alice']", "") for each in copy.scan()}
    copy.close()
    named = ", 'prov:name': ['opus-admin']"
    return {each.replace(named, "") for each in found if "EntityType.BUNDLE" not in each}


@pytest.mark.parametrize(
    ("level", "form"),
    [(0, "PROV-JSON"), (1, "application/json"), (2, "PROV-JSON"), (2, "prov-xml")],
)
def test_the_answer_is_that_of_opus(level: int, form: str) -> None:
    recorded = OPUS / f"provsap_desc{level}.json"
    opened = open_store("sqlite://")
    list(load(opened, [str(recorded)]))
    with asking(opened) as client:
        asked = {"id": "03c433", "responseformat": form, "Descriptions": str(level)}
        answer = client.get("/provsap", params=asked)
    opened.close()
    assert answer.status_code == 200
    # OPUS describes a file without media type by a description without name.
    nameless = "['https://www.w3.org/ns/iana/media-types/', {}]"
    named = nameless.replace("{}", "{'name': ['https://www.w3.org/ns/iana/media-types/']}")
    expected = {each.replace(nameless, named) for each in _content(recorded.read_bytes())}
    assert _content(answer.content) == expected


def _ids(answer: httpx.Response) -> dict[str, set[str]]:
    """Section → URIs of its records."""
    assert answer.status_code == 200, answer.text
    document = answer.json()
    prefixes = document.pop("prefix")
    return {
        section: {
            prefixes[name.partition(":")[0]] + name.partition(":")[2]
            for name in records
            if not name.startswith("_:")
        }
        for section, records in document.items()
        if section != "bundle"
    }


def _asked(client: httpx.Client, *ids: str, **more: str) -> dict[str, set[str]]:
    asked = {"ID": list(ids), "RESPONSEFORMAT": "PROV-JSON", **more}
    return _ids(client.get("/provsap", params=asked))


def test_depth_counts_relations(client: httpx.Client) -> None:
    assert _asked(client, "9e3a3e", DEPTH="0")["entity"] == {RESULT}
    one = _asked(client, "9e3a3e")
    assert (one["entity"], one["activity"]) == ({RESULT}, {JOB})
    two = _asked(client, "9e3a3e", DEPTH="2")
    assert two["entity"] == {RESULT, UPLOAD}
    assert _asked(client, "9e3a3e", DEPTH="all") == two


@pytest.mark.parametrize("direction", ["FORWARD", "forth"])
def test_directions(client: httpx.Client, direction: str) -> None:
    made = _asked(client, "bde6e3", DIRECTION=direction, DEPTH="ALL")
    assert made["entity"] == {RESULT, UPLOAD}
    assert _asked(client, "bde6e3", DEPTH="ALL")["entity"] == {UPLOAD}
    assert _asked(client, JOB, DIRECTION=direction)["entity"] == {RESULT}


def test_several_ids_are_one_answer(client: httpx.Client) -> None:
    found = _asked(client, "9e3a3e", "bde6e3", "9e3a3e", DEPTH="0")
    assert found["entity"] == {RESULT, UPLOAD}


def test_what_is_left_out(client: httpx.Client) -> None:
    full = _asked(client, JOB)
    assert {"agent", "wasAssociatedWith", "parameter", "wasConfiguredBy"} <= full.keys()
    bare = _asked(client, JOB, AGENTS="0", CONFIGURATION="0")
    assert bare.keys() == {"activity", "entity", "used", "wasGeneratedBy"}
    described = _asked(client, JOB, AGENTS="0", DESCRIPTIONS="2")
    assert "agent" not in described
    assert "wasInfluencedBy" not in described


def test_members() -> None:
    opened = open_store("sqlite://")
    content = b"""document prefix ex <http://example.org/>
      entity(ex:all, [prov:type='prov:Collection']) entity(ex:one) hadMember(ex:all, ex:one)
    endDocument"""
    assert put(opened, content) == []
    with asking(opened) as client:
        name = "http://example.org/all"
        assert _asked(client, name)["entity"] == {name}
        with_members = _asked(client, name, MEMBERS="1")["entity"]
        assert with_members == {name, "http://example.org/one"}
    opened.close()


def test_pictures(client: httpx.Client) -> None:
    def texts(**more: str) -> list[str]:
        answer = client.get("/provsap", params={"ID": JOB, **more})
        assert answer.headers["content-type"] == "image/svg+xml"
        root = etree.fromstring(answer.content)
        return ["".join(each.itertext()) for each in root.iter(f"{_SVG}text", f"{_SVG}title")]

    plain = texts()
    assert {"test_activity_2", "alice"} <= set(plain)
    assert any("1 parameter" in each for each in plain)
    assert not any("Job for tests" in each for each in plain)
    assert "alice" not in texts(AGENTS="0")
    assert not any("1 parameter" in each for each in texts(CONFIGURATION="0"))
    assert len(texts(DESCRIPTIONS="2")) > len(texts(DESCRIPTIONS="1")) > len(plain)
    assert len(texts(ATTRIBUTES="0")) < len(plain)


def test_gd_turns_the_picture(client: httpx.Client) -> None:
    def size(direction: str) -> tuple[float, float]:
        answer = client.get("/provsap", params={"ID": JOB, "GD": direction})
        box = etree.fromstring(answer.content).get("viewBox", "").split()
        return float(box[2]), float(box[3])

    answers = {each: client.get(f"/provsap?ID={JOB}&GD={each}").content for each in ("TB", "BT")}
    assert answers["TB"] != answers["BT"]
    assert size("LR")[0] > size("TB")[0]


def test_what_browsers_call_the_answer(client: httpx.Client) -> None:
    answer = client.get("/provsap", params={"ID": ["9e3a3e", JOB]})
    where = answer.headers["content-disposition"]
    assert where.startswith('inline; filename="provsap_9e3a3e_http-127.0.0.1-8082-rest-')
    assert where.endswith('.svg"')


def test_models(client: httpx.Client) -> None:
    w3c = client.get("/provsap", params={"ID": JOB, "RESPONSEFORMAT": "PROV-JSON", "MODEL": "w3c"})
    assert "parameter" not in w3c.json()
    assert JOB.rpartition("/")[0] + "/" in w3c.json()["prefix"].values()
    text = client.get("/provsap", params={"ID": JOB, "RESPONSEFORMAT": "prov-n"})
    assert text.text.startswith("document")
    table = client.get("/provsap", params={"ID": JOB, "RESPONSEFORMAT": "PROV-VOTABLE"})
    valid(table.content)
    names = [each.name for each in parse(BytesIO(table.content)).iter_tables()]
    assert "activity" in names
    for form, model in (("PROV-N", "IVOA"), ("PROV-VOTABLE", "W3C")):
        asked = {"ID": JOB, "RESPONSEFORMAT": form, "MODEL": model}
        assert "MODEL=" in _error(client.get("/provsap", params=asked), 400)


def _error(answer: httpx.Response, status: int) -> str:
    """What an error says (DALI 1.1, section 4.4.2)."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/x-votable+xml"
    valid(answer.content)
    (info,) = parse(BytesIO(answer.content)).resources[0].infos
    assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    return str(info.content)


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ("", 400, "ID is missing"),
        ("?ID=", 400, "ID is missing"),
        ("?ID=nobody", 404, "nobody"),
        ("?ID=%3Cb%3E%07", 404, "<b>"),
        ("?ID=03c433&DEPTH=-1", 400, "DEPTH=-1 is neither a number nor ALL"),
        ("?ID=03c433&DEPTH=1&depth=2", 400, "DEPTH is given more than once"),
        ("?ID=03c433&DIRECTION=UP", 400, "DIRECTION=UP is none of: BACK, FORWARD, FORTH"),
        ("?ID=03c433&RESPONSEFORMAT=x", 400, "PROV-SVG, PROV-PNG, PROV-JSON, PROV-XML"),
        ("?ID=03c433&AGENTS=yes", 400, "AGENTS=yes is none of: 0, 1"),
        ("?ID=03c433&DESCRIPTIONS=3", 400, "0, 1, 2"),
        ("?ID=03c433&GD=XX", 400, "LR, RL, TB, BT"),
    ],
)
def test_errors(client: httpx.Client, asked: str, status: int, words: str) -> None:
    assert words in _error(client.get(f"/provsap{asked}"), status)


def test_a_name_of_several_records_is_an_error(tmp_path: Path) -> None:
    opened = open_store("sqlite://")
    list(load(opened, [str(OPUS / "job_prov.json"), str(OPUS / "provsap_desc0.json")]))
    with asking(opened) as client:
        said = _error(client.get("/provsap?ID=output.txt"), 400)
    opened.close()
    assert "names 2 records" in said
    assert RESULT in said


def test_an_empty_store_and_limits(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'none.db'}")
    with asking(opened) as client:
        assert "nothing is loaded yet" in _error(client.get("/provsap?ID=x"), 404)
    list(load(opened, [str(LOGS)]))
    asked = "/provsap?ID=run02001.dl3.fits&DEPTH=ALL&RESPONSEFORMAT=PROV-JSON"
    with asking(opened, records=3) as client:
        assert "more than 3 records" in _error(client.get(asked), 400)
    with asking(opened, answer=100) as client:
        assert "longer than 100 bytes" in _error(client.get(asked), 400)
    opened.close()
