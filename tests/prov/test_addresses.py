"""Relative names resolve against the address of their document."""

import pytest

from provgraph.prov.addresses import (
    address_of_content,
    address_of_member,
    address_of_path,
    is_relative,
    resolved,
    straightened,
)

_BASE = "http://a/b/c/d;p?q"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("#", "http://a/b/c/d;p?q#"),
    ],
)
def test_names_resolve_as_the_standard_says(name: str, uri: str) -> None:
    """The examples of RFC 3986, sections 5.4.1 and 5.4.2."""
    assert resolved(name, _BASE) == uri


def test_files_and_contents_have_addresses() -> None:
    assert address_of_path("/data/a b/prov.ttl") == "file:///data/a%20b/prov.ttl"
    assert address_of_path("/data/prov.ttl.gz") == "file:///data/prov.ttl"
    address = address_of_content("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert address == "arcp://ni,sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU/"
    assert resolved("out.txt", address) == address + "out.txt"
    assert address_of_member(address, "run 1/prov.ttl.gz") == f"{address}run%201/prov.ttl"


@pytest.mark.parametrize("name", ["x", "#x", "", "a/b:c", "urn:x", "_:b"])
def test_a_name_without_scheme_is_relative(name: str) -> None:
    assert is_relative(name) == (name not in ("urn:x", "_:b"))


def test_steps_in_a_path_are_taken() -> None:
    assert straightened("file:///data/run1/../raw/./r.fits#x") == "file:///data/raw/r.fits#x"
    assert straightened("file:///data/r.fits") == "file:///data/r.fits"
