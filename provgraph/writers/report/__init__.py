"""A report as text, JSON and one page of HTML."""
