"""Tests of what a load decides: which file is which, and what it changes."""
