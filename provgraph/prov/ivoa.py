"""The classes and attributes of the IVOA Provenance Data Model 1.0, as PROV documents have them.

The voprov package has a section of PROV-JSON, or an element of XML, for each class. On its way into
W3C's PROV a class is the ``prov:type`` of an entity or of an influence, as
``voprov:ActivityDescription``. Readers turn the one into the other.
"""

from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.prov.names import VO_ENDS, VOPROV

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
    **{each.value[0].lower() + each.value[1:]: each.value for each in DescriptionType},
    "isDescribedBy": "DescriptionRelation",
    "isRelatedTo": "RelatedToRelation",
    "wasConfiguredBy": "ConfigurationRelation",
    "hadReference": "HadReference",
}
#: Section → the names of its two ends; the other sections are of elements.
ENDS = VO_ENDS
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
