"""How relations read in English: from an effect to its cause, and back."""

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
