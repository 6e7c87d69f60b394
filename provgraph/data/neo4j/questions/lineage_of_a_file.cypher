// Lineage of a file
// First say which: :param file => '/data/dl3/run1.dl3.fits' (a path or an id).
// Each record once, by the shortest way to it; the nearest 300.
MATCH (file:Entity) WHERE file.location = $file OR file.id = $file
MATCH way = (file)-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*0..]->(record)
WITH record, min(length(way)) AS distance
RETURN record ORDER BY distance, record.id LIMIT 300
