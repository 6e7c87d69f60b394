"""``python -m bench.graphql_clients PORT CLIENTS SECONDS QUESTION``.

Ask a server from several connections at once, and print how many answers came in a second.
"""

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HEADERS = {"content-type": "application/json"}


def _answers(port: int, question: str, until: float) -> int:
    """How many answers one client gets until a moment."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count = 0
    while time.monotonic() < until:
        connection.request("POST", "/graphql", question, HEADERS)
        answer = json.loads(connection.getresponse().read())
        if answer.get("errors"):
            raise AssertionError(str(answer)[:500])
        count += 1
    connection.close()
    return count


def main() -> None:
    """Ask, and print."""
    port, clients, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        asking = [
            pool.submit(_answers, port, sys.argv[4], started + seconds) for _ in range(clients)
        ]
        count = sum(each.result() for each in asking)
    print(count / (time.monotonic() - started))


main()
