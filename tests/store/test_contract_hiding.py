"""What every store must do alike: no face tells who may not see all what a hidden record is.

The questions are made from the GraphQL schema and from the tables of routes and formats, so a new
field, route or format is asked by itself.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import graphql
import pytest

from provgraph.graphql.schema import schema
from provgraph.ingest.invalidation import invalidate
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.hiding import HidingRule, HidingRules
from provgraph.model.identifiers import place_of
from provgraph.model.recalls import UsesOfPath, recall_node
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    key_of,
)
from provgraph.model.vocabulary import EntityType, Kind, RelationType
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import find, lineage
from provgraph.server_settings import ServingLimits
from provgraph.store.hidden_views import HidingView
from provgraph.store.hiding import HidingStore
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.served import ServedStore
from provgraph.store.views import View
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.jobs.documents import DOCUMENTS
from provgraph.web.jobs.provenance import provenance_of
from provgraph.web.provsap import FORMATS, IVOA, W3C
from provgraph.web.roles import ROUTES, Right, Role
from provgraph.web.tokens import TokenFile
from provgraph.writers.json import document
from tests.graphql.conftest import served
from tests.store.test_contract import put

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
#: Stands in all that is said of what is hidden, and nowhere else.
WORD = "zqxj"
SECRET = f"/hidden/night/{WORD}.dl0.h5"
PRODUCT = "product:5ecc2e70-0000-4000-8000-00000000beef"
SUM = "b10c5adf00d1e5a5"
RAW, DL1, DL3, LOG = "/open/a.dl0.h5", "/open/a.dl1.h5", "/open/a.dl3.fits", "/open/other.log"
RECALL = UsesOfPath(place_of(SECRET))
#: The first of them is that of most tests.
RULES = {
    "path": HidingRule(under=("/hidden",)),
    "type": HidingRule(types=("collection",)),
    "embargo": HidingRule(data_levels=("DL0",), embargo_days=365),
    "seen by others": HidingRule(under=("/hidden",), seen_by=frozenset({"curator"})),
}
LOOSE = ServingLimits(depth=99, aliases=999, tokens=99_999, fields=999_999, cost=10**12)
#: Depth of the fields that are asked for below each field of ``Query``.
DEPTH = 3


def said(name: str, files: str, hour: int, **facts: Any) -> Run:
    return Run(
        name,
        {
            "name": (files,),
            "version": ("1.0",),
            "startTime": (f"2026-01-01T{hour:02}:00:00.000",),
            "endTime": (f"2026-01-01T{hour:02}:30:00.000",),
            **{key: (value,) for key, value in facts.items()},
        },
    )


def named(run: str, relation: RelationType, path: str, product: str | None = None) -> Mention:
    return Mention(
        run, relation, f"role of {path.rpartition('.')[2]}", place_of(path), product, "t"
    )


def open_documents() -> list[Document]:
    """What everybody may see."""
    calibration = (named("run-calib", USED, RAW), named("run-calib", MADE, DL1))
    analysis = (named("run-analysis", USED, DL1), named("run-analysis", MADE, DL3))
    other = Settings("Other", {"Other.level": 3, "Other.out": "/open/logs"})
    return [
        Document(said("run-analysis", "analyse", 12, host="wn1"), analysis, settings=(other,)),
        Document(said("run-calib", "calibrate", 11, host="wn1"), calibration),
        Document(said("run-other", "watch", 9), (named("run-other", MADE, LOG),)),
        Document(
            agents=(Agent("ex:cta", "CTA"),),
            relations=(
                StatedRelation(
                    RelationType.WAS_ASSOCIATED_WITH,
                    End(Kind.ACTIVITY, "run-calib"),
                    End(Kind.AGENT, "ex:cta"),
                ),
            ),
        ),
    ]


def hidden_documents() -> list[Document]:
    """A file, the run that made it, one that read it and failed, and one that made DL1 of it."""
    settings = Settings("Tool", {"Tool.out": SECRET, f"Tool.{WORD}": WORD, "Tool.url": f"x/{WORD}"})
    making = (Mention("obs-1", MADE, f"role {WORD}", place_of(SECRET), PRODUCT, "t", None, {}),)
    reading = named("failed-1", USED, SECRET, PRODUCT)
    calib = named("run-calib", USED, SECRET, PRODUCT)
    file = End(Kind.ENTITY, PRODUCT)
    return [
        Document(
            said("obs-1", f"observe {WORD}", 10, host=f"{WORD}.org", arguments=f"-o {SECRET}"),
            making,
            settings=(settings,),
            config_files=(place_of(f"/hidden/{WORD}.yaml"),),
        ),
        Document(said("failed-1", f"look at {WORD}", 10), (reading,), settings=(settings,)),
        Document(
            Run("run-calib", {"arguments": (f"calib {WORD}",)}),
            (calib,),
            settings=(settings,),
            config_files=(place_of(f"/hidden/{WORD}.yaml"),),
        ),
        Document(
            entities=(
                StatedEntity(
                    PRODUCT,
                    {"checksum": (SUM,), "OBJECT": (WORD,), "data.level": ("DL0",)},
                    EntityType.COLLECTION,
                ),
            ),
            relations=(
                StatedRelation(
                    RelationType.WAS_ATTRIBUTED_TO, file, End(Kind.AGENT, "ex:cta"), WORD
                ),
                StatedRelation(
                    RelationType.WAS_DERIVED_FROM,
                    End(Kind.ENTITY, f"file:{DL1}@run-calib"),
                    file,
                    None,
                    None,
                    {"how": (WORD,)},
                ),
            ),
        ),
    ]


def filled(store: Store, *documents: Document) -> None:
    put(store, *documents)
    if len(documents) > len(open_documents()):
        invalidate(store, find(store, SECRET), "2026-02-01", f"{WORD} was wrong", "Ada")
        invalidate(store, recall_node(RECALL), "2026-02-01", f"{WORD} again", "Ada")


#: What is asked for by: what is hidden, what is not, and what is nearly either.
NAMES = (
    *(SECRET, PRODUCT[:20], f"{WORD}.dl0.h6", "obs-1", RECALL.id, f"{SECRET}@obs-1"),
    *(DL3, "run-calib"),
)
#: The same for conditions.
TEXTS = (WORD, SECRET)
#: What is asked for where nothing else is.
USUAL = {"tool": "calibrate", "version": "1.0"}
TIME = "2026-01-01T12:00:00Z"


def values_of(kind: Any, texts: Sequence[str]) -> list[Any]:
    """Values that an argument of a GraphQL type is asked with."""
    kind = graphql.get_nullable_type(kind)
    if isinstance(kind, graphql.GraphQLList):
        return [[each] for each in values_of(kind.of_type, texts)]
    if isinstance(kind, graphql.GraphQLEnumType):
        return list(kind.values)[:2]
    if isinstance(kind, graphql.GraphQLInputObjectType):
        must = {
            name: values_of(field.type, texts)[0]
            for name, field in kind.fields.items()
            if graphql.is_required_input_field(field)
        }
        return [
            must | {name: value}
            for name, field in kind.fields.items()
            for value in values_of(field.type, TEXTS)
        ]
    usual: dict[str, list[Any]] = {"Boolean": [True], "Int": [5], "DateTime": [TIME]}
    return usual.get(kind.name, list(texts))


def fields_below(kind: Any, depth: int, inside: tuple[str, ...] = ()) -> str:
    """All fields of a GraphQL type that need no argument, so deep; no type inside itself."""
    kind = graphql.get_named_type(kind)
    if graphql.is_leaf_type(kind):
        return ""
    if isinstance(kind, graphql.GraphQLInterfaceType):
        members = schema._schema.get_implementations(kind).objects
        parts = (f"... on {each.name} {fields_below(each, depth, inside)}" for each in members)
        return f"{{ {' '.join(parts)} }}"
    below = [
        f"{name} {fields_below(field.type, depth - 1, (*inside, kind.name))}"
        for name, field in kind.fields.items()
        if (named := graphql.get_named_type(field.type)).name not in inside
        and (depth or graphql.is_leaf_type(named))
    ]
    return f"{{ {' '.join(below)} __typename }}"


def literal(value: Any, kind: Any) -> str:
    """A value as a GraphQL document writes it."""
    kind = graphql.get_nullable_type(kind)
    if isinstance(kind, graphql.GraphQLList):
        return f"[{', '.join(literal(each, kind.of_type) for each in value)}]"
    if isinstance(kind, graphql.GraphQLInputObjectType):
        members = (f"{key}: {literal(each, kind.fields[key].type)}" for key, each in value.items())
        return f"{{{', '.join(members)}}}"
    return str(value) if isinstance(kind, graphql.GraphQLEnumType) else json.dumps(value)


def questions(most: int | None = None) -> Iterator[tuple[str, str]]:
    """The name of each field of ``Query``, and documents that ask for it in many ways.

    All fields below it are asked for in the first way.
    """
    for name, field in schema._schema.query_type.fields.items():  # type: ignore[union-attr]
        must = {
            key: [DL3, DL1] if key == "ids" else USUAL.get(key, DL3)
            for key, each in field.args.items()
            if graphql.is_required_argument(each)
        }
        ways: list[dict[str, Any]] = [must]
        for key, each in field.args.items():
            texts = TEXTS if key == "text" else NAMES
            ways += [must | {key: value} for value in values_of(each.type, texts)]
        asked = [
            f"{name}{arguments(way, field.args)} {fields_below(field.type, 0 if number else DEPTH)}"
            for number, way in enumerate(ways[:most])
        ]
        if graphql.is_non_null_type(field.type):  # its error would take the others with it
            yield from ((name, f"{{ {each} }}") for each in asked)
        else:
            aliased = (f"a{number}: {each}" for number, each in enumerate(asked))
            yield name, f"{{ {' '.join(aliased)} }}"


def arguments(given: dict[str, Any], known: Any) -> str:
    written = ", ".join(f"{key}: {literal(value, known[key].type)}" for key, value in given.items())
    return f"({written})" if written else ""


#: A store in a file does what one in memory does; the first is asked everything.
FIRST = "memory"
STORES = pytest.mark.parametrize("store_url", [FIRST, "postgresql", "neo4j"], indirect=True)


@pytest.fixture
def known(store: Store) -> Store:
    """A store with what is hidden and what is not."""
    filled(store, *open_documents(), *hidden_documents())
    return store


def hiding(rule: str = "path") -> HidingRules:
    return HidingRules((RULES[rule],), b"secret")


def seen(store: Store, rule: str = "path") -> Store:
    """The store as it is seen by who has no role."""
    return ServedStore(store, hiding(rule)).seen_by(frozenset())


#: What stands for the hidden records, also in ids and keys.
MARKS = (
    *(WORD, PRODUCT.removeprefix("product:"), SUM, "obs-1", "failed-1", "/hidden"),
    *(
        key_of(kind, name).hex()
        for kind, name in (
            (Kind.ENTITY, PRODUCT),
            (Kind.ACTIVITY, "obs-1"),
            (Kind.ACTIVITY, "failed-1"),
            (Kind.ENTITY, RECALL.id),
        )
    ),
)


def told(text: str) -> list[str]:
    """What of the hidden records a text tells."""
    return [mark for mark in MARKS if mark in text]


def told_by(answer: dict[str, Any]) -> list[str]:
    """The same of an answer of GraphQL; an error may repeat the name that was asked for."""
    errors = answer.pop("errors", [])
    for error in errors:
        for name in sorted((*NAMES, *TEXTS), key=len, reverse=True):
            error["message"] = error["message"].replace(name, "")
    return told(json.dumps([answer, errors], ensure_ascii=False))


@STORES
def test_no_field_tells_what_is_hidden(known: Store) -> None:
    """What masks is one for all stores: what differs among them is tried by other tests."""
    is_first = known.address == "sqlite://"
    with served(known, Reception(limits=LOOSE, hiding=hiding())) as client:
        codes = set()
        for name, document in questions(None if is_first else 1):
            answer = client.post("/graphql", json={"query": document}).json()
            codes |= {each["extensions"]["code"] for each in answer.get("errors", ())}
            assert told_by(answer) == [], (name, document)
        assert codes == {"NOT_FOUND", "BAD_USER_INPUT", "HIDDEN"} or not is_first


#: Fields that tell of hidden records nothing but numbers, or nothing.
SILENT = {"stats", "agents"}


def test_the_fields_tell_it_where_nothing_is_hidden() -> None:
    """So what is asked would find it."""
    with closing(open_store("sqlite://")) as store:
        filled(store, *open_documents(), *hidden_documents())
        telling: set[str] = set()
        with served(store, Reception(limits=LOOSE)) as client:
            for name, document in questions():
                if name not in telling | SILENT:
                    answer = client.post("/graphql", json={"query": document}).json()
                    telling |= {name} if told_by(answer) else set()
    assert telling == {name for name, _ in questions(1)} - SILENT


@pytest.mark.parametrize("rule", RULES)
def test_each_kind_of_rule_masks_what_led_to_a_public_file(rule: str) -> None:
    with closing(open_store("sqlite://")) as store:
        filled(store, *open_documents(), *hidden_documents())
        asked = seen(store, rule)
        found = with_summary(asked, lineage(asked, find(asked, DL3)))
        masked = {(each.kind, each.type) for each in found.nodes if each.masked}
        assert masked == {(Kind.ENTITY, "Collection"), (Kind.ACTIVITY, None)}
        assert told(repr(document(found))) == []
        assert len(found.edges) == len(lineage(store, find(store, DL3)).edges) - 1, "to the agent"
        (end,) = [each for each in found.summary.ends if each.why == "hidden"]  # type: ignore[union-attr]
        assert end.id.startswith("hidden:")
        (dl3, *_) = found.nodes
        assert len(dl3.tainted) == 2, "that the product is tainted is told"
        curator = ServedStore(store, hiding(rule)).seen_by(frozenset({"curator"}))
        assert (curator is store) == (rule == "seen by others")


@STORES
def test_no_document_and_no_route_tells_it(known: Store) -> None:
    is_first = known.address == "sqlite://"
    with served(known, Reception(limits=LOOSE, hiding=hiding())) as client:
        texts = [
            client.get(each.path).text
            for each in ROUTES
            if each.method == "GET" and each.right in (None, Right.READ)
        ]
        for form, model in [(form, model) for form in FORMATS for model in (IVOA, W3C)]:
            if form == "PROV-PNG" or (FORMATS[form].written and model not in FORMATS[form].written):
                continue  # PNG is drawn as SVG is
            if form != "PROV-JSON" and not is_first:
                continue  # all are made of the same statements
            ways = ((DL3, "BACK"), (RAW, "FORWARD"), ("run-calib", "BACK"))
            for name, way in ways if form == "PROV-JSON" else ways[:1]:
                asked = f"ID={name}&DIRECTION={way}&DEPTH=ALL&MEMBERS=1&DESCRIPTIONS=2"
                answer = client.get(f"/provsap?{asked}&RESPONSEFORMAT={form}&MODEL={model}")
                assert answer.status_code == 200, answer.text
                if way == "BACK":
                    said = unquote(answer.text)
                    assert re.search("hidden[:/_]?[0-9a-f]{8}", said.replace("\\", "")), form
                    assert "masked" in said or "SVG" in form, form
                texts.append(answer.text)
        for name in NAMES[:5]:
            answer = client.get(f"/provsap?ID={quote(name)}&RESPONSEFORMAT=PROV-JSON")
            assert answer.status_code == 404
            texts.append(answer.text.replace(name, ""))
    some = DOCUMENTS if is_first else ["provjson"]
    texts += [provenance_of(seen(known), "run-calib", each) for each in some]
    assert [told(each) for each in texts if told(each)] == []


@STORES
def test_who_asks_counts_and_finds_what_a_store_without_it_would(known: Store) -> None:
    asked = seen(known)
    counted = ("activities", "entities", "agents", "descriptions")
    with closing(open_store("sqlite://")) as other:
        filled(other, *open_documents())
        for kind in (Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT):
            for search in SEARCHES:
                wanted = Filter(search=search, kinds=(kind,))
                for order in ORDERS if search == Search() else ORDERS[:1]:
                    ours, theirs = (_pages(each, wanted, order) for each in (asked, other))
                    assert ours == theirs, (kind, search)
        for name in (WORD, "obs-1", "run", "a.dl1", "lo", "observe"):
            assert asked.names_near(name, 5) == other.names_near(name, 5)
            found = ([n.id for n in each.called((name,), (name,), 2)] for each in (asked, other))
            assert next(found) == next(found)
        counts, expected = asked.stats(), other.stats()
        assert set(counts) == {"settings", "loads", *counted}
        assert [counts[each] for each in counted] == [expected[each] for each in counted]
    assert [each.node.id for each in asked.tainted(None, PageRequest()).found] == [
        f"file:{DL3}@run-analysis"
    ]


ORDERS = (SortOrder.TIME, SortOrder.NAME)
#: What is searched for; dates and paths on either side of what is hidden.
SEARCHES = (
    Search(),
    Search(WORD),
    Search("open"),
    Search(under="/"),
    Search(under="/hidden"),
    Search(tools=("calibrate",), under="/"),
    Search(since="2026-01-01T10:00:00.000", until="2026-01-01T11:00:00.000"),
    Search(external=True),
    Search(invalid=True),
    Search(types=("Collection", "ValueEntity")),
)


def _pages(store: Store, wanted: Filter, order: SortOrder) -> list[tuple[int | None, list[str]]]:
    """Total and ids of each page of two."""
    found, after = [], None
    while True:
        page = store.find(wanted, order, PageRequest(3, after, counted=True))
        found.append((page.total, [each.node.id for each in page.found]))
        if (after := page.after) is None:
            return found


def test_who_may_not_see_all_may_change_nothing(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    bearer = {"authorization": f"Bearer {file.add('eve', Role.CURATOR)}"}
    change = f'mutation {{ invalidate(target: {{record: "{DL3}"}}, reason: "x") {{ runs }} }}'
    codes = []
    with closing(open_store("sqlite://")) as store:
        filled(store, *open_documents(), *hidden_documents())
        for rule in ("path", "seen by others"):
            reception = Reception(access=AccessSettings(file.path), hiding=hiding(rule))
            with served(store, reception) as client:
                answer = client.post("/graphql", json={"query": change}, headers=bearer).json()
                codes.append([each["extensions"]["code"] for each in answer.get("errors", ())])
    assert codes == [["HIDDEN"], []]


def test_nothing_of_the_protocol_is_forgotten() -> None:
    """A new question would go past the rules, or answer nothing."""
    for kind, protocol in ((HidingStore, Store), (HidingView, View)):
        methods = {name for each in protocol.__mro__ for name in vars(each) if name[0] != "_"}
        assert methods <= set(vars(kind)) | {"limits"}
