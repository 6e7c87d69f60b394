"""Hostile neighbours of real logs: edits of JSON records by field, and of the bytes around them."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

#: An object as its fields in their order, so that a key may stand twice.
Node: TypeAlias = "Fields | list[Node] | str | Raw"
GZIP_MAGIC = b"\x1f\x8b"
#: A bomb is unpacked no further; the mutator needs no more than a log.
LARGEST_UNPACKED = 1 << 20

TEXTS = (
    r'"\u0000"',
    r'"\ud800"',
    r'"\udfff\ud800"',
    '"\x00"',
    '""',
    '" "',
    '"/"',
    '"/.."',
    '"//data/../x"',
    '"file:"',
    '"lfn:x"',
    r'"\"; DROP TABLE activity; --"',
    r'"`) DETACH DELETE n //"',
    r'"$param {} \\ \u202e"',
    '"<script>alert(1)</script>"',
    r'"a\nb\r\tc"',
    '"' + "x" * 9000 + '"',
    '"/data/' + "\u65e5" * 3000 + '"',
    '"file:///x@y"',
    '"root://u:p@h//x?a=b"',
    '"/d/file:/x"',
    '"product:x"',
    '"guid:"',
    '"token=x"',
    '"--password"',
    r'"\ud83d\ude00 \u00e9"',
    '"nan"',
    '"-0"',
    '"1e400"',
    '"True"',
    '"null"',
)
NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "-0",
    "-0.0",
    "0",
    "1",
    "1.0",
    "1e2",
    "1" + "0" * 400,
    "9" * 4300,
    "9" * 5000,
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "5e-324",
    "1E-9",
    "1.7976931348623157e308",
    "9007199254740993.0",
    "0.1",
)
TIMES = tuple(
    f'"{text}"'
    for text in (
        "0000-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "10000-01-01T00:00:00",
        "9999-12-31T23:59:60",
        "2016-12-31T23:59:60Z",
        "2026-02-30T00:00:00",
        "2026-11-21",
        "2026-11-21T24:00:00",
        "2026-11-21 08:00:00.123456789123+23:59",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-21T08:00:00.5Z",
        "2026-W47-6",
        "now",
        "2026-11-21T08:00:00",
        "2026-11-21T08:00:00.000",
        "2026-11-21T08:00:01.000",
        "1969-12-31T23:59:59.999999999",
    )
)
OTHERS = (
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[[]]",
    '{"":{}}',
    '["/a","/b"]',
    '{"a":1,"a":2}',
    '{"T":{"C":{"t":1}}}',
    "[" * 90 + "]" * 90,
    "[" * 101 + "]" * 101,
    '{"a":' * 300 + "1" + "}" * 300,
    "[" * 3000 + "]" * 3000,
    '{"url":"/data/x","role":null,"reference_meta":null}',
    '{"url":"/data/x","role":"r","reference_meta":{"CTA PRODUCT ID":"P","CTA ACTIVITY ID":"A"}}',
    '{"url":"/data/y","role":"r",'
    '"reference_meta":{"CTA PRODUCT ID":"P","CTA ACTIVITY ID":"A","x":NaN}}',
    '{"packages":[{"name":"a","version":1}]}',
    '{"time_utc":"2026-11-21T08:00:00"}',
)
LITERALS = (*TEXTS, *NUMBERS, *TIMES, *OTHERS)
KEYS = (
    "activity_uuid",
    "activity_name",
    "status",
    "start",
    "stop",
    "time_utc",
    "system",
    "environment",
    "arguments",
    "platform",
    "node",
    "boot_time",
    "python",
    "packages",
    "config",
    "Tool",
    "input",
    "output",
    "url",
    "role",
    "reference_meta",
    "CTA PRODUCT ID",
    "CTA ACTIVITY ID",
    "name",
    "endTime",
    "host",
    "",
    "\x00",
    "\ud800",
    "a.b",
    "Password",
    "_",
    "id",
    "x" * 70000,
    "`",
    "$",
    "é",
)
SPLINTERS = (
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc3",
    b"]",
    b"[",
    b"{",
    b"}",
    b"][",
    b"[]",
    b",",
    b'"',
    b"\\",
    b"null",
    b'{"a":',
    b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
    b"\x1f\x8b",
)


@dataclass
class Raw:
    """A JSON text that is written as it stands."""

    text: str


@dataclass
class Fields:
    """The fields of an object."""

    pairs: list[tuple[str, Node]]


def mutated(data: bytes, random: Random) -> bytes:
    """A neighbour of the data.

    One to four edits of its records, or of its bytes when it has none.
    """
    packed = data.startswith(GZIP_MAGIC)
    plain = _unpacked(data) if packed else data
    try:
        plain = _edited(plain, random)
    except RecursionError:
        plain = _cut(plain, random)
    return gzip.compress(plain, 1, mtime=0) if packed != (random.random() < 0.02) else plain


def _edited(data: bytes, random: Random) -> bytes:
    roots = _arrays(data)
    if roots and random.random() < 0.85:
        for _ in range(random.randint(1, 4)):
            random.choice(_EDITS)(roots, random)
        data = _written(roots, random)
    return random.choice(_BYTE_EDITS)(data, random) if not roots or random.random() < 0.2 else data


def spliced(data: bytes, other: bytes, random: Random) -> bytes:
    """Records of two logs in one, or the beginning of one log and the end of another."""
    roots, others = _arrays(data), _arrays(other)
    if not roots or not others or random.random() < 0.3:
        return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]
    into, taken = random.choice(list(_containers(roots))), random.choice(list(_values(others)))
    into.insert(random.randint(0, len(into)), taken)
    try:
        return _written(roots, random)
    except RecursionError:
        return data


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, LARGEST_UNPACKED)
    except zlib.error:
        return data


def _arrays(data: bytes) -> list[Node]:
    """The JSON values that stand one behind the other; what comes behind damage is left out."""
    text, at, found = data.decode("utf-8", "surrogateescape").lstrip("\ufeff"), 0, []
    decoder = json.JSONDecoder(object_pairs_hook=Fields, strict=False)
    try:
        while (rest := text[at:].lstrip()) != "":
            value, length = decoder.raw_decode(rest)
            at = len(text) - len(rest) + length
            found.append(_node(value))
    except (ValueError, RecursionError):
        return found
    return found


def _node(value: Any) -> Node:
    if isinstance(value, Fields):
        return Fields([(key, _node(item)) for key, item in value.pairs])
    if isinstance(value, list):
        return [_node(item) for item in value]
    return value if isinstance(value, str) else Raw(json.dumps(value))


def _written(roots: list[Node], random: Random) -> bytes:
    text = random.choice(("", "\n", "\r\n", " ")).join(map(_text, roots))
    return text.encode("utf-8", "surrogatepass" if random.random() < 0.5 else "backslashreplace")


def _text(node: Node) -> str:
    if isinstance(node, Fields):
        return "{" + ",".join(f"{json.dumps(key)}:{_text(item)}" for key, item in node.pairs) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(_text, node)) + "]"
    return node.text if isinstance(node, Raw) else json.dumps(node)


def _values(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _values(_items(node))


def _items(node: Node) -> list[Node]:
    return (
        [item for _, item in node.pairs]
        if isinstance(node, Fields)
        else node
        if isinstance(node, list)
        else []
    )


def _containers(roots: list[Node]) -> Iterator[list[Any]]:
    """Every list that can be changed in place: of items, or of the fields of an object."""
    yield roots
    for node in _values(roots):
        if isinstance(node, list) and node:
            yield node


def _object(roots: list[Node], random: Random) -> list[tuple[str, Node]]:
    """The fields of some object; records are likelier than what is deep inside them."""
    objects = [node.pairs for node in _values(roots) if isinstance(node, Fields)]
    return random.choice(objects[:4] if random.random() < 0.4 else objects) if objects else []


def _literal(random: Random) -> Node:
    return Raw(random.choice(LITERALS))


def _drop_field(roots: list[Node], random: Random) -> None:
    if pairs := _object(roots, random):
        del pairs[random.randrange(len(pairs))]


def _replace_field(roots: list[Node], random: Random) -> None:
    if pairs := _object(roots, random):
        place = random.randrange(len(pairs))
        pairs[place] = pairs[place][0], _literal(random)


def _retype_field(roots: list[Node], random: Random) -> None:
    if pairs := _object(roots, random):
        place = random.randrange(len(pairs))
        key, value = pairs[place]
        wraps: tuple[Callable[[Node], Node], ...] = (
            lambda each: [each],
            lambda each: Fields([(key, each)]),
            _text,
            lambda each: [each, each],
        )
        pairs[place] = key, random.choice(wraps)(value)


def _rename_field(roots: list[Node], random: Random) -> None:
    if pairs := _object(roots, random):
        place = random.randrange(len(pairs))
        pairs[place] = random.choice(KEYS), pairs[place][1]


def _double_field(roots: list[Node], random: Random) -> None:
    if pairs := _object(roots, random):
        key, value = random.choice(pairs)
        pairs.insert(
            random.randint(0, len(pairs)),
            (key, value if random.random() < 0.3 else _literal(random)),
        )


def _add_field(roots: list[Node], random: Random) -> None:
    _object(roots, random).append((random.choice(KEYS), _literal(random)))


def _drop_item(roots: list[Node], random: Random) -> None:
    items = random.choice(list(_containers(roots)))
    if items:
        del items[random.randrange(len(items))]


def _double_item(roots: list[Node], random: Random) -> None:
    items = random.choice(list(_containers(roots)))
    if items:
        items.insert(random.randint(0, len(items)), random.choice(items))


def _add_item(roots: list[Node], random: Random) -> None:
    items = random.choice(list(_containers(roots)))
    items.insert(random.randint(0, len(items)), _literal(random))


def _move_value(roots: list[Node], random: Random) -> None:
    """A value of one place at another one."""
    pairs, values = _object(roots, random), list(_values(roots))
    if pairs and values:
        place = random.randrange(len(pairs))
        # Through text, so that nothing holds itself.
        pairs[place] = pairs[place][0], Raw(_text(random.choice(values)))


_EDITS = (
    _drop_field,
    _replace_field,
    _replace_field,
    _replace_field,
    _retype_field,
    _rename_field,
    _double_field,
    _add_field,
    _drop_item,
    _double_item,
    _add_item,
    _move_value,
)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _insert(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(SPLINTERS) + data[at:]


def _take_out(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + data[at + random.randint(1, 40) :]


def _repeat(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data + data[at:]


def _as_repr(data: bytes, random: Random) -> bytes:
    """The older form of a log: Python's repr of the same."""
    try:
        records = json.loads(data)
    except (ValueError, RecursionError):
        return _cut(data, random)
    separate = isinstance(records, list) and random.random() < 0.5
    return "\n".join(map(repr, records if separate else [records])).encode("utf-8", "surrogatepass")


_BYTE_EDITS = (_cut, _insert, _insert, _take_out, _repeat, _as_repr)
