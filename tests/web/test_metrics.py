"""What Prometheus is told."""

import re

import httpx

from tests.graphql.conftest import asked


def test_metrics(client: httpx.Client) -> None:
    asked(client, "{ stats { agents } }")
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert 'provgraph_http_requests_total{method="POST",path="/graphql",status="200"} 1.0' in text
    assert 'provgraph_http_requests_total{method="GET",path="other",status="404"} 1.0' in text
    assert re.search(r'provgraph_info\{version="[^"]+"\} 1.0', text)
