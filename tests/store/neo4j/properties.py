"""Values of all kinds, and properties as the server gives them back."""

from hypothesis import strategies as st
from neo4j.time import DateTime

from provgraph.model.values import canonical_json, utc
from provgraph.store.neo4j.values import Properties

T1, T2 = "2026-11-21T08:00:00.000", "2026-11-21T09:00:00.123456789"
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)
times = st.datetimes().map(lambda time: utc(time.isoformat())) | st.sampled_from(
    [
        "2026-11-21T08:29:38.045123456",
        "2026-11-21T08:00:00.000",
        "0001-01-01T00:00:00.000",
        "9999-12-31T23:59:59.999",
    ]
)


def same(left: object, right: object) -> bool:
    """Whether two values are equal, in type too: True is not 1, and 1 is not 1.0.

    Args:
        left: JSON-like.
        right: JSON-like.
    """
    return canonical_json(left) == canonical_json(right)


def as_read(written: Properties) -> Properties:
    """Properties as the server gives them back.

    A property that is None does not exist, and times are read as text.

    Args:
        written: the properties as they are sent.
    """
    found = {name: value for name, value in written.items() if value is not None}
    return {
        name: as_cypher_says(value) if isinstance(value, DateTime) else value
        for name, value in found.items()
    }


def as_cypher_says(time: DateTime) -> str:
    """The text that Cypher's ``toString`` makes of a time.

    It has no zeros at the end, and no seconds when they are zero.

    Args:
        time: as the driver sends it.
    """
    text = time.iso_format().removesuffix("+00:00").rstrip("0").removesuffix(".")
    text = text.ljust(len("2026-11-21T08:29:38"), "0")
    return (text[:-3] if "." not in text and text.endswith(":00") else text) + "Z"
