"""The documents that the prov package brings along to test itself, and what it makes of them."""

import warnings
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import cast

import prov.tests
from prov.model import ProvDocument

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.export import statements
from provgraph.interchange.writing.prov_json import write
from provgraph.loaders.protocol import HEAD, Problem, RelativeNames
from provgraph.loaders.registry import loader_for
from provgraph.model.records import Document
from provgraph.store.protocol import Store

ROOT = Path(str(prov.tests.__file__)).parent
#: How the package is told what a file is.
_FORMATS = {
    ".json": ("json", {}),
    ".jsonld": ("jsonld", {}),
    ".provn": ("provn", {}),
    ".provx": ("xml", {}),
    ".rdf": ("rdf", {"rdf_format": "xml"}),
    ".trig": ("rdf", {"rdf_format": "trig"}),
    ".ttl": ("rdf", {"rdf_format": "turtle"}),
    ".xml": ("xml", {}),
}
_BEYOND_PROV_N = (
    "it goes beyond the grammar of the recommendation (names without namespace, dictionaries)"
)
#: Documents of which some expressions are problems and the rest is read, and why.
PARTLY_READ = {
    f"provn/provtoolbox/{name}.provn": _BEYOND_PROV_N
    for name in ("container0", "container1", "container2", "prov-family", "prov-family-graphics")
}
#: Documents that the package refuses and provgraph reads.
READ_ALL_THE_SAME = {
    **{
        f"xml/example_{number}.xml": "it has names of no namespace, which are read as texts"
        for number in (11, 12, 17, 22, 23, 24, 25, 27, 28, 37, 38, 39)
    },
    **{
        f"rdf/scruffy-{name}{number}-{kind}.ttl": "a relation has two times: it is read as two"
        for kind in "MS"
        for name in ("generation", "invalidation", "usage", "start", "end")
        for number in (1, 2)
    },
}
#: Documents that the package refuses and provgraph reads but for one relation.
READ_IN_PART = {
    f"rdf/scruffy-{name}{number}-{kind}.ttl": "two relations of one name differ in two places: "
    "PROV-O can't say which values belong together"
    for kind in "MS"
    for name in ("start", "end")
    for number in (3, 4)
}
#: Documents that come out as another one, and why.
CHANGED = {
    "rdf/bundle2.ttl": "of what is an entity and an activity the package makes the one that it "
    "meets first; here it comes out as both",
    "xml/example_33.xml": "a membership of three members comes out as three, as PROV-DM has it "
    "(section 5.6.2)",
}


def files(*patterns: str) -> list[Path]:
    """The documents under these patterns."""
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def name_of(path: Path) -> str:
    """What the tables call a document."""
    return str(path.relative_to(ROOT))


def in_package(content: bytes, suffix: str) -> ProvDocument:
    """A document as the package reads it."""
    name, options = _FORMATS[suffix]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: ProvDocument = ProvDocument.deserialize(BytesIO(content), format=name, **options)
    return found


def read(content: bytes) -> list[Document | Problem]:
    """A document as provgraph reads it."""
    stream = BufferedReader(BytesIO(content))
    found = loader_for(content[:HEAD]).documents(cast("BufferedReader", stream), "default")
    return [each for each in found if not isinstance(each, RelativeNames)]


def put(store: Store, content: bytes) -> list[Problem]:
    """Load a document; what is wrong with it."""
    found = read(content)
    with store.writing() as transaction:
        integrate(transaction, [each for each in found if isinstance(each, Document)])
    return [each for each in found if isinstance(each, Problem)]


def exported(store: Store) -> bytes:
    """All that a store holds as PROV-JSON."""
    with store.viewing() as view:
        return "".join(write(statements(view))).encode()


def are_equal(one: ProvDocument, other: ProvDocument) -> bool:
    """Whether the package finds no difference, whichever it asks."""
    return bool(one == other and other == one)
