"""``python bench/prov2neo_import.py ADDRESS USER PASSWORD FILE``.

Prov2neo imports a PROV-JSON document.

Runs in prov2neo's own environment. Prints the seconds that reading took and those that importing
took.
"""

import json
import sys
import time

from prov.model import ProvDocument
from prov2neo.client import Client
from py2neo import ClientError

address, user, password, file = sys.argv[1:]
client = Client()
try:
    client.connect(address, user, password, "neo4j", "bolt")
except ClientError:
    # Neo4j 5 knows its constraint statements no more; by then it is connected, and goes on without
    # constraints
    if client.graph_db is None:
        raise
started = time.perf_counter()
document = ProvDocument.deserialize(source=file, format="json")
read = time.perf_counter()
client.import_graph(document)
print(json.dumps([read - started, time.perf_counter() - read]))
