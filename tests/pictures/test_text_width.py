"""Texts that fit into boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.pictures.text_width import ems, fitted


@given(st.text(max_size=60), st.integers(2, 20))
def test_fitted_fits(text: str, most: int) -> None:
    assert ems(fitted(text, most)) <= most


@pytest.mark.parametrize(
    ("narrow", "wide"), [("ill", "wow"), ("run", "日本語"), ("a", "aa"), ("e", "é.")]
)
def test_wide_letters_take_more_room(narrow: str, wide: str) -> None:
    assert ems(narrow) < ems(wide)


def test_a_combining_accent_takes_no_room() -> None:
    assert ems("e\u0301") == ems("e")


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert fitted("dl3.fits", 20) == "dl3.fits"
