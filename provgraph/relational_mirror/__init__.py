"""The ctaprov mirror: a PostgreSQL database that is kept equal to a store.

May import the rooms from `errors` to `collecting`. `graphql`, `relational_mirror`, `validation` and
`web` don't import one another.
"""
