"""The description of the routes for programs is whole, and says who may come."""

from pathlib import Path

import httpx

from provgraph.commands.serving import create_app
from provgraph.store.protocol import Store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import ROUTES, Right, right_of
from tests.graphql.conftest import served

#: Files, and the description itself.
NOT_DESCRIBED = {"/assets/", "/static/", "/openapi.json"}
#: Described where jobs are run (`tests/web/jobs/test_resources.py`).
OF_JOBS = {"/uws/", "/rest/"}


def test_every_route_is_described(store: Store) -> None:
    paths = create_app(store).openapi()["paths"]
    found = {
        (method.upper(), path.partition("{")[0])
        for path, operations in paths.items()
        for method in operations
    }
    wanted = {(each.method, each.path) for each in ROUTES if each.path not in NOT_DESCRIBED}
    assert {(method, path) for method, path in wanted if path not in OF_JOBS} <= found
    assert {path for _, path in found - wanted} == {"/"}  # HEAD


def test_a_description_says_what_is_refused(store: Store) -> None:
    for path, operations in create_app(store).openapi()["paths"].items():
        for method, said in operations.items():
            assert said["summary"]
            needs_right = right_of(method.upper(), path) is not None
            assert ("401" in said["responses"]) == needs_right, path
            assert ("413" in said["responses"]) >= ("requestBody" in said), path
            assert "400" in said["responses"], path


def test_a_description_says_who_needs_a_token(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    for access, may_come in (
        (AccessSettings(file), {None}),
        (AccessSettings(file, anonymous_read=True), {None, Right.READ}),
        (None, {None, *Right}),
    ):
        paths = create_app(store, Reception(access=access)).openapi()["paths"]
        for path, operations in paths.items():
            for method, said in operations.items():
                right = right_of(method.upper(), path)
                assert bool(said["security"]) == (right not in may_come), (access, path)


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
