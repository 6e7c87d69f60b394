"""Logins by OpenID Connect: what makes a JWT worthless, and keys that change."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from provgraph.errors import SettingsError
from provgraph.server_settings import OidcSettings, oidc_settings
from provgraph.store.protocol import Store
from provgraph.web import oidc
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.oidc import Login, Person
from provgraph.web.roles import Role
from tests.graphql.conftest import served

jwt = pytest.importorskip("jwt")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")


class Provider:
    """An identity provider: an issuer with keys, and the claims of a person."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.rotate("first")
        provider = self

        self.asked: list[str] = []
        self.is_broken = False

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                if provider.is_broken:
                    self.send_error(500)
                    return
                is_keys = self.path == "/keys"
                page = provider.key_set() if is_keys else {"jwks_uri": f"{provider.issuer}/keys"}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(page).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def rotate(self, name: str) -> None:
        """Take another key in the place of those before."""
        self.keys = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def key_set(self) -> dict[str, Any]:
        to_jwk = jwt.algorithms.RSAAlgorithm.to_jwk
        return {
            "keys": [
                {**to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
                for name, key in self.keys.items()
            ]
        }

    def claims(self, **others: Any) -> dict[str, Any]:
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": "provgraph", "sub": "ana", "exp": now + 600}
        return {**usual, "groups": ["users", "other"], **others}

    def token(self, **others: Any) -> str:
        ((name, key),) = self.keys.items()
        return str(jwt.encode(self.claims(**others), key, "RS256", headers={"kid": name}))

    @property
    def settings(self) -> OidcSettings:
        return OidcSettings(self.issuer, "provgraph", (("users", "reader"), ("ops", "admin")))


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def login(provider: Provider) -> Login:
    return Login(provider.settings)


def test_groups_are_roles(provider: Provider, login: Login) -> None:
    assert login.person(provider.token()) == Person("ana", frozenset({Role.READER}))
    both = provider.token(groups="users ops")
    assert login.person(both) == Person("ana", frozenset({Role.READER, Role.ADMIN}))
    for groups in ([], None, ["strangers"]):
        assert login.person(provider.token(groups=groups)) == Person("ana", frozenset())


def test_what_is_no_login(provider: Provider, login: Login) -> None:
    fine = provider.token()
    head, body, signature = fine.split(".")
    others = jwt.encode(
        provider.claims(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "RS256",
        headers={"kid": "first"},
    )
    worthless = [
        provider.token(aud="another"),
        provider.token(iss="https://evil.example"),
        provider.token(exp=int(time.time()) - 60),
        provider.token(nbf=int(time.time()) + 600),
        *(
            jwt.encode(
                {name: value for name, value in provider.claims().items() if name != missing},
                provider.keys["first"],
                "RS256",
                headers={"kid": "first"},
            )
            for missing in ("exp", "aud", "iss", "sub")
        ),
        others,
        jwt.encode(
            provider.claims(),
            "a secret of 32 bytes, which is shared",
            "HS256",
            headers={"kid": "first"},
        ),
        jwt.encode(provider.claims(), None, "none", headers={"kid": "first"}),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        "x.y.z",
        "nothing",
    ]
    assert [login.person(token) for token in worthless] == [None] * len(worthless)


def test_keys_change(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "COOLDOWN_SECONDS", 0)
    login = Login(provider.settings)
    before = provider.token()
    assert login.person(before)
    provider.rotate("second")
    assert login.person(provider.token())
    assert Login(provider.settings).person(before) is None
    provider.rotate("first")


@pytest.mark.parametrize("broken", ["/.well-known/openid-configuration", "/keys"])
def test_a_provider_that_fails_is_left_alone_for_a_while(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Anybody can send what looks like a token, as often as she likes."""
    now = [1000.0]
    monkeypatch.setattr("provgraph.web.oidc.time.monotonic", lambda: now[0])
    login = Login(provider.settings)
    if broken == "/keys":
        assert login.person(provider.token())  # discovery has been done
        now[0] += oidc.KEYS_SECONDS + 1
    provider.asked.clear()
    provider.is_broken = True
    assert [login.person(provider.token()) for _ in range(20)] == [None] * 20
    assert provider.asked == [broken]
    provider.is_broken = False
    now[0] += oidc.FAILURE_SECONDS + 1
    assert login.person(provider.token())


def test_an_unknown_key_does_not_shut_out_who_has_a_known_one(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "COOLDOWN_SECONDS", 0)
    login = Login(provider.settings)
    fine = provider.token()
    assert login.person(fine)
    key = provider.keys["first"]
    strange = jwt.encode(provider.claims(), key, "RS256", headers={"kid": "made up"})
    provider.is_broken = True
    assert login.person(strange) is None
    assert login.person(fine)
    provider.is_broken = False


def test_a_login_comes_in_and_a_provider_that_is_away_lets_nobody_in(
    provider: Provider, store: Store, tmp_path: Path
) -> None:
    query = {"query": "{ stats { agents } }"}
    access = AccessSettings(tmp_path / "tokens.json", provider.settings)
    with served(store, Reception(access=access)) as client:
        for groups, status in ((["users"], 200), ([], 403)):
            headers = {"authorization": f"Bearer {provider.token(groups=groups)}"}
            assert client.post("/graphql", json=query, headers=headers).status_code == status
        assert (
            client.post("/graphql", json=query, headers={"authorization": "Bearer x"}).status_code
            == 401
        )
    away = OidcSettings("http://127.0.0.1:9", "provgraph", (("users", "reader"),))
    assert Login(away).person(provider.token()) is None


def test_settings() -> None:
    said = {
        "PROVGRAPH_OIDC_ISSUER": "https://iam",
        "PROVGRAPH_OIDC_AUDIENCE": "provgraph",
        "PROVGRAPH_OIDC_ROLES": "/a=b/users=reader, ops=admin",
    }
    assert oidc_settings({}) is None
    found = oidc_settings(said)
    assert found is not None
    assert found.roles == (("/a=b/users", "reader"), ("ops", "admin"))
    for missing in ("PROVGRAPH_OIDC_AUDIENCE", "PROVGRAPH_OIDC_ROLES"):
        with pytest.raises(SettingsError, match="PROVGRAPH_OIDC_ROLES"):
            oidc_settings({**said, missing: ""})
    with pytest.raises(SettingsError, match="king"):
        Login(OidcSettings("https://iam", "provgraph", (("ops", "king"),)))
