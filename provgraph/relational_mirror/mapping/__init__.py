"""The rows of the published tables, made from the records of a store by pure functions.

May import what its room `relational_mirror` may import, and the records of that room.
"""
