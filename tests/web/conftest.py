"""The corpus in an embedded store, and a client of a real server on the store."""

from tests.graphql.conftest import client, store, store_url

__all__ = ["client", "store", "store_url"]
