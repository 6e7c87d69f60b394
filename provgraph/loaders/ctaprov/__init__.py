"""The reader of the databases of CTADIRAC's provenance prototype, and of provgraph's own mirror.

May import what `provgraph.loaders` may, and the modules of that room. Only `address` is imported
without the driver of PostgreSQL.
"""
