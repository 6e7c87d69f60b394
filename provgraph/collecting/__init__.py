"""Collecting provenance where it arises: captured in a job, spooled, or dropped into a folder.

May import the rooms from `provgraph.errors` down to `provgraph.ingest`.
"""
