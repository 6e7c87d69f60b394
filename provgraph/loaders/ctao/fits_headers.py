"""The headers of a FITS file, read one after another as the file comes.

The data between them are passed over. Astropy makes sense of a header, and it is given no more than
a header (docs/contract.md, What is kept).
"""

import math
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

from provgraph.errors import extra_needed

MAGIC = b"SIMPLE  ="
#: FITS comes in blocks of so many bytes, of 36 cards each (FITS 4.0, section 3.1).
_BLOCK = 2880
_CARD = 80
_END = b"END".ljust(_CARD)
#: A header of more blocks, a file of more headers: looked at no further.
_MOST_BLOCKS = 400
_MOST_HEADERS = 100
#: So many bytes of data are passed over in a packed file, which takes a second or two.
_MOST_PASSED_OVER = 256 << 20
_PIECE = 1 << 20
#: The variable that says where programs keep their settings (XDG Base Directory Specification).
_SETTINGS = "XDG_CONFIG_HOME"


def fits_headers(stream: BufferedReader) -> Iterator[dict[str, Any]]:
    """Read the headers of a FITS file.

    Args:
        stream: the file, unpacked, at its start.

    Yields:
        Keyword → value, of one header after another.

    Raises:
        MissingExtraError: astropy is not installed.
    """
    with extra_needed("fits", "the header of a FITS file"), no_folder_at_home():
        from astropy.io import fits  # noqa: PLC0415 - only headers need it, and it loads slowly

    for _ in range(_MOST_HEADERS):
        block = _header_bytes(stream)
        if block is None:
            return
        header = fits.Header.fromstring(block.decode("ascii", "replace"))
        with warnings.catch_warnings(action="ignore"):
            values = dict(_values(header))
        yield values
        if not _passed_over(stream, _data_size(values)):
            return


@contextmanager
def no_folder_at_home() -> Iterator[None]:
    """Import astropy without the folder ``~/.astropy``, which its first import makes.

    Astropy looks for its settings where ``XDG_CONFIG_HOME`` says, when there is a folder for them.
    A user who has settings of astropy keeps them.

    Yields:
        None; astropy may be imported in the block.
    """
    before = os.environ.get(_SETTINGS)
    own = [Path.home() / ".astropy"] + ([Path(before, "astropy")] if before else [])
    if "astropy" in sys.modules or any(each.exists() for each in own):
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "astropy").mkdir()
        os.environ[_SETTINGS] = folder
        try:
            yield
        finally:
            os.environ.pop(_SETTINGS)
            os.environ.update({} if before is None else {_SETTINGS: before})


def _header_bytes(stream: BufferedReader) -> bytes | None:
    """The blocks of the header at which the stream stands; None where no whole header is."""
    found = bytearray()
    for _ in range(_MOST_BLOCKS):
        block = stream.read(_BLOCK)
        if len(block) < _BLOCK:
            return None
        found += block
        if any(block[at : at + _CARD] == _END for at in range(0, _BLOCK, _CARD)):
            return bytes(found)
    return None


def _values(header: Any) -> Iterator[tuple[str, Any]]:
    """The keywords of a header that have a value; a card that is malformed has none."""
    from astropy.io import fits  # noqa: PLC0415 - the caller has loaded it

    for card in header.cards:
        with suppress(fits.VerifyError, ValueError):
            if not isinstance(card.value, fits.card.Undefined):
                yield card.keyword, card.value


def _data_size(header: dict[str, Any]) -> int:
    """How many bytes of data, with padding, stand behind a header (FITS 4.0, section 4.4.1)."""
    axes = [_whole(header, f"NAXIS{number + 1}") for number in range(_whole(header, "NAXIS"))]
    if axes and axes[0] == 0 and header.get("GROUPS") is True:
        axes = axes[1:]
    values = _whole(header, "GCOUNT", 1) * (_whole(header, "PCOUNT") + math.prod(axes))
    size = abs(_whole(header, "BITPIX")) // 8 * values if axes else 0
    return -(-size // _BLOCK) * _BLOCK


def _whole(header: dict[str, Any], keyword: str, default: int = 0) -> int:
    value = header.get(keyword, default)
    return value if isinstance(value, int) and value >= -64 else default


def _passed_over(stream: BufferedReader, size: int) -> bool:
    """Go on behind the data; False where they end too early, or are too many to be unpacked."""
    if stream.seekable():
        stream.seek(size, 1)
        return True
    if size > _MOST_PASSED_OVER:
        return False
    while size and (data := stream.read(min(size, _PIECE))):
        size -= len(data)
    return not size
