// Products without raw data
// Products of the last 24 hours from which no way leads to a file of level DL0.
// Most are of a short chain, which is looked at first; the others are walked in full, each record once.
MATCH (product:Entity)
WHERE datetime() - duration('P1D') <= product.generatedAtTime <= datetime() AND product.dataLevel > 'DL0'
  AND NOT EXISTS { (product)-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*1..6]->(:Entity {dataLevel: 'DL0'}) }
CALL (product) {
  OPTIONAL MATCH (product)-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*1..]->(cause:Entity)
  WITH DISTINCT cause
  RETURN count(CASE WHEN cause.dataLevel = 'DL0' THEN 1 END) AS raw
}
WITH product WHERE raw = 0
RETURN product.dataLevel AS level, product.location AS file, product.generatedAtTime AS made, product.id AS id
ORDER BY made DESC LIMIT 1000
