// Files without a producer
// Files that runs read and that no known run made, those with the most readers first.
// Such files have an empty searchTime, by which an index finds them.
MATCH (file:Entity) USING INDEX file:Entity(searchTime)
WHERE file.searchTime = '' AND file:DatasetEntity AND NOT EXISTS { (file)-[:WAS_GENERATED_BY]->() }
WITH file, COUNT { (file)<-[:USED]-() } AS readers WHERE readers > 0
RETURN file.location AS file, file.dataLevel AS level, readers, file.id AS id
ORDER BY readers DESC, file LIMIT 1000
