"""Reads the CTA header of a product file on disk: who the file says it is.

HDF5 files are read with h5py and FITS files with astropy. PyTables is not used, because it
unpickles attributes, which would run code from the file (docs/contract.md, What is kept).
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provgraph.model.identifiers import ACTIVITY_ID, PRODUCT_ID, product_identifier

_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_FITS_MAGIC = b"SIMPLE  ="
_GZIP_MAGIC = b"\x1f\x8b"
#: The variable that says where programs keep their settings (XDG Base Directory Specification).
_SETTINGS = "XDG_CONFIG_HOME"


def identifier_in(path: Path) -> str | None:
    """Read the identifier of a product from the header of its file.

    Args:
        path: an HDF5 or FITS file; a FITS file may be gzipped. The name does not matter.

    Returns:
        ``product:ID``; None when the file is of another format, is damaged or not there, or has no
        header that a run wrote (docs/contract.md, rule 2). Also None where the extra ``fits`` is
        not installed: a file is then known by its path alone.
    """
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(16)
        if head.startswith(_HDF5_MAGIC):
            return product_identifier(_hdf5_header(path))
        if head.startswith((_FITS_MAGIC, _GZIP_MAGIC)):
            return product_identifier(_fits_header(path))
    except Exception:
        # Damage makes h5py, astropy and zlib raise almost anything; and they may not be installed.
        return None
    return None


def _hdf5_header(path: Path) -> dict[str, str]:
    import h5py  # noqa: PLC0415 - only naming a file on disk needs it, and it loads slowly

    with h5py.File(path, "r") as file:
        found = {key: file.attrs.get(key) for key in (PRODUCT_ID, ACTIVITY_ID)}
    # PyTables writes an empty text as an attribute without value, which h5py gives as a (true)
    # h5py.Empty.
    return {key: _text(value) for key, value in found.items() if isinstance(value, str | bytes)}


def _fits_header(path: Path) -> dict[str, str]:
    with no_folder_at_home():
        from astropy.io import fits  # noqa: PLC0415 - only naming a file on disk needs it

    header = fits.getheader(path)
    return {key: str(header[key]) for key in (PRODUCT_ID, ACTIVITY_ID) if key in header}


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


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
