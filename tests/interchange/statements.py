"""Random statements of PROV.

Every type, attribute, datatype and language, open ends, bundles, ids that collide.
"""

from hypothesis import strategies as st

from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    SLOTS,
    XSD,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)

_EX = "http://example.org/"
URIS = (
    *(f"{_EX}{name}" for name in ("e1", "e2", "a1", "a2", "x.y-z", "0")),
    "urn:uuid:1-2",
    "http://b.example/#ü",
)
BUNDLES = (None, None, f"{_EX}bundle1", f"{_EX}bundle2")
TIMES = (
    "2012-03-31T09:21:00",
    "2012-03-31T09:21:00Z",
    "2012-03-31T09:21:00.123456+01:00",
    "2011-11-16T24:00:00Z",
)
_TYPED = (
    ("1", "int"),
    ("01", "int"),
    ("1", "long"),
    ("9000000000", "long"),
    ("1", "integer"),
    ("1", "short"),
    ("1.0", "double"),
    ("0.5", "double"),
    ("INF", "double"),
    ("1.0", "float"),
    ("10.00", "decimal"),
    ("true", "boolean"),
    ("1", "boolean"),
    ("2012-03-31T09:21:00", "dateTime"),
    ("2012-03-31", "date"),
    ("http://example.org/", "anyURI"),
    ("x", "string"),
    ("1", "string"),
    ("AQ==", "base64Binary"),
    ("P1D", "duration"),
)
_TEXTS = (
    "",
    "1",
    "1.0",
    "true",
    "null",
    "[1]",
    '{"$":"1"}',
    "a text",
    "ü\n\"quoted\" \\ 'x'",
    "nan",
    "<b>&amp;</b>",
)
#: What stores hold as it is. U+0000 and lone surrogates come out escaped (docs/contract.md, Bad
#: input), which a test of its own expects.
_STORABLE = st.characters(codec="utf-8", exclude_characters="\x00")
_NAMES = (
    PROV + "label",
    PROV + "type",
    PROV + "role",
    PROV + "value",
    PROV + "location",
    _EX + "tag",
    _EX + "n-1",
)


def literals() -> st.SearchStrategy[Literal]:
    """Values of every kind that documents write."""
    return st.one_of(
        st.sampled_from(_TEXTS).map(Literal),
        st.sampled_from(_TYPED).map(lambda typed: Literal(typed[0], XSD + typed[1])),
        st.sampled_from(URIS).map(lambda uri: Literal(uri, QUALIFIED_NAME)),
        st.sampled_from(("Plan", "Collection", "Person", "Organization", "Bundle")).map(
            lambda name: Literal(PROV + name, QUALIFIED_NAME)
        ),
        st.tuples(st.sampled_from(_TEXTS), st.sampled_from(("en", "de-CH"))).map(
            lambda said: Literal(said[0], INTERNATIONALIZED_STRING, said[1])
        ),
        st.builds(Literal, st.text(_STORABLE, max_size=5), st.just(_EX + "myType")),
    )


def attributes() -> st.SearchStrategy[tuple[Pair, ...]]:
    """Attributes, some with several values."""
    pairs = st.lists(st.tuples(st.sampled_from(_NAMES), literals()), max_size=4, unique=True)
    return pairs.map(tuple)


@st.composite
def statements(draw: st.DrawFn) -> ProvStatement:
    """One statement."""
    kind = draw(st.sampled_from(ProvType))
    uri = st.sampled_from(URIS)
    identifier = draw(uri if kind in ELEMENTS else st.none() | uri | st.just("_:blank"))
    places = tuple(
        draw(st.none() | (st.sampled_from(TIMES) if place is Slot.TIME else uri))
        for place in SLOTS[kind]
    )
    return ProvStatement(
        kind, identifier, places, draw(attributes()), draw(st.sampled_from(BUNDLES))
    )


def documents() -> st.SearchStrategy[list[ProvStatement]]:
    """A document with few names, so that many statements are of one record."""
    return st.lists(statements(), max_size=8)
