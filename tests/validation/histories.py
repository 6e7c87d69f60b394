"""Small histories as statements.

Written by hand, drawn at random, and drawn so that they obey the order of time.
"""

from collections.abc import Callable

from hypothesis import strategies as st

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.checking import Verdict, check
from provgraph.validation.instance import LABEL

T = ProvType
RUNS = ("A", "B", "C")
FILES = ("F", "G", "H", "I")
LAST = 6
NOW = "2026-06-01T00:00:00.000"


def moment(second: int | None) -> str | None:
    return (
        None
        if second is None
        else f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    )


def said(
    type_: ProvType, *places: str | None, id: str | None = None, bundle: str | None = None
) -> ProvStatement:
    return ProvStatement(type_, id, places, (), bundle)


def run(name: str, start: int | None = None, end: int | None = None) -> ProvStatement:
    return ProvStatement(
        T.ACTIVITY, name, (moment(start), moment(end)), ((LABEL, Literal(f"tool-{name}")),)
    )


def file(name: str) -> ProvStatement:
    return ProvStatement(T.ENTITY, name, ())


def used(by: str | None, what: str | None, at: int | None = None) -> ProvStatement:
    return said(T.USAGE, by, what, moment(at))


def made(what: str, by: str | None, at: int | None = None) -> ProvStatement:
    return said(T.GENERATION, what, by, moment(at))


def gone(what: str, at: int | None = None) -> ProvStatement:
    return said(T.INVALIDATION, what, None, moment(at))


def derived(effect: str, cause: str, by: str | None = None) -> ProvStatement:
    return said(T.DERIVATION, effect, cause, by, None, None)


def verdict(*statements: ProvStatement) -> Verdict:
    return check(statements, now=NOW)


_RUN, _FILE = st.sampled_from(RUNS), st.sampled_from(FILES)
_MAYBE_RUN = st.none() | _RUN
_TIME = st.none() | st.integers(0, LAST)


def _statement(
    type_: ProvType, *places: st.SearchStrategy[str | None]
) -> st.SearchStrategy[ProvStatement]:
    return st.builds(lambda *drawn: said(type_, *drawn), *places)


_MOMENT = _TIME.map(moment)
STATEMENTS = st.one_of(
    st.builds(run, _RUN, _TIME, _TIME),
    st.builds(used, _RUN, _FILE, _TIME),
    st.builds(made, _FILE, _MAYBE_RUN, _TIME),
    st.builds(gone, _FILE, _TIME),
    st.builds(derived, _FILE, _FILE, _MAYBE_RUN),
    _statement(T.COMMUNICATION, _RUN, _RUN),
    _statement(T.START, _RUN, st.none() | _FILE, _MAYBE_RUN, _MOMENT),
    _statement(T.END, _RUN, st.none() | _FILE, _MAYBE_RUN, _MOMENT),
    _statement(T.ASSOCIATION, _RUN, st.sampled_from((*RUNS, *FILES, "someone"))),
    _statement(T.ATTRIBUTION, _FILE, st.sampled_from((*RUNS, *FILES, "someone"))),
    _statement(T.DELEGATION, _FILE | _RUN, _FILE | _RUN, _MAYBE_RUN),
)
#: Anything that can be said of a few runs and files, without identifiers of statements.
ANYTHING = st.lists(STATEMENTS, max_size=8)


@st.composite
def true_histories(draw: Callable[[st.SearchStrategy[int]], int]) -> list[ProvStatement]:
    """Histories as they can have happened.

    Runs on a clock that write files and read those that are there.
    """
    maybe = st.booleans()
    told: list[ProvStatement] = []
    written: dict[str, int] = {}
    maker: dict[str, str] = {}
    last_read: dict[str, int] = {}
    clock = 0

    def unless(second: int) -> int | None:
        return second if draw(maybe) else None

    for name in RUNS[: draw(st.integers(1, len(RUNS)))]:
        start = clock = clock + draw(st.integers(0, 2))
        sources = []
        for each in [each for each in sorted(written) if draw(maybe)]:
            clock += draw(st.integers(0, 2))
            told.append(used(name, each, unless(clock)))
            last_read[each] = clock
            sources.append(each)
        clock += 1
        for each in (each for each in FILES if each not in written and draw(maybe)):
            told.append(made(each, name, unless(clock)))
            told += [derived(each, source, name if draw(maybe) else None) for source in sources]
            written[each], maker[each], last_read[each] = clock, name, clock
        told += [said(T.COMMUNICATION, name, maker[source]) for source in sources]
        clock += draw(st.integers(0, 2))
        told.append(run(name, unless(start), unless(clock)))
    told += [gone(each, unless(clock + draw(st.integers(0, 2)))) for each in written if draw(maybe)]
    return told
