"""The classes and attributes of the IVOA Provenance Data Model 1.0, as PROV documents have them.

The voprov package has a section of PROV-JSON, or an element of XML, for each class. On its way into
W3C's PROV a class is the ``prov:type`` of an entity or of an influence, as
``voprov:ActivityDescription``. Readers turn the one into the other.
"""

from typing import Final

from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.prov.names import DESCRIPTION, VOPROV, end_from_uri, is_uri


def section_of(name: str) -> str:
    """Name the section of a class: ``usageDescription`` of ``UsageDescription``.

    Args:
        name: of the class; a section gives itself.
    """
    return name[:1].lower() + name[1:]


PARAMETER, CONFIG_FILE = "Parameter", "ConfigFile"
#: What relates a record to its description, a run to its configuration, a description to another.
DESCRIBED, CONFIGURED, RELATED = (
    VOPROV + each for each in ("DescriptionRelation", "ConfigurationRelation", "RelatedToRelation")
)
#: Section → class.
CLASSES = {
    "valueEntity": "ValueEntity",
    "datasetEntity": "DatasetEntity",
    "parameter": PARAMETER,
    "configFile": CONFIG_FILE,
    **{section_of(each.value): each.value for each in DescriptionType},
    "isDescribedBy": "DescriptionRelation",
    "isRelatedTo": "RelatedToRelation",
    "wasConfiguredBy": "ConfigurationRelation",
    "hadReference": "HadReference",
}
#: Section → the names of its two ends; the other sections are of elements.
ENDS = {
    "isDescribedBy": ("described", "descriptor"),
    "wasConfiguredBy": ("configured", "configurator"),
    "isRelatedTo": ("related", "relator"),
    "hadReference": ("referenced", "referrer"),
}
#: The attributes in which they stand, by URI: their values are names.
NAMING = frozenset(VOPROV + name for ends in ENDS.values() for name in ends)
#: URI of a class → what a description of that class describes.
DESCRIPTION_TYPES = {VOPROV + each.value: each for each in DescriptionType}
#: URI of a class → the kind of record that provgraph makes of it, where that is no entity.
KINDS = {
    **{uri: each.kind for uri, each in DESCRIPTION_TYPES.items()},
    VOPROV + PARAMETER: Kind.PARAMETER,
    VOPROV + CONFIG_FILE: Kind.CONFIG_FILE,
}
#: Attributes of the model's classes, by provgraph's names for them.
TERMS = frozenset(
    {
        "location",
        "generatedAtTime",
        "invalidatedAtTime",
        "comment",
        "version",
        "description",
        "docurl",
        "doculink",
        "value",
        "valueType",
        "contentType",
        "unit",
        "ucd",
        "utype",
        "min",
        "max",
        "default",
        "options",
        "type",
        "subtype",
        "email",
        "affiliation",
        "phone",
        "address",
        "url",
        "rights",
        "creatorId",
        "multiplicity",
        "status",
    }
)
#: Those of them that the voprov package writes with the prefix ``prov``.
IN_PROV = frozenset({"name", "role"})
#: provgraph's name for an attribute → that of the model, where it is another one.
SYNONYMS: Final = {"doculink": "docurl"}
#: Section → how the relation to such a record calls it (VO-DML, TypeOfConfigArtefact).
ARTEFACT_TYPES: Final = {"parameter": "Parameter", "configFile": "Configfile"}
#: The types of values (VOTable 1.4, section 2.1), and other words for them.
VALUE_TYPES: Final = frozenset(
    {
        *("boolean", "bit", "unsignedByte", "short", "int", "long", "char", "unicodeChar"),
        *("float", "double", "floatComplex", "doubleComplex"),
    }
)
_OTHER_WORDS: Final = {
    "bool": "boolean",
    "byte": "unsignedByte",
    "integer": "long",
    "number": "double",
    "decimal": "double",
    "real": "double",
}


def term_of(name: str) -> str:
    """Name an attribute of a class of the model as provgraph does.

    Args:
        name: of the attribute in a store, as ``prov:name`` or a URI.

    Returns:
        provgraph's own name, as ``name``; of any other attribute the name as it is.
    """
    local = name.removeprefix("prov:").removeprefix(VOPROV)
    if local != name and local in IN_PROV | {"value"}:
        return local
    return local if name.startswith(VOPROV) and local in TERMS else name


def value_type(word: str) -> str:
    """Name the type of a value as VOTable does.

    Args:
        word: as a source has it, such as ``xs:integer``.

    Returns:
        one of `VALUE_TYPES`; what no number and no truth value is, is a text: ``char``.
    """
    local = word.rpartition(":")[2]
    found = _OTHER_WORDS.get(local.lower(), local)
    return found if found in VALUE_TYPES else "char"


def model_uri(uri: str) -> str:
    """Name a record as documents of the model do: the section tells which kind it is.

    Args:
        uri: as other documents of provgraph name the record.

    Returns:
        the URI that a description has as its id; any other name as it is.
    """
    if not uri.startswith(DESCRIPTION):
        return uri
    identifier = end_from_uri(uri, Kind.ENTITY).id
    return identifier if is_uri(identifier) else uri
