"""How wide a text is in a drawing, and texts cut to fit."""

import unicodedata

from provgraph.model.values import shortened

#: Widths of characters in Helvetica, in units of the size of the letters.
_WIDTHS = {
    char: width
    for chars, width in (
        ("ijl'", 0.222),
        ("ft.,:;!/\\| []I", 0.278),
        ("-r()`", 0.334),
        ("cksvxyzJ", 0.5),
        ("FTZ", 0.611),
        ("ABEKPSVXY&", 0.667),
        ("wCDHNRU", 0.722),
        ("GOQ", 0.778),
        ("mM", 0.833),
        ("%W@…", 1.0),
    )
    for char in chars
}


def ems(text: str) -> float:
    """Return how wide a text is in Helvetica; roughly, for other scripts.

    Args:
        text: any text.

    Returns:
        The width in ems, the unit of the size of the letters.
    """
    return sum(_em(char) for char in text)


def fitted(text: str, most: float) -> str:
    """Return a text that is no wider than some width, by leaving out of its middle.

    Args:
        text: any text.
        most: the greatest width, in ems.

    Returns:
        The text; at least one character.
    """
    length = len(text)
    while ems(text) > most and length > 1:
        length = max(1, min(length - 1, int(length * most / ems(text))))
        text = shortened(text, length)
    return text


def _em(char: str) -> float:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.combining(char):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.556
