"""The schema that requests run against, and its text."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from provgraph.graphql.changing import Mutation
from provgraph.graphql.declaring import SCALARS
from provgraph.graphql.documents import OnceADocument, OneOperation
from provgraph.graphql.failures import ErrorCodes
from provgraph.graphql.limits import WithinLimits
from provgraph.graphql.moments import MomentInfo
from provgraph.graphql.plain_fields import PlainFieldsExecutor
from provgraph.graphql.types import ActivityObject, AgentObject, EntityObject, Query


class _Schema(strawberry.Schema):
    """A schema that leaves the logging of errors to `ErrorCodes`."""

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Log nothing: Strawberry would log what is a mistake of the user, too.

        Args:
            errors: the errors of an answer.
            execution_context: the request.
        """


schema = _Schema(
    Query,
    Mutation,
    types=[EntityObject, ActivityObject, AgentObject],
    extensions=[ErrorCodes, WithinLimits, OnceADocument, OneOperation],
    execution_context_class=PlainFieldsExecutor,
    config=StrawberryConfig(scalar_map=SCALARS, info_class=MomentInfo),
)


def sdl() -> str:
    """Write down the schema in GraphQL's own language.

    Returns:
        The text that ``schema.graphql`` holds.
    """
    return schema.as_str() + "\n"
