"""Every route and mutation asks for the right that it declares, and no other is there."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from provgraph.commands.serving import create_app
from provgraph.graphql.schema import schema
from provgraph.store.protocol import Store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import MUTATIONS, RIGHTS, ROUTES, Right, Role, right_of, right_of_mutation
from provgraph.web.tokens import TokenFile
from tests.graphql.conftest import served

#: What is asked for, where the path of a route is not enough.
AT = {
    "/static/": "/static/graphiql.css",
    "/assets/": "/assets/icon.svg",
    "/graphql": "/graphql?query={__typename}",
    "/jdl/": "/jdl/nothing",
    "/provsap": "/provsap?ID=run02001.dl3.fits",
}
#: What is sent to be loaded here is no source; jobs are not run.
FINE = {
    "/load": 422,
    "/uws/": 404,
    "/rest/": 404,
    "/store": 404,
    "/jdl/": 404,
    "/definitions": 404,
    "/definitions/": 404,
}
#: Mutation → arguments that mean nothing.
SENSELESS = {
    "invalidate": 'target: {}, reason: ""',
    "takeBack": "target: {}",
    "describe": "descriptions: {}",
    "approve": 'tool: "nothing of this name"',
}
QUERY = {"query": "{ stats { agents } }"}


def routes_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of all routes of an application."""
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", f"{route.path}/"
        elif isinstance(route, Route):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route.path.partition("{")[0]
        elif not isinstance(route, WebSocketRoute):  # those are refused
            yield from routes_of(route.original_router.routes)  # type: ignore[attr-defined]


@pytest.fixture
def tokens(tmp_path: Path) -> dict[Role, str]:
    """A token of each role."""
    file = TokenFile(tmp_path / "tokens.json")
    return {role: file.add(role, role) for role in Role}


def guarded(tmp_path: Path, *, anonymous_read: bool = False) -> Reception:
    """A server that asks for tokens."""
    settings = AccessSettings(tmp_path / "tokens.json", anonymous_read=anonymous_read)
    return Reception(access=settings)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_every_route_declares_its_right(store: Store) -> None:
    found = set(routes_of(create_app(store).routes))
    assert found == {(each.method, each.path) for each in ROUTES}
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert list(mutations.fields) == [each.name for each in MUTATIONS]


def test_each_route_lets_in_who_has_the_right(
    store: Store, tokens: dict[Role, str], tmp_path: Path
) -> None:
    with served(store, guarded(tmp_path)) as client:
        for route in ROUTES:
            path = AT.get(route.path, route.path)

            def asked(headers: dict[str, str], method: str = route.method, at: str = path) -> int:
                return client.request(
                    method, at, headers=headers, json=QUERY if method == "POST" else None
                ).status_code

            for role, token in tokens.items():
                may = route.right is None or route.right in RIGHTS[role]
                fine = FINE.get(route.path, 200)
                assert asked(bearer(token)) == (fine if may else 403), (route, role)
            for headers in ({}, bearer("nobody"), {"authorization": "Basic YTpi"}):
                assert asked(headers) == (401 if route.right else 200), (route, headers)


def test_each_mutation_lets_in_who_has_the_right(
    store: Store, tokens: dict[Role, str], tmp_path: Path
) -> None:
    """Nothing that is asked for here makes sense, so nothing is changed where it is let in."""
    with served(store, guarded(tmp_path, anonymous_read=True)) as client:
        for mutation, arguments in SENSELESS.items():
            query = {"query": f"mutation {{ {mutation}({arguments}) {{ __typename }} }}"}
            (right,) = (each.right for each in MUTATIONS if each.name == mutation)
            for role in RIGHTS:
                if Right.READ in RIGHTS[role]:
                    asked = client.post("/graphql", json=query, headers=bearer(tokens[role]))
                    (error,) = asked.json()["errors"]
                    is_refused = error["extensions"]["code"] == "FORBIDDEN"
                    assert is_refused == (right not in RIGHTS[role]), (mutation, role, error)
            (error,) = client.post("/graphql", json=query).json()["errors"]
            assert error["extensions"]["code"] == "UNAUTHENTICATED", mutation
            assert "Bearer" in error["message"]


def test_without_access_control_nothing_is_changed(client: httpx.Client) -> None:
    """Nobody would know who did it."""
    query = 'mutation { invalidate(target: {record: "x"}, reason: "r") { runs } }'
    (error,) = client.post("/graphql", json={"query": query}).json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}
    assert "serve with --access" in error["message"]


def test_refusals_say_what_is_missing(
    store: Store, tokens: dict[Role, str], tmp_path: Path
) -> None:
    with served(store, guarded(tmp_path)) as client:
        without = client.post("/graphql", json=QUERY)
        assert without.headers["www-authenticate"] == "Bearer"
        assert without.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        wrong = client.post("/graphql", json=QUERY, headers=bearer("provgraph_x"))
        assert "invalid_token" in wrong.headers["www-authenticate"]
        lacking = client.post("/graphql", json=QUERY, headers=bearer(tokens[Role.LOADER]))
        assert lacking.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
        assert "right to read" in lacking.json()["errors"][0]["message"]


def test_a_browser_gets_the_page_and_then_needs_a_token(store: Store, tmp_path: Path) -> None:
    with served(store, guarded(tmp_path)) as client:
        page = client.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "graphiql" in page.text
        for query in ("?query={__typename}", "?q=1&query={__typename}", "?%71uery={__typename}"):
            assert client.get(f"/graphql{query}").status_code == 401


def test_everybody_may_read_where_that_is_set(
    store: Store, tokens: dict[Role, str], tmp_path: Path
) -> None:
    with served(store, guarded(tmp_path, anonymous_read=True)) as client:
        assert client.post("/graphql", json=QUERY).status_code == 200
        assert client.post("/no/such/page").status_code == 401
        assert client.post("/graphql", json=QUERY, headers=bearer("x")).status_code == 401


def test_a_revoked_token_is_worthless_at_once(
    store: Store, tokens: dict[Role, str], tmp_path: Path
) -> None:
    with served(store, guarded(tmp_path)) as client:
        headers = bearer(tokens[Role.READER])
        assert client.post("/graphql", json=QUERY, headers=headers).status_code == 200
        TokenFile(tmp_path / "tokens.json").revoke("reader")
        assert client.post("/graphql", json=QUERY, headers=headers).status_code == 401


def test_what_is_not_listed_is_for_administrators(client: httpx.Client) -> None:
    assert right_of("GET", "/no/such/page") is Right.ADMINISTER
    assert right_of("DELETE", "/graphql") is Right.ADMINISTER
    assert right_of("HEAD", "/healthz") is None
    assert right_of_mutation("forget") is Right.ADMINISTER
