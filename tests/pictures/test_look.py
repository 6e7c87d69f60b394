"""Where boxes lead, and which addresses are taken for that."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.errors import SettingsError
from provgraph.model.lineage import Direction, Node
from provgraph.model.values import storable_text
from provgraph.model.vocabulary import Kind
from provgraph.pictures.look import Look, Orientation
from tests.lineages import HOSTILE, entity

HERE = "https://example.org/records/{id}?from=picture"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert('{id}')",
        "data:text/html,{id}",
        "file:///data/{id}",
        "//example.org/{id}",
        "https://{id}/",
        "https://{id}",
        "https://example.org{id}",
        "https://example.org/",
        "https:///{id}",
        "https://example.org/ {id}",
        "https://example.org/\n{id}",
        "https://example.org/\u202e{id}",
        "",
    ],
)
def test_what_is_no_web_address_with_a_place_for_the_id_is_refused(link: str) -> None:
    with pytest.raises(SettingsError, match="boxes can't link to"):
        Look(link=link)


@given(st.text())
def test_an_id_stays_one_part_of_the_address(identifier: str) -> None:
    link = Look(link=HERE).link_of(replace(entity("/data/a"), id=identifier))
    parts = urlsplit(link or "")
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == (
        "https",
        "example.org",
        "from=picture",
        "",
    )
    assert parts.path.count("/") == 2
    assert unquote(parts.path.rpartition("/")[2]) == storable_text(identifier)


def test_records_that_no_name_leads_to_have_no_link_by_the_template() -> None:
    assert Look(link=HERE).link_of(Node(b"1", "1", Kind.COLLECTION)) is None


@given(st.sampled_from(HOSTILE) | st.text())
def test_nothing_in_an_address_can_end_it(text: str) -> None:
    for look in (Look(), Look(link="https://example.org/'<&>;{id}`")):
        link = look.link_of(replace(entity("/data/a"), location=f"http://host/{text}", id=text))
        assert re.fullmatch(r"https?://[\w/:?#\[\]@!$&()*+,=%~.-]+", link or "", re.ASCII)


@pytest.mark.parametrize("place", ["javascript:alert(1)", "root://host/x", " https://x", "/data/x"])
def test_own_addresses_are_links_only_if_they_are_of_the_web(place: str) -> None:
    assert Look().link_of(replace(entity("/data/a"), location=place)) is None
    assert Look().link_of(replace(entity("/data/a"), location="HTTPS://host/x")) == "HTTPS://host/x"


@pytest.mark.parametrize(
    ("look", "direction", "flow"),
    [
        (Look(), Direction.UPSTREAM, "LR"),
        (Look(), Direction.DOWNSTREAM, "LR"),
        (Look(Orientation.DOWN), Direction.BOTH, "TB"),
        (Look(w3c=True), Direction.UPSTREAM, "TB"),
        (Look(w3c=True), Direction.DOWNSTREAM, "BT"),
        (Look(Orientation.ACROSS, w3c=True), Direction.BOTH, "LR"),
        (Look(Orientation.ACROSS, w3c=True), Direction.DOWNSTREAM, "RL"),
    ],
)
def test_a_flowchart_begins_with_causes_and_a_diagram_with_what_was_asked_about(
    look: Look, direction: Direction, flow: str
) -> None:
    assert look.flow(direction) == flow


def test_what_shows_every_record_is_not_folded() -> None:
    with pytest.raises(SettingsError, match="don't fold them"):
        Look(w3c=True, fold=True)
