"""Prefixes for URIs: a document's names are short, and read back as the same URIs.

Example: ``http://example.org/run1`` is ``ns1:run1`` where the document declares
``ns1`` as ``http://example.org/``.
"""

import re

from provgraph.prov import names
from provgraph.prov.statements import PROV, XSD

#: Prefixes that every document has: prefix → namespace.
KNOWN = {"prov": PROV, "xsd": XSD}
#: Prefixes that readers know: namespace → prefix.
_WELL_KNOWN = {
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/terms/": "dcterms",
    "http://xmlns.com/foaf/0.1/": "foaf",
    names.VOPROV: "voprov",
    **{namespace: prefix for prefix, namespace in names.PREFIXES.items()},
}
_OURS = frozenset(names.PREFIXES.values())
#: The part at the end of a URI that every format takes as a local name.
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z|[A-Za-z0-9_][A-Za-z0-9_-]*\Z", re.ASCII)
#: How many short names an object remembers; a large document may have millions of names.
_REMEMBERED = 10_000


class Prefixes:
    """Gives out prefixes as names need them; one object serves one document.

    Attributes:
        used: prefix → namespace, of the prefixes given out so far, which the document must declare.
            Those of `KNOWN` are not among them.
    """

    def __init__(self) -> None:
        """Begin without any prefix given out."""
        self.used: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._prefix_of: dict[str, str] = {namespace: prefix for prefix, namespace in KNOWN.items()}

    def short_name(self, uri: str) -> str:
        """Shorten a URI that many records use, an attribute's or a type's; it is remembered.

        Args:
            uri: the URI.

        Returns:
            The qualified name, ``prefix:local``.
        """
        known = self._names.get(uri)
        if known is None:
            known = self.short(uri)
            if len(self._names) < _REMEMBERED:
                self._names[uri] = known
        return known

    def short(self, uri: str) -> str:
        """Shorten a URI.

        Args:
            uri: the URI.

        Returns:
            The qualified name, ``prefix:local``.
        """
        namespace, local = split(uri)
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            prefix = _WELL_KNOWN.get(namespace) or f"ns{len(self.used) + 1}"
            self._prefix_of[namespace] = prefix
            self.used[prefix] = namespace
        return f"{prefix}:{local}"


def split(uri: str) -> tuple[str, str]:
    """Split a URI into a namespace and a local name.

    Args:
        uri: the URI.

    Returns:
        The namespace, which is never empty, and the local name, which may be.
    """
    if uri.startswith(names.OURS):
        at = uri.find(":", len(names.OURS)) + 1
        if uri[:at] in _OURS:
            return uri[:at], uri[at:]
    at = max(uri.rfind("/"), uri.rfind("#")) + 1
    local = uri[at:]
    if at and local.isascii() and local.replace("_", "").isalnum():
        return uri[:at], local
    found = _LOCAL.search(uri)
    at = found.start() if found else len(uri)
    return (uri[:at], uri[at:]) if at else (uri, "")
