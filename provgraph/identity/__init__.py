"""Which file is this? Decides which mentions of files are one entity, as a pure function.

This room may import `errors`, `settings`, `model`, `prov`, `databases` and `loaders`; it needs only
`model`.
"""
