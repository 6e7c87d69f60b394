// Products of a bad calibration
// First say which: :param file => '/data/calib/flat.h5' (a path or an id).
// Files that were made from it and still stand, the newest first: 1,000 at most, in the fewest steps.
// `provgraph impact` lists all.
MATCH (bad:Entity) WHERE bad.location = $file OR bad.id = $file
MATCH (bad)<-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*1..]-(product:DatasetEntity)
WITH DISTINCT product WHERE product.invalidatedAtTime IS NULL
WITH product LIMIT 1000
RETURN product.dataLevel AS level, product.location AS file, product.generatedAtTime AS made, product.id AS id
ORDER BY made DESC
