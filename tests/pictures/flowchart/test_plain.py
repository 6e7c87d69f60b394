"""What of a lineage becomes a box: see also ``test_figure.py``, which compares with the page."""

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.pictures.flowchart.plain import plain
from tests.lineages import activity, edge, entity, lineage, two_steps


def test_configuration_stands_beside_its_runs() -> None:
    drawn = plain(two_steps(), has_agents=False)
    assert sorted(node.name or "" for node in drawn.nodes.values()) == [
        "ctapipe-apply-models",
        "ctapipe-train-energy-regressor",
        "energy.pkl",
        'gamma <train> & "more".dl2.h5',
        "run02001.dl1.h5",
        "run02001_full.dl2.h5",
    ]
    assert [[file.name for file in files] for files in drawn.configuration.values()] == [
        ["base.yaml"],
        ["base.yaml"],
    ]


def test_parameters_and_files_that_they_name_have_no_box() -> None:
    run = activity("r", "step", "2026-01-01", None)
    settings = Node(b"2", "aa", Kind.COLLECTION, "Tool")
    file = Node(b"3", "file:/x.yaml", Kind.CONFIG_FILE)
    configured = [edge(RelationType.WAS_CONFIGURED_BY, run, each) for each in (settings, file)]
    drawn = plain(lineage([run, settings, file], configured), has_agents=False)
    assert list(drawn.nodes) == [run.key]
    assert [node.id for node in drawn.parameters[run.key]] == ["aa", "file:/x.yaml"]


def test_a_derivation_that_a_run_explains_tells_nothing() -> None:
    dl2, run, dl1 = entity("/b.h5"), activity("r", "step", "2026-01-01", None), entity("/a.h5")
    derived = edge(RelationType.WAS_DERIVED_FROM, dl2, dl1)
    made = edge(RelationType.WAS_GENERATED_BY, dl2, run), edge(RelationType.USED, run, dl1)
    assert len(plain(lineage([dl2, run, dl1], [derived, *made]), has_agents=False).flows) == 2
    assert len(plain(lineage([dl2, dl1], [derived]), has_agents=False).flows) == 1


def test_what_was_asked_about_is_drawn_in_any_case() -> None:
    person = Node(b"1", "Ada", Kind.AGENT)
    run = activity("r", "step", "2026-01-01", None)
    ran = edge(RelationType.WAS_ASSOCIATED_WITH, run, person)
    assert len(plain(lineage([person, run], [ran]), has_agents=False).flows) == 1
    assert len(plain(lineage([run, person], [ran]), has_agents=False).nodes) == 1
    assert len(plain(lineage([run, person], [ran]), has_agents=True).flows) == 1
    assert len(plain(lineage([Node(b"1", "x", Kind.LOAD)], []), has_agents=False).nodes) == 1
