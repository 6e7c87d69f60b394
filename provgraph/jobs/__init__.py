"""Jobs: scripts that approved descriptions define; run by an engine, and known by their provenance.

A job is a row of a database of its own, a folder, and at its end one run in the store.
"""
