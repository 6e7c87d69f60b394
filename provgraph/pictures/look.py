"""What the reader of a drawing chose: which records are shown, how, and where links lead."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from provgraph.errors import SettingsError
from provgraph.model.lineage import Direction, Node
from provgraph.model.values import storable_text, visible
from provgraph.model.vocabulary import ANYTHING

#: More boxes than these are folded unless told otherwise.
MANY_BOXES = 60
_ID = "{id}"
_SCHEMES = ("http://", "https://")
#: What stays as it is in an address. Graphviz 2 writes quotes as they are, ``;`` ends Mermaid's
#: character codes.
_HARMLESS = "/:?#[]@!$&()*+,=%~"
#: A web address whose host is given, with an id somewhere behind it.
_TEMPLATE = re.compile(r"https?://[^/?#{}\s]+[/?#]\S*\{id\}\S*", re.IGNORECASE)


class Orientation(StrEnum):
    """Which way a drawing runs from what was asked about."""

    DOWN = "down"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Look:
    """How a lineage is drawn.

    Attributes:
        orientation: ``down`` from top to bottom, ``across`` from left to right.
        agents: whether those who answer for runs and files are shown.
        fold: whether records that play the same part become one box; None when there would be many
            boxes.
        link: the web address of a record, with ``{id}`` where its id goes; None for those that
            records have themselves.

    Raises:
        SettingsError: there is no such orientation; the link is no web address, or has no place for
            the id.
    """

    orientation: str = Orientation.DOWN
    agents: bool = True
    fold: bool | None = None
    link: str | None = None

    def __post_init__(self) -> None:
        if self.orientation not in tuple(Orientation):
            raise SettingsError(
                f"{self.orientation!r} is no orientation: {', '.join(Orientation)} are"
            )
        if self.link is not None and not (
            _TEMPLATE.fullmatch(self.link) and visible(self.link) == self.link
        ):
            raise SettingsError(
                f"boxes can't link to {self.link!r}: give a web address with {_ID} where the "
                f"record's id goes, such as https://example.org/records/{_ID}"
            )

    @property
    def is_across(self) -> bool:
        """Whether the drawing runs from left to right."""
        return self.orientation == Orientation.ACROSS

    def folds(self, boxes: int) -> bool:
        """Tell whether a drawing of so many boxes is to be folded.

        Args:
            boxes: how many boxes there would be.

        Returns:
            What the reader chose; without a choice, whether there are more than `MANY_BOXES`.
        """
        return boxes > MANY_BOXES if self.fold is None else self.fold

    def link_of(self, node: Node) -> str | None:
        """Return where a click on a record leads.

        Args:
            node: the record.

        Returns:
            A web address (http or https); None when there is none.
        """
        if self.link is not None and node.kind in ANYTHING:
            return _address(self.link.replace(_ID, quote(storable_text(node.id), safe="")))
        places = (node.location, node.id)
        return next(
            (_address(place) for place in places if place and place.lower().startswith(_SCHEMES)),
            None,
        )

    def flow(self, direction: Direction) -> str:
        """Return how Graphviz and Mermaid call the direction of the drawing.

        Args:
            direction: of the question.

        Returns:
            ``TB``, ``BT``, ``LR`` or ``RL``: what was asked about stands at the beginning, and
            arrows go to causes.
        """
        forth, back = ("LR", "RL") if self.is_across else ("TB", "BT")
        return back if direction is Direction.DOWNSTREAM else forth


def _address(text: str) -> str:
    """Return an address with all characters percent-encoded that could end it."""
    return quote(storable_text(text), safe=_HARMLESS)


#: How a lineage is drawn unless its reader wants something else.
PLAIN = Look()
