"""A data product on disk, as a source: its header and its path, as one stream of bytes.

Only the header counts, so a product of any size is read in a moment. Where the file stands is a
part of what it says; so a copy elsewhere is another source, and the order of loading never matters
(docs/explanation/decisions/0011-product-headers.md).
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

from provgraph.errors import LoadError, MissingExtraError, UnknownFormatError
from provgraph.loaders.ctao import fits_headers, hdf5_attributes
from provgraph.loaders.ctao.keywords import product_fields
from provgraph.loaders.ctao.text_headers import ECSV_MAGIC, ecsv_metadata, json_metadata
from provgraph.loaders.protocol import HEAD
from provgraph.loaders.registry import formats_read
from provgraph.loaders.secrets import masked_value
from provgraph.model.values import Value, canonical_json

#: What a packed header begins with; no file that a product lies in does.
MAGIC = b"provgraph product header 1\n"
_GZIP_MAGIC = b"\x1f\x8b"
_LARGEST = 16 << 20


def is_product(path: Path) -> bool:
    """Whether a file can only be a source as a product: for its header.

    Args:
        path: a file.

    Returns:
        True for HDF5, FITS (also gzipped) and ECSV files, and for CTAO's metadata as JSON.

    Raises:
        OSError: the file can't be read.
    """
    with _opened(path) as stream:
        head = _head(stream)
        if head.startswith((fits_headers.MAGIC, hdf5_attributes.MAGIC, ECSV_MAGIC)):
            return True
        return any(product_fields(found) for found in json_metadata(stream, head))


def headers_in(path: Path) -> Iterator[Mapping[Any, Any]]:
    """Read the headers of a product file, whatever they say.

    Args:
        path: a file of any format.

    Yields:
        Keyword or attribute → value, of one header after another.

    Raises:
        LoadError: the file is damaged, or a packed HDF5 file.
        MissingExtraError: the extra ``fits`` is not installed.
        OSError: the file can't be read.
    """
    with _opened(path) as stream:
        head = _head(stream)
        if head.startswith(fits_headers.MAGIC):
            yield from fits_headers.fits_headers(stream)
        elif head.startswith(ECSV_MAGIC):
            yield from ecsv_metadata(stream)
        elif not head.startswith(hdf5_attributes.MAGIC):
            yield from json_metadata(stream, head)
        elif stream.seekable():
            yield from hdf5_attributes.hdf5_attributes(path)
        else:
            raise LoadError("is a packed HDF5 file, which can't be read in its middle: unpack it")


def packed_header(path: Path, place: str | None) -> bytes:
    """Pack the header of a product, the same for the same header and path.

    Args:
        path: the product's file.
        place: the absolute path at which people find it; None when nobody knows.

    Returns:
        `MAGIC`, and an object with ``path`` and ``header`` as JSON.

    Raises:
        UnknownFormatError: the file has no header of CTAO's, or what reads it is not installed.
        LoadError: the file can't be read.
    """
    try:
        found = next(filter(None, map(product_fields, headers_in(path))), None)
    except MissingExtraError as error:
        raise UnknownFormatError(str(error)) from error
    except LoadError:
        raise
    except Exception as error:
        # Damage makes h5py and astropy raise almost anything.
        raise LoadError(f"its header can't be read: {error}") from error
    if found is None:
        raise UnknownFormatError(
            "its header is not CTAO's (ctao-datamodel's), which names the run and its inputs: load "
            f"the log of the run that made it; looked for: {formats_read()}"
        )
    return MAGIC + canonical_json({"path": place, "header": masked_value(found)}).encode()


def unpacked_header(stream: BufferedReader) -> tuple[Mapping[str, Value], str | None]:
    """Take a packed header apart.

    Args:
        stream: what `packed_header` has made.

    Returns:
        The fields of the header, and the path.

    Raises:
        LoadError: it is no packed header.
    """
    content = stream.read(_LARGEST)
    try:
        found = json.loads(content.removeprefix(MAGIC))
        header, path = found["header"], found["path"]
    except (ValueError, KeyError, TypeError, RecursionError):
        header, path = None, None
    fields = product_fields(header) if isinstance(header, dict) else None
    if not content.startswith(MAGIC) or fields is None:
        raise LoadError("is no data product with a header of CTAO's")
    return fields, path if isinstance(path, str) else None


class _ForwardOnly(gzip.GzipFile):
    """What is packed in a gzip file: to go back in it would mean to unpack it anew."""

    def seekable(self) -> bool:
        """Whether it can be read from any place."""
        return False


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """The bytes of a file; of a gzipped one those that are packed in it."""
    with path.open("rb", buffering=HEAD) as opened_file:
        file = cast("BufferedReader", opened_file)
        if not file.peek(2).startswith(_GZIP_MAGIC):
            yield file
            return
        with BufferedReader(_ForwardOnly(fileobj=file), buffer_size=HEAD) as unpacked:
            yield cast("BufferedReader", unpacked)


def _head(stream: BufferedReader) -> bytes:
    """The first bytes; none of a packed file that is damaged."""
    try:
        return stream.peek(HEAD)[:HEAD]
    except (EOFError, OSError, zlib.error):
        return b""
