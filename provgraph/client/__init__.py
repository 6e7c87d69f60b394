"""A server from Python: ``provgraph.connect`` asks as ``provgraph.open`` does, over HTTP."""
