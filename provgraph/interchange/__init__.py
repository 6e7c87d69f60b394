"""PROV documents into a store and out of it: one bulk reader of stores, and the formats.

It may import what stands above it: errors, settings, model, prov, loaders, identity and store.
"""
