"""The image.

As large as the drawing, its text visible on a machine without fonts, and never too large to be
opened.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
import resvg_py
from hypothesis import given, settings
from PIL import Image

from provgraph.errors import SettingsError
from provgraph.model.lineage import Lineage
from provgraph.pictures import png, svg
from provgraph.pictures.look import PLAIN, Look, Orientation
from tests.lineages import chain, entity, lineage, lineages, night, two_steps

SVG = "{http://www.w3.org/2000/svg}"


def opened(answer: Lineage, look: Look = PLAIN) -> Image.Image:
    image = Image.open(io.BytesIO(png.write(answer, look)))
    image.load()
    return image.convert("L")


def test_it_is_the_drawing_at_twice_its_size() -> None:
    drawing = ET.fromstring(svg.write(two_steps()))
    image = opened(two_steps())
    assert image.size == (2 * int(drawing.get("width", "")), 2 * int(drawing.get("height", "")))
    assert image.getpixel((1, 1)) == 255  # on white, not transparent


def test_every_text_is_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    used: dict[str, bool] = {}
    draw = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **how: (used.update(how), draw(**how))[1])
    image = opened(two_steps())
    assert used["skip_system_fonts"]  # as where there are none
    for x, y in texts_of(ET.fromstring(svg.write(two_steps()))):
        darkest, _ = image.crop((x - 20, y - 18, x + 20, y)).getextrema()
        assert isinstance(darkest, int)
        assert darkest < 90


def texts_of(drawing: ET.Element) -> Iterator[tuple[int, int]]:
    """The middle of the foot of each text in the image."""
    for box in drawing.iter(f"{SVG}g"):
        moved = re.match(r"translate\(([\d.]+) ([\d.]+)\)", box.get("transform", ""))
        left, top = map(float, moved.groups()) if moved else (0.0, 0.0)
        for text in box.findall(f"{SVG}text"):
            x, y = (float(text.get(side, "")) for side in ("x", "y"))
            yield round(2 * (left + x)), round(2 * (top + y))


def test_one_lineage_is_one_image() -> None:
    look = Look(orientation=Orientation.ACROSS, fold=True)
    assert png.write(night(12), look) == png.write(night(12), look)


def test_other_scripts_are_drawn_with_the_fonts_of_the_machine() -> None:
    assert opened(lineage([entity("/data/日本語 עברית עربى 🔭.h5")], [])).size[0] > 300


@settings(max_examples=5, deadline=None)
@given(lineages())
def test_any_lineage_becomes_an_image(answer: Lineage) -> None:
    assert min(opened(answer).size) > 90


def test_large_drawings_get_fewer_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "SHARP_PIXELS", 500_000)
    width, height = opened(two_steps()).size
    assert 490_000 < width * height < 510_000
    monkeypatch.setattr(png, "MOST_PIXELS", 200_000)
    width, height = opened(two_steps()).size
    assert 195_000 < width * height < 205_000


@pytest.mark.slow
def test_what_nobody_could_open_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"take --format svg, or show less with --fold"):
        png.write(chain(10_000), Look(fold=False))
