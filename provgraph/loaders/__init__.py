"""The readers of what can be loaded: bytes of a source → `Document`s, one a record.

May import errors, settings, model, prov and databases. Other packages add loaders by the entry
point ``provgraph.loaders``.
"""
