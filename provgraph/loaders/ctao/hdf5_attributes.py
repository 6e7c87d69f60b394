"""The attributes of an HDF5 file that may say what product it is, read with h5py.

PyTables is not used, because it unpickles attributes, which would run code from the file
(docs/contract.md, What is kept). Links are not followed: they may lead to other files.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from provgraph.errors import extra_needed
from provgraph.loaders.ctao.text_headers import LARGEST_TEXT, table_metadata

MAGIC = b"\x89HDF\r\n\x1a\n"
#: So many objects of the root are looked at, and so many attributes of each, of at most so many
#: bytes.
_MOST_OBJECTS = 100
_MOST_ATTRIBUTES = 10_000
_LONGEST_VALUE = 64 << 10
#: The data set in which astropy keeps what it knows of a table (`serialize_meta`).
_TABLE_METADATA = ".__table_column_meta__"


def hdf5_attributes(path: Path) -> Iterator[Mapping[Any, Any]]:
    """Read what may be the header of a product.

    Args:
        path: an HDF5 file.

    Yields:
        The attributes of the root, then those of the groups and data sets in it; at last what
        astropy has noted of its tables.

    Raises:
        MissingExtraError: h5py is not installed.
        OSError: the file is damaged.
    """
    with extra_needed("fits", "the header of an HDF5 file"):
        import h5py  # noqa: PLC0415 - only headers need it, and it loads slowly

    with h5py.File(path, "r", locking=False) as file:
        yield dict(_attributes(file))
        hard = (
            name
            for name in islice(file, _MOST_OBJECTS)
            if isinstance(file.get(name, getlink=True), h5py.HardLink)
        )
        objects = {name: file[name] for name in hard}
        yield from (dict(_attributes(each)) for each in objects.values())
        for name, each in objects.items():
            if name.endswith(_TABLE_METADATA) and isinstance(each, h5py.Dataset):
                yield from table_metadata(BytesIO(_lines(each)))


def _attributes(owner: Any) -> Iterator[tuple[str, Any]]:
    """The attributes that hold one text or one number.

    PyTables writes an empty text as an attribute without value, which h5py gives as a (true)
    h5py.Empty.
    """
    for name in islice(owner.attrs, _MOST_ATTRIBUTES):
        found = owner.attrs.get_id(name)
        if found.shape not in ((), (1,)) or found.dtype.itemsize > _LONGEST_VALUE:
            continue
        value = owner.attrs[name]
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str | bool | int | float):
            yield name, value


def _lines(dataset: Any) -> bytes:
    """The lines of text that a data set holds; none where its bytes are in another file."""
    elsewhere = dataset.external is not None or dataset.is_virtual
    if elsewhere or dataset.nbytes > LARGEST_TEXT or dataset.dtype.kind != "S":
        return b""
    return b"\n".join(dataset[()].tolist())
