"""What Prometheus is told."""

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from provgraph.collecting.spool import put_in_spool
from provgraph.store.protocol import Store
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served
from tests.web.test_loads import SENT, loading
from tests.web.test_loads import store as empty_store

__all__ = ["empty_store"]


def test_metrics(client: httpx.Client) -> None:
    asked(client, "{ stats { agents } }")
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert 'provgraph_http_requests_total{method="POST",path="/graphql",status="200"} 1.0' in text
    assert 'provgraph_http_requests_total{method="GET",path="other",status="404"} 1.0' in text
    assert re.search(r'provgraph_info\{version="[^"]+"\} 1.0', text)


def test_loads_are_counted(empty_store: Store, tmp_path: Path) -> None:
    log = (LOGS / "run02001.provlog").read_bytes()
    with loading(empty_store, tmp_path) as client:
        for content in (log, log, b"junk"):
            report = client.post("/load", content=content, headers=SENT).json()
            assert report["status"] in ("loaded", "unchanged", "refused")
        client.headers["authorization"] = reader(tmp_path)
        text = client.get("/metrics").text
    for status in ("loaded", "unchanged", "refused"):
        assert f'provgraph_loads_total{{status="{status}"}} 1.0' in text
    assert "provgraph_load_seconds_count 3.0" in text
    assert re.search(r"provgraph_loaded_activities_total [1-9]", text)


def reader(folder: Path) -> str:
    """The header of one who may read, by the tokens of `loading`."""
    return f"Bearer {TokenFile(folder / 'tokens.json').add('prometheus', Role.READER)}"


def test_the_spool_is_looked_into(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    monkeypatch.setenv("PROVGRAPH_SPOOL", str(spool))
    with served(store) as client:
        assert "provgraph_spool" not in client.get("/metrics").text
        item = put_in_spool(
            spool, b"{}", "x", namespace="default", format_name=None, store="sqlite:////x.db"
        )
        since = datetime.now(UTC).replace(year=2025)
        item.rename(item.with_name(f"{since:%Y%m%dT%H%M%S}-{item.name.partition('-')[2]}"))
        text = client.get("/metrics").text
    assert "provgraph_spool_waiting 1.0" in text
    oldest = re.search(r"^provgraph_spool_oldest_seconds (\S+)$", text, re.MULTILINE)
    assert oldest is not None
    assert float(oldest[1]) >= 31_536_000
