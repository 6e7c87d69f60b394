// Overwritten files
// Files that ceased to be, mostly because a run wrote to their path again; the latest first.
MATCH (file:Entity) WHERE file.invalidatedAtTime IS NOT NULL
WITH file ORDER BY file.invalidatedAtTime DESC LIMIT 500
OPTIONAL MATCH (file)-[:WAS_GENERATED_BY]->(maker:Activity)
RETURN coalesce(file.location, file.locations[0]) AS file, file.generatedAtTime AS made, file.invalidatedAtTime AS overwritten,
  collect(DISTINCT maker.name) AS madeBy, COUNT { (file)<-[:USED]-() } AS readers, file.id AS id
ORDER BY overwritten DESC
