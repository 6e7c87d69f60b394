"""The diagram of a lineage as the W3C draws provenance: every record, every relation."""
