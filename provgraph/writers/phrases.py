"""How answers read in English: relations from an effect to its cause and back, and counts."""

from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import RelationType

#: relation → (what stands between an effect and its cause, what stands between a cause and its
#: effect)
PHRASES: dict[RelationType, tuple[str, str]] = {
    RelationType.USED: ("used", "used by"),
    RelationType.WAS_GENERATED_BY: ("made by", "made"),
    RelationType.WAS_INFORMED_BY: ("informed by", "informed"),
    RelationType.WAS_DERIVED_FROM: ("derived from", "source of"),
    RelationType.WAS_ASSOCIATED_WITH: ("by", "answered for"),
    RelationType.WAS_ATTRIBUTED_TO: ("by", "answers for"),
    RelationType.ACTED_ON_BEHALF_OF: ("acted on behalf of", "had acting for it"),
    RelationType.WAS_STARTED_BY: ("started by", "started"),
    RelationType.WAS_ENDED_BY: ("ended by", "ended"),
    RelationType.WAS_INVALIDATED_BY: ("invalidated by", "invalidated"),
    RelationType.WAS_INFLUENCED_BY: ("influenced by", "influenced"),
    RelationType.HAD_MEMBER: ("has member", "member of"),
    RelationType.SPECIALIZATION_OF: ("a form of", "has the form"),
    RelationType.ALTERNATE_OF: ("alternate of", "alternate of"),
    RelationType.MENTION_OF: ("mention of", "mentioned as"),
    RelationType.WAS_CONFIGURED_BY: ("configured by", "configured"),
    RelationType.IS_DESCRIBED_BY: ("described by", "describes"),
}


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 run`` or ``2 runs``.

    Args:
        number: how many.
        noun: what, in the singular.

    Returns:
        The number and the noun.
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed_part(lineage: Lineage) -> str:
    """Say which part of what was found an answer lists, as in ``7 records, none of them DL2``.

    A filter narrows what is listed, and never what is said of the rest. Therefore these words
    stand in the answer itself.

    Args:
        lineage: the answer.

    Returns:
        The sentence, without a full stop; empty when nothing was filtered, or nothing found.
    """
    if lineage.restriction is None or lineage.whole is None or len(lineage.whole.nodes) < 2:
        return ""
    found, listed = (len(each.nodes) - 1 for each in (lineage.whole, lineage))
    which = " and ".join(map(" or ".join, lineage.restriction.conditions))
    some = f"{listed if listed else 'none'} of them {which}"
    return f"{counted(found, 'record')}, {some}" + ("; only these are listed" if listed else "")
