"""Places and identifiers (docs/contract.md, rules 1, 6 and 7)."""

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model import identifiers
from provgraph.model.identifiers import (
    ACTIVITY_ID,
    PRODUCT_ID,
    SCHEMES,
    base_name,
    catalogue_place,
    is_strong,
    local_name,
    location_of,
    paths_in,
    place_of,
    places_in,
    places_named,
    product_identifier,
    says_what_is_written,
    scheme_of,
    strength,
    version_of,
)
from provgraph.model.values import Value, Values

#: Texts that look much like paths and URLs, whole and mangled.
urls = st.lists(
    st.sampled_from(
        [
            "/",
            "//",
            ".",
            "..",
            "a",
            "b.h5",
            "é ",
            "@",
            "file:",
            "root:",
            "https:",
            "lfn:",
            "localhost",
            "?",
            "x:",
            "\n",
            "%2F",
        ]
    ),
    max_size=9,
).map("".join) | st.text(max_size=20)


@settings(max_examples=500, deadline=None)
@given(urls)
def test_a_place_is_its_own_place(url: str) -> None:
    place = place_of(url)
    assert place_of(place) == place


@settings(max_examples=300, deadline=None)
@given(urls)
def test_a_place_in_a_namespace_is_that_path_there(url: str) -> None:
    default, named = place_of(url), place_of(url, "wn")
    if default.startswith("file:"):
        assert named == f"file://wn{default.removeprefix('file:')}"
    else:
        assert named == default


@settings(max_examples=300, deadline=None)
@given(urls)
def test_paths_are_absolute_and_normal(url: str) -> None:
    place = place_of(url)
    if place.startswith("file:"):
        path = place.removeprefix("file:")
        assert path.startswith("/")
        assert posixpath.normpath(path) == path
        assert location_of(place) == path
    assert base_name(place)


paths = st.lists(st.sampled_from(["a", "b.h5", "data", "é x"]), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)


@settings(max_examples=100, deadline=None)
@given(paths, paths)
def test_mangled_urls_are_restored(path: str, folder: str) -> None:
    """ctapipe: /cwd/ + URL, then // folded (rule 7)."""
    assert (
        place_of(f"{folder}/file:{path}")
        == place_of(f"file://{path}")
        == place_of(path)
        == f"file:{path}"
    )
    assert place_of(f"{folder}/file:{path[1:]}") == f"file:{folder}{path}"
    assert (
        place_of(f"{folder}/root:/host{path}")
        == place_of(f"root://host/{path}")
        == f"root://host{path}"
    )


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/data/x", "file:/data/x"),
        ("//data///x/", "file:/data/x"),
        ("/data/./a/../x", "file:/data/x"),
        ("/../x", "file:/x"),
        ("", "file:/"),
        ("/", "file:/"),
        ("file:///data/x", "file:/data/x"),
        ("file://localhost/data/x", "file:/data/x"),
        ("file:/data/x", "file:/data/x"),
        ("/cwd/file:/data/x", "file:/data/x"),
        ("/cwd/file:x", "file:/cwd/x"),
        ("/cwd/file:../x", "file:/x"),
        ("/file:/data/x", "file:/data/x"),
        ("/cwd/root:/host/x", "root://host/x"),
        ("/cwd/root:/host//x", "root://host/x"),
        ("root://host//x", "root://host/x"),
        ("root://host:1094//a/../x", "root://host:1094/x"),
        ("https://host/x?a=//b", "https://host/x?a=//b"),
        ("/cwd/https:/host/x?a=b", "https://host/x?a=b"),
        ("https://host", "https://host"),
        ("root://me:secret@host/x", "root://host/x"),
        ("s3://bucket/key", "s3://bucket/key"),
        ("lfn:/ctao//x", "lfn:/ctao/x"),
        ("lfn:ctao/x", "lfn:/ctao/x"),
        ("file:x", "file:/x"),
        ("/X/x", "file:/X/x"),
        ("/data/é ü/x y", "file:/data/é ü/x y"),
        ("/data/a@b", "file:/data/a@b"),
        ("/data/a:b", "file:/data/a:b"),
        ("/data/line\nbreak", "file:/data/line\nbreak"),
    ],
)
def test_places(url: str, place: str) -> None:
    assert place_of(url) == place


def test_a_scheme_has_no_case() -> None:
    assert place_of("FILE:///data/x") == "file:/data/x"


def test_versions() -> None:
    assert version_of("file:/data/x", "A") == "file:/data/x@A"
    assert location_of("file://wn/data/x") == "file://wn/data/x"
    assert location_of("lfn:/ctao/x") == "/ctao/x"
    assert location_of("root://host/x") == "root://host/x"


