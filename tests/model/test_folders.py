"""Folders as people name them."""

import pytest

from provgraph.model.folders import folders_meant


@pytest.mark.parametrize(
    ("path", "folders"),
    [
        ("/data//p/", ("/data/p",)),
        ("lfn:/ctao", ("/ctao",)),
        ("root://host/p", ("root://host/p",)),
        ("file:///data/p", ("/data/p",)),
        ("file://wn/tmp//x", ("/wn/tmp/x", "file://wn/tmp/x")),
    ],
)
def test_a_folder_may_be_one_of_a_namespace(path: str, folders: tuple[str, ...]) -> None:
    assert folders_meant(path) == folders
