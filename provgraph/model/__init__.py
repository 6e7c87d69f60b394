"""The data that all rooms speak of: runs, files, agents, values, times, lineages; no I/O.

This room may import `errors` and `settings` only.
"""
