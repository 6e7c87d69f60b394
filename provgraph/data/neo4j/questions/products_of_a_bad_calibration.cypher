// Products of a bad calibration
// First say which: :param file => '/data/calib/flat.h5' (a path or an id).
// The files that were made from it and still stand, the newest first.
MATCH (bad:Entity) WHERE bad.location = $file OR bad.id = $file
MATCH (bad)<-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*1..]-(product:DatasetEntity)
WITH DISTINCT product WHERE product.invalidatedAtTime IS NULL
RETURN product.dataLevel AS level, product.location AS file, product.generatedAtTime AS made, product.id AS id
ORDER BY made DESC LIMIT 1000
