"""docs/reference/conformance.md says what is so."""

import pytest

from tests.interchange.conformance import NOTES, PAGE, page


@pytest.mark.slow
def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.interchange.conformance"


def test_the_page_has_no_note_too_many() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"*{name}*" in text for name in NOTES)
