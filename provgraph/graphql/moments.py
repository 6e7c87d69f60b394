"""The arguments ``asOf`` and ``at``: what was known, or what stood at a path, at a time.

A field of ``Query`` takes them; all fields below it answer from the same state of the store.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry.types import Info as AnyInfo
from typing_extensions import override

from provgraph.errors import SettingsError
from provgraph.graphql.batching import RequestContext
from provgraph.graphql.declaring import DateTime, resolved
from provgraph.graphql.failures import bad_input
from provgraph.questions.searching import moment

_AsOf: TypeAlias = Annotated[
    DateTime | None,
    strawberry.argument(
        description="Answer as if only what had been loaded by then were known; UTC without a zone."
    ),
]
_At: TypeAlias = Annotated[
    DateTime | None,
    strawberry.argument(description="A path means what stood there then, not the newest."),
]


class MomentInfo(AnyInfo[RequestContext, None]):
    """What a resolver is told: its context is that of the field of ``Query`` that it is below."""

    @property
    @override
    def context(self) -> RequestContext:
        """The context of the request, or that of an earlier state of the store."""
        whole: RequestContext = self._raw_info.context
        if not whole.moments:
            return whole
        path = self._raw_info.path
        while path.prev is not None:
            path = path.prev
        return whole.moments.get(path.key, whole)


def as_of_field(resolver: Callable[..., Any], description: str) -> Any:
    """Declare a field of ``Query`` with the argument ``asOf``.

    Args:
        resolver: finds the value.
        description: for the schema.

    Returns:
        The field.
    """
    return resolved(_with_arguments(resolver, as_of=_AsOf), description)


def moment_field(resolver: Callable[..., Any], description: str) -> Any:
    """Declare a field of ``Query`` that takes names of files, with ``asOf`` and ``at``.

    Args:
        resolver: finds the value.
        description: for the schema.

    Returns:
        The field.
    """
    return resolved(_with_arguments(resolver, as_of=_AsOf, at=_At), description)


def _with_arguments(resolver: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """The resolver with more arguments, which set the moment that it answers from."""

    @wraps(resolver)
    def answer(info: MomentInfo, **given: Any) -> Any:
        times = {name: _canonical(given.pop(name, None)) for name in arguments}
        if any(times.values()):
            info.context.enter(info.path.key, **times)
        return resolver(info=info, **given)

    signature = inspect.signature(resolver)
    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=strawberry.UNSET,
            annotation=annotation,
        )
        for name, annotation in arguments.items()
    ]
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *added]
    )
    answer.__annotations__ = {**resolver.__annotations__, **arguments}
    return answer


def _canonical(time: Any) -> str | None:
    # An argument that is left out is `strawberry.UNSET`, which is no text.
    if not isinstance(time, str):
        return None
    try:
        return moment(time)
    except SettingsError as error:
        raise bad_input(str(error)) from None
