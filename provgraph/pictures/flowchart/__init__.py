"""The flowchart of a lineage, as the page of the web server draws it: left to right, folded."""
