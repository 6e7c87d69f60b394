"""The resources below ``/uws`` (UWS 1.1, sections 2.1 and 2.2), as OpenAPI describes them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provgraph.jobs.records import Phase
from provgraph.web.jobs.documents import DOCUMENTS, STREAMS
from provgraph.web.openapi import REFUSAL, TEXT, XML, Content, operation, parameter

#: What a request about jobs may be refused for: in plain text, by what stands before it in JSON.
REFUSED: Final[Mapping[int, Content]] = {
    **{status: {**TEXT, **REFUSAL} for status in (400, 403, 404)},
    **dict.fromkeys((405, 500, 501, 503), TEXT),
}
_SENT: Final[Mapping[int, Content]] = {303: {}, 413: TEXT, 415: TEXT, **REFUSED}
_ANY: Final[Content] = {"*/*": {}}
#: A file comes whole, or in the part that was asked for (RFC 9110, 14).
FILE: Final[Mapping[int, Content]] = {200: _ANY, 206: _ANY, 416: TEXT, **REFUSED}
_FORM: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_FORMS: Final[Content] = {"application/x-www-form-urlencoded": _FORM, "multipart/form-data": _FORM}
_CHANGE: Final = {
    "enum": ["RUN", "ABORT"],
    "description": "what is to become of the job",
}
_TIME: Final = {"type": "string", "format": "date-time"}
_SECONDS: Final = {"type": "integer", "minimum": 0}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_PHASES: Final = {"type": "array", "items": {"enum": [*Phase, ""]}}
#: An empty value in a query is as none.
_NOTHING: Final = {"const": ""}
_FILTERS: Final = (
    parameter("PHASE", "query", _PHASES, "only jobs in one of these phases"),
    parameter("AFTER", "query", {"anyOf": [_TIME, _NOTHING]}, "only jobs made after this"),
    parameter("LAST", "query", {"anyOf": [_NUMBER, _NOTHING]}, "only so many, the newest"),
    parameter("BEFORE", "query", {"type": "string"}, "only jobs that stand behind this id"),
)
_WAITING: Final = (
    parameter(
        "WAIT",
        "query",
        {"anyOf": [{"type": "integer"}, _NOTHING]},
        "so many seconds for another phase; -1: long",
    ),
    parameter("PHASE", "query", {"enum": [*Phase, ""]}, "wait only while the job is in this phase"),
)
_JOB: Final = parameter("job", "path", {"type": "string", "minLength": 1}, "the name of jobs")
_ID: Final = parameter("id", "path", {"type": "string", "minLength": 1}, "of the job")
_NAME: Final = parameter("name", "path", {"type": "string", "minLength": 1}, "of what is asked for")


def _form(**fields: Mapping[str, Any]) -> Content:
    """A form of which one field is needed."""
    form = {"type": "object", "required": list(fields), "properties": fields}
    return dict.fromkeys(_FORMS, form)


def _get(answers: Mapping[int, Content], *parameters: Mapping[str, Any]) -> dict[str, Any]:
    return operation({**answers, **REFUSED}, parameters=parameters)


def _post(body: Content, *parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A form is sent, or none where no field is needed."""
    return operation(_SENT, parameters=parameters, body=body, needs_body=body is not _FORMS)


_OF_JOB: Final = (_JOB, _ID)
_READ: Final = _get({200: TEXT}, *_OF_JOB)
_OF_SCRIPT: Final = (_JOB, _ID, {**_NAME, "schema": {"enum": [*DOCUMENTS, *STREAMS]}})
#: Path below ``/uws/`` → method → what is to be known of it.
RESOURCES: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "": {"GET": _get({200: XML}, *_FILTERS)},
    "{job}": {"GET": _get({200: XML}, _JOB, *_FILTERS), "POST": _post(_FORMS, _JOB)},
    "{job}/{id}": {
        "GET": _get({200: XML}, *_OF_JOB, *_WAITING),
        "POST": _post(_FORMS, *_OF_JOB),
        "DELETE": operation({303: {}, **REFUSED}, parameters=_OF_JOB),
    },
    "{job}/{id}/phase": {"GET": _READ, "POST": _post(_form(PHASE=_CHANGE), *_OF_JOB)},
    "{job}/{id}/executionduration": {
        "GET": _READ,
        "POST": _post(_form(EXECUTIONDURATION=_SECONDS), *_OF_JOB),
    },
    "{job}/{id}/destruction": {
        "GET": _READ,
        "POST": _post(_form(DESTRUCTION=_TIME), *_OF_JOB),
    },
    "{job}/{id}/quote": {"GET": _READ},
    "{job}/{id}/owner": {"GET": _READ},
    "{job}/{id}/error": {"GET": _READ},
    "{job}/{id}/parameters": {"GET": _get({200: XML}, *_OF_JOB), "POST": _post(_FORMS, *_OF_JOB)},
    "{job}/{id}/parameters/{name}": {
        "GET": operation(FILE, parameters=(*_OF_JOB, _NAME)),
        "PUT": operation(_SENT, parameters=(*_OF_JOB, _NAME), body=TEXT),
    },
    "{job}/{id}/results": {"GET": _get({200: XML}, *_OF_JOB)},
    "{job}/{id}/results/{name}": {"GET": operation(FILE, parameters=(*_OF_JOB, _NAME))},
    "{job}/{id}/prov/{name}": {"GET": operation(FILE, parameters=_OF_SCRIPT)},
}


def routes_of_jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """List the routes of jobs.

    Yields:
        Path below ``/uws/``, method, and what FastAPI is to know of it.
    """
    for path, methods in RESOURCES.items():
        for method, said in methods.items():
            yield path, method, dict(said)
