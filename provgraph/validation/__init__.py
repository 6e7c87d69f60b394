"""Checks documents and stores against W3C PROV-CONSTRAINTS, and tells what is suspicious.

Imports `interchange` and `writers` and the rooms before them; no other face.
"""
