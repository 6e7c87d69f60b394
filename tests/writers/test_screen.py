"""Lines that fit a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from provgraph.writers.screen import PLAIN, Part, Screen, Style, columns

PARTS = st.lists(
    st.builds(
        Part,
        text=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40),
        least=st.none() | st.integers(1, 12),
        rank=st.integers(0, 3),
        gap=st.sampled_from(("", "  ")),
    ),
    max_size=6,
)


@given(PARTS, st.integers(1, 100))
def test_a_line_fits_whatever_its_parts(parts: list[Part], width: int) -> None:
    assert columns(Screen(width).line(parts)) <= width


@given(PARTS)
def test_a_pipe_gets_all_of_it(parts: list[Part]) -> None:
    assert PLAIN.line(parts) == "".join(each.gap + each.text for each in parts if each.text)


def test_names_are_shortened_before_anything_is_left_out() -> None:
    parts = [Part("/data/" + "x" * 60 + ".fits", 12, gap=""), Part("DL3", rank=1)]
    line = Screen(40).line(parts)
    assert (line[:6], line[-10:]) == ("/data/", ".fits  DL3")
    assert Screen(14).line(parts) == "/data/…xx.fits"


def test_a_path_keeps_its_last_part() -> None:
    path = [Part("/data/ctao/prod6/run02001.dl3.fits", 12, gap="")]
    assert Screen(28).line(path) == "/data/cta…/run02001.dl3.fits"
    assert Screen(19).line(path) == "…/run02001.dl3.fits"
    assert Screen(14).line(path) == "/data/…l3.fits"


def test_what_can_not_be_shortened_is_cut_at_its_end() -> None:
    assert Screen(6).line([Part("abc", gap=""), Part("defgh", gap=" ")]) == "abc d…"


def test_a_wide_character_takes_two_columns() -> None:
    assert columns("日本") == 4
    assert columns("e\u0301") == 1
    assert Screen(5).line([Part("日本語", gap="")]) == "日本…"


def test_colours_take_no_room() -> None:
    assert Screen(3, has_colours=True).line([Part("abc", style=Style.BAD, gap="")]) == (
        "\x1b[1;31mabc\x1b[0m"
    )


def test_a_wide_line_is_broken_between_words() -> None:
    assert Screen(10).wrapped("one two three", "  ") == ["one two", "  three"]
    assert PLAIN.wrapped("one two three") == ["one two three"]
    assert all(columns(each) <= 6 for each in Screen(6).wrapped("日本語日本語"))
