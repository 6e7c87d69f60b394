"""Boxes and arrows: what is drawn, before anything has a place; and in which colours."""

from dataclasses import dataclass

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind

#: The words of a box in which such a record is; the last says that the answer was cut behind it.
INVALID, FAILED_RUNS, TAINTED, MORE = "INVALID", "failed", "tainted", "more …"
#: What a box without any visible name says; some viewers refuse an empty one.
NAMELESS = "(no name)"


@dataclass(frozen=True, slots=True)
class Box:
    """One record, or several that play the same part.

    Attributes:
        kind: what they are.
        title: what they are called.
        facts: what stands below the title.
        tip: the lines of its tooltip.
        count: how many records it stands for.
        level: their data level; None when they have none.
        configuration: the configuration files that the runs in it read, which have no box.
        is_root: whether it is what was asked about.
        failed: how many runs in it did not end well.
        invalid: how many records in it are marked as invalid.
        tainted: how many records in it were made from an invalid one.
        has_more: whether the answer was cut behind a record in it.
        is_unrecorded: whether nobody knows who made a record in it, though it is no raw data.
        link: the web address where a click leads; None when nowhere.
    """

    kind: Kind
    title: str
    facts: tuple[str, ...]
    tip: tuple[str, ...]
    count: int = 1
    level: str | None = None
    configuration: tuple[Node, ...] = ()
    is_root: bool = False
    failed: int = 0
    invalid: int = 0
    tainted: int = 0
    has_more: bool = False
    is_unrecorded: bool = False
    link: str | None = None

    @property
    def is_bad(self) -> bool:
        """Whether something speaks against a record in it."""
        return self.failed + self.invalid + self.tainted > 0

    @property
    def is_dashed(self) -> bool:
        """Whether its outline is dashed: its origin is doubtful."""
        return self.is_unrecorded or (self.tainted > 0 and not self.invalid)

    @property
    def said(self) -> tuple[str, ...]:
        """What stands below its title: the marks, then the facts; of a bad stack the marks only."""
        marks = {
            INVALID: self.invalid,
            FAILED_RUNS: self.failed if self.count > 1 else 0,
            TAINTED: 0 if self.invalid else self.tainted,
        }
        words = tuple(
            f"{number:,} {word}" if self.count > 1 else word
            for word, number in marks.items()
            if number
        )
        return words if words and self.count > 1 else (*words, *self.facts)

    @property
    def lines(self) -> tuple[str, ...]:
        """All that it says, for drawings without signs: its title with the number, and the rest."""
        title = f"{self.title} × {self.count:,}" if self.count > 1 else self.title
        files = (f"⚙ {len(self.configuration):,}",) if self.configuration else ()
        below = (*self.said, *files, *((MORE,) if self.has_more else ()))
        return (title, " · ".join(below)) if below else (title,)


@dataclass(frozen=True, slots=True)
class Arrow:
    """All relations between the records of two boxes, drawn as one arrow.

    Attributes:
        source: where it begins, as an index of the boxes.
        target: where it points.
        relations: their names; empty when the arrow only says what led to what.
        roles: the roles played in them; may be empty.
        is_inferred: whether no source states any of them.
    """

    source: int
    target: int
    relations: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A lineage as boxes and arrows, in the order of its nodes and edges.

    Attributes:
        boxes: its records.
        arrows: their relations.
        remark: what must be known of the whole: that records are folded or filtered, that it was
            cut, what the words in boxes mean; may be empty.
    """

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    remark: str

    @property
    def root(self) -> int:
        """The index of the box that was asked about."""
        return next((number for number, each in enumerate(self.boxes) if each.is_root), 0)


@dataclass(frozen=True, slots=True)
class Colours:
    """How the boxes of one kind are painted."""

    fill: str
    line: str


#: As W3C PROV draws them: entities yellow, activities blue, agents orange.
COLOURS = {
    Kind.ENTITY: Colours("#FFFC87", "#77752A"),
    Kind.ACTIVITY: Colours("#9FB1FC", "#3B4CC0"),
    Kind.AGENT: Colours("#FED37F", "#B36B00"),
}
#: Configuration, descriptions and the rest.
OTHER_COLOURS = Colours("#EDEDED", "#808080")
#: The outline of what something speaks against, and of what was asked about.
BAD_LINE, ROOT_LINE = "#C62828", "#16181D"
#: How thick an outline is: of what is not to be overlooked, and of the rest.
THICK, THIN = 3.0, 1.3


def colours(shown: Box) -> Colours:
    """Return how a box is painted.

    Args:
        shown: the box.

    Returns:
        The colours of its kind; a red line when a run in it failed, or a record in it is invalid
        or was made from an invalid one.
    """
    plain = COLOURS.get(shown.kind, OTHER_COLOURS)
    if shown.is_bad:
        return Colours(plain.fill, BAD_LINE)
    return Colours(plain.fill, ROOT_LINE) if shown.is_root else plain


def line_width(shown: Box) -> float:
    """Return how thick the outline of a box is.

    Args:
        shown: the box.

    Returns:
        The width, in the units of the drawing.
    """
    return THICK if shown.is_root or shown.failed or shown.invalid else THIN
