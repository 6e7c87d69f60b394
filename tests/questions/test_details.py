"""Everything that a store knows of one record."""

from provgraph.model.records import SOFTWARE
from provgraph.model.vocabulary import RelationType
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store

TRAINING = "5a620a10-d7a4-41b7-9814-f9e5bac5287f"
ENERGY = f"/data/ctao/models/energy.pkl@{TRAINING}"


def test_a_run_shows_how_it_was_set_up(corpus: Store) -> None:
    details = details_of(corpus, find(corpus, TRAINING))
    assert {"TrainEnergyRegressor.CrossValidator", SOFTWARE} <= {
        settings.name for settings in details.settings
    }
    assert [path.rpartition("/")[2] for path in details.config_files] == ["train_energy.yaml"]


def test_a_file_shows_its_neighbours_and_why_its_mentions_are_of_it(corpus: Store) -> None:
    details = details_of(corpus, find(corpus, ENERGY))
    [made] = [edge for edge in details.edges if edge.relation is RelationType.WAS_GENERATED_BY]
    assert made.source == details.node.key
    assert details.others[made.target].id == TRAINING
    ends = {end for edge in details.edges for end in (edge.source, edge.target)}
    assert ends == {details.node.key, *details.others}
    assert details.explained
    assert {each.rule for each in details.explained} <= {"version", "stood"}
    assert (details.settings, details.config_files) == ((), ())
    assert [(path, other.id) for path, other in details.versions] == [
        (
            "/data/ctao/models/energy.pkl",
            "file:/data/ctao/models/energy.pkl@ac2355f2-77c1-4ea9-8ecc-29e9f094ad37",
        )
    ]


def test_a_file_that_was_written_once_has_no_other_versions(corpus: Store) -> None:
    assert details_of(corpus, find(corpus, "run02001.dl3.fits")).versions == ()
