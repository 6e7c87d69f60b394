"""What the reader of a drawing chose: which records are shown, how, and where links lead."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from provgraph.errors import SettingsError
from provgraph.model.lineage import Direction, Node
from provgraph.model.values import storable_text, visible
from provgraph.model.vocabulary import ANYTHING

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
        orientation: ``across`` from left to right, ``down`` from top to bottom; None for
            ``across``, with ``w3c`` for ``down``.
        agents: whether those who answer for runs and files are shown; None for no, with ``w3c`` for
            yes.
        fold: whether records that play the same part become one box; None when there would be many
            boxes.
        attributes: whether boxes say more than the names of their records.
        link: the web address of a record, with ``{id}`` where its id goes; None for those that
            records have themselves.
        w3c: whether every record is drawn with all its relations, from effect to cause, as the
            W3C's diagrams are; without it the drawing is a flowchart.

    Raises:
        SettingsError: there is no such orientation; the link is no web address, or has no place for
            the id; a drawing as the W3C's is to be folded.
    """

    orientation: str | None = None
    agents: bool | None = None
    fold: bool | None = None
    link: str | None = None
    attributes: bool = True
    w3c: bool = False

    def __post_init__(self) -> None:
        if self.orientation not in (None, *Orientation):
            raise SettingsError(
                f"{self.orientation!r} is no orientation: {', '.join(Orientation)} are"
            )
        if self.w3c and self.fold:
            raise SettingsError("the W3C's diagrams show every record: don't fold them")
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
        usual = Orientation.DOWN if self.w3c else Orientation.ACROSS
        return (self.orientation or usual) == Orientation.ACROSS

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
            ``TB``, ``BT``, ``LR`` or ``RL``: a flowchart begins with the causes; a diagram of the
            W3C with what was asked about, and its arrows go to causes.
        """
        forth, back = ("LR", "RL") if self.is_across else ("TB", "BT")
        return back if self.w3c and direction is Direction.DOWNSTREAM else forth


def _address(text: str) -> str:
    """Return an address with all characters percent-encoded that could end it."""
    return quote(storable_text(text), safe=_HARMLESS)


#: How a lineage is drawn unless its reader wants something else.
PLAIN = Look()
