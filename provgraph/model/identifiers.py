"""Identifiers ``scheme:value``, and the places (paths and URLs) where files stand.

An identifier is strong when it tells by itself which file is meant: ``product:…``, ``guid:…`` and
``prov:…``. A *place* is a path in a namespace, or a URL; it is written as an identifier too
(``file:/data/x``), but it names one file after the other. The rules are those of docs/contract.md,
rules 1, 6 and 7.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

from provgraph.model.values import Value, Values

DEFAULT_NAMESPACE = "default"

#: The scheme of names in PROV documents; a full URI follows.
PROV = "prov"
#: All schemes, strongest first (rule 1).
SCHEMES = ("product", "guid", PROV, "lfn", "file", "sha256")
#: Two records that share an identifier of such a scheme are one entity (rule 2).
STRONG_SCHEMES = frozenset({"product", "guid", "prov"})

#: The two names in CTA's header of a data product that tell who the product is.
PRODUCT_ID = "CTA PRODUCT ID"
ACTIVITY_ID = "CTA ACTIVITY ID"

_REMOTE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)$", re.DOTALL)
# ctapipe makes URLs "absolute": /cwd/ + url, then // folded to / (rule 7).
_MANGLED_FILE = re.compile(r"^(?P<folder>/(?:.*/)?)file:(?P<rest>.*)$", re.DOTALL | re.IGNORECASE)
_MANGLED_REMOTE = re.compile(
    r"^/(?:.*/)?(?P<scheme>root|roots|xroot|http|https|s3|gsiftp|srm|dav|davs|ftp)"
    r":/+(?P<rest>[^/].*)$",
    re.DOTALL,
)
_CATALOGUE_PATH = re.compile(
    r"^(?:lfn:|/(?:.*/)?lfn:(?=/))(?P<path>.*)$", re.DOTALL | re.IGNORECASE
)
_RUCIO = re.compile(
    r"^(?:rucio:|/(?:.*/)?rucio:(?=/))/*(?P<scope>[^:/]+)[:/](?P<name>.*)$",
    re.DOTALL | re.IGNORECASE,
)
# Rucio's DID. A scope is a word of letters, digits, dots, lines and underscores.
_DID = re.compile(r"^(?P<scope>[A-Za-z0-9][\w.-]+):(?P<name>/?[^/:][^:]*)$", re.ASCII | re.DOTALL)
#: Words before a colon that are no scope: our own, and schemes of URIs without a path.
_NO_SCOPES = frozenset(
    (*SCHEMES, "ark", "arxiv", "bibcode", "data", "doi", "hdl", "http", "https", "info", "isbn")
) | {"ivo", "mailto", "ni", "nih", "orcid", "tag", "urn"}

#: A longer text is no path: Linux allows 4,096 bytes.
_LONGEST_PATH = 4096
#: So much is remembered of short arguments, and so many texts with each.
_MOST_KNOWN, _MOST_TEXTS = 4096, 256
#: How a path in a namespace other than the default one begins.
_NAMESPACE = re.compile("file://([^/]+)/")
#: How a whole path may begin, and no relative one.
_WHOLE = ("/", "file:", "lfn:")
#: Words in the names of parameters and options that name what a run writes.
_WRITTEN = re.compile(r"(?:^|[_-])(?:o|out|outputs?|logs?|tmp|temp|scratch)(?:$|[_-])", re.ASCII)


def place_of(url: str, namespace: str = DEFAULT_NAMESPACE) -> str:
    """Find the place that a source means by a path or URL (docs/contract.md, rule 7).

    Args:
        url: an absolute path, a ``file:`` URL, a remote URL, or one of these as ctapipe's
            ``abspath`` has mangled it: ``/cwd/file:/data/x`` means ``/data/x``.
        namespace: the shared file system in which a path means the same file on every host.

    Returns:
        The place as an identifier: ``file:/data/x``, or ``file://NAMESPACE/data/x`` outside the
        default namespace; ``lfn:/x`` for a catalogue path, also for ``lfn://x`` and
        ``rucio://x``; a remote file's URL, without a user or password in it. ``//``, ``.`` and
        ``..`` in the path are resolved.
    """
    if ":" in url and (catalogued := _in_catalogue(url)):
        return catalogued
    if remote := _remote(url):
        return remote
    path = _normalised(_local_path(url))
    return f"file:{path}" if namespace == DEFAULT_NAMESPACE else f"file://{namespace}{path}"


def catalogue_place(name: str) -> str | None:
    """Find the place in the file catalogue that a name means (docs/contract.md, rule 7).

    Args:
        name: a logical file name (``lfn:/ctao/x.h5``, ``lfn://ctao/x.h5``), or what Rucio calls a
            file: ``scope:name``, also ``rucio://scope/name``.

    Returns:
        The place: ``lfn:/ctao/x.h5``, ``lfn:/scope/name``. A name of Rucio's that begins with its
        scope, as those of CTAO do (``ctao:/ctao/x.h5``), has it once. None for all other names.
    """
    if catalogued := _in_catalogue(name):
        return catalogued
    found = _DID.match(name)
    if found is None or found["scope"].lower() in _NO_SCOPES:
        return None
    return _rucio_place(found["scope"], found["name"])


def location_of(place: str) -> str:
    """Write a place as people do.

    Args:
        place: a place as an identifier, as `place_of` makes it.

    Returns:
        The bare path for a file in the default namespace and for a catalogue path; else the
        identifier itself: ``file:/data/x`` gives ``/data/x``.
    """
    if place.startswith("lfn:"):
        return place[4:]
    if place.startswith("file:") and not place.startswith("file://"):
        return place[5:]
    return place


def base_name(place: str) -> str:
    """Find the file's own name in a place.

    Args:
        place: a place as an identifier.

    Returns:
        The last part of the path: ``file:/data/x.h5`` gives ``x.h5``. A bare root has no last
        part; then the whole place.
    """
    return place.rstrip("/").rpartition("/")[2] or place


def local_name(identifier: str) -> str:
    """Find what a document calls a record behind the prefix: ``ex:plot`` means ``…#plot``.

    Args:
        identifier: a URI, such as ``http://example.org/run#plot``; also with its scheme before it.

    Returns:
        What stands behind its last ``#`` or ``/``, or its last ``:`` when it has neither.
    """
    parts = re.split("[#/]", identifier)
    return parts[-1] if len(parts) > 1 else identifier.rpartition(":")[2]


def version_of(place: str, activity: str) -> str:
    """Make the id of a file that is known only by the place where a run wrote it (rule 6).

    Args:
        place: where the run wrote the file.
        activity: the run's id.

    Returns:
        ``PLACE@ACTIVITY``, such as ``file:/data/x.h5@run-17``.
    """
    return f"{place}@{activity}"


def places_in(name: str) -> set[str]:
    """Find the places that a weak name may be about.

    Args:
        name: an identifier, perhaps a version's id (``file:/x@run-17``).

    Returns:
        The name itself and the part before its last ``@``, since a path may hold an ``@`` too;
        nothing for a strong identifier.
    """
    return set() if is_strong(name) else {name, name.rpartition("@")[0] or name}


def paths_in(parameters: Mapping[str, Value]) -> frozenset[str]:
    """Find the texts in parameters that may be paths of files that a run reads.

    Args:
        parameters: by their full names.

    Returns:
        The texts of the parameters in whose values there is a slash, as `places_named` takes them;
        without those that say what the run writes.
    """
    return frozenset(
        text
        for name, value in parameters.items()
        if "/" in str(value) and not says_what_is_written(name)
        for text in _texts(value)
        if _may_be_path(text)
    )


def _may_be_path(text: str) -> bool:
    return 0 < len(text) < _LONGEST_PATH and ("/" in text or "." in text)


def places_named(texts: frozenset[str], arguments: Values, noted: frozenset[str]) -> frozenset[str]:
    """Find the places of the files that the configuration of a run names, besides its outputs.

    Example: the run notes that it read ``/data/dl2/x.h5``. Then its argument ``dl2/x.h5`` tells its
    working folder, and its argument ``irf/cuts.fits`` means ``/data/irf/cuts.fits``.

    Args:
        texts: those in the parameters of the run that may be paths (`paths_in`).
        arguments: of the run: each a command line, as a text or as a list of its words.
        noted: the paths that the run noted, as `location_of` writes them.

    Returns:
        The places in the namespaces of the noted paths, without the noted paths themselves. What a
        relative path means is known where all its ends of noted paths agree on one folder.
    """
    named, size = _named_in(arguments)
    is_short = len(texts) < _MOST_TEXTS and size + sum(map(len, noted)) < _LONGEST_PATH
    return (_known_places if is_short else _places)(texts, named, noted)


def _places(
    texts: frozenset[str], arguments: frozenset[str], noted: frozenset[str]
) -> frozenset[str]:
    named = {*texts, *arguments}.difference(noted)
    relative = [text for text in named if not (text.startswith(_WHOLE) or "://" in text)]
    paths = named.difference(relative)
    folders = _folders(relative, chain(paths, noted)) if relative else ()
    if len(folders) == 1:
        paths.update(f"{folder}/{text}" for folder in folders for text in relative)
    namespaces = {found[1] for path in noted if (found := _NAMESPACE.match(path))}
    return frozenset(
        place_of(path, namespace)
        for path in paths - noted
        for namespace in namespaces or (DEFAULT_NAMESPACE,)
    )


#: The same of runs that other questions met, since lineages share most of their records.
_known_places = lru_cache(_MOST_KNOWN)(_places)


def _folders(relative: Iterable[str], paths: Iterable[str]) -> set[str]:
    """The folders in which relative paths are ends of whole paths."""
    ends = tuple(f"/{text}" for text in relative)
    return {
        path[: -len(end)]
        for path in paths
        if path.endswith(ends)
        for end in ends
        if path.endswith(end)
    }


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _named_in(arguments: Values) -> tuple[frozenset[str], int]:
    """The words of arguments that may be paths of files that are read, and how long they are."""
    if (known := _NAMED_IN.get(id(arguments))) is None:
        found = frozenset(chain.from_iterable(_arguments(_words(line)) for line in arguments))
        known = found, sum(map(len, found)), arguments
        if len(_NAMED_IN) >= _MOST_KNOWN:
            _NAMED_IN.clear()
        if len(str(arguments)) < _LONGEST_PATH:
            _NAMED_IN[id(arguments)] = known
    return known[:2]


#: What `_named_in` has found, by Python's id of the arguments. Stores remember records, so the next
#: question meets the same object; it is kept here as well, so that no other object gets its id.
_NAMED_IN: dict[int, tuple[frozenset[str], int, Values]] = {}


def _words(line: Value) -> list[str]:
    """The words of a command line."""
    if isinstance(line, str):
        return line.split()
    return [each for each in line if isinstance(each, str)] if isinstance(line, list) else []


def _arguments(words: Iterable[str]) -> Iterator[str]:
    """The words of a command line that may be paths, without those that say what the run writes."""
    for before, word in pairwise(chain([""], words)):
        if "/" in word or "." in word:
            option, _, text = word.partition("=") if word[0] == "-" else (before, "", word)
            is_written = option[:1] == "-" and says_what_is_written(option)
            if not is_written and _may_be_path(text):
                yield text


@lru_cache(maxsize=4096)
def says_what_is_written(name: str) -> bool:
    """Tell whether a parameter or an option names what a run writes: outputs, logs, scratch.

    Args:
        name: such as ``Tool.output_path`` or ``--log-file``.
    """
    return _WRITTEN.search(name.rpartition(".")[2]) is not None


def scheme_of(identifier: str) -> str:
    """Find an identifier's scheme.

    Args:
        identifier: any identifier.

    Returns:
        One of `SCHEMES`. A remote URL is a path, so its scheme is ``file``.
    """
    scheme = identifier.partition(":")[0]
    return scheme if scheme in SCHEMES else "file"


def strength(identifier: str) -> tuple[int, str]:
    """Sort identifiers: the strongest first, of one scheme the smallest first (rule 6).

    Args:
        identifier: any identifier.

    Returns:
        A key for ``sorted`` and ``min``.
    """
    return SCHEMES.index(scheme_of(identifier)), identifier


def is_strong(identifier: str) -> bool:
    """Tell whether records that share this identifier are one entity (rule 2).

    Args:
        identifier: any identifier.

    Returns:
        True for ``product:``, ``guid:`` and ``prov:``; False for places and checksums.
    """
    return scheme_of(identifier) in STRONG_SCHEMES


def product_identifier(header: Mapping[str, Any]) -> str | None:
    """The identifier in a CTA header that a run wrote.

    ctapipe makes up a new product id each time it looks at a file without a header, and leaves the
    activity id empty: such a header names nothing (docs/contract.md, rule 2).

    Args:
        header: the names and values of the header, such as ``CTA PRODUCT ID``.

    Returns:
        ``product:ID``; None of a header that ctapipe made up.
    """
    if header.get(PRODUCT_ID) and header.get(ACTIVITY_ID):
        return f"product:{header[PRODUCT_ID]}"
    return None


def _in_catalogue(url: str) -> str | None:
    """The place of a URL of the catalogue, mangled or not; None for all else."""
    if found := _CATALOGUE_PATH.match(url):
        return "lfn:" + _normalised(found["path"])
    found = _RUCIO.match(url)
    return None if found is None else _rucio_place(found["scope"], found["name"])


def _rucio_place(scope: str, name: str) -> str:
    path = _normalised(name)
    return "lfn:" + (path if path.startswith(f"/{scope}/") else _normalised(f"/{scope}{path}"))


def _remote(url: str) -> str | None:
    """The URL of a remote file without its user; None for all else."""
    found = _REMOTE.match(url) or _MANGLED_REMOTE.match(url)
    if found is None or found["scheme"].lower() == "file":
        return None
    address, slash, path = found["rest"].partition("/")
    # The user is no part of which file it is, and may come with a password.
    host = address.rpartition("@")[2]
    path, question, query = path.partition("?")
    return f"{found['scheme']}://{host}" + (_normalised(path) if slash else "") + question + query


def _local_path(url: str) -> str:
    """The path in a ``file:`` URL, mangled or not; a bare path as it is."""
    if url[:5].lower() == "file:":
        return _file_url_path(url[5:], "/")
    if mangled := _MANGLED_FILE.match(url):
        return _file_url_path(mangled["rest"], mangled["folder"])
    return url


def _file_url_path(rest: str, folder: str) -> str:
    """The path in a file URL, without ``//`` or ``//localhost``; relative ones from ``folder``."""
    if rest.startswith("//localhost/"):
        rest = rest[len("//localhost") :]
    return rest if rest.startswith("/") else folder + rest


def _normalised(path: str) -> str:
    """The path with ``//``, ``.`` and ``..`` resolved, the leading ``//`` of POSIX too."""
    return posixpath.normpath("/" + path.lstrip("/")) if path else "/"
