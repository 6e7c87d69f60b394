"""PROV-O and JSON-LD: triples of RDF → statements of PROV.

Only `parsing` imports rdflib; the other modules are pure functions of triples.
"""
