"""``python -m bench.graphql_ours PORT STORE``: provgraph's own server."""

import sys

from provgraph.commands.serving import serve_store
from provgraph.store.registry import open_store

port, url = sys.argv[1:]
serve_store(open_store(url), "127.0.0.1", int(port))
