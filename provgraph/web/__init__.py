"""The web application on a store, and its server.

May import the rooms from `errors` to `collecting`. The query API is handed in: `graphql`,
`relational_mirror`, `validation` and `web` don't import one another.
"""
