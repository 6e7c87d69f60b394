"""What errors tell their readers, and that they come out of other processes whole."""

import pickle
from importlib import import_module

import pytest

from provgraph.errors import MissingExtraError, SettingsError, extra_needed


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
