"""Writes what differs between two histories, for people at a terminal (``diff``)."""

from collections.abc import Iterator, Sequence

from provgraph.model.comparison import Change, LineageDiff, RunDifference, ValueDifference
from provgraph.model.values import Value, canonical_json, counted, readable
from provgraph.writers.screen import PLAIN, Part, Screen, Style

_NAME_LENGTH = 4096
#: The least columns of a name or a value on a narrow terminal.
_LEAST = 12
#: So many parameters, packages or inputs of a run are listed.
_MOST = 20
_WORDS = {Change.ONLY_A: "only A", Change.ONLY_B: "only B", Change.CHANGED: "changed"}


def write(found: LineageDiff, names: tuple[str, str], screen: Screen = PLAIN) -> str:
    """Write what differs between two histories.

    Runs of one tool that differ in the same way are one entry, with their number.

    Args:
        found: what differs.
        names: what was asked for, as A and as B.
        screen: where the text goes.

    Returns:
        The text, ending in a newline. Control characters in names are shown as escapes.
    """
    lines = (screen.line(parts) for parts in _lines(found, names))
    return "".join(f"{line}\n" for line in lines)


def _lines(found: LineageDiff, names: tuple[str, str]) -> Iterator[list[Part]]:
    yield [Part("What differs between what led to A and what led to B?", gap="")]
    for letter, name in zip("AB", names, strict=True):
        yield [Part(f"  {letter}  ", gap=""), _name(name, Style.STRONG)]
    yield [Part(_head(found), gap="")]
    if found.truncated:
        yield [Part("A limit cut one of the two histories: there may be more.", gap="")]
    for group in _grouped(found.runs):
        yield []
        yield from _entry(group)


def _head(found: LineageDiff) -> str:
    if found.identical:
        runs = f" ({counted(found.alike, 'run')} each)" if found.alike else ""
        return f"Nothing but ids, times, hosts and file names{runs}."
    counts = {
        change: sum(each.change is change for each in found.runs if each.tool) for change in Change
    }
    parts = [f"{counts[change]} {_WORDS[change]}" for change in Change if counts[change]]
    return ", ".join([f"{counted(found.alike, 'run')} alike", *parts])


def _grouped(runs: Sequence[RunDifference]) -> list[list[RunDifference]]:
    """The runs with those of their tool that differ in the same way."""
    groups: dict[str, list[RunDifference]] = {}
    for run in runs:
        values = [(each.name, each.a, each.b) for each in (*run.parameters, *run.packages)]
        inputs = sorted((each.role or "", bool(each.a), bool(each.b)) for each in run.inputs)
        key = canonical_json([run.tool, run.change.value, run.version, values, inputs])
        groups.setdefault(key, []).append(run)
    return list(groups.values())


def _entry(group: list[RunDifference]) -> Iterator[list[Part]]:
    run = group[0]
    style = Style.PLAIN if run.change is Change.CHANGED else Style.BAD
    tool = run.tool or "what they come from (no known run)"
    count = f"({len(group)} runs; the first is shown)" if len(group) > 1 else ""
    ids = " and ".join(readable(each, _NAME_LENGTH) for each in (run.a, run.b) if each)
    yield [
        Part(f"{_WORDS[run.change]}  ", gap="", style=style),
        _name(tool, Style.STRONG),
        Part(_change(*run.version) if run.version else ""),
        Part(count),
        Part(f"({ids})" if run.tool else "", _LEAST, rank=1, style=Style.FAINT),
    ]
    for kind, values in (("package", run.packages), ("parameter", run.parameters)):
        yield from _values(kind, values)
    for each in run.inputs[:_MOST]:
        role = f" {readable(each.role, _NAME_LENGTH)}" if each.role else ""
        yield from _difference(f"input{role}", each.a, each.b)
    yield from _rest("input", len(run.inputs))


def _values(kind: str, values: Sequence[ValueDifference]) -> Iterator[list[Part]]:
    for each in values[:_MOST]:
        label = f"{kind} {readable(each.name, _NAME_LENGTH)}"
        yield from _difference(label, *map(_shown, (each.a, each.b)))
    yield from _rest(kind, len(values))


def _rest(kind: str, number: int) -> Iterator[list[Part]]:
    if number > _MOST:
        yield [Part(f"  and {counted(number - _MOST, kind)} more (--json)", gap="")]


def _difference(label: str, a: str | None, b: str | None) -> Iterator[list[Part]]:
    yield [Part("  ", gap=""), Part(label, _LEAST, gap="")]
    for letter, value in (("A", a), ("B", b)):
        shown = "none" if value is None else readable(value, _NAME_LENGTH)
        yield [Part(f"    {letter}  ", gap=""), Part(shown, _LEAST, gap="")]


def _change(a: str | None, b: str | None) -> str:
    return " → ".join("unknown" if each is None else readable(each, 200) for each in (a, b))


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else canonical_json(value)


def _name(name: str, style: Style) -> Part:
    return Part(readable(name, _NAME_LENGTH), _LEAST, style=style, gap="")
