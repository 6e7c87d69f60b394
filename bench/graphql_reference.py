"""``python -m bench.graphql_reference PORT NODES EDGES``.

A Strawberry field that returns constant objects.
"""

import sys

import strawberry
import uvicorn
from fastapi import FastAPI
from strawberry.fastapi import GraphQLRouter

from provgraph.web.server import listening

port, nodes, edges = map(int, sys.argv[1:])


@strawberry.type
class Node:
    """As many fields as the question asks for."""

    id: strawberry.ID
    name: str


@strawberry.type
class Edge:
    """As many fields as the question asks for."""

    relation: str
    source: strawberry.ID
    target: strawberry.ID


@strawberry.type
class Answer:
    """The same shape as a lineage."""

    nodes: list[Node]
    edges: list[Edge]


ANSWER = Answer(
    nodes=[
        Node(id=strawberry.ID(f"product:{number:032}"), name=f"run{number:05}.dl2.h5")
        for number in range(nodes)
    ],
    edges=[
        Edge(
            relation="USED",
            source=strawberry.ID(f"{number:036}"),
            target=strawberry.ID(f"product:{number:032}"),
        )
        for number in range(edges)
    ],
)


@strawberry.type
class Query:
    """One field that does nothing."""

    @strawberry.field
    async def what_produced(self, file: str) -> Answer:
        """Constant objects."""
        return ANSWER


app = FastAPI()
app.include_router(GraphQLRouter(strawberry.Schema(Query)), prefix="/graphql")
with listening("127.0.0.1", port) as listener:
    # as `provgraph.web.server.serve`
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(
        sockets=[listener]
    )
