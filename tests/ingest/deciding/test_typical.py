"""The dictionary of assertions: one for ever, and worth its while for real logs."""

import zlib

from provgraph.ingest.deciding.assertions import AssertedFacts, make_assertions, read_assertion
from provgraph.ingest.deciding.typical import TYPICAL
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.model.records import Agent, Document
from provgraph.store.records import Assertion
from tests.conftest import LOGS


def test_the_dictionary_is_the_one_of_what_is_stored() -> None:
    assert zlib.adler32(TYPICAL) == 3018515517


def test_assertions_of_before_are_read() -> None:
    said = b'{"agents":[["A","x",null,{}]]}'
    stored = Assertion(b"A", b"L", 0, zlib.compress(said))
    assert read_assertion(stored) == AssertedFacts(agents=(Agent("A", "x"),))


def test_a_run_of_a_log_takes_a_quarter_of_what_is_said_of_it() -> None:
    with (LOGS / "run02001.provlog").open("rb") as log:
        documents = list(CtapipeLoader().documents(log, "default"))
    for document in documents:
        assert isinstance(document, Document)
        (made, *_) = make_assertions("load", 0, [document])
        (run, mentions) = (document.run, document.mentions)
        assert (read_assertion(made).run, read_assertion(made).mentions) == (run, mentions)
        text = zlib.decompressobj(zdict=TYPICAL).decompress(made.content)
        assert len(made.content) < len(text) / 4
