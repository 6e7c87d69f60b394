"""The IVOA's model, class by class: what its VO-DML lists is what the VO flavour writes."""

import json
import re
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from provgraph.interchange.export import export
from provgraph.interchange.writing.vo_classes import records
from provgraph.model.records import End
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.marks import MARK
from provgraph.prov.names import VOPROV, own_attribute_uri, uri_of_end
from provgraph.prov.statements import PROV, QUALIFIED_NAME, Literal, ProvStatement, ProvType
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.interchange.corpus import put

LISTING = CORPUS / "ivoa" / "provdm-1.0-vodml-listing.txt"
_CLASS = re.compile(r"objectType (?:\w+\.)?(\w+)")
_MEMBER = re.compile(r"   (attr|ref |comp) (\w+) \S+ (\d)\.\.(-?\d)")
Document = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Member:
    """An attribute, reference or composition of a class, as the VO-DML lists it."""

    owner: str
    sort: str
    name: str
    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


def listed() -> list[Member]:
    """All that the VO-DML lists."""
    found: list[Member] = []
    owner = ""
    for line in LISTING.read_text().splitlines():
        if match := _CLASS.match(line):
            owner = match[1]
        elif match := _MEMBER.match(line):
            found.append(Member(owner, match[1].strip(), match[2], int(match[3]), int(match[4])))
    return found


#: Class → section.
SECTIONS = {
    **{each: each[0].lower() + each[1:] for each in _CLASS.findall(LISTING.read_text())},
    "Collection": "entity",
}
#: What voprov writes with the prefix ``prov``.
IN_PROV = {
    *("name", "role", "startTime", "endTime", "time"),
    *("Parameter.value", "ConfigFile.location"),
    *("Used.entity", "WasGeneratedBy.activity"),
    *("WasAssociatedWith.agent", "WasAttributedTo.agent"),
}
#: Reference or composition → the section of the relation that says so, and the end there.
RELATIONS = {
    "Activity.informant": ("wasInformedBy", "prov:informant"),
    "Activity.activityDescription": ("isDescribedBy", "voprov:descriptor"),
    "Activity.wasAssociatedWith": ("wasAssociatedWith", "prov:activity"),
    "Activity.used": ("used", "prov:activity"),
    "Activity.wasConfiguredBy": ("wasConfiguredBy", "voprov:configured"),
    "Entity.usedEntity": ("wasDerivedFrom", "prov:usedEntity"),
    "Entity.entityDescription": ("isDescribedBy", "voprov:descriptor"),
    "Entity.wasGeneratedBy": ("wasGeneratedBy", "prov:entity"),
    "Entity.wasAttributedTo": ("wasAttributedTo", "prov:entity"),
    "Collection.entity": ("hadMember", "prov:entity"),
    "Parameter.parameterDescription": ("isDescribedBy", "voprov:descriptor"),
    "ConfigFile.configFileDescription": ("isDescribedBy", "voprov:descriptor"),
    "WasConfiguredBy.configFile": ("wasConfiguredBy", "voprov:configurator"),
    "WasConfiguredBy.parameter": ("wasConfiguredBy", "voprov:configurator"),
    "ActivityDescription.parameterDescription": ("isRelatedTo", "voprov:related"),
    "ActivityDescription.configFileDescription": ("isRelatedTo", "voprov:related"),
    "ActivityDescription.usageDescription": ("isRelatedTo", "voprov:related"),
    "ActivityDescription.generationDescription": ("isRelatedTo", "voprov:related"),
    "UsageDescription.entityDescription": ("isRelatedTo", "voprov:related"),
    "GenerationDescription.entityDescription": ("isRelatedTo", "voprov:related"),
}
_ELEMENTS = (
    *("Activity", "Agent", "Entity", "Collection", "ValueEntity", "DatasetEntity"),
    *("Parameter", "ConfigFile", "ActivityDescription", "EntityDescription"),
    *("ValueDescription", "DatasetDescription", "UsageDescription", "GenerationDescription"),
    *("ParameterDescription", "ConfigFileDescription"),
)
#: The kind of a record that a description, parameter or file stands for, as its own example has it.
_IDS = {each: f"ex:{each}" for each in _ELEMENTS}
_VALUES = {
    "type": "Person",
    "valueType": "double",
    "min": "0",
    "url": "https://example.org/",
    **dict.fromkeys(("startTime", "generatedAtTime", "time"), "2026-11-21T08:30:00Z"),
    **dict.fromkeys(("endTime", "invalidatedAtTime"), "2026-11-21T09:30:00Z"),
}


def _written(member: Member) -> str:
    """What an attribute is called in a document."""
    prefix = "prov" if {member.name, str(member)} & IN_PROV else "voprov"
    return f"{prefix}:{member.name}"


