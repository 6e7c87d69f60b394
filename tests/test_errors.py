"""What errors tell users and programs, and that they come out of other processes whole."""

import inspect
import pickle
from importlib import import_module

import pytest

from provgraph import errors
from provgraph.errors import (
    AmbiguousError,
    BusyError,
    MissingExtraError,
    NameCandidate,
    NotFoundError,
    OverdueError,
    ProvGraphError,
    SettingsError,
    extra_needed,
)

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, ProvGraphError)
]


def test_every_error_has_a_code_of_its_own_and_an_exit_code() -> None:
    codes = [each.code for each in CLASSES]
    assert len(set(codes)) == len(codes)
    assert {each.exit_code for each in CLASSES} == {1, 2, 3}


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    for each in CLASSES:
        assert each.__name__ in (errors.__doc__ or "")


def test_a_name_that_nothing_bears() -> None:
    error = NotFoundError("x.fits")
    assert str(error).startswith("nothing here is called 'x.fits'; a name is an identifier, a path")
    assert (error.name, error.exit_code, error.suggestions) == ("x.fits", 2, ())
    meant = NotFoundError("x.fts", "the file has no header", ["x.fits", "y.fits"])
    assert str(meant) == (
        "nothing here is called 'x.fts'; the file has no header; did you mean 'x.fits' or 'y.fits'?"
    )
    assert str(pickle.loads(pickle.dumps(meant))) == str(meant)


@pytest.mark.parametrize("error", [BusyError(3), OverdueError(1.5)])
def test_a_time_comes_out_of_another_process_with_its_words(
    error: BusyError | OverdueError,
) -> None:
    for words in (str(error), "as the server says it"):
        error.args = (words,)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.seconds) == (type(error), words, error.seconds)


def test_a_name_of_several_records_lists_them_with_what_tells_them_apart() -> None:
    made = NameCandidate(
        "product:P", "entity", "/data/p", "DL2", "2026-01-01T00:00:00Z", "process 1"
    )
    error = AmbiguousError("x", [made, NameCandidate("product:Q", "entity")])
    assert str(error) == (
        "'x' names 2 records; say which by its id:\n"
        "  product:P  /data/p  DL2  2026-01-01T00:00:00Z  made by process 1\n  product:Q"
    )
    assert error.candidates == ("product:P", "product:Q")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.candidates) == (str(error), error.candidates)
    assert "names more than 1 records" in str(AmbiguousError("x", [made], is_cut=True))


def test_a_missing_package_is_told_by_its_extra() -> None:
    with (
        pytest.raises(MissingExtraError, match="PROV-O needs") as caught,
        extra_needed("rdf", "PROV-O"),
    ):
        import_module("no_such_package")
    assert str(caught.value) == 'PROV-O needs the extra "rdf": pip install "provgraph[rdf]"'
    assert isinstance(caught.value, SettingsError)
    assert (caught.value.extra, caught.value.exit_code) == ("rdf", 2)


def test_a_module_of_ours_that_is_missing_is_no_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError), extra_needed("rdf", "PROV-O"):
        import_module("provgraph.no_such_module")


def test_a_missing_extra_is_told_by_other_processes_too() -> None:
    error = pickle.loads(pickle.dumps(MissingExtraError("fits", "VOTable")))
    assert (str(error), error.extra, error.what) == (
        'VOTable needs the extra "fits": pip install "provgraph[fits]"',
        "fits",
        "VOTable",
    )
