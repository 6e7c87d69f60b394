"""W3C PROV as documents say it, whatever their format: statements, names, values, prefixes; no I/O.

This room may import `errors`, `settings` and `model`.
"""
