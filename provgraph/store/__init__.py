"""Where provenance is kept: one interface, and a folder for each kind of database.

May import `errors`, `settings`, `model`, `prov`, `databases` and `identity`; a store decides
nothing about which file is which.
"""
