"""An error that a server tells of is, behind the client, the error that its store raised."""

from typing import Any

import pytest
from graphql import GraphQLError

from provgraph.client.refusals import error_of
from provgraph.errors import (
    AmbiguousError,
    BusyError,
    HiddenError,
    LookupFailedError,
    NameCandidate,
    NoMakerError,
    NotFoundError,
    OverdueError,
    ProvGraphError,
    SettingsError,
    StoreError,
)
from provgraph.graphql.failures import with_code

SERVER = "https://provenance.example.org"
CANDIDATES = [
    NameCandidate("pid:1", "entity", "/data/a.h5", "DL1", "2027-01-01T00:00:00Z", "process 0.28"),
    NameCandidate("pid:2", "entity", "/data/b.h5"),
]


def as_told(error: Exception) -> ProvGraphError:
    """The error behind the client, when a resolver of the server raised this one."""
    told = with_code(GraphQLError(str(error), path=["whatProduced"], original_error=error))
    return error_of(told.formatted, SERVER)


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("dl3 'night'.fits", suggestions=["dl3.fits", "dl2.fits"]),
        NoMakerError("no known run made pid:1"),
        LookupFailedError("pid:1 is an agent"),
        AmbiguousError("a.h5", CANDIDATES),
        AmbiguousError("a.h5", CANDIDATES, is_cut=True),
        HiddenError.about("what was loaded"),
    ],
)
def test_an_error_of_a_name_comes_back_whole(error: ProvGraphError) -> None:
    again = as_told(error)
    assert (type(again), str(again)) == (type(error), str(error))
    for what in ("name", "suggestions", "candidates", "described", "is_cut"):
        assert getattr(again, what, None) == getattr(error, what, None)


def test_an_error_of_the_store_tells_nothing_from_inside() -> None:
    again = as_told(StoreError("password=geheim was refused"))
    assert type(again) is StoreError
    assert str(again) == "the store failed: the server's log says why"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("BUSY", BusyError),
        ("RATE_LIMITED", BusyError),
        ("TIMED_OUT", OverdueError),
        ("BAD_REQUEST", SettingsError),
        ("a code of a later version", StoreError),
    ],
)
def test_a_code_tells_the_kind_of_an_error(code: str, kind: type[ProvGraphError]) -> None:
    error = error_of({"message": "not now", "extensions": {"code": code}}, SERVER)
    assert type(error) is kind
    assert "not now" in str(error)


@pytest.mark.parametrize("failure", [{}, {"message": None}, {"message": "x", "extensions": None}])
def test_an_entry_that_says_little_is_an_error_all_the_same(failure: dict[str, Any]) -> None:
    assert type(error_of(failure, SERVER)) is StoreError
