"""Prefixes for URIs.

A document's names are short, and each URI is the same when it is read back.
"""

import re

from provgraph.prov import names
from provgraph.prov.statements import PROV, XSD

KNOWN = {"prov": PROV, "xsd": XSD}
_WELL_KNOWN = {
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/terms/": "dcterms",
    "http://xmlns.com/foaf/0.1/": "foaf",
    names.VOPROV: "voprov",
    **{namespace: prefix for prefix, namespace in names.PREFIXES.items()},
}
_OURS = frozenset(names.PREFIXES.values())
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z|[A-Za-z0-9_][A-Za-z0-9_-]*\Z", re.ASCII)
#: How many names are remembered.
_REMEMBERED = 10_000


class Prefixes:
    """Gives out prefixes as names need them.

    Attributes:
        used: prefix → namespace of those given out.
    """

    def __init__(self) -> None:
        """Give out nothing yet."""
        self.used: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._of: dict[str, str] = {namespace: prefix for prefix, namespace in KNOWN.items()}

    def short_name(self, uri: str) -> str:
        """The qualified name of a URI that many records use, an attribute's or a type's."""
        known = self._names.get(uri)
        if known is None:
            known = self.short(uri)
            if len(self._names) < _REMEMBERED:
                self._names[uri] = known
        return known

    def short(self, uri: str) -> str:
        """The qualified name of a URI."""
        namespace, local = split(uri)
        prefix = self._of.get(namespace)
        if prefix is None:
            prefix = _WELL_KNOWN.get(namespace) or f"ns{len(self.used) + 1}"
            self._of[namespace] = prefix
            self.used[prefix] = namespace
        return f"{prefix}:{local}"


def split(uri: str) -> tuple[str, str]:
    """The namespace and the local name in a URI; the namespace is never empty."""
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
