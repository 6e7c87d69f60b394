"""The command line: each command parses its options, calls a function, and prints the result.

May import every room; no room imports `commands`.
"""
