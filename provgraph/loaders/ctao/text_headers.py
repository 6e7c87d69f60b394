"""The metadata in text files: ECSV tables, and JSON as ctao-datamodel writes it."""

import json
import re
from collections.abc import Iterator, Mapping
from io import BufferedReader, BytesIO
from typing import Any

from provgraph.errors import LoadError, extra_needed

ECSV_MAGIC = b"# %ECSV "
_JSON_MARK = b'"ctao_metadata_version"'
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\{")
#: No product's metadata is longer, in bytes. YAML takes seconds for a MiB.
LARGEST_TEXT = 1 << 20


def ecsv_metadata(stream: BufferedReader) -> Iterator[Mapping[Any, Any]]:
    """Read the metadata of an ECSV table.

    Args:
        stream: the file, unpacked, at its start.

    Yields:
        What stands under ``meta`` in its header, if anything does.

    Raises:
        LoadError: the header is no YAML, or too long.
        MissingExtraError: PyYAML, which comes with astropy, is not installed.
    """
    header = bytearray()
    while (line := stream.readline(LARGEST_TEXT)).startswith(b"#"):
        header += line.removeprefix(b"#").removeprefix(b" ")
        if len(header) > LARGEST_TEXT:
            raise LoadError(f"its header is longer than {LARGEST_TEXT >> 20} MiB")
    yield from table_metadata(BytesIO(header.partition(b"\n")[2]))


def table_metadata(yaml_text: BytesIO) -> Iterator[Mapping[Any, Any]]:
    """Read the YAML in which astropy describes a table.

    Args:
        yaml_text: YAML; its tags are passed over, so nothing but plain data is made of it.

    Yields:
        What stands under ``meta``, if anything does.

    Raises:
        LoadError: it is no YAML.
        MissingExtraError: PyYAML is not installed.
    """
    with extra_needed("fits", "the header of an ECSV file"):
        import yaml  # noqa: PLC0415 - only headers need it

    class PlainLoader(yaml.SafeLoader):
        """Makes plain data of YAML, whatever tags it bears."""

    PlainLoader.add_multi_constructor("", _plain)
    try:
        found = yaml.load(yaml_text, Loader=PlainLoader)  # noqa: S506 - it makes plain data only
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise LoadError(f"its header is no YAML: {str(error)[:200]}") from None
    metadata = found.get("meta") if isinstance(found, dict) else None
    if isinstance(metadata, list):  # an ordered mapping, !!omap
        pairs = [each for each in metadata if isinstance(each, dict | tuple)]
        metadata = dict(
            pair for each in pairs for pair in (each.items() if isinstance(each, dict) else [each])
        )
    if isinstance(metadata, dict):
        yield metadata


def _plain(loader: Any, suffix: str, node: Any) -> object:
    """The plain data behind a tag that means nothing to provgraph."""
    makers = {
        "mapping": loader.construct_mapping,
        "sequence": loader.construct_sequence,
        "scalar": loader.construct_scalar,
    }
    return makers[node.id](node)


def json_metadata(stream: BufferedReader, head: bytes) -> Iterator[Mapping[Any, Any]]:
    """Read the metadata of a product as JSON.

    Args:
        stream: any file, unpacked, at its start.
        head: its first bytes.

    Yields:
        The object that the file is, if it is one that may be such metadata.
    """
    if not _OBJECT.match(head) or _JSON_MARK not in head:
        return
    content = stream.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        return
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    if isinstance(found, dict):
        yield found
