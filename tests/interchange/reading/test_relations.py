"""What a document's relations say."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import AttributeReader
from provgraph.interchange.reading.context import StatementContext
from provgraph.interchange.reading.relations import relation_document
from provgraph.model.derived import end_of, start_of, stated_invalidation
from provgraph.model.records import Document, End
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.prov import names
from provgraph.prov.statements import PROV, Literal, Pair, ProvStatement, ProvType

_EX = "http://example.org/"
A1, A2, E1, E2, G1, P = (_EX + name for name in ("a1", "a2", "e1", "e2", "g1", "p"))
#: A time as a store keeps it, and as a document writes it.
TIME = "2026-11-21T08:00:00.000"
WRITTEN = TIME + "Z"


def _read(
    kind: ProvType,
    *slots: str | None,
    pairs: tuple[Pair, ...] = (),
    identifier: str | None = None,
    bundle: str | None = None,
) -> Document:
    statement = ProvStatement(kind, identifier, slots, pairs, bundle)
    return relation_document(statement, AttributeReader(), StatementContext())


def _mark(name: str, text: str) -> Pair:
    return names.own_attribute_uri("provgraph." + name), Literal(text)


def test_a_usage_is_an_input_of_the_run() -> None:
    role = ((PROV + "role", Literal("in")),)
    (mention,) = _read(ProvType.USAGE, A1, E1, WRITTEN, pairs=role, identifier=_EX + "u").mentions
    assert (mention.run, mention.relation, mention.role) == (A1, RelationType.USED, "in")
    assert (mention.identifier, mention.place) == (f"prov:{E1}", None)
    assert (mention.time, mention.source) == (TIME, "prov")
    assert mention.attributes == {names.ID: (_EX + "u",)}


def test_a_file_of_our_own_documents_is_named_by_its_path() -> None:
    named = names.entity_uri("default:/x@run")
    (mention,) = _read(ProvType.GENERATION, named, A1, None).mentions
    assert (mention.place, mention.identifier) == ("default:/x", None)
    marks = (_mark("source", "ctapipe default"), _mark("place", "default:/y"))
    (mention,) = _read(ProvType.GENERATION, named, A1, None, pairs=marks).mentions
    assert (mention.place, mention.identifier) == ("default:/y", None)
    assert mention.source == "ctapipe default"


def test_further_slots_bundle_and_zone_are_attributes() -> None:
    document = _read(ProvType.ASSOCIATION, A1, G1, P, bundle=_EX + "b")
    (relation,) = document.relations
    assert (relation.source, relation.target) == (End(Kind.ACTIVITY, A1), End(Kind.AGENT, G1))
    assert relation.attributes == {names.SLOT + "plan": (P,), names.BUNDLE: (_EX + "b",)}
    (ended,) = _read(ProvType.INVALIDATION, E1, A1, "2026-11-21T09:00:00+01:00").relations
    assert (ended.time, ended.attributes[names.TIME]) == (TIME, ("2026-11-21T09:00:00+01:00",))


@pytest.mark.parametrize(
    ("slots", "target", "attributes"),
    [
        ((A1, E1, A2, WRITTEN), End(Kind.ENTITY, f"prov:{E1}"), {names.SLOT + "starter": (A2,)}),
        ((A1, None, A2, WRITTEN), End(Kind.ACTIVITY, A2), {}),
    ],
)
def test_a_start_is_caused_by_its_trigger_else_by_its_starter(
    slots: tuple[str | None, ...], target: End, attributes: dict[str, tuple[str, ...]]
) -> None:
    """PROV-DM, section 5.1.6."""
    (relation,) = _read(ProvType.START, *slots).relations
    assert (relation.target, relation.attributes, relation.time) == (target, attributes, TIME)


def test_an_open_end_is_kept_on_the_other_one() -> None:
    document = _read(ProvType.USAGE, A1, "_:nobody", WRITTEN)
    assert document.run is not None
    (kept,) = document.run.facts["open.used"]
    assert kept == {
        "open": "target",
        "time": TIME,
        "prov": {"places": {"activity": A1, "time": WRITTEN}, "says": {}},
    }


def test_what_names_a_plan_only_is_kept_there_unseen() -> None:
    (entity,) = _read(ProvType.ASSOCIATION, None, None, P).entities
    assert (entity.identifier, list(entity.attributes)) == (
        f"prov:{P}",
        ["prov.open.wasAssociatedWith"],
    )


def test_what_names_nothing_is_kept_all_the_same() -> None:
    (entity,) = _read(ProvType.ATTRIBUTION, None, None).entities
    assert entity.identifier == names.NOTHING


def test_marks_make_an_influence_what_it_was() -> None:
    configured = (
        _mark("relation", "wasConfiguredBy"),
        _mark("effect", "activity"),
        _mark("cause", "collection"),
    )
    document = _read(ProvType.INFLUENCE, A1, names.SETTINGS + "ab", pairs=configured)
    assert document.run is not None
    assert (document.run.id, document.settings_keys) == (A1, (b"\xab",))
    described = (_mark("relation", "isDescribedBy"), _mark("effect", "activity"))
    tool = names.DESCRIPTION + "activityDescription/tool_1"
    (relation,) = _read(ProvType.INFLUENCE, A1, tool, pairs=described).relations
    assert relation.relation is RelationType.IS_DESCRIBED_BY
    assert relation.target == End(Kind.ACTIVITY_DESCRIPTION, "tool_1")
    with pytest.raises(LoadError, match="no key"):
        _read(ProvType.INFLUENCE, A1, names.SETTINGS + "nothing", pairs=configured)


@pytest.mark.parametrize("relation", [RelationType.USED, RelationType.WAS_GENERATED_BY])
def test_no_mark_makes_an_influence_an_input_or_output(relation: RelationType) -> None:
    """Those are what the rules of identity decide on."""
    marked = (_mark("relation", relation.value), _mark("effect", "entity"))
    (found,) = _read(ProvType.INFLUENCE, E1, A1, pairs=marked).relations
    assert found.relation is RelationType.WAS_INFLUENCED_BY


def test_an_influence_joins_records_of_the_kinds_that_the_document_says() -> None:
    statement = ProvStatement(ProvType.INFLUENCE, None, (A1, E1))
    context = StatementContext({A1: Kind.ACTIVITY})
    (relation,) = relation_document(statement, AttributeReader(), context).relations
    assert (relation.source, relation.target) == (
        End(Kind.ACTIVITY, A1),
        End(Kind.ENTITY, f"prov:{E1}"),
    )


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(LoadError):
        _read(ProvType.USAGE, A1, E1, "soon")


def test_a_derivation_implies_what_its_run_read_and_made() -> None:
    document = _read(ProvType.DERIVATION, E2, E1, A1, None, None)
    assert document.run is not None
    assert document.run.id == A1
    said = [(each.relation, each.identifier, each.is_inferred) for each in document.mentions]
    assert said == [
        (RelationType.USED, f"prov:{E1}", True),
        (RelationType.WAS_GENERATED_BY, f"prov:{E2}", True),
    ]


@pytest.mark.parametrize("activity", [None, "_:run"])
def test_a_derivation_without_a_run_implies_nothing(activity: str | None) -> None:
    document = _read(ProvType.DERIVATION, E2, E1, activity, None, None)
    assert (document.run, document.mentions) == (None, ())


@pytest.mark.parametrize("starter", [A2, None])
def test_the_time_of_a_start_is_a_start_of_the_activity(starter: str | None) -> None:
    """Also of a start whose cause nobody names."""
    (started, ended) = (
        _read(kind, A1, None, starter, WRITTEN).run for kind in (ProvType.START, ProvType.END)
    )
    assert started is not None
    assert ended is not None
    assert (started.id, start_of(started.facts), end_of(started.facts)) == (A1, TIME, None)
    assert (ended.id, start_of(ended.facts), end_of(ended.facts)) == (A1, None, TIME)


def test_the_time_of_an_invalidation_is_the_entitys_end() -> None:
    """Whoever invalidated it."""
    for activity in (A1, None):
        (entity,) = _read(ProvType.INVALIDATION, E1, activity, WRITTEN).entities
        assert (entity.identifier, stated_invalidation(entity.attributes)) == (f"prov:{E1}", TIME)
    assert not _read(ProvType.INVALIDATION, E1, A1, None).entities
