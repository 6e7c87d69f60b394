"""Lineages as drawings: SVG, PNG, PDF, Graphviz and Mermaid, all from one figure.

Imports the model and `questions`; asks no store.
"""
