"""The PDF: one page with the drawing, whose texts can be searched and whose links lead on."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from pypdf import PageObject, PdfReader

from provgraph.errors import SettingsError
from provgraph.model.lineage import Lineage
from provgraph.pictures import pdf, svg
from provgraph.pictures.look import PLAIN, Look, Orientation
from tests.lineages import APPLY, chain, entity, lineage, lineages, night, two_steps


def page_of(answer: Lineage, look: Look = PLAIN) -> PageObject:
    (page,) = PdfReader(io.BytesIO(pdf.write(answer, look))).pages
    return page


def links_of(page: PageObject) -> dict[str, list[float]]:
    """Where each link leads → the left, lower, right and upper side of its area."""
    found = [link.get_object() for link in page.get("/Annots", ())]
    return {link["/A"]["/URI"]: [float(side) for side in link["/Rect"]] for link in found}


def test_its_texts_are_texts() -> None:
    words = page_of(two_steps()).extract_text().splitlines()
    assert {
        "run02001_full.dl2",
        ".h5",
        "ctapipe-apply-",
        '"more".dl2.h5',
        "0.28.0 · 2 min",
        "no longer there",
    } <= set(words)


def test_the_page_is_as_large_as_the_drawing() -> None:
    size = svg.Drawing(two_steps(), PLAIN).size
    page = page_of(two_steps()).mediabox
    assert float(page.width) == pytest.approx(size.x * 72 / 96, abs=0.1)
    assert float(page.height) == pytest.approx(size.y * 72 / 96, abs=0.1)


def test_one_lineage_is_one_file_without_a_date() -> None:
    look = Look(orientation=Orientation.ACROSS, fold=True)
    made = pdf.write(night(12), look)
    assert made == pdf.write(night(12), look)
    about = PdfReader(io.BytesIO(made)).metadata
    assert about is not None
    assert about.title == "merged.dl2.h5"
    assert "/CreationDate" not in about
    assert "/ModDate" not in about


def test_boxes_lead_where_the_reader_wants() -> None:
    links = links_of(page_of(two_steps(), Look(link="https://example.org/{id}")))
    assert len(links) == 6
    left, lower, right, upper = links[f"https://example.org/{APPLY}"]
    assert (right - left, upper - lower) == pytest.approx((96, 54), abs=0.1)
    assert not links_of(page_of(two_steps()))


def test_a_link_is_never_a_program() -> None:
    plain = entity("/data/a.h5")
    hostile = 'https://host/"#(a)\\n/JavaScript'
    (address,) = links_of(page_of(lineage([replace(plain, location=hostile)], [])))
    assert address.startswith("https://host/")
    script = replace(plain, location="javascript:alert(1)")
    assert not links_of(page_of(lineage([script], [])))


def test_an_address_that_no_reader_follows_is_no_link() -> None:
    far = replace(entity("/data/a.h5"), location="https://host/" + "x" * 100_000)
    page = page_of(lineage([far], []))
    assert not links_of(page)
    assert "a.h5" in page.extract_text()


@settings(max_examples=5, deadline=None)
@given(lineages())
def test_any_lineage_becomes_a_page(answer: Lineage) -> None:
    assert float(page_of(answer).mediabox.width) > 90


def test_a_large_drawing_gets_a_page_that_readers_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST_SIDE", 300)
    page = page_of(two_steps(), Look(link="https://example.org/{id}"))
    assert max(page.mediabox.width, page.mediabox.height) == pytest.approx(300, abs=0.1)
    assert all(0 <= side <= 300 for sides in links_of(page).values() for side in sides)


@pytest.mark.slow
def test_what_nobody_could_read_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"take --format svg, or show less with --fold"):
        pdf.write(chain(10_000), Look(fold=False))
