"""Lets a request in when its token, or its OpenID Connect login, has the right that it needs."""

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from provgraph.server_settings import OidcSettings
from provgraph.store.served import ROLES
from provgraph.web.guards import CODES, refusal
from provgraph.web.oidc import Login
from provgraph.web.roles import RIGHTS, Right, Role, right_of, right_of_mutation
from provgraph.web.tokens import BEGINNING, TokenFile

_UNKNOWN: Final = "this needs a token: send it as `Authorization: Bearer TOKEN`"
#: How the name of a caller begins who came by a token.
_PREFIX: Final = "token "
#: Where everybody may ask who they are: it needs no right, and says what a token is worth.
CALLER_PATH: Final = "/caller"


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who is let in.

    Attributes:
        tokens: the file of tokens.
        oidc: whose logins count; None without OpenID Connect.
        anonymous_read: whether who has no token may read.
    """

    tokens: Path
    oidc: OidcSettings | None = None
    anonymous_read: bool = False

    @property
    def anonymous_rights(self) -> frozenset[Right]:
        """What who has no token may do."""
        return frozenset({Right.READ} if self.anonymous_read else ())

    @property
    def asked_of(self) -> frozenset[Right]:
        """What needs a token."""
        return frozenset(Right) - self.anonymous_rights


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        name: for logs, for turns and for limits; empty of who gave no token.
        rights: what the caller may do.
        roles: of the caller, by which records are hidden or not.
        is_guarded: whether the server asks who comes.
    """

    name: str
    rights: frozenset[Right]
    roles: frozenset[Role] = frozenset()
    is_guarded: bool = True

    def refusal(self, mutation: str) -> tuple[str, str] | None:
        """Tell why the caller may not call a mutation of GraphQL.

        Args:
            mutation: its name.

        Returns:
            The code and the message of the error; None where the caller may.
        """
        right = right_of_mutation(mutation)
        if right in self.rights:
            return None
        if not self.is_guarded:
            return CODES[403], "a change needs access control: serve with --access"
        if not self.name:
            return CODES[401], _UNKNOWN
        return CODES[403], _lacking(self, right)


class AccessControl:
    """ASGI middleware that refuses what the caller has no right to."""

    def __init__(self, app: ASGIApp, settings: AccessSettings) -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
            settings: who is let in.
        """
        self._app = app
        self._tokens = TokenFile(settings.tokens)
        self._login = Login(settings.oidc) if settings.oidc else None
        self._anonymous = settings.anonymous_rights

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, or refuse."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and ((right := _needed(scope)) or scope["path"] == CALLER_PATH):
            caller = await self._caller(Headers(scope=scope).get("authorization"))
            if right and (caller is None or right not in caller.rights):
                await _refused(caller, right)(scope, receive, send)
                return
            state = scope.setdefault("state", {})
            state["caller"] = caller
            if caller and caller.name:
                state["client"], state[ROLES] = caller.name, caller.roles
        await self._app(scope, receive, send)

    async def _caller(self, authorization: str | None) -> Caller | None:
        """Who sends a request; None when the token, or what stands there, is not valid."""
        if authorization is None:
            return Caller("", self._anonymous)
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() == "basic":
            return self._named(token)
        if scheme.lower() != "bearer" or not token:
            return None
        if token.startswith(BEGINNING) or self._login is None:
            return self._with_token(token)
        # Its keys may have to be fetched.
        person = await asyncio.to_thread(self._login.person, token)
        if person is None:
            return None
        return Caller(f"login {person.name}", rights_of(person.roles), person.roles)

    def _with_token(self, token: str) -> Caller | None:
        known = self._tokens.find(token)
        if known is None:
            return None
        return Caller(f"{_PREFIX}{known.name}", RIGHTS[known.role], frozenset({known.role}))

    def _named(self, pair: str) -> Caller | None:
        """Who sends name and token by HTTP's Basic scheme (RFC 7617), as clients of OPUS do."""
        try:
            name, _, token = base64.b64decode(pair, validate=True).decode().partition(":")
        except ValueError:
            return None
        caller = self._with_token(token)
        return caller if caller and caller.name == f"{_PREFIX}{name}" else None


def caller_in(scope: Scope) -> Caller | None:
    """Tell who was let in with a request.

    Args:
        scope: of the request.

    Returns:
        The caller, without a name where no token came; None without access control, and where what
        came is no valid token.
    """
    caller: Caller | None = scope.get("state", {}).get("caller")
    return caller


def name_of_caller(scope: Scope) -> str | None:
    """Tell who sends a request, as the owner of a job is called.

    Args:
        scope: of the request.

    Returns:
        The name of a token; ``login NAME`` of a person who logged in; None of nobody.
    """
    caller = caller_in(scope)
    return caller.name.removeprefix(_PREFIX) if caller and caller.name else None


def caller_of(scope: Scope, *, is_guarded: bool) -> Caller:
    """Tell who asks for an answer of GraphQL.

    Args:
        scope: of the request.
        is_guarded: whether the server asks who comes; else everybody may read, and nobody may
            change anything, since it would not be known who did it.

    Returns:
        The caller, with a name where one is known.
    """
    nobody = Caller("", frozenset({Right.READ}), is_guarded=is_guarded)
    return caller_in(scope) or nobody


def is_admin(scope: Scope) -> bool:
    """Tell whether who sends a request may administer.

    Args:
        scope: of the request.
    """
    caller = caller_in(scope)
    return caller is not None and Right.ADMINISTER in caller.rights


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """Join the rights of several roles.

    Args:
        roles: of one caller.

    Returns:
        All that the caller may do.
    """
    return frozenset(right for role in roles for right in RIGHTS[role])


def _needed(scope: Scope) -> Right | None:
    """The right that a request needs; the page of GraphiQL, which asks nothing, needs none."""
    if scope["method"] == "GET" and scope["path"] == "/graphql":
        return Right.READ if "query" in QueryParams(scope["query_string"]) else None
    return right_of(scope["method"], scope["path"])


def _refused(caller: Caller | None, right: Right) -> ASGIApp:
    """The response to who is not let in (RFC 6750, 3)."""
    if caller is None:
        message = "the token is not valid: it was never made, was revoked, or has expired"
        return refusal(401, message, WWW_Authenticate='Bearer error="invalid_token"')
    if not caller.name:
        return refusal(401, _UNKNOWN, WWW_Authenticate="Bearer")
    return refusal(403, _lacking(caller, right))


def _lacking(caller: Caller, right: Right) -> str:
    return f"this needs the right to {right.value}, which {caller.name} has not"