def _element(owner: str, *, full: bool) -> dict[str, Any]:
    own = {owner, "Entity"} if owner.endswith("Entity") or owner == "Collection" else {owner}
    own |= {"EntityDescription"} if owner in ("ValueDescription", "DatasetDescription") else set()
    said: dict[str, Any] = {
        _written(each): _VALUES.get(each.name, f"{each} 1")
        for each in listed()
        if each.sort == "attr" and each.name != "id" and each.owner in own and full
    }
    if owner == "Collection":
        said["prov:type"] = {"$": "prov:Collection", "type": "prov:QUALIFIED_NAME"}
    if owner == "Parameter" and full:
        said["voprov:valueEntity"] = {"$": "ex:ValueEntity", "type": "prov:QUALIFIED_NAME"}
    return said


def _relation(one: str, first: str, other: str, second: str, **more: str) -> dict[str, str]:
    return {one: _IDS[first], other: _IDS[second], **{f"prov:{k}": v for k, v in more.items()}}


def model_document(*, full: bool) -> bytes:
    """A document with a record of each class; a full one has every attribute of each."""
    document: dict[str, Any] = {
        "prefix": {"ex": "http://example.org/", "voprov": VOPROV},
    }
    for each in _ELEMENTS:
        document.setdefault(SECTIONS[each], {})[_IDS[each]] = _element(each, full=full)
    role = {"role": "r"} if full else {}
    used = _relation("prov:activity", "Activity", "prov:entity", "Entity", **role)
    made = _relation("prov:entity", "DatasetEntity", "prov:activity", "Activity", **role)
    if full:
        used |= {"prov:time": _VALUES["time"]}
        named = {"type": "prov:QUALIFIED_NAME"}
        used["voprov:usageDescription"] = {"$": _IDS["UsageDescription"], **named}  # type: ignore[assignment]
        made["voprov:generationDescription"] = {"$": _IDS["GenerationDescription"], **named}  # type: ignore[assignment]
    described = (
        ("Activity", "ActivityDescription"),
        ("Entity", "EntityDescription"),
        ("ValueEntity", "ValueDescription"),
        ("DatasetEntity", "DatasetDescription"),
        ("Parameter", "ParameterDescription"),
        ("ConfigFile", "ConfigFileDescription"),
    )
    parts = ("Usage", "Generation", "Parameter", "ConfigFile")
    related = [(f"{each}Description", "ActivityDescription") for each in parts]
    related += [("EntityDescription", f"{each}Description") for each in parts[:2]]
    relations: dict[str, list[dict[str, str]]] = {
        "used": [used],
        "wasGeneratedBy": [made],
        "wasInformedBy": [{"prov:informed": "ex:Activity", "prov:informant": "ex:other"}],
        "wasDerivedFrom": [
            _relation("prov:generatedEntity", "DatasetEntity", "prov:usedEntity", "Entity")
        ],
        "wasAssociatedWith": [
            _relation("prov:activity", "Activity", "prov:agent", "Agent", **role)
        ],
        "wasAttributedTo": [_relation("prov:entity", "Entity", "prov:agent", "Agent", **role)],
        "hadMember": [_relation("prov:collection", "Collection", "prov:entity", "Entity")],
        "wasConfiguredBy": [
            {
                **_relation("voprov:configured", "Activity", "voprov:configurator", each),
                "voprov:artefactType": each,
            }
            for each in ("Parameter", "ConfigFile")
        ],
        "isDescribedBy": [
            _relation("voprov:described", one, "voprov:descriptor", other)
            for one, other in described
        ],
        "isRelatedTo": [
            _relation("voprov:related", one, "voprov:relator", other) for one, other in related
        ],
    }
    for section, said in relations.items():
        document[section] = {f"_:{section}{number}": each for number, each in enumerate(said)}
    document["activity"]["ex:other"] = {}
    return json.dumps(document).encode()


def _exported(content: bytes) -> Document:
    with closing(open_store("sqlite://")) as store:
        assert put(store, content) == []
        found: Document = json.loads("".join(export(store, "vo-prov-json")))
    return found


@pytest.fixture(scope="module")
def full() -> Document:
    return _exported(model_document(full=True))


@pytest.fixture(scope="module")
def bare() -> Document:
    return _exported(model_document(full=False))


def _of_class(document: Document, owner: str) -> list[dict[str, Any]]:
    """The records of a class; the model's subclasses have sections of their own."""
    finer = {"Entity": ("valueEntity", "datasetEntity")}.get(owner, ())
    finer = {"EntityDescription": ("valueDescription", "datasetDescription")}.get(owner, finer)
    return [
        record
        for section in (SECTIONS[owner], *finer)
        for record in document.get(section, {}).values()
    ]


