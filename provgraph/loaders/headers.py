"""Reads the header of a product file on disk: who the file says it is.

There are two kinds of header: ctapipe's (``CTA PRODUCT ID``) and that of ctao-datamodel
(``DATAID``). HDF5 files are read with h5py and FITS files with astropy. PyTables is not used,
because it unpickles attributes, which would run code from the file (docs/contract.md, What is
kept).
"""

from collections.abc import Iterator
from pathlib import Path

from provgraph.loaders.ctao.keywords import PRODUCT, product_fields
from provgraph.loaders.ctao.product_file import headers_in
from provgraph.model.identifiers import product_identifier


def identifiers_in(path: Path) -> tuple[str, ...]:
    """Read the identifiers of a product from the header of its file.

    Args:
        path: an HDF5, FITS or ECSV file, or metadata as JSON; all but HDF5 may be gzipped. The name
            does not matter.

    Returns:
        ``product:ID`` of CTAO's header, then of ctapipe's, as far as they are there. Nothing when
        the file is of another format, is damaged or not there, or has no header that a run wrote
        (docs/contract.md, rule 2). Nothing either where the extra ``fits`` is not installed: a file
        is then known by its path alone.
    """
    try:
        return tuple(dict.fromkeys(_identifiers(path))) if path.is_file() else ()
    except Exception:
        # Damage makes h5py, astropy and zlib raise almost anything; and they may not be installed.
        return ()


def _identifiers(path: Path) -> Iterator[str]:
    """The identifiers in the first header that has any; ctapipe writes its own first of all."""
    for number, header in enumerate(headers_in(path)):
        fields = product_fields(header) or {}
        found = [f"product:{fields[PRODUCT]}"] if PRODUCT in fields else []
        texts = {name: value for name, value in header.items() if isinstance(value, str)}
        if not number and (ctapipes := product_identifier(texts)):
            found.append(ctapipes)
        yield from found
        if found:
            return
