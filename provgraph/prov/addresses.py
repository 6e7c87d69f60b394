"""Relative names in documents, and the addresses against which they resolve (RFC 3986, section 5).

Example: in the document ``file:///data/run1/prov.ttl`` the name ``out.txt`` is
``file:///data/run1/out.txt``, and ``#run`` is ``file:///data/run1/prov.ttl#run``.
"""

import base64
import re
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: The parts of a URI reference (RFC 3986, appendix B): scheme, authority, path, query, fragment.
_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_ARCP = "arcp"
# Parsers of RDF resolve names by urllib, which joins names of the schemes in these lists only.
for _known in (urllib.parse.uses_relative, urllib.parse.uses_netloc):
    if _ARCP not in _known:
        _known.append(_ARCP)


def is_relative(name: str) -> bool:
    """Tell whether a name needs the address of its document.

    Args:
        name: a URI, a relative reference, or the name of a blank node, as ``_:b1``.

    Returns:
        True for a name without a scheme.
    """
    return not name.startswith("_:") and _SCHEME.match(name) is None


def address_of_path(path: str) -> str:
    """Give the address of a document that is a file.

    Args:
        path: absolute. The ending ``.gz`` is no part of the address: a document keeps its names
            when it is compressed.

    Returns:
        the file's URI (RFC 8089).
    """
    return Path(path[:-3] if path.lower().endswith(".gz") else path).as_uri()


def address_of_content(sha256: str) -> str:
    """Give an address to a document that has none of its own, such as standard input.

    Args:
        sha256: the checksum of the document, in hexadecimal.

    Returns:
        a URI that names the content (draft-soilandreyes-arcp, section 4.2.2, with RFC 6920):
        ``arcp://ni,sha-256;47DEQpj8…/``.
    """
    text = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"{_ARCP}://ni,sha-256;{text}/"


def address_of_member(archive: str, name: str) -> str:
    """Give the address of a document in an archive.

    Args:
        archive: the address of the archive's content, see `address_of_content`.
        name: of the document in the archive, as ``run1/prov.ttl``.

    Returns:
        a URI, so that the documents in one archive can name one another's files.
    """
    return archive + quote(name.removeprefix("/").removesuffix(".gz"))


def resolved(name: str, base: str) -> str:
    """Resolve a name against the address of its document (RFC 3986, section 5.2).

    Args:
        name: a URI, which stays as it is, or a relative reference.
        base: a URI.

    Returns:
        the full URI.
    """
    scheme, authority, path, query, fragment = _parts(name)
    if scheme is not None:
        return name
    scheme, base_authority, base_path, base_query, _ = _parts(base)
    if authority is not None:
        path = _without_dots(path or "")
    else:
        authority = base_authority
        if not path:
            path, query = base_path, base_query if query is None else query
        else:
            path = _without_dots(_merged(path, base_path or "", has_host=authority is not None))
    return _joined((scheme, authority, path, query, fragment))


def straightened(uri: str) -> str:
    """Take the steps ``.`` and ``..`` in the path of a URI.

    Args:
        uri: as ``file:///data/run1/../raw.fits``.

    Returns:
        the same URI by the straight way, as ``file:///data/raw.fits``.
    """
    if "/." not in uri:
        return uri
    scheme, authority, path, query, fragment = _parts(uri)
    return _joined((scheme, authority, _without_dots(path or ""), query, fragment))


def _parts(uri: str) -> tuple[str | None, ...]:
    found = _PARTS.fullmatch(uri)
    return (None,) * 5 if found is None else found.groups()  # it always matches


def _merged(path: str, base_path: str, *, has_host: bool) -> str:
    if path.startswith("/"):
        return path
    if has_host and not base_path:
        return "/" + path
    return base_path[: base_path.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    """Take the steps ``.`` and ``..`` (RFC 3986, section 5.2.4)."""
    *steps, last = path.split("/")
    kept: list[str] = []
    for step in steps:
        _take(kept, step)
    if last in (".", ".."):
        _take(kept, last)
        last = ""
    return "/".join([*kept, last])


def _take(kept: list[str], step: str) -> None:
    if step == "..":
        if kept not in ([], [""]):  # there is nothing above the root
            kept.pop()
    elif step != ".":
        kept.append(step)


def _joined(parts: Iterable[str | None]) -> str:
    scheme, authority, path, query, fragment = parts
    return "".join(
        (
            f"{scheme}:",
            "" if authority is None else f"//{authority}",
            path or "",
            "" if query is None else f"?{query}",
            "" if fragment is None else f"#{fragment}",
        )
    )
