"""What each format keeps of each construct.

Writes docs/reference/conformance.md (``python -m tests.interchange.conformance``).

Each construct is loaded, written in the format, loaded into another store, and compared by the prov
package.
"""

from contextlib import closing
from pathlib import Path

from prov.model import ProvDocument

from provgraph.errors import ProvGraphError
from provgraph.interchange.export import export
from provgraph.interchange.writing import prov_json
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    XSD,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.interchange.corpus import are_equal, exported, in_package, put

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
FORMATS = ("prov-json", "prov-n", "prov-xml", "turtle", "trig", "rdf-xml", "n-triples", "json-ld")
KEPT, CHANGED, NOT_WRITTEN = "kept", "changed", "not written"
_EX = "http://example.org/"
_TIME = "2026-11-21T08:30:00Z"
_PLACES = {
    "time": _TIME,
    "startTime": _TIME,
    "endTime": "2026-11-21T09:30:00Z",
    "activity": "a1",
    "entity": "e1",
    "agent": "g1",
    "trigger": "e1",
    "starter": "a2",
    "ender": "a2",
    "plan": "e2",
    "responsible": "g2",
    "delegate": "g1",
    "generation": "gen1",
    "usage": "use1",
}

_ONE_NAME = "in RDF all that is said of one name is one description: they come out as one"
_NO_GRAPHS = (
    "Turtle, RDF/XML and N-Triples hold one graph, and a bundle is one of its own: take TriG"
)
NOTES = {
    "mentionOf, all places": "PROV-JSONLD has no mentionOf",
    "two records of one id": _ONE_NAME,
    "two relations of one id": _ONE_NAME,
    "a bundle": _NO_GRAPHS,
    "the same record inside and outside of a bundle": _NO_GRAPHS,
}


def _uri(name: str) -> str:
    return name if name.startswith("2026") else _EX + name


def _full(kind: ProvType, *pairs: Pair, id_: str | None = None, without: str = "") -> ProvStatement:
    """A statement with something at all its places but one."""
    places = tuple(
        None if name == without else _uri(_PLACES.get(name, name)) for name in SLOT_NAMES[kind]
    )
    return ProvStatement(kind, None if id_ is None else _EX + id_, places, pairs)


def _entity(name: str, *pairs: Pair, bundle: str | None = None) -> ProvStatement:
    return ProvStatement(
        ProvType.ENTITY, _EX + name, (), pairs, None if bundle is None else _EX + bundle
    )


def _pair(
    text: str, kind: str | None = None, language: str | None = None, name: str = "tag"
) -> Pair:
    return _EX + name, Literal(text, kind, language)


_VALUES = (
    _pair("a text"),
    _pair("1", XSD + "int"),
    _pair("9000000000", XSD + "long"),
    _pair("0.5", XSD + "double"),
    _pair("true", XSD + "boolean"),
    _pair("2026-11-21T08:30:00Z", XSD + "dateTime"),
    _pair("P1D", XSD + "duration"),
    _pair(_EX, XSD + "anyURI"),
    _pair(_EX + "name", QUALIFIED_NAME),
    _pair("x", _EX + "myType"),
)
_RELATIONS = [kind for kind in ProvType if kind not in ELEMENTS]
_QUALIFIED = [
    kind
    for kind in _RELATIONS
    if kind.name not in ("MEMBERSHIP", "SPECIALIZATION", "ALTERNATE", "MENTION")
]
_OPEN = {
    ProvType.USAGE: "entity",
    ProvType.GENERATION: "activity",
    ProvType.INVALIDATION: "activity",
    ProvType.START: "trigger",
    ProvType.END: "trigger",
    ProvType.ASSOCIATION: "agent",
}

