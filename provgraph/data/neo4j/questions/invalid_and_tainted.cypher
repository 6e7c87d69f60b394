// Invalid and tainted
// What somebody marked as invalid, and the products that were made from it and still stand, counted up to 1,000.
// Recalls (of a tool version, of uses of a path) are listed; `provgraph tainted` knows what they reach.
CALL () {
  MATCH (bad:Entity) WHERE bad.invalidSince IS NOT NULL RETURN bad
  UNION
  MATCH (bad:Activity) WHERE bad.invalidSince IS NOT NULL RETURN bad
}
WITH bad ORDER BY bad.invalidSince DESC LIMIT 100
CALL (bad) {
  OPTIONAL MATCH (bad)<-[:USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY*1..]-(product:DatasetEntity)
  WITH DISTINCT product WHERE product.invalidatedAtTime IS NULL
  WITH product LIMIT 1000
  RETURN count(product) AS tainted, collect(coalesce(product.location, product.id))[..20] AS products
}
RETURN coalesce(bad.location, bad.name) AS what, bad.invalidSince AS since, bad.invalidationReason AS reason,
  bad.invalidatedBy AS by, tainted, products, bad.id AS id
