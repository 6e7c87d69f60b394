"""The first half of a load: the names of sources → bytes → documents and problems.

May import the rooms above ``ingest``; the store only for the record of an earlier load.
"""
