// Slowest runs
// Of the completed runs of the last 30 days, those that took longest.
MATCH (run:Activity)
WHERE datetime() - duration('P30D') <= run.startTime <= datetime() AND run.status = 'completed' AND run.endTime IS NOT NULL
WITH run, duration.inSeconds(run.startTime, run.endTime).seconds AS seconds
ORDER BY seconds DESC LIMIT 100
RETURN seconds, run.name AS tool, run.version AS version, run.host AS host, run.startTime AS start, run.id AS id
