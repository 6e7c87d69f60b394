"""The description of the routes for programs is whole, and says who may come."""

import httpx

from provgraph.commands.serving import create_app
from provgraph.store.protocol import Store
from provgraph.web.openapi import describe
from provgraph.web.roles import ROUTES, right_of
from tests.graphql.conftest import served

#: Files, and the description itself.
NOT_DESCRIBED = {"/assets/", "/static/", "/openapi.json"}


def test_every_route_is_described(store: Store) -> None:
    paths = describe(create_app(store))["paths"]
    found = {
        (method.upper(), path.partition("{")[0])
        for path, operations in paths.items()
        for method in operations
    }
    wanted = {(each.method, each.path) for each in ROUTES if each.path not in NOT_DESCRIBED}
    assert wanted <= found
    assert {path for _, path in found - wanted} == {"/"}  # HEAD


def test_a_description_says_who_may_come_and_what_is_refused(store: Store) -> None:
    for path, operations in describe(create_app(store))["paths"].items():
        for method, said in operations.items():
            is_guarded = right_of(method.upper(), path) is not None
            assert said["summary"]
            assert bool(said["security"]) == is_guarded, path
            assert ("401" in said["responses"]) == is_guarded, path
            assert ("413" in said["responses"]) >= ("requestBody" in said), path
            assert "400" in said["responses"], path


def test_the_description_is_for_everybody(client: httpx.Client) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_a_refusal_is_as_described(store: Store) -> None:
    with served(store) as client:
        found = client.get("/openapi.json").json()
        refused = client.post("/load", content=b"x")
    assert refused.status_code == 403
    said = found["paths"]["/load"]["post"]["responses"]["403"]["content"]["application/json"]
    assert said["schema"] == {"$ref": "#/components/schemas/Refusal"}
    needed = found["components"]["schemas"]["Refusal"]["properties"]["errors"]["items"]["required"]
    assert set(refused.json()["errors"][0]) == set(needed)
