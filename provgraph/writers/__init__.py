"""A lineage as text: for a terminal, for scripts, for spreadsheets and as drawings."""
