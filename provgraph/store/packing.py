"""The one way in which JSON of records is kept compressed: by what records typically say.

A run of ctapipe repeats most of what others say, and this text of a thousand characters is too
short to be compressed by itself. Its names and usual values are in a dictionary that provgraph
ships (`provgraph.store.typical`).
"""

import zlib
from functools import lru_cache
from typing import Final

from provgraph.store.typical import TYPICAL

#: The first byte of what is compressed so; no JSON begins with it, nor does a stream of zlib.
MARK: Final = b"\x01"
#: Shorter texts are kept as they are: there is little to gain.
_SHORT: Final = 64
#: Longer texts are compressed each time.
_LONG: Final = 1 << 12
#: A window for the dictionary and a text of a few thousand bytes, without header and checksum.
_WINDOW: Final = -14
#: Both have taken in the dictionary, which takes longer than to copy them.
_COMPRESSOR: Final = zlib.compressobj(
    6, zlib.DEFLATED, _WINDOW, 6, zlib.Z_DEFAULT_STRATEGY, TYPICAL
)
_DECOMPRESSOR: Final = zlib.decompressobj(_WINDOW, TYPICAL)


def packed(text: str) -> bytes:
    """A text as it is kept.

    Args:
        text: JSON.

    Returns:
        The text in UTF-8, or `MARK` and its compressed bytes where these are fewer.
    """
    return _packed_often(text) if len(text) < _LONG else _packed(text)


def _packed(text: str) -> bytes:
    plain = text.encode()
    if len(plain) < _SHORT:
        return plain
    compressor = _COMPRESSOR.copy()
    made = MARK + compressor.compress(plain) + compressor.flush()
    return made if len(made) < len(plain) else plain


#: What a source states of a file stands in the row of the file, too.
_packed_often = lru_cache(1 << 10)(_packed)


def unpacked(kept: str | bytes) -> str:
    """A text that was kept.

    Args:
        kept: what `packed` made; or a text, as stores of older revisions have it.

    Raises:
        zlib.error: it is damaged.
    """
    if isinstance(kept, str):
        return kept
    if kept[:1] != MARK:
        return kept.decode()
    return _DECOMPRESSOR.copy().decompress(kept[1:]).decode()
