"""The words that options accept are those that the other rooms know."""

from collections.abc import Callable

import click
import pytest

from provgraph.commands import options
from provgraph.interchange.export import DOCUMENT_FORMATS
from provgraph.model.filters import NAMED_KINDS
from provgraph.model.vocabulary import AgentType, EntityType, RelationType
from provgraph.pictures import registry as pictures
from provgraph.writers.registry import WRITERS


def test_every_format_is_offered() -> None:
    assert tuple(pictures.PICTURES) == options.PICTURES
    assert (*WRITERS, *pictures.PICTURES) == options.FORMATS
    assert set(options.DOCUMENTS) == DOCUMENT_FORMATS.keys()


def test_the_relations_that_a_lineage_can_follow_lead_to_no_agent_or_description() -> None:
    assert set(RelationType) - set(map(RelationType, options.RELATIONS)) == {
        RelationType.WAS_ASSOCIATED_WITH,
        RelationType.WAS_ATTRIBUTED_TO,
        RelationType.ACTED_ON_BEHALF_OF,
        RelationType.WAS_CONFIGURED_BY,
        RelationType.IS_DESCRIBED_BY,
    }


def test_filters_know_every_kind_and_type() -> None:
    assert tuple(NAMED_KINDS) == options.KINDS
    assert (*EntityType, *AgentType) == options.TYPES


def test_endings_are_of_formats_that_there_are() -> None:
    assert set(options.ENDINGS.values()) <= {
        *options.FORMATS,
        *options.DOCUMENTS,
        *options.RECIPES,
    }


@pytest.mark.parametrize(
    ("decorator", "arguments"),
    [
        (options.json_option("a source"), {"as_json"}),
        (options.output_option, {"output"}),
        (options.limit_option("At most N."), {"limit"}),
        (options.schema_option("Where."), {"schema_name"}),
        (options.reading_options, {"format_name", "namespace"}),
        (
            options.answer_options,
            {"depth", "limit", "format_name", "output", "kinds", "data_levels", "types"}
            | options.PICTURE_OPTIONS.keys(),
        ),
    ],
)
def test_a_command_gets_the_arguments_of_its_options(
    decorator: Callable[[Callable[..., None]], Callable[..., None]], arguments: set[str]
) -> None:
    def nothing(**given: object) -> None:
        """Do nothing."""

    command = click.command()(decorator(nothing))
    assert {parameter.name for parameter in command.params} == arguments


def test_one_json_object_is_said_without_a_stray_space() -> None:
    command = click.command()(options.json_option("")(lambda **given: None))
    (option,) = command.params
    assert isinstance(option, click.Option)
    assert option.help == "Print one JSON object."