def test_the_strongest_comes_first() -> None:
    weakest_first = [
        "sha256:0",
        "file:/a",
        "lfn:/a",
        "prov:http://a",
        "guid:b",
        "guid:a",
        "product:z",
    ]
    expected = ["product:z", "guid:a", "guid:b", "prov:http://a", "lfn:/a", "file:/a", "sha256:0"]
    assert sorted(weakest_first, key=strength) == expected
    assert SCHEMES == ("product", "guid", "prov", "lfn", "file", "sha256")
    assert [scheme for scheme in SCHEMES if is_strong(f"{scheme}:x")] == ["product", "guid", "prov"]
    assert scheme_of("root://host/x") == "file"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(urls.map(place_of) | st.sampled_from(["product:a", "guid:a", "sha256:a"]), max_size=6)
)
def test_the_order_of_identifiers_is_total(identifiers: list[str]) -> None:
    backwards = identifiers[::-1]
    assert sorted(identifiers, key=strength) == sorted(backwards, key=strength)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("lfn:/ctao/x.h5", "lfn:/ctao/x.h5"),
        ("lfn://ctao/x.h5", "lfn:/ctao/x.h5"),
        ("LFN:/ctao//x.h5", "lfn:/ctao/x.h5"),
        ("rucio://ctao/dpps/x.h5", "lfn:/ctao/dpps/x.h5"),
        ("rucio:ctao:dpps/x.h5", "lfn:/ctao/dpps/x.h5"),
        ("ctao.dpps:/ctao.dpps/x.h5", "lfn:/ctao.dpps/x.h5"),
        ("ctao:x.h5", "lfn:/ctao/x.h5"),
        ("ctao:/dpps/x.h5", "lfn:/ctao/dpps/x.h5"),
        ("user.me:/ctao/x", "lfn:/user.me/ctao/x"),
        ("doi:10.5281/z", None),
        ("urn:uuid:1", None),
        ("product:1", None),
        ("c:/x", None),
        ("root://host/x", None),
        ("a:b:c", None),
        ("/data/a:b", None),
        ("x.h5", None),
    ],
)
def test_names_in_the_file_catalogue(name: str, place: str | None) -> None:
    assert catalogue_place(name) == place


def test_a_file_with_a_colon_in_its_name_is_no_name_of_rucio() -> None:
    assert place_of("/data/ctao:x.h5") == "file:/data/ctao:x.h5"
    assert place_of("/data/lfn:x.h5") == "file:/data/lfn:x.h5"
    assert place_of("/data/lfn:/ctao/x.h5") == "lfn:/ctao/x.h5"


def test_paths_in_parameters_are_texts_of_what_has_a_slash_and_is_not_written() -> None:
    parameters: dict[str, Value] = {
        "a": "/data/x",
        "b": 1,
        "c": ["y.h5", "word", {"z": "d/e"}, ""],
        "d": "no.slash",
        "T.output_path": "/data/out",
        "long": "/" * 5000,
    }
    assert paths_in(parameters) == {"/data/x", "y.h5", "d/e"}


@pytest.mark.parametrize("line", ["tool -i dl2/x.h5 --cuts=irf/cuts", ["tool", "-i", "dl2/x.h5"]])
def test_a_relative_path_means_what_a_noted_one_tells(line: Value) -> None:
    named = places_named(frozenset({"irf/cuts", "/abs"}), (line,), frozenset({"/data/dl2/x.h5"}))
    assert named == {"file:/data/irf/cuts", "file:/abs"}


def test_what_was_noted_or_is_written_is_not_named() -> None:
    noted = frozenset({"file://site/data/x", "file://site/data/y"})
    line: Value = ["tool", "file:/z", "-o", "/o", "--log-file=/l", 5, "-i", "/q"]
    assert places_named(noted, (line,), noted) == {"file://site/z", "file://site/q"}


def test_a_relative_path_of_which_two_folders_are_possible_means_nothing() -> None:
    noted = frozenset({"/a/x.h5", "/b/x.h5"})
    assert places_named(frozenset(), (["x.h5", "c/cuts"],), noted) == frozenset()


def test_long_command_lines_are_read_as_well_and_not_remembered() -> None:
    line: Value = [f"/file/{number}" for number in range(1000)]
    none: Values = ()
    places_named(frozenset(), none, frozenset())
    known = identifiers._known_places.cache_info().currsize, len(identifiers._NAMED_IN)
    assert len(places_named(frozenset(), (line,), frozenset({"/file/7"}))) == 999
    texts = frozenset(f"/{number}" for number in range(300))
    assert len(places_named(texts, none, frozenset())) == 300
    assert (identifiers._known_places.cache_info().currsize, len(identifiers._NAMED_IN)) == known


