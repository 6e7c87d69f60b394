"""The reader of the folders that jobs of CTADIRAC leave behind.

May import what `provgraph.loaders` may, and the modules of that room.
"""
