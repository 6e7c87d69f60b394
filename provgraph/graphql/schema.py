"""The schema that requests run against, and its text."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from provgraph.graphql import limits
from provgraph.graphql.failures import Failures
from provgraph.graphql.types import SCALARS, ActivityObject, AgentObject, EntityObject, Query


class _Schema(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Log nothing here: `Failures` logs what matters."""


schema = _Schema(
    Query,
    types=[EntityObject, ActivityObject, AgentObject],
    extensions=[Failures, *limits.extensions()],
    config=StrawberryConfig(scalar_map=SCALARS),
)


def sdl() -> str:
    """The schema in GraphQL's own language, as ``schema.graphql`` holds it."""
    return schema.as_str() + "\n"
