"""The IVOA's XML schemas, as they lie in the corpus: what we answer is held to them."""

from functools import cache
from typing import Final

from lxml import etree

from tests.conftest import CORPUS

_FOLDER: Final = CORPUS / "ivoa"
#: The namespaces of documents, and of types that documents name → the schema.
_SCHEMAS: Final = {
    "http://www.ivoa.net/xml/UWS/v1.0": "UWS.xsd",
    "http://www.ivoa.net/xml/VODataService/v1.1": "VODataService.xsd",
    "http://www.ivoa.net/xml/VOSIAvailability/v1.0": "VOSIAvailability.xsd",
    "http://www.ivoa.net/xml/VOSICapabilities/v1.0": "VOSICapabilities.xsd",
    "http://www.ivoa.net/xml/VOTable/v1.3": "VOTable.xsd",
}


class _Corpus(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Schemas name each other by URLs of several servers; the files are found by their names."""

    def resolve(self, url: str, public: str, context: object) -> object:
        return self.resolve_filename(str(_FOLDER / url.rpartition("/")[2]), context)


@cache
def _schema() -> etree.XMLSchema:
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{file}"/>'
        for namespace, file in _SCHEMAS.items()
    )
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Corpus())
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text, parser))


def valid(document: str | bytes) -> etree._Element:
    """The root of a document of the IVOA's.

    Args:
        document: of UWS, VOSI or VOTable.

    Raises:
        etree.DocumentInvalid: it isn't valid by the schema of its namespace.
    """
    root = etree.fromstring(document.encode() if isinstance(document, str) else document)
    _schema().assertValid(root)
    return root
