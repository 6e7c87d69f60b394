"""Tests of what is collected: spool, delivery, drop folder, capture."""
