"""The store in SQL tables: SQLite, or the same tables on a PostgreSQL server.

May import what `store` may, and the modules of `store` itself; nothing of `store.neo4j`.
"""
