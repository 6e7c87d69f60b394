"""A check names every row that is not as it should be."""

import pytest

from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import do

TAMPERINGS = {
    "missing": ("DELETE FROM used WHERE id = (SELECT min(id) FROM used)", "missing", "used"),
    "extra": ("INSERT INTO agents (id) VALUES ('nobody')", "extra", "agents"),
    "different": (
        "UPDATE parameters SET value = 'x' WHERE id = (SELECT min(id) FROM parameters)",
        "different",
        "parameters",
    ),
    "null": (
        "UPDATE entities SET location = NULL WHERE \"classType\" = 'dataset' AND id = "
        "(SELECT min(id) FROM entities WHERE \"classType\" = 'dataset')",
        "different",
        "entities",
    ),
    "number": (
        "UPDATE used SET id = id + 1000000 WHERE id = (SELECT max(id) FROM used)",
        "extra",
        "used",
    ),
    "moved": (
        'UPDATE "wasConfiguredBy" SET parameter_id = (SELECT max(id) FROM parameters) WHERE id = '
        '(SELECT min(id) FROM "wasConfiguredBy")',
        "different",
        "wasConfiguredBy",
    ),
    "zero": (
        'INSERT INTO "wasConfiguredBy" (id, activity_id) SELECT 0, min(id) FROM activities',
        "extra",
        "wasConfiguredBy",
    ),
    "exchanged": (
        "UPDATE parameters p SET value = o.value FROM parameters o WHERE (p.id, o.id) IN "
        "(SELECT min(id), max(id) FROM parameters UNION ALL SELECT max(id), min(id) FROM "
        "parameters)",
        "different",
        "parameters",
    ),
    "kept": (
        "UPDATE provgraph.record SET content = replace(content, '0.28.0', '0.28.1') WHERE kind = "
        "'activity'",
        "different",
        "record",
    ),
    "broken": (
        "UPDATE provgraph.record SET content = '{' WHERE kind = 'agent' OR kind = 'activity'",
        "different",
        "record",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_verify_names_what_was_tampered_with_and_full_heals_it(
    loaded: Store, mirror_url: str, name: str
) -> None:
    statement, what, table = TAMPERINGS[name]
    sync(loaded, mirror_url)
    assert verify(loaded, mirror_url).differences == []
    do(mirror_url, statement)
    found = verify(loaded, mirror_url).differences
    assert (what, table) in {(each.what, each.table) for each in found}
    if name not in ("number", "broken", "kept", "exchanged"):
        assert len(found) == 1
    sync(loaded, mirror_url, full=True)
    assert verify(loaded, mirror_url).differences == []


def test_verify_says_how_far_the_mirror_is_behind(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    list(load(loaded, [str(LOGS / "train_energy.provlog")]))
    verification = verify(loaded, mirror_url)
    assert verification.behind == 1
    assert {(each.what, each.table) for each in verification.differences} >= {
        ("missing", "activities")
    }
