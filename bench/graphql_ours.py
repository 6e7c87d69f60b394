"""``python -m bench.graphql_ours PORT STORE``: provgraph's own server."""

import sys

from provgraph.store.registry import open_store
from provgraph.web.app import serve

port, url = sys.argv[1:]
serve(open_store(url), "127.0.0.1", int(port))
