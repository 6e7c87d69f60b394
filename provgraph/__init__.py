"""provgraph: what produced this file? A provenance store for CTAO and for anyone who runs ctapipe."""

__version__ = "0.2.0"
