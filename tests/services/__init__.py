"""Real database servers for the tests and the benchmarks.

    with Neo4jServer() as neo4j, PostgresServer() as postgres:
        ...  # neo4j.url, postgres.url("postgres")

Both keep their data in a temporary folder, listen on 127.0.0.1 alone, and
answer queries by the time the constructor's ``start()`` returns.
"""

from .neo4j import Neo4jServer
from .postgres import PostgresServer
from .process import Server, ServiceUnavailable

__all__ = ["Neo4jServer", "PostgresServer", "Server", "ServiceUnavailable"]
