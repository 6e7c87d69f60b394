"""Logins by OpenID Connect: a JWT that an identity provider signed says who asks.

PyJWT checks the signature, the audience, the issuer and the times. The provider's keys are fetched
when a token names one that is not known, and again after five minutes: so they may change. A
provider that fails is left alone for a while: anybody can send what looks like a token.
"""

import json
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provgraph.errors import SettingsError, extra_needed
from provgraph.server_settings import OidcSettings
from provgraph.web.roles import Role

if TYPE_CHECKING:
    from jwt import PyJWKClient

_log = logging.getLogger(__name__)
T = TypeVar("T")
#: The signatures that count: of keys that only the provider has.
ALGORITHMS: Final = tuple(
    f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)
)
#: For so long fetched keys are used, in seconds; clocks may differ by the second number.
KEYS_SECONDS: Final = 300
LEEWAY_SECONDS: Final = 30
#: Keys that are not known are asked for at most so often, in seconds: anybody can make one up.
COOLDOWN_SECONDS: Final = 30
#: After a failure the provider is not asked again for so long, in seconds.
FAILURE_SECONDS: Final = 10
#: How long the provider has to answer, in seconds.
_PATIENCE: Final = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Who has logged in.

    Attributes:
        name: what the provider calls the person (``sub``).
        roles: by the person's groups.
    """

    name: str
    roles: frozenset[Role]


class Login:
    """Tells whom a JWT speaks of."""

    def __init__(self, settings: OidcSettings) -> None:
        """Fetch nothing yet.

        Args:
            settings: whose logins count.

        Raises:
            MissingExtraError: PyJWT is not installed.
            SettingsError: a group has a role that there is not.
        """
        with extra_needed("oidc", "OpenID Connect"):
            import jwt  # noqa: PLC0415 - only who uses it has it
        self._jwt = jwt
        self._settings = settings
        self._asking = Lock()
        #: Before this moment the provider is not asked.
        self._again = 0.0
        try:
            self._role_of = {group: Role(role) for group, role in settings.roles}
        except ValueError as error:
            raise SettingsError(
                f"PROVGRAPH_OIDC_ROLES: {error}; the roles are {', '.join(Role)}"
            ) from None

    def person(self, token: str) -> Person | None:
        """Check a token; the provider's keys may be fetched meanwhile.

        Args:
            token: a JWT, as a client sent it.

        Returns:
            The person; None when the token is not valid, or has not the form of a JWT.
        """
        settings = self._settings
        try:
            key = self._key_source().get_signing_key_from_jwt(token)
            claims = self._jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=settings.audience,
                issuer=settings.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except self._jwt.PyJWTError as error:
            _log.info("a login was refused: %s", error)
            return None
        return Person(str(claims["sub"]), self._roles(claims))

    def _key_source(self) -> "PyJWKClient":
        """What has the provider's keys; made once, when the first token comes.

        Raises:
            PyJWKClientError: the provider does not say where its keys are.
        """
        with self._asking:
            return self._keys

    @cached_property
    def _keys(self) -> "PyJWKClient":
        """The provider's keys, fetched when they are needed."""
        settings = self._settings
        url = settings.keys or self._fetched(lambda: _keys_of(settings.issuer))
        source = self._jwt.PyJWKClient(
            url,
            lifespan=KEYS_SECONDS,
            timeout=_PATIENCE,
            cooldown_duration=COOLDOWN_SECONDS,
        )
        source.fetch_data = partial(self._fetched, source.fetch_data)  # type: ignore[method-assign]
        return source

    def _fetched(self, fetch: Callable[[], T]) -> T:
        """Ask the provider, unless it has failed a moment ago.

        Raises:
            PyJWKClientError: it has, or fails now.
        """
        if time.monotonic() < self._again:
            raise self._jwt.PyJWKClientError("the provider has failed a moment ago")
        try:
            return fetch()
        except (self._jwt.PyJWTError, OSError, ValueError, KeyError) as error:
            self._again = time.monotonic() + FAILURE_SECONDS
            issuer = self._settings.issuer
            _log.error(
                "%s does not tell its keys (again in %d s): %s", issuer, FAILURE_SECONDS, error
            )
            raise self._jwt.PyJWKClientError(str(error)) from error

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """The roles of the groups that a token lists, as a list or as one text."""
        groups = claims.get(self._settings.claim) or ()
        listed = groups.split() if isinstance(groups, str) else groups
        known = self._role_of
        return frozenset(known[group] for group in listed if group in known)


def _keys_of(issuer: str) -> str:
    """The URL of a provider's keys (OpenID Connect Discovery 1.0, section 4).

    Raises:
        OSError, ValueError, KeyError: the provider does not say it.
    """
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:  # noqa: S310 - a setting
        return str(json.load(answer)["jwks_uri"])
