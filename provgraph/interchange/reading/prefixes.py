"""The prefixes that a PROV-JSON document declares."""

from provgraph.errors import LoadError
from provgraph.model.values import storable_text
from provgraph.prov.addresses import is_relative, resolved
from provgraph.prov.names import WELL_KNOWN
from provgraph.prov.statements import PROV, XSD

#: The prefixes that every document knows (PROV-JSON member submission, section 2.1).
_KNOWN = {"prov": PROV, "xsd": XSD, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
#: Prefixes with one meaning, which some tools use and do not declare: prefix → namespace.
_UNDECLARED = {prefix: namespace for namespace, prefix in WELL_KNOWN.items()}


class DeclaredPrefixes:
    """The prefixes of a document or of a bundle, which has those of its document too.

    Attributes:
        are_relative: whether a namespace depends on the address of the document.
    """

    def __init__(
        self,
        outer: "DeclaredPrefixes | None" = None,
        own: "DeclaredPrefixes | None" = None,
        address: str | None = None,
    ) -> None:
        """Begin with what every document knows.

        Args:
            outer: of the document that has the bundle; None of a document.
            own: prefixes that are declared somewhere in the document or bundle; None when they are
                added as they are read.
            address: of the document, against which relative namespaces resolve.
        """
        self._address: str | None = address if outer is None else outer._address
        self.are_relative = False
        self._known = dict(_KNOWN)
        self._default: str | None = None
        for each in (outer, own):
            if each is not None:
                self._known.update(each._known)
                self._default = each._default or self._default

    def add(self, prefix: str, uri: object) -> None:
        """Declare a prefix.

        Args:
            prefix: ``default`` is the one of names without a prefix; those that every document
                knows keep their meaning.
            uri: the namespace.

        Raises:
            LoadError: the namespace is no text, or empty.
        """
        if not isinstance(uri, str) or not uri.strip():
            raise LoadError(f"the prefix {prefix!r} stands for {uri!r}, which is no URI")
        if self._address is not None and is_relative(uri):
            self.are_relative = True
            uri = resolved(uri, self._address)
        if prefix == "default":
            self._default = storable_text(uri)
        elif prefix not in _KNOWN:
            self._known[prefix] = storable_text(uri)

    def uri(self, name: str) -> str | None:
        """Find the full URI of a qualified name.

        Args:
            name: as ``ex:e1``; or a full URI in one of the declared namespaces.

        Returns:
            the URI; None when the prefix is neither declared nor well known, as ``voprov`` is.
        """
        prefix, colon, local = name.partition(":")
        if not colon:
            return None if self._default is None else self._default + name
        namespace = self._known.get(prefix) or _UNDECLARED.get(prefix)
        if namespace is not None:
            return namespace + local
        return name if any(map(name.startswith, self._known.values())) else None
