"""``python -m bench.parallel_loader STORE FOLDER…``: load when told to.

Says ``ready`` when all is imported and the store is open, and begins at the first line that comes.
"""

import sys

from provgraph.ingest.loading import load
from provgraph.store.registry import open_store

url, *folders = sys.argv[1:]
store = open_store(url)
store.stats()
print("ready", flush=True)
sys.stdin.readline()
statuses = {report.status for report in load(store, folders)}
store.close()
if statuses != {"loaded"}:
    raise SystemExit(f"not loaded: {statuses}")
