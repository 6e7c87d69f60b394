"""``/openapi.json``: the routes, for programs that read OpenAPI 3.1.

Each route says itself what it takes and answers (`operation`). What stands before all routes is
added here: who may come, and what a request is refused for.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from provgraph.web.guards import CODES, GUARDED
from provgraph.web.roles import Right, right_of, what_is_at

#: Media type → schema of what is sent by it.
Content = Mapping[str, Mapping[str, Any]]

JSON: Final = "application/json"
TEXT: Final[Content] = {"text/plain": {"type": "string"}}
HTML: Final[Content] = {"text/html": {"type": "string"}}
XML: Final[Content] = {"application/xml": {"type": "string"}}
#: What a refusal of the server is (`provgraph.web.guards.refusal`).
REFUSAL: Final[Content] = {JSON: {"$ref": "#/components/schemas/Refusal"}}
#: Status → what the answer is, whatever was asked for: a wrong Host is told in plain text.
_ALWAYS: Final[Mapping[int, Content]] = {400: {**TEXT, **REFUSAL}}
#: A token by either scheme (RFC 6750; RFC 7617, as clients of OPUS send it).
_SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer"},
    "nameAndToken": {"type": "http", "scheme": "basic"},
}
_TOKENS: Final[list[dict[str, list[str]]]] = [{name: []} for name in _SCHEMES]
_OBJECT: Final = {"type": ["object", "null"]}
_ANSWER: Final[Content] = {
    JSON: {"type": "object"},
    "application/graphql-response+json": {"type": "object"},
}
_QUERY: Final = {"type": "string", "minLength": 1}
_NAME: Final = {"type": ["string", "null"]}
_WITHOUT_RIGHT: Final[Mapping[int, Content]] = {401: REFUSAL, 403: REFUSAL}
_WITH_BODY: Final[Mapping[int, Content]] = {408: REFUSAL, 413: REFUSAL}
_LIMITED: Final[Mapping[int, Content]] = {429: REFUSAL, 503: REFUSAL}


def operation(
    answers: Mapping[int, Content],
    *,
    parameters: Sequence[Mapping[str, Any]] = (),
    body: Content | None = None,
    needs_body: bool = True,
) -> dict[str, Any]:
    """Say what a route takes and answers.

    Args:
        answers: status of HTTP → what comes with it.
        parameters: of the path, the query or the headers.
        body: what may be sent; None where nothing is.
        needs_body: whether something has to be sent.

    Returns:
        What FastAPI is to know of the route.
    """
    more: dict[str, Any] = {"parameters": list(parameters)} if parameters else {}
    if body is not None:
        more["requestBody"] = {"required": needs_body, "content": _content(body)}
    return {
        "response_class": Response,
        "responses": {status: {"content": _content(each)} for status, each in answers.items()},
        "openapi_extra": more,
    }


def parameter(
    name: str, place: str, schema: Mapping[str, Any], what: str, *, needed: bool = False
) -> dict[str, Any]:
    """Say what a parameter is.

    Args:
        name: of the parameter.
        place: where it stands: ``path``, ``query`` or ``header``.
        schema: of its value.
        what: it means.
        needed: whether a request has to give it; one of a path is always needed.

    Returns:
        The parameter, as OpenAPI describes it.
    """
    required = {"required": True} if needed or place == "path" else {}
    return {"name": name, "in": place, "schema": schema, "description": what, **required}


def describe(app: FastAPI, asked_of: Container[Right]) -> dict[str, Any]:
    """Describe the routes of an application.

    Args:
        app: the application.
        asked_of: the rights for which a token is needed.

    Returns:
        The document (OpenAPI 3.1), made once.
    """
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        found["paths"]["/graphql"] = _graphql()
        for path, operations in found["paths"].items():
            for method, said in operations.items():
                _complete(said, method.upper(), path, asked_of)
        parts = found.setdefault("components", {})
        parts["schemas"] = {"Refusal": _refusal_schema()}
        parts["securitySchemes"] = _SCHEMES
        app.openapi_schema = found
    return app.openapi_schema


def _graphql() -> dict[str, Any]:
    """The operations of GraphQL over HTTP, of whose routes Strawberry says little."""
    answers = {200: _ANSWER, 400: _ANSWER, 503: _ANSWER}
    asked = operation(
        {**answers, 200: {**_ANSWER, **HTML}, 405: _ANSWER},
        parameters=(
            parameter("query", "query", _QUERY, "a question; without one a browser gets GraphiQL"),
            parameter("operationName", "query", {"type": "string"}, "which operation of several"),
            _json_parameter("variables", "the values of its variables"),
            _json_parameter("extensions", "of the protocol; there are none"),
        ),
    )
    fields = {"query": _QUERY, "operationName": _NAME, "variables": _OBJECT, "extensions": _OBJECT}
    body = {"type": "object", "required": ["query"], "properties": fields}
    sent = operation({**answers, 415: _ANSWER}, body={JSON: body})
    return {
        method: {"responses": each["responses"], **each["openapi_extra"]}
        for method, each in (("get", asked), ("post", sent))
    }


def _json_parameter(name: str, what: str) -> dict[str, Any]:
    """A parameter of the query that is an object, written as JSON."""
    content = _content({JSON: {"type": "object"}})
    return {"name": name, "in": "query", "content": content, "description": what}


def _complete(said: dict[str, Any], method: str, path: str, asked_of: Container[Right]) -> None:
    """Add to an operation what stands before all routes."""
    right = right_of(method, path)
    said["summary"] = what_is_at(method, path)
    said["security"] = _TOKENS if right in asked_of else []
    answers = dict(_ALWAYS)
    if right:
        said["description"] = f"Needs the right to {right.value}."
        answers |= _WITHOUT_RIGHT
    if "requestBody" in said:
        answers |= _WITH_BODY
    if path in GUARDED:
        answers |= _LIMITED
    for status, content in answers.items():
        answer = said["responses"].setdefault(str(status), {})
        answer["content"] = {**_content(content), **answer.get("content", {})}
    for status, answer in said["responses"].items():
        answer.setdefault("description", CODES.get(int(status), "the answer"))


def _content(content: Content) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type, schema in content.items()}


def _refusal_schema() -> dict[str, Any]:
    """The schema of `provgraph.web.guards.refusal`."""
    extensions = {
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"type": "string"}},
    }
    error = {
        "type": "object",
        "required": ["message", "extensions"],
        "properties": {"message": {"type": "string"}, "extensions": extensions},
    }
    return {
        "type": "object",
        "required": ["errors"],
        "properties": {"errors": {"type": "array", "items": error, "minItems": 1}},
    }
