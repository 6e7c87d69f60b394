"""Every relation can be read in English."""

from provgraph.model.vocabulary import RelationType
from provgraph.writers.phrases import PHRASES


def test_every_relation_has_its_phrases() -> None:
    assert set(PHRASES) == set(RelationType)
