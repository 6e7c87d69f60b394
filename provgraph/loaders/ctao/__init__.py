"""The reader of the headers of CTAO's data products.

May import what `provgraph.loaders` may, and the modules of that room.
"""
