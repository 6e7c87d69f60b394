"""Attribute values for properties: among them many that Python, or a text, takes for equal."""

import math

from hypothesis import strategies as st

from provgraph.model.values import (
    Value,
)

numbers = st.integers(-3, 3) | st.sampled_from(
    [0.5, 1.0, -0.0, 2.0, math.inf, -math.inf, math.nan, 1e300, 2**60]
)
texts = st.sampled_from(
    [
        "",
        "1",
        "1.0",
        "01",
        "1e0",
        "0.5",
        "true",
        "True",
        "false",
        "null",
        "nan",
        "inf",
        "[1]",
        "x",
        "é",
        "2",
    ]
)
scalars = st.none() | st.booleans() | numbers | texts
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
sets = st.lists(values, max_size=4)
