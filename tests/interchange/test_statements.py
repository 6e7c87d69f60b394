"""Whatever PROV can say comes out of a store as it went in."""

from contextlib import closing

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provgraph.interchange.export import document_writer
from provgraph.model.values import union
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.statements import PROV, XSD, Literal, ProvStatement, ProvType
from provgraph.prov.values import literal_of, native_literal, native_value, stored_value
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.interchange.corpus import are_equal, exported, in_package, put
from tests.interchange.statements import documents, literals

_SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
_E1 = "http://example.org/e1"
_LABEL = (PROV + "label", Literal("x"))


def _written(statements: list[ProvStatement], format_name: str = "prov-json") -> bytes:
    return "".join(document_writer(format_name)(statements)).encode()


@_SETTINGS
@given(documents())
@example(
    [
        ProvStatement(ProvType.ENTITY, _E1, (), (_LABEL,)),
        ProvStatement(ProvType.ENTITY, _E1, (), ()),
    ]
)
@example(
    [
        ProvStatement(ProvType.ENTITY, _E1, (), (_LABEL,), each)
        for each in (None, "http://b/1", "http://b/2")
    ]
)
def test_a_document_comes_out_as_it_went_in(statements: list[ProvStatement]) -> None:
    content = _written(statements)
    with closing(open_store("sqlite://")) as store:
        assert put(store, content) == []
        out = exported(store)
    assert are_equal(in_package(content, ".json"), in_package(out, ".json"))
    with closing(open_store("sqlite://")) as one, closing(open_store("sqlite://")) as other:
        put(one, content)
        put(other, out)
        put(other, content)
        assert digest(one.scan()) == digest(other.scan())


@settings(_SETTINGS, max_examples=30)
@given(documents())
def test_prov_n_says_the_same(statements: list[ProvStatement]) -> None:
    as_json = in_package(_written(statements, "prov-json"), ".json")
    assert are_equal(as_json, in_package(_written(statements, "prov-n"), ".provn"))


@given(st.lists(literals(), max_size=4))
def test_values_stay_what_they_are_beside_others(values: list[Literal]) -> None:
    distinct = {literal_of(stored_value(each)) for each in values}
    assert {literal_of(each) for each in union(stored_value(each) for each in values)} == distinct


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(_VALUES)
def test_values_of_our_own_come_back(value: object) -> None:
    assert native_value(native_literal(value)) == value  # type: ignore[arg-type]


_NAMES = _TEXT | st.sampled_from(("prov:", "uri:", "http://", "urn:", names.ATTRIBUTE)).flatmap(
    lambda start: _TEXT.map(lambda rest: start + rest)
)


@given(_NAMES)
def test_names_of_attributes_come_back(name: str) -> None:
    assert names.attribute_name(names.attribute_uri(name)) == name


@given(_NAMES.filter(bool))
def test_uris_of_attributes_come_back(uri: str) -> None:
    assert names.attribute_uri(names.attribute_name(uri)) == uri


@given(_NAMES.filter(bool))
def test_ids_come_back(identifier: str) -> None:
    if not identifier.startswith("uri:"):
        assert (
            names.record_id(names.record_uri(identifier, Kind.ACTIVITY), Kind.ACTIVITY)
            == identifier
        )
    assert names.entity_id(names.entity_uri(identifier)) == identifier


def test_the_type_of_a_number_stays() -> None:
    values = [Literal("1", XSD + kind) for kind in ("int", "long", "string", "boolean", "decimal")]
    kept_values = union(stored_value(each) for each in values)
    assert len(kept_values) == 5
