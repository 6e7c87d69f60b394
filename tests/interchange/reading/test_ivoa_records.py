"""Descriptions and configurations in documents of the IVOA's flavour."""

from collections.abc import Iterable

from provgraph.interchange.reading.documents import documents
from provgraph.model.records import Description, Document, End, Settings
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.prov.names import VOPROV, entity_uri
from provgraph.prov.statements import PROV, QUALIFIED_NAME, Literal, ProvStatement, ProvType

_EX = "http://example.org/"
A, D, U, E, P = (_EX + name for name in "adueq")


def _of_class(uri: str, class_: str, /, **attributes: str) -> ProvStatement:
    pairs = [(PROV + "type", Literal(VOPROV + class_, QUALIFIED_NAME))]
    pairs += [(VOPROV + key, Literal(text)) for key, text in attributes.items()]
    return ProvStatement(ProvType.ENTITY, uri, (), tuple(pairs))


def _relation(class_: str, effect: str, cause: str, /, **attributes: str) -> ProvStatement:
    pairs = [(PROV + "type", Literal(VOPROV + class_, QUALIFIED_NAME))]
    pairs += [(VOPROV + key, Literal(text)) for key, text in attributes.items()]
    return ProvStatement(ProvType.INFLUENCE, None, (effect, cause), tuple(pairs))


_RUN = ProvStatement(ProvType.ACTIVITY, A, (None, None))


def _read(*statements: ProvStatement) -> list[Document]:
    found = list(documents(statements))
    assert all(isinstance(each, Document) for each in found)
    return [each for each in found if isinstance(each, Document)]


def _descriptions(read: Iterable[Document]) -> list[Description]:
    return [each for document in read for each in document.descriptions]


def test_a_description_is_a_record_of_its_own() -> None:
    read = _read(_RUN, _of_class(D, "ActivityDescription", name="job", version="1", own="x"))
    assert _descriptions(read) == [
        Description(
            D,
            DescriptionType.ACTIVITY,
            {"name": ("job",), "version": ("1",), VOPROV + "own": ("x",)},
        )
    ]
    assert not any(each.entities for each in read)


def test_multiplicity_is_a_text() -> None:
    read = _read(_of_class(U, "UsageDescription", role="in", multiplicity="1..*"))
    (described,) = _descriptions(read)
    assert described.attributes["multiplicity"] == ("1..*",)


def test_a_run_and_a_file_are_described() -> None:
    read = _read(
        _RUN,
        ProvStatement(ProvType.ENTITY, E, ()),
        _of_class(D, "ActivityDescription"),
        _relation("DescriptionRelation", A, D),
        _relation("DescriptionRelation", E, _EX + "nowhere"),
    )
    relations = [each for document in read for each in document.relations]
    assert [(each.relation, each.source, each.target) for each in relations] == [
        (
            RelationType.IS_DESCRIBED_BY,
            End(Kind.ACTIVITY, A),
            End(Kind.ACTIVITY_DESCRIPTION, D),
        ),
        (
            RelationType.IS_DESCRIBED_BY,
            End(Kind.ENTITY, f"prov:{E}"),
            End(Kind.ENTITY_DESCRIPTION, _EX + "nowhere"),
        ),
    ]
    assert not any(each.attributes for each in relations)


def test_a_usage_description_names_those_of_activity_and_file() -> None:
    """Whichever of two is called the related one."""
    read = _read(
        _of_class(D, "ActivityDescription"),
        _of_class(U, "UsageDescription"),
        _of_class(E, "EntityDescription"),
        _relation("RelatedToRelation", U, D),
        _relation("RelatedToRelation", E, U),
    )
    assert Description(U, DescriptionType.USAGE, {"activityDescription": (D,)}) in _descriptions(
        read
    )
    assert Description(U, DescriptionType.USAGE, {"entityDescription": (E,)}) in _descriptions(read)
    assert not any(each.relations for each in read)


def test_parameters_are_the_settings_of_their_run() -> None:
    read = _read(
        _relation("ConfigurationRelation", A, P, artefactType="Parameter"),
        _RUN,
        _of_class(P, "Parameter", name="text", value="Hello", label="text = Hello"),
    )
    last = read[-1]
    assert last.run is not None
    assert (last.run.id, last.settings) == (A, (Settings("parameters", {"text": "Hello"}),))
    assert last.run.facts == {
        "voprov.parameters": ({"name": "text", "id": P, "label": "text = Hello"},)
    }
    assert not any(each.entities for each in read)


def test_a_parameter_keeps_no_secret() -> None:
    read = _read(
        _relation("ConfigurationRelation", A, P),
        _of_class(P, "Parameter", name="password", value="Secret"),
    )
    assert "Secret" not in repr(read)


def test_a_configuration_file_is_one_of_its_run() -> None:
    file = entity_uri("file:/data/a.yaml")
    read = _read(
        _of_class(file, "ConfigFile"),
        _of_class(P, "ConfigFile", location="/data/b.yaml"),
        _relation("ConfigurationRelation", A, file),
        _relation("ConfigurationRelation", A, P, artefactType="Configfile"),
    )
    assert read[-1].config_files == ("file:/data/a.yaml", "file:/data/b.yaml")


def test_a_parameter_of_no_run_stays_an_entity() -> None:
    read = _read(_of_class(P, "Parameter", name="text", value="Hello"))
    assert [each.entities[0].identifier for each in read] == [f"prov:{P}"]