def test_arguments_are_read_once_and_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    identifiers._NAMED_IN.clear()
    monkeypatch.setattr(identifiers, "_MOST_KNOWN", 2)
    for number in (1, 2, 1, 3, 2, 1):
        arguments: Values = (["tool", f"/file/{number}"],)
        found = [places_named(frozenset(), arguments, frozenset()) for _ in range(2)]
        assert found == [{f"file:/file/{number}"}] * 2
        assert identifiers._NAMED_IN[id(arguments)][2] is arguments, "so its id stays its own"
        assert len(identifiers._NAMED_IN) <= 2


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"T.input": "/p/a.h5"}, {"file:/p/a.h5"}),
        ({"T.in": {"a": ["/p/a.h5", 1, None], "b": ("lfn:/b",)}}, {"file:/p/a.h5", "lfn:/b"}),
        ({"T.output_path": "/p/a.h5", "T.B.log-file": ["/p/l"], "T.name": "plain"}, set()),
        ({"T.url": "root://h/x", "T.file": "file:/y"}, {"root://h/x", "file:/y"}),
        ({"T.longest": "/" + "x" * 4094}, {"file:/" + "x" * 4094}),
        ({"T.too_long": "/" + "x" * 4095}, set()),
        ({"T.noted": "/noted/dl2/sub/x.h5"}, set()),
        ({"T.relative": "y.h5"}, set()),
        ({"T.root": "/"}, {"file:/"}),
    ],
)
def test_a_parameter_may_name_a_file(parameters: dict[str, Value], named: set[str]) -> None:
    noted = frozenset({"/noted/dl2/sub/x.h5"})
    assert places_named(paths_in(parameters), (), noted) == named


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("tool /p/a --in=/p/b=c --fast /p/d out /p/e 5", {"/p/a", "/p/b=c", "/p/d", "/p/e"}),
        ("tool -o /p/a --log-file /p/b --output=/p/c --fast /p/d", {"/p/d"}),
        ("/p/a -i=/p/b -o=/p/c -o", {"/p/a", "/p/b"}),
        (["tool", "-i", "/p/a b", 5, "-o", "/p/c"], {"/p/a b"}),
        (5, set()),
        ({"a": "/p/a"}, set()),
    ],
)
def test_an_argument_may_name_a_file(arguments: Value, named: set[str]) -> None:
    assert places_named(frozenset(), (arguments,), frozenset()) == {
        f"file:{path}" for path in named
    }


@pytest.mark.parametrize(
    ("arguments", "noted", "named"),
    [
        ("dl2/sub/x.h5 irf/c.fits y.h5", ["/d/dl2/sub/x.h5"], {"/d/irf/c.fits", "/d/y.h5"}),
        ("x.h5 y.h5", ["/d/x.h5", "/e/z"], {"/d/y.h5"}),
        ("dl2/x.h5 y.h5", ["/d/dl2/x.h5", "/e/dl2/x.h5"], set()),
        ("dl2/x.h5 y.h5", ["/d/olddl2/x.h5"], set()),
        ("dl2/x.h5 y.h5 /d/dl2/x.h5 /z", [], {"/d/dl2/x.h5", "/d/y.h5", "/z"}),
    ],
)
def test_what_a_relative_path_means_is_known_by_the_noted_paths(
    arguments: str, noted: list[str], named: set[str]
) -> None:
    found = places_named(frozenset(), (arguments,), frozenset(noted))
    assert found == {f"file:{path}" for path in named}


def test_a_named_path_is_one_in_the_namespaces_of_the_noted_paths() -> None:
    def named(*noted: str) -> frozenset[str]:
        return places_named(frozenset({"/tmp/a"}), (), frozenset(noted))

    assert named("file://wn/tmp/b", "root://h/c") == {"file://wn/tmp/a"}
    assert named("file://1/b", "file://2/b", "/c") == {"file://1/tmp/a", "file://2/tmp/a"}


def test_names_of_what_a_run_writes() -> None:
    names = ("T.output_path", "--log-file", "-o", "T.scratch", "T.output.input", "--login", "T.a_o")
    assert [says_what_is_written(name) for name in names] == [True] * 4 + [False] * 2 + [True]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("file:/data/x.h5", "x.h5"),
        ("file:/data/folderX/", "folderX"),
        ("root://host/x", "x"),
        ("file:/", "file:"),
        ("/", "/"),
    ],
)
def test_the_last_part_of_a_path_is_the_name_of_the_file(place: str, name: str) -> None:
    assert base_name(place) == name


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("prov:http://example.org/run#plot", "plot"),
        ("http://example.org/a/b", "b"),
        ("http:/b", "b"),
        ("urn:uuid:5", "5"),
        ("plot", "plot"),
    ],
)
def test_what_a_document_calls_a_record(identifier: str, name: str) -> None:
    assert local_name(identifier) == name


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("file:/a@b/x@R", {"file:/a@b/x@R", "file:/a@b/x"}),
        ("file:/x", {"file:/x"}),
        ("product:P@x", set()),
    ],
)
def test_a_weak_name_may_be_about_a_place(name: str, places: set[str]) -> None:
    assert places_in(name) == places


def test_a_header_names_a_product_only_with_the_run_that_wrote_it() -> None:
    assert product_identifier({PRODUCT_ID: "P", ACTIVITY_ID: "R"}) == "product:P"
    for header in ({PRODUCT_ID: "P"}, {PRODUCT_ID: "P", ACTIVITY_ID: ""}, {ACTIVITY_ID: "R"}):
        assert product_identifier(header) is None
