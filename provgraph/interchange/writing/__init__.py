"""From statements of PROV to documents: a module for each format.

It may import errors, model and prov; it knows neither stores nor the reading side.
"""
