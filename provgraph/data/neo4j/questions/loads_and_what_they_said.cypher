// Loads and what they said
// The newest loads with the runs and other records that they speak of: after `provgraph neo4j setup`.
MATCH (load:Load) WITH load ORDER BY load.time DESC LIMIT 20
OPTIONAL MATCH said = (load)-[:ASSERTS]->()
RETURN load, collect(said)[..20] AS said
