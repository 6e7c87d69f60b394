"""The descriptions that a store has, held in memory.

They are few, for they are what many activities have in common. Rows refer to a description only
when it is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import End, first_text
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import DESCRIPTIONS, Kind

_PARTS = (Kind.PARAMETER_DESCRIPTION, Kind.CONFIG_FILE_DESCRIPTION)


@dataclass
class DescriptionIndex:
    """Finds descriptions by their ids, or by what they describe.

    Attributes:
        ends: all descriptions, as relations name them.
        parts: kind → (tool, name) → the id of the description of the parameter or configuration
            file of that name of that tool.
    """

    ends: set[End] = field(default_factory=set)
    parts: dict[Kind, dict[tuple[str, str], str]] = field(
        default_factory=lambda: {kind: {} for kind in _PARTS}
    )

    @classmethod
    def read(cls, reader: StoreReader) -> "DescriptionIndex":
        """Read all descriptions.

        Args:
            reader: of the store.

        Returns:
            The index.
        """
        index = cls()
        for kind in DESCRIPTIONS:
            for ids in reader.pages(kind.value):
                index.ends.update(End(kind, each) for each in ids)
                if kind in index.parts:
                    index._add_parts(reader, kind, ids)
        return index

    def _add_parts(self, reader: StoreReader, kind: Kind, ids: list[str]) -> None:
        known = self.parts[kind]
        for end, description in reader.descriptions(kind, ids).items():
            tool = first_text(description.attributes, "activityDescription")
            name = first_text(description.attributes, "name")
            if tool is not None and name is not None:
                known[tool, name] = min(end.id, known.get((tool, name), end.id))

    def parts_of(self, kind: Kind, tool: str | None, names: Iterable[str]) -> dict[str, str]:
        """Find the descriptions of a tool's parameters or configuration files.

        Args:
            kind: ``PARAMETER_DESCRIPTION`` or ``CONFIG_FILE_DESCRIPTION``.
            tool: the id of the tool's description; None where it is not known.
            names: of the parameters or files.

        Returns:
            name → the id of its description, of the names that are described.
        """
        known = self.parts[kind]
        return {
            name: known[tool, name] for name in names if tool is not None and (tool, name) in known
        }

    def named_in(self, attributes: Attributes) -> dict[str, str]:
        """Find the descriptions that attributes name.

        Args:
            attributes: of a mention, a relation or another description. An attribute that is called
                like a kind of description holds the id of such a one.

        Returns:
            kind → id, of the descriptions that are there.
        """
        found = (
            (kind, first_text(attributes, kind.value))
            for kind in DESCRIPTIONS
            if kind.value in attributes
        )
        return {
            kind.value: name
            for kind, name in found
            if name is not None and End(kind, name) in self.ends
        }
