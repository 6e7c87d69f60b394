"""The tables of ``provgraph sync --provtap`` behind a real TAP service: ``make soak-dachs``."""
