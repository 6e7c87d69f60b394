"""Moments, and the places that runs name (docs/contract.md, rules 3 and 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

DEFAULT_NAMESPACE = "default"
REMOTE_SCHEMES = frozenset(
    {
        "root",
        "roots",
        "xroot",
        "xroots",
        "http",
        "https",
        "ftp",
        "gsiftp",
        "srm",
        "dav",
        "davs",
        "s3",
        "dcap",
    }
)


@dataclass(frozen=True, order=True)
class Time:
    """A moment in UTC with its whole fraction of a second."""

    second: datetime
    fraction: Fraction
    digits: str

    @property
    def text(self) -> str:
        return f"{self.second:%Y-%m-%dT%H:%M:%S}.{self.digits}Z"


TIME = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d+))?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?"
)


def time_of(text: str) -> Time:
    """Section 1: every time in UTC with its fraction; a naive time is read as UTC."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a time: {text!r}")
    whole = datetime.fromisoformat(
        match["whole"] + (match["zone"] or "Z").replace("Z", "+00:00")
    ).astimezone(UTC)
    digits = (match["fraction"] or "").rstrip("0").ljust(3, "0")
    return Time(whole, Fraction(int(digits), 10 ** len(digits)), digits)


@dataclass(frozen=True, order=True)
class Place:
    """A path in a namespace, or a remote URL (which is in none)."""

    namespace: str
    path: str

    @property
    def text(self) -> str:
        """Section 2 rule 6: how a place is written in ids and locations."""
        if not self.namespace:
            return self.path
        if self.namespace == DEFAULT_NAMESPACE:
            return f"file:{self.path}"
        return f"file://{self.namespace}{self.path}"

    @property
    def base_name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


def place_of(namespace: str, url: str) -> Place:
    """Section 2 rule 7: where a recorded URL points."""
    restored = restored_url(url)
    scheme, host_and_path = split_remote(restored)
    if scheme:
        host, _, path = host_and_path.partition("/")
        return Place("", f"{scheme}://{host}{clean('/' + path)}")
    return Place(namespace, clean(restored))


def restored_url(url: str) -> str:
    """Section 2 rule 7: abspath writes `/cwd/` before a URL and folds its `//`; take both back."""
    plain = without_file_scheme(url)
    parts = plain.split("/")
    for index, part in enumerate(parts):
        rest = "/".join(parts[index + 1 :])
        if index and part.startswith("file:"):
            inner = part.removeprefix("file:")
            return (
                restored_url("/" + rest)
                if not inner
                else "/".join([*parts[:index], inner, *parts[index + 1 :]])
            )
        if index and part.endswith(":") and part[:-1] in REMOTE_SCHEMES:
            return f"{part}//{rest.lstrip('/')}"
    return plain


def without_file_scheme(url: str) -> str:
    """`file:///data/x`, `file://localhost/data/x` and `file:/data/x` are `/data/x`."""
    if url.startswith("file://"):
        return "/" + url.removeprefix("file://").partition("/")[2]
    return url.removeprefix("file:")


def split_remote(url: str) -> tuple[str, str]:
    """(scheme, host/path) of a remote URL, else two empty texts."""
    scheme, separator, rest = url.partition("://")
    return (scheme, rest) if separator and scheme in REMOTE_SCHEMES else ("", "")


def clean(path: str) -> str:
    """Section 2 rule 7: `//`, `.` and `..` are resolved."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)
