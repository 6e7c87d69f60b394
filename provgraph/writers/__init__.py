"""Lineages and records as text for terminals and scripts.

Imports the model, `questions` and the rooms before them; reads no store.
"""
