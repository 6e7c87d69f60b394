// Failures of last night
// Runs that started in the last 24 hours and ended with an error or were interrupted.
MATCH (run:Activity)
WHERE datetime() - duration('P1D') <= run.startTime <= datetime() AND run.status IN ['error', 'interrupted']
RETURN run.startTime AS start, run.name AS tool, run.version AS version, run.host AS host, run.status AS status, run.id AS id
ORDER BY start DESC LIMIT 1000