CONSTRUCTS: dict[str, list[ProvStatement]] = {
    "entity, activity and agent": [
        _entity("e1"),
        _full(ProvType.ACTIVITY, id_="a1"),
        ProvStatement(ProvType.AGENT, _EX + "g1", ()),
    ],
    "a time in another zone": [
        ProvStatement(ProvType.ACTIVITY, _EX + "a1", ("2026-11-21T08:30:00+01:00", None))
    ],
    "a time without zone": [
        ProvStatement(ProvType.ACTIVITY, _EX + "a1", ("2026-11-21T08:30:00", None))
    ],
    "types, labels, values, locations": [
        _entity(
            "e1",
            (PROV + "type", Literal(PROV + "Plan", QUALIFIED_NAME)),
            (PROV + "label", Literal("x")),
            (PROV + "value", Literal("1", XSD + "int")),
            (PROV + "location", Literal("y")),
        )
    ],
    "a value of every kind": [_entity(f"e{at}", pair) for at, pair in enumerate(_VALUES)],
    "a text in a language": [_entity("e1", _pair("Wert", INTERNATIONALIZED_STRING, "de"))],
    "several values": [
        _entity(
            "e1", _pair("1", XSD + "int"), _pair("1"), _pair("true", XSD + "boolean"), _pair("one")
        )
    ],
    **{f"{kind.value}, all places": [_full(kind)] for kind in _RELATIONS},
    "relations with an id": [_full(kind, id_=f"id{at}") for at, kind in enumerate(_QUALIFIED)],
    "relations with attributes": [_full(kind, _pair("x")) for kind in _QUALIFIED],
    "roles": [
        _full(kind, (PROV + "role", Literal("in")))
        for kind in (ProvType.USAGE, ProvType.GENERATION, ProvType.ASSOCIATION)
    ],
    "relations with an open end": [
        _full(kind, id_=f"id{at}", without=name) for at, (kind, name) in enumerate(_OPEN.items())
    ],
    "two records of one id": [_entity("e1", _pair("1")), _entity("e1", _pair("2"))],
    "two relations of one id": [
        _full(ProvType.USAGE, _pair("1"), id_="u"),
        _full(ProvType.USAGE, _pair("2"), id_="u"),
    ],
    "a bundle": [
        _entity("b", (PROV + "type", Literal(PROV + "Bundle", QUALIFIED_NAME))),
        _entity("e1", bundle="b"),
    ],
    "the same record inside and outside of a bundle": [
        _entity("e1", _pair("1")),
        _entity("e1", _pair("2"), bundle="b"),
        _entity("e1", _pair("1"), bundle="c"),
    ],
}


def outcomes(statements: list[ProvStatement]) -> list[str]:
    """What becomes of a construct that is written in each of the formats."""
    with closing(open_store("sqlite://")) as store:
        put(store, "".join(prov_json.write(statements)).encode())
        held = in_package(exported(store), ".json")
        return [_outcome(store, held, format_name) for format_name in FORMATS]


def _outcome(store: Store, held: ProvDocument, format_name: str) -> str:
    try:
        content = "".join(export(store, format_name)).encode()
    except ProvGraphError:
        return NOT_WRITTEN
    with closing(open_store("sqlite://")) as copy:
        if put(copy, content):
            return CHANGED
        same = are_equal(held, in_package(exported(copy), ".json"))
    return KEPT if same else CHANGED


def page() -> str:
    """The page as it should be."""
    lines = [
        "# What each format keeps",
        "",
        "Made by a test run (`python -m tests.interchange.conformance`): "
        "each construct is loaded, written in the",
        "format, loaded into another store, and compared by the prov package. "
        "*kept*: nothing differs.",
        "Which documents of the W3C's are exceptions, and why: "
        "[interchange.md](../explanation/interchange.md).",
        "",
        f"| construct | {' | '.join(FORMATS)} |",
        f"|---|{'---|' * len(FORMATS)}",
    ]
    notes: list[str] = []
    for name, statements in CONSTRUCTS.items():
        found = outcomes(statements)
        if set(found) != {KEPT}:
            notes.append(f"{len(notes) + 1}. *{name}*: {NOTES[name]}.")
        cells = [each if each == KEPT else f"**{each}** ({len(notes)})" for each in found]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *notes, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
