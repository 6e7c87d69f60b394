"""The dictionaries of what is stored: each is one for ever."""

import zlib

from provgraph.store.typical import TYPICAL, TYPICAL_ASSERTION


def test_the_dictionaries_are_those_of_what_is_stored() -> None:
    assert zlib.adler32(TYPICAL_ASSERTION) == 3018515517
    assert zlib.adler32(TYPICAL) == 2660700232
