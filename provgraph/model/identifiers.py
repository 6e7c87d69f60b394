"""Identifiers ``scheme:value`` and the places (paths, URLs) that files are named by.

CONTRACT section 2, rules 1, 6 and 7.
"""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

DEFAULT_NAMESPACE = "default"

#: The scheme of what PROV documents name.
PROV = "prov"
#: Strongest first (rule 1).
SCHEMES = ("product", "guid", PROV, "lfn", "file", "sha256")
#: Schemes whose identifiers join records, whatever their paths (rule 2).
STRONG_SCHEMES = frozenset({"product", "guid", "prov"})

#: The two names in CTA's header of a data product that tell who the product is.
PRODUCT_ID = "CTA PRODUCT ID"
ACTIVITY_ID = "CTA ACTIVITY ID"

_REMOTE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)$", re.DOTALL)
# ctapipe makes URLs "absolute": /cwd/ + url, then // folded to / (rule 7).
_MANGLED_FILE = re.compile(r"^(?P<folder>/(?:.*/)?)file:(?P<rest>.*)$", re.DOTALL | re.IGNORECASE)
_MANGLED_REMOTE = re.compile(
    r"^/(?:.*/)?(?P<scheme>root|roots|xroot|http|https|s3|gsiftp|srm|dav|davs|ftp):/+(?P<rest>[^/].*)$",
    re.DOTALL,
)


def place_of(url: str, namespace: str = DEFAULT_NAMESPACE) -> str:
    """The place that a source means by a path or URL, as an identifier.

    Args:
        url: an absolute path, a ``file:`` URL, a remote URL, or one of these as ctapipe's abspath
            has mangled it.
        namespace: the shared file system in which a path means the same file on every host.

    Returns:
        ``file:/data/x``, outside the default namespace ``file://NAMESPACE/data/x``; a remote file's
            URL;
        ``lfn:/x`` for a catalogue path. ``//``, ``.`` and ``..`` in the path are resolved.
    """
    if url.startswith("lfn:"):
        return "lfn:" + _normalised(url[4:])
    if remote := _remote(url):
        return remote
    path = _normalised(_local_path(url))
    return f"file:{path}" if namespace == DEFAULT_NAMESPACE else f"file://{namespace}{path}"


def location_of(place: str) -> str:
    """The place as people write it.

    The bare path in the default namespace and the catalogue, else the identifier.
    """
    if place.startswith("lfn:"):
        return place[4:]
    if place.startswith("file:") and not place.startswith("file://"):
        return place[5:]
    return place


def base_name(place: str) -> str:
    """The last part of the place's path; of a bare root the whole."""
    return place.rstrip("/").rpartition("/")[2] or place


def version_of(place: str, activity: str) -> str:
    """The id of the file that a run wrote at a place, when nothing stronger names it (rule 6)."""
    return f"{place}@{activity}"


def places_in(name: str) -> set[str]:
    """The places that a weak name may be of: itself, and what stands before its last ``@``.

    None of a strong one.
    """
    return set() if is_strong(name) else {name, name.rpartition("@")[0] or name}


def scheme_of(identifier: str) -> str:
    """The identifier's scheme; ``file`` for a remote URL, which is a path too."""
    scheme = identifier.partition(":")[0]
    return scheme if scheme in SCHEMES else "file"


def strength(identifier: str) -> tuple[int, str]:
    """Sorts identifiers strongest first, of one scheme the smallest first (rule 6)."""
    return SCHEMES.index(scheme_of(identifier)), identifier


def is_strong(identifier: str) -> bool:
    """Whether records that share this identifier are one entity (rule 2)."""
    return scheme_of(identifier) in STRONG_SCHEMES


def product_identifier(header: Mapping[str, Any]) -> str | None:
    """The identifier in a CTA header that a run wrote.

    ctapipe makes up a new product id each time it looks at a file without a header, and leaves the
    activity id empty: such a header names nothing (docs/contract.md, rule 2).

    Args:
        header: the names and values of the header, such as ``CTA PRODUCT ID``.

    Returns:
        ``product:ID``; None of a header that ctapipe made up.
    """
    if header.get(PRODUCT_ID) and header.get(ACTIVITY_ID):
        return f"product:{header[PRODUCT_ID]}"
    return None


def _remote(url: str) -> str | None:
    found = _REMOTE.match(url) or _MANGLED_REMOTE.match(url)
    if found is None or found["scheme"].lower() == "file":
        return None
    address, slash, path = found["rest"].partition("/")
    host = address.rpartition("@")[
        2
    ]  # who asks is no part of which file it is, and may hold a password
    path, question, query = path.partition("?")
    return f"{found['scheme']}://{host}" + (_normalised(path) if slash else "") + question + query


def _local_path(url: str) -> str:
    if url[:5].lower() == "file:":
        return _file_url_path(url[5:], "/")
    if mangled := _MANGLED_FILE.match(url):
        return _file_url_path(mangled["rest"], mangled["folder"])
    return url


def _file_url_path(rest: str, folder: str) -> str:
    """The path in a file URL; a relative one stands in ``folder``.

    ``//host`` (empty or localhost) is no part of it.
    """
    if rest.startswith("//localhost/"):
        rest = rest[len("//localhost") :]
    return rest if rest.startswith("/") else folder + rest


def _normalised(path: str) -> str:
    """``//``, ``.`` and ``..`` resolved.

    A leading ``//``, which POSIX lets stand, is folded too.
    """
    return posixpath.normpath("/" + path.lstrip("/")) if path else "/"
