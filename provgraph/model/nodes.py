"""Moved to provgraph.store.nodes; this line goes when neo4j.py imports it from there."""

from provgraph.store.nodes import *  # noqa: F403
