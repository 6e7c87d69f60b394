"""One name for each field, however a file writes it."""

from typing import Any

import pytest

from provgraph.loaders.ctao.keywords import MOST_FIELDS, product_fields

SAID = {
    "ctao_metadata_version": "2.1.0",
    "instance.obs_id": 2001,
    "activity.id": "A",
    "activity.inputs.0.uri": "lfn://x",
}


@pytest.mark.parametrize(
    "metadata",
    [
        {
            "CTAOMETA": "2.1.0",
            "OBS_ID": 2001,
            "ACTID": "A",
            "CTAO ACTIVITY INPUTS 0 URI": "lfn://x",
        },
        {
            "HIERARCH CTAO CTAO_METADATA_VERSION": "2.1.0",
            "CTAO INSTANCE OBS_ID": 2001,
            "ctao.activity.id": "A",
            "activity inputs 0 uri": "lfn://x",
            "NAXIS": 2,
        },
        {
            "ctao_metadata_version": "2.1.0",
            "instance": {"obs_id": 2001, "ae_id": None},
            "activity": {"id": "A", "description": "", "inputs": [{"uri": "lfn://x"}]},
            "observation": None,
            "whatever": {"else": 1},
        },
        {
            "CTAO": {"CTAOMETA": "2.1.0", "OBS_ID": 2001, "ACTID": "A"},
            "CTAO.activity.inputs.0.uri": "lfn://x",
        },
    ],
    ids=["short", "long", "objects", "in an object of its own"],
)
def test_all_ways_to_write_the_fields_say_the_same(metadata: dict[str, Any]) -> None:
    assert product_fields(metadata) == SAID


def test_the_configuration_of_the_first_version_of_the_metadata() -> None:
    assert product_fields({"CTAOMETA": "1.0.0", "ANAMODE": "c"}) == {
        "ctao_metadata_version": "1.0.0",
        "activity.configuration_id": "c",
    }


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"TELESCOP": "CTAO", "ORIGIN": "CTAO", "OBS_ID": 1},
        {"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": "A"},
        {"DATAID": "P"},
        {"instance": {"id": "P"}, "activity": {"name": "x"}},
    ],
)
def test_a_header_that_is_not_ctaos(metadata: dict[str, Any]) -> None:
    assert product_fields(metadata) is None


def test_the_product_and_its_run_are_enough() -> None:
    found = product_fields({"DATAID": "P", "ACTID": "A"})
    assert found == {"instance.id": "P", "activity.id": "A"}


def test_a_header_that_contains_itself_has_an_end() -> None:
    metadata: dict[str, Any] = {"CTAOMETA": "2.1.0"}
    metadata["data"] = [metadata] * 1000
    assert len(product_fields(metadata) or ()) < MOST_FIELDS


def test_names_and_values_are_what_stores_can_hold() -> None:
    metadata = {"instance": {"id": "P"}, "activity": {"id": "A", "x\ud800": "\ud800"}}
    fields = product_fields(metadata)
    assert fields is not None
    assert {name.encode(): str(value).encode() for name, value in fields.items()}[
        rb"activity.x\ud800"
    ] == rb"\ud800"