def test_the_listing_is_that_of_the_model() -> None:
    assert len(SECTIONS) == 21
    assert len(listed()) == 95


@pytest.mark.parametrize("member", listed(), ids=str)
def test_each_member_is_written(member: Member, full: Document, bare: Document) -> None:
    if member.name == "id":
        assert all(not name.startswith("_:") for name in full[SECTIONS[member.owner]])
    elif str(member) in RELATIONS:
        section, end = RELATIONS[str(member)]
        named = [each[end] for each in full[section].values()]
        described = member.name if member.name.endswith("Description") else member.owner
        is_end = {"voprov:descriptor": True, "voprov:related": True}.get(end, False)
        wanted = described[0].upper() + described[1:]
        assert not is_end or any(name.endswith(f":{wanted}") for name in named), named
        assert named
    else:
        name = _written(member)
        assert any(name in each for each in _of_class(full, member.owner))
        for document in (full, bare):
            for record in _of_class(document, member.owner):
                found = record.get(name, [])
                several = found if isinstance(found, list) else [found]
                assert len(several) >= member.least, (name, record)
                assert member.most < 0 or len(several) <= member.most


def test_the_words_of_the_model(full: Document) -> None:
    artefacts = {each["voprov:artefactType"] for each in full["wasConfiguredBy"].values()}
    assert artefacts == {"Parameter", "Configfile"}


def _statement(kind: Kind, identifier: str, /, **said: Any) -> ProvStatement:
    values = [(name, each) for name, some in said.items() for each in some]
    pairs = tuple((own_attribute_uri(name), Literal(value)) for name, value in values)
    return ProvStatement(ProvType.ENTITY, uri_of_end(End(kind, identifier)), (), pairs)


def _records(*statements: ProvStatement) -> list[tuple[str | None, ProvStatement]]:
    found = ((each.section, each.part) for each in records(statements))
    return [(section, part) for section, part in found if isinstance(part, ProvStatement)]


def _texts(statement: ProvStatement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for uri, value in statement.attributes:
        found.setdefault(uri.replace(VOPROV, "voprov:").replace(PROV, "prov:"), []).append(
            value.text
        )
    return found


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("double", {"voprov:valueType": ["double"]}),
        ("xs:integer", {"voprov:valueType": ["long"], "voprov:datatype": ["xs:integer"]}),
        ("Path", {"voprov:valueType": ["char"], "voprov:datatype": ["Path"]}),
    ],
)
def test_types_of_values_are_votables(said: str, written: dict[str, list[str]]) -> None:
    described = _statement(Kind.PARAMETER_DESCRIPTION, "x", name=["x"], valueType=[said])
    ((section, found),) = _records(described)
    assert section == "parameterDescription"
    assert _texts(found) == {"prov:name": ["x"], **written}


def test_the_link_to_documentation_has_the_models_name() -> None:
    described = _statement(Kind.ACTIVITY_DESCRIPTION, "merge_2", doculink=["https://e.org"])
    ((_, found),) = _records(described)
    assert _texts(found) == {"voprov:docurl": ["https://e.org"], "prov:name": ["merge_2"]}


def test_a_second_value_keeps_our_name() -> None:
    described = _statement(Kind.ACTIVITY_DESCRIPTION, "x", name=["x"], type=["a", "b"])
    ((_, found),) = _records(described)
    assert _texts(found) == {
        "prov:name": ["x"],
        "voprov:type": ["a"],
        own_attribute_uri("type"): ["b"],
    }


def test_a_relation_names_its_description_by_the_id_in_the_document() -> None:
    pairs = ((own_attribute_uri("usageDescription"), Literal("http://example.org/u")),)
    used = ProvStatement(ProvType.USAGE, None, ("ex:a", "ex:e", None), pairs)
    ((_, found),) = _records(used)
    (pair,) = found.attributes
    assert pair == (VOPROV + "usageDescription", Literal("http://example.org/u", QUALIFIED_NAME))


def test_a_value_entity_without_value_is_an_entity() -> None:
    mark = (own_attribute_uri(MARK + "type"), Literal("ValueEntity"))
    value = (own_attribute_uri("value"), Literal("7"))

    def section(*pairs: tuple[str, Literal]) -> str | None:
        ((found, _),) = _records(ProvStatement(ProvType.ENTITY, names.ENTITY + "x", (), pairs))
        return found

    assert section(mark, value) == "valueEntity"
    assert section(mark) is None


def test_every_type_of_the_listing_has_a_place(full: Document) -> None:
    assert [each for each in sorted(SECTIONS.values()) if each not in full] == []
