"""From PROV documents to documents of provgraph: a loader for each format, one maker of records.

It may import errors, model, prov and loaders; it knows neither stores nor the writing side.
"""
