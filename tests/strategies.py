"""Random observatory histories.

What ctapipe logs say of a few runs on a few paths, with many collisions.

Everything is drawn as a small integer that indexes a table in `tests.records`, so a shrunk example
reads well: path 0, product 0, time 0, the default namespace, a plain URL, one telling.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from hypothesis import strategies as st

from tests.records import (
    EMPTY,
    LAST_TIME,
    MADE_UP,
    NO_PRODUCT,
    NULL,
    PATHS,
    PROCESSES,
    PRODUCTS,
    REAL,
    ROLES,
    SPELLINGS,
    STATUSES,
    History,
    Job,
    Listed,
    Telling,
    ending,
    rendered,
)


def listed() -> st.SearchStrategy[Listed]:
    """One input or output, under any spelling and with any kind of header."""
    return st.builds(
        Listed,
        path=st.integers(0, len(PATHS) - 1),
        header=st.sampled_from((NULL, REAL, REAL, REAL, MADE_UP, EMPTY, NO_PRODUCT)),
        product=st.integers(0, len(PRODUCTS) - 1),
        header_activity=st.integers(0, 2),
        role=st.integers(0, len(ROLES) - 1),
        spelling=st.just(0) | st.integers(0, SPELLINGS - 1),
    )


def tellings(second_namespace: bool) -> st.SearchStrategy[Telling]:
    """One way to tell a run, mostly whole."""
    few = st.just(frozenset[int]()) | st.frozensets(st.integers(0, 2), max_size=2)
    last = 1 if second_namespace else 0
    return st.just(Telling()) | st.builds(
        Telling,
        namespace=st.integers(0, last),
        scratch=st.booleans(),
        skip_inputs=few,
        skip_outputs=few,
        forgets_products=st.booleans(),
        later_start=st.integers(0, 1),
        earlier_end=st.integers(0, 1),
        never_ended=st.booleans(),
        forgets_process=st.booleans(),
    )


def jobs(activity: int, second_namespace: bool) -> st.SearchStrategy[Job]:
    """One run with a few files, one to three times told."""
    return st.builds(
        Job,
        activity=st.just(activity),
        start=st.integers(0, LAST_TIME),
        duration=st.integers(0, 4) | st.none(),
        process=st.just(0) | st.integers(0, len(PROCESSES) - 1),
        status=st.integers(0, len(STATUSES) - 1),
        inputs=st.lists(listed(), max_size=3).map(tuple),
        outputs=st.lists(listed(), max_size=3).map(tuple),
        tellings=st.just((Telling(),))
        | st.lists(tellings(second_namespace), min_size=1, max_size=3).map(tuple),
    )


def first(lines: tuple[Listed, ...]) -> Listed:
    return lines[0] if lines else Listed(path=0)


def rewrites_in_place(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` also reads what it writes, under the same URL."""
    line = first(one.outputs)
    return replace(
        one, inputs=(*one.inputs, replace(line, header=NULL)), outputs=one.outputs or (line,)
    ), other


def claims_what_it_read(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` notes its output before writing it: the old product, which it also reads."""
    line = replace(first(one.outputs), header=REAL, product=product)
    return replace(one, inputs=(*one.inputs, line), outputs=(*one.outputs, line)), other


def claims_what_was_read(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` claims a product that `other` had read and done with."""
    line = replace(first(one.outputs), header=REAL, product=product)
    reader = replace(other, inputs=(*other.inputs, line), duration=other.duration or 0)
    return replace(one, outputs=(*one.outputs, line), start=ending(reader) + 1), reader


def both_claim(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """Two runs claim one product."""
    line = replace(first(one.outputs), header=REAL, product=product)
    return replace(one, outputs=(*one.outputs, line)), replace(
        other, outputs=(*other.outputs, line)
    )


def names_late(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` notes its output before it is written; `other` reads it with the header it got."""
    line = replace(first(one.outputs), header=NULL)
    reader = replace(other, inputs=(*other.inputs, replace(line, header=REAL, product=product)))
    return replace(one, outputs=(*one.outputs, line)), replace(
        reader, start=max(reader.start, ending(one))
    )


def sees_a_copy(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`other` reads at another path the product that `one` wrote."""
    line = replace(first(one.outputs), header=REAL, product=product)
    copy = replace(line, path=(line.path + 3) % len(PATHS))
    return replace(one, outputs=(*one.outputs, line)), replace(other, inputs=(*other.inputs, copy))


def nests(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` is an inner activity of `other`, which reads what `one` wrote without a header."""
    line = replace(first(one.outputs), header=NULL)
    outer = replace(other, inputs=(*other.inputs, line), duration=max(other.duration or 0, 2))
    inner = replace(
        one, outputs=(*one.outputs, line), start=outer.start, duration=1, process=outer.process
    )
    return inner, outer


def runs_again(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`other` is `one` again, with its own times and new product ids in its headers."""
    shifted = tuple(
        replace(line, product=(line.product + 1) % len(PRODUCTS)) for line in one.outputs
    )
    return one, replace(other, inputs=one.inputs, outputs=shifted)


def overwrites(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`other` writes where `one` wrote, without a header."""
    line = replace(first(one.outputs), header=NULL)
    return replace(one, outputs=(*one.outputs, line)), replace(
        other, outputs=(*other.outputs, line)
    )


def names_one_file_two_ways(one: Job, other: Job, product: int) -> tuple[Job, Job]:
    """`one` is told whole in one namespace and without products in another."""
    second = Telling(namespace=1, scratch=True, forgets_products=True)
    return replace(
        one, outputs=one.outputs or (Listed(path=0),), tellings=(Telling(), second)
    ), other


TWISTS = (
    rewrites_in_place,
    overwrites,
    names_late,
    nests,
    sees_a_copy,
    runs_again,
    both_claim,
    claims_what_it_read,
    claims_what_was_read,
    names_one_file_two_ways,
)


def twist(drawn: list[Job], how: int, one: int, other: int, product: int) -> None:
    """Apply one twist to two different runs of the list."""
    one, other = one % len(drawn), other % len(drawn)
    if one != other:
        drawn[one], drawn[other] = TWISTS[how](drawn[one], drawn[other], product)


@st.composite
def histories(draw: st.DrawFn, max_runs: int = 6, second_namespace: bool = True) -> History:
    """A few runs with a few twists, as records that tell of them, in the order of activity ids."""
    count = draw(st.integers(1, max_runs))
    drawn = [draw(jobs(activity, second_namespace)) for activity in range(count)]
    last_twist = len(TWISTS) - (1 if second_namespace else 2)
    small, product = st.integers(0, max_runs - 1), st.integers(0, len(PRODUCTS) - 1)
    for how, one, other, which in draw(
        st.lists(st.tuples(st.integers(0, last_twist), small, small, product), max_size=4)
    ):
        twist(drawn, how, one, other, which)
    return rendered(drawn)


@st.composite
def loadings(draw: st.DrawFn, history: History) -> list[History]:
    """Batches that together say the same: any order, any split, some records said again.

    The records of one batch are all in one namespace, so each batch can be one `load --namespace
    NS`.
    """
    again = draw(st.lists(st.sampled_from(history), max_size=3)) if history else []
    shuffled = draw(st.permutations([*history, *again]))
    batches: list[History] = []
    for namespace, record in shuffled:
        starts_anew = not batches or batches[-1][0][0] != namespace or draw(st.booleans())
        if starts_anew:
            batches.append([])
        batches[-1].append((namespace, deepcopy(record)))
    return batches
