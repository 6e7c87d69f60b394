"""The rules by which a mention of a file belongs to an entity, and a sentence for each.

Rule numbers are those of docs/contract.md.
"""

from enum import StrEnum


class Rule(StrEnum):
    """Why a mention belongs to its entity; ``provgraph show`` tells it (docs/contract.md, rule 10).

    Stores keep these words.
    """

    CLAIM = "claim"
    VERSION = "version"
    LATE_NAME = "late-name"
    NAMED = "named"
    OWN_NAME = "own-name"
    ONLY_NAME = "only-name"
    NESTED = "nested"
    STOOD = "stood"
    MEANWHILE = "meanwhile"
    EXTERNAL = "external"


#: Rule → the sentence that ``provgraph show`` writes; who names the file depends on the name.
EXPLANATION = {
    Rule.CLAIM: "{named}, and this run made it (rules 2 and 3)",
    Rule.VERSION: "known by its path: the version that this run wrote there (rules 3 and 4)",
    Rule.LATE_NAME: (
        "the version that this run wrote there, named by a later reader (rule 5, late names)"
    ),
    Rule.NAMED: "{named} (rule 2)",
    Rule.OWN_NAME: "the run names one product at this path elsewhere (rule 5)",
    Rule.ONLY_NAME: "no run wrote to this path, and its readers name one product there (rule 5)",
    Rule.NESTED: "the version that a run inside this one wrote there (rule 5a)",
    Rule.STOOD: "the version that stood there when the run started (rule 5b)",
    Rule.MEANWHILE: "the first version written there while the run went on (rule 5c)",
    Rule.EXTERNAL: "no known run wrote it (rule 5d)",
}
#: Scheme of an identifier → who gives such names. A product's id is one only when it was read from
#: a header (docs/contract.md, rule 2).
_NAMED = {
    "product": "its header names the product",
    "guid": "the catalogue names it",
    "prov": "the document names it",
}


def because(rule: Rule, identifier: str | None) -> str:
    """Say why a mention belongs to its entity.

    Args:
        rule: by which rule it does.
        identifier: by which the source names the file; None when it gives a path only.

    Returns:
        The sentence, without a full stop.
    """
    scheme = (identifier or "").partition(":")[0]
    return EXPLANATION[rule].format(named=_NAMED.get(scheme, "the source names it"))
