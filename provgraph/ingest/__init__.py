"""Loading: sources are looked up, read, compared with what is known, and written.

May import the rooms from `provgraph.errors` down to `provgraph.store`. What leads away from a load
(forgetting, invalidation) stands here too; `reading` makes documents of sources, `deciding` makes
changes of documents.
"""
