"""The store in a Neo4j database: a property graph in the words of the field.

May import what `store` may, and the modules of `store` itself; nothing of `store.relational`.
"""
