"""Who may do what: the roles with their rights, and the right that each route or mutation asks for.

This is the one place where that is said. `provgraph.web.access` holds every request to it,
`docs/reference/access.md` is made from it, and a test walks all routes and all mutations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """What a request needs."""

    READ = "read"
    LOAD = "load"
    CURATE = "curate"
    RUN = "run"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What a token, or a group of people, is for."""

    READER = "reader"
    LOADER = "loader"
    CURATOR = "curator"
    RUNNER = "runner"
    ADMIN = "admin"


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.READER: frozenset({Right.READ}),
    Role.LOADER: frozenset({Right.LOAD}),
    Role.CURATOR: frozenset({Right.READ, Right.LOAD, Right.CURATE}),
    Role.RUNNER: frozenset({Right.READ, Right.LOAD, Right.RUN}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """An address, and who may call it.

    Attributes:
        method: of HTTP.
        path: of the URL; one that ends with ``/`` stands for all below it.
        right: what the caller needs; None where everybody may come.
        what: is there.
    """

    method: str
    path: str
    right: Right | None
    what: str


@dataclass(frozen=True, slots=True)
class GuardedMutation:
    """A mutation of GraphQL, and who may call it.

    Attributes:
        name: of the field of ``Mutation``.
        right: what the caller needs, beside that to ask at all.
        what: it does.
    """

    name: str
    right: Right
    what: str


#: The pages by which machines look after a server, again and again.
HEALTH: Final = ("/healthz", "/readyz", "/metrics")

ROUTES: Final = (
    GuardedRoute("GET", "/", None, "the page"),
    GuardedRoute("GET", "/assets/", None, "scripts and styles of the page"),
    GuardedRoute("GET", "/static/", None, "GraphiQL"),
    GuardedRoute("GET", "/caller", None, "who the caller is, and may do; and if jobs are run"),
    GuardedRoute("GET", "/openapi.json", None, "these routes, for programs (OpenAPI)"),
    GuardedRoute("GET", "/healthz", None, "whether the process lives"),
    GuardedRoute("GET", "/readyz", None, "whether the store answers"),
    GuardedRoute("GET", "/metrics", Right.READ, "counts, for Prometheus"),
    GuardedRoute("GET", "/graphql", Right.READ, "a question; without one GraphiQL, for everybody"),
    GuardedRoute("POST", "/graphql", Right.READ, "a question, or a mutation"),
    GuardedRoute("GET", "/provsap", Right.READ, "provenance of a record, for the VO (ProvSAP)"),
    GuardedRoute("POST", "/load", Right.LOAD, "a source to be loaded"),
    GuardedRoute("GET", "/capabilities", None, "what is offered (VOSI)"),
    GuardedRoute("GET", "/availability", None, "whether the store answers (VOSI)"),
    GuardedRoute("GET", "/uws/", Right.RUN, "jobs (UWS 1.1); those of the caller"),
    GuardedRoute("POST", "/uws/", Right.RUN, "a new job, or a change of one"),
    GuardedRoute("PUT", "/uws/", Right.RUN, "the value of a parameter of a job"),
    GuardedRoute("DELETE", "/uws/", Right.RUN, "the end of a job and its files"),
    GuardedRoute("GET", "/rest/", Right.RUN, "the same for clients of OPUS"),
    GuardedRoute("POST", "/rest/", Right.RUN, "the same for clients of OPUS"),
    GuardedRoute("PUT", "/rest/", Right.RUN, "the same for clients of OPUS"),
    GuardedRoute("DELETE", "/rest/", Right.RUN, "the same for clients of OPUS"),
    GuardedRoute("GET", "/store", Right.RUN, "a result of a job, by its id"),
    GuardedRoute("GET", "/definitions", Right.CURATE, "all job definitions, drafts too"),
    GuardedRoute("POST", "/definitions", Right.CURATE, "a definition, to check or save as a draft"),
    GuardedRoute("GET", "/definitions/", Right.CURATE, "the text and the revisions of one"),
    GuardedRoute("POST", "/definitions/", Right.CURATE, "the approval of one"),
    GuardedRoute("GET", "/jdl", Right.RUN, "the job definitions, as OPUS lists them"),
    GuardedRoute("GET", "/jdl/", Right.RUN, "one of them"),
)
MUTATIONS: Final = (
    GuardedMutation("invalidate", Right.CURATE, "a mark: this file, run, version … is invalid"),
    GuardedMutation("takeBack", Right.CURATE, "the end of all such marks of a record"),
    GuardedMutation("describe", Right.CURATE, "new revisions of the descriptions of tools"),
    GuardedMutation("approve", Right.CURATE, "the approval of the last revision"),
)
_RIGHTS_OF_MUTATIONS: Final = {each.name: each.right for each in MUTATIONS}
_EXACT: Final = {(each.method, each.path): each for each in ROUTES}
_BELOW: Final = tuple(each for each in ROUTES if each.path.endswith("/") and each.path != "/")


def right_of(method: str, path: str) -> Right | None:
    """Find the right that a request needs.

    Args:
        method: of HTTP; ``HEAD`` is as ``GET``.
        path: of the URL.

    Returns:
        The right; None where everybody may come. What is not listed needs the right to administer.
    """
    found = _guarded(method, path)
    return found.right if found else Right.ADMINISTER


def what_is_at(method: str, path: str) -> str:
    """Tell what a request is answered with.

    Args:
        method: of HTTP; ``HEAD`` is as ``GET``.
        path: of the URL.

    Returns:
        A few words; "" where nothing is listed.
    """
    found = _guarded(method, path)
    return found.what if found else ""


def _guarded(method: str, path: str) -> GuardedRoute | None:
    """What is listed for a request."""
    method = "GET" if method == "HEAD" else method
    return _EXACT.get((method, path)) or next(
        (each for each in _BELOW if each.method == method and path.startswith(each.path)), None
    )


def right_of_mutation(name: str) -> Right:
    """Find the right that a mutation of GraphQL needs.

    Args:
        name: of the mutation.

    Returns:
        The right; what is not listed needs the right to administer.
    """
    return _RIGHTS_OF_MUTATIONS.get(name, Right.ADMINISTER)
