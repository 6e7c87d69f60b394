"""From documents to changes: what is new is joined with what is known, by the rules of identity.

May import the rooms from `provgraph.errors` down to `provgraph.store`, and nothing else of
`provgraph.ingest`. Nothing is written here.
"""
