// Loads and what they said
// The newest loads with the runs and other records that they speak of: after `provgraph neo4j setup`.
MATCH (load:Load) WHERE load.time IS NOT NULL
WITH load ORDER BY load.time DESC LIMIT 20
CALL (load) {
  OPTIONAL MATCH said = (load)-[:ASSERTS]->()
  WITH said LIMIT 20
  RETURN collect(said) AS said
}
RETURN load, said ORDER BY load.time DESC
