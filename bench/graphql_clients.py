"""``python -m bench.graphql_clients PORT CLIENTS SECONDS QUESTION [TOKEN]``.

Ask a server from several connections at once, and print as JSON how many answers came in a second,
how long they took (p50 and p99, in seconds), and how many requests were turned away or failed.
"""

import http.client
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple


class Asked(NamedTuple):
    """What one client has seen: the seconds of each answer, and what was no answer."""

    seconds: list[float]
    failures: Counter[str]


def _ask(port: int, question: str, until: float, headers: dict[str, str]) -> Asked:
    """Ask again and again until a moment; who is turned away comes again when told to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    found = Asked([], Counter())
    while (begun := time.monotonic()) < until:
        connection.request("POST", "/graphql", question, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        if not answer.get("errors"):
            found.seconds.append(time.monotonic() - begun)
            continue
        found.failures[answer["errors"][0].get("extensions", {}).get("code", "unknown")] += 1
        time.sleep(min(float(response.headers.get("Retry-After", 0)), until - begun))
    connection.close()
    return found


def main() -> None:
    """Ask, and print."""
    port, clients, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    headers = {"content-type": "application/json"}
    if sys.argv[5:]:
        headers["authorization"] = f"Bearer {sys.argv[5]}"
    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        asking = [
            pool.submit(_ask, port, sys.argv[4], started + seconds, headers) for _ in range(clients)
        ]
        asked = [each.result() for each in asking]
    took = time.monotonic() - started
    taken = sorted(second for each in asked for second in each.seconds)
    print(
        json.dumps(
            {
                "rate": len(taken) / took,
                "p50": _quantile(taken, 0.5),
                "p99": _quantile(taken, 0.99),
                "failures": sum((each.failures for each in asked), Counter[str]()),
            }
        )
    )


def _quantile(taken: Sequence[float], part: float) -> float:
    return taken[int(part * (len(taken) - 1))] if taken else float("inf")


if __name__ == "__main__":
    main()
