"""The words that only provgraph's own documents use, and the finer types of PROV's records.

A document that provgraph writes marks its statements with what PROV has no term for, as
``pg:provgraph.source``. Readers and writers of documents share these tables.
"""

from provgraph.model.vocabulary import AgentType, EntityType
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import PROV

#: The source of what a PROV document says, as `docs/contract.md`, rule 9 tells sources apart.
SOURCE = "prov"
#: The beginning of the names of attributes that mark statements of provgraph's own documents.
MARK = "provgraph."
#: The mark that names the attributes which only the writer added, for readers other than provgraph.
ADDED = "added"
#: The attribute of a relation's role, as provgraph calls it.
ROLE = "prov:role"
#: URI of a ``prov:type`` → the type of entity that follows from it (PROV-DM, sections 5.4, 5.6
#: and 5.7.2.4; IVOA Provenance DM 1.0, section 2.3).
ENTITY_TYPES = {
    PROV + "Collection": EntityType.COLLECTION,
    PROV + "EmptyCollection": EntityType.COLLECTION,
    PROV + "Bundle": EntityType.BUNDLE,
    PROV + "Plan": EntityType.PLAN,
    VOPROV + "ValueEntity": EntityType.VALUE,
    VOPROV + "DatasetEntity": EntityType.DATASET,
}
#: URI of a ``prov:type`` → the type of agent that follows from it (PROV-DM, section 5.3.1).
AGENT_TYPES = {PROV + each.value: each for each in AgentType}
