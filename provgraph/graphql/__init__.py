"""The query API: questions of GraphQL about a store, answered over HTTP.

May import the rooms from `errors` to `collecting`. `graphql`, `relational_mirror`, `validation` and
`web` don't import one another.
"""
