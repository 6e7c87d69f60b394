"""The label of a log that waits in a spool: what is known of it."""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from provgraph.errors import LoadError
from provgraph.prov.addresses import address_of_path, is_relative

#: The file, beside the log.
LABEL = "item.json"


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a log that waits.

    Attributes:
        source: what reports and the load record call it.
        namespace: in which its paths mean files.
        format: the loader's name; None to recognise it by content.
        store: where it is to go, without password.
        content: the file with its bytes, beside the label.
        time: when it was put aside.
        version: provgraph's.
        address: of the source, if it is a file; see `provgraph.prov.addresses`.
    """

    source: str
    namespace: str
    format: str | None
    store: str
    content: str
    time: str
    version: str
    address: str | None = None


def read_label(said: Any) -> Label:
    """Read a label.

    Args:
        said: what its JSON says.

    Returns:
        The label.

    Raises:
        LoadError: a field is no text, or its address is no URI.
        KeyError: a field is missing.
        TypeError: it is no object.
    """
    # Labels of earlier versions have no address.
    values = {field.name: said[field.name] for field in fields(Label) if field.name != "address"}
    values["address"] = said.get("address")
    for name, value in values.items():
        if not (isinstance(value, str) or (name in ("format", "address") and value is None)):
            raise LoadError(f"its {LABEL} is damaged: {name} is no text")
    if values["address"] is not None and is_relative(values["address"]):
        raise LoadError(f"its {LABEL} is damaged: its address is no URI")
    return Label(**values)


def address_put_aside(content: bytes | Path, source: str) -> str | None:
    """Find the address of a file that is put aside under its own name.

    Args:
        content: the file, or bytes that came from elsewhere.
        source: what reports call it.

    Returns:
        The URI of the file; None of anything else.
    """
    path = os.path.abspath(source)
    is_file = isinstance(content, Path) and os.path.abspath(content) == path
    return address_of_path(path) if is_file else None
