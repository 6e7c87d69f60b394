"""Reads the job database of OPUS (Observatoire de Paris UWS System), of SQLite and PostgreSQL.

docs/how-to/opus.md says what becomes of each column.
"""
