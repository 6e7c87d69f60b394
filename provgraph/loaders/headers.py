"""Reads who a product file says it is from its own CTA header, with h5py and astropy only.

PyTables unpickles attributes, which would run code from the file (CONTRACT section 1).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PRODUCT_ID = "CTA PRODUCT ID"
ACTIVITY_ID = "CTA ACTIVITY ID"
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_FITS_MAGIC = b"SIMPLE  ="
_GZIP_MAGIC = b"\x1f\x8b"


def product_identifier(metadata: Mapping[str, Any]) -> str | None:
    """``product:ID`` of a header that a run wrote; None of one that ctapipe made up.

    ctapipe makes up a new product id each time it looks at a file without header, and leaves its
    activity id empty (CONTRACT section 2 rule 2).
    """
    if metadata.get(PRODUCT_ID) and metadata.get(ACTIVITY_ID):
        return f"product:{metadata[PRODUCT_ID]}"
    return None


def identifier_in(path: Path) -> str | None:
    """``product:ID`` from the header of an HDF5 or FITS file on disk.

    Returns:
        None when the file is neither, is damaged, or has no header that a run wrote.
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
        # Damage makes h5py, astropy and zlib raise almost anything.
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
    from astropy.io import fits  # noqa: PLC0415 - as above

    header = fits.getheader(path)
    return {key: str(header[key]) for key in (PRODUCT_ID, ACTIVITY_ID) if key in header}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
