"""The digest: which it is, and what changes it."""

from provgraph.model.records import Agent, Run
from provgraph.store.digest import agent_content, digest, run_content

RUN = run_content(Run("r", {"name": ("tool",)}))
AGENT = agent_content(Agent("a", "Ada"))


def test_the_digest_of_an_empty_store_and_of_a_run_never_change() -> None:
    assert digest([]) == ("5851f80b01eb4fd0e244e5e28edf4af88d24e38571c21c9af3a886ee9bc977e6")
    assert digest([RUN]) == ("d7244ae7133c0818d13c25cb84188b1090d6ae7febf7633df97923fd668288a9")


def test_the_order_of_records_does_not_matter() -> None:
    assert digest([RUN, AGENT]) == digest([AGENT, RUN])


def test_each_record_counts_and_counts_once() -> None:
    assert len({digest(each) for each in ([], [RUN], [AGENT], [RUN, AGENT], [RUN, RUN])}) == 5


def test_a_value_of_another_type_is_another_content() -> None:
    one, other = (run_content(Run("r", {"n": (value,)})) for value in (1, "1"))
    assert digest([one]) != digest([other])
