// Tools by version
// How many runs there are of each version, how many failed, and since when.
MATCH (run:Activity) WHERE run.name IS NOT NULL
WITH run.name AS tool, run.version AS version, count(*) AS runs,
  count(CASE WHEN run.status IN ['error', 'interrupted'] THEN 1 END) AS failed,
  min(run.startTime) AS first, max(run.startTime) AS last
RETURN tool, version, runs, failed, first, last ORDER BY tool, version
