"""Classes of identifiers that name one entity."""

from collections.abc import Iterable

from provgraph.model.identifiers import strength


class EquivalenceClasses:
    """Sets of identifiers that name one entity (docs/contract.md, rules 2 and 6).

    Each set is called by its strongest member. Example: after
    ``add_together(["guid:G", "product:P"])`` both have the name ``product:P``. The sets are kept
    as trees (union-find, with path halving).
    """

    def __init__(self, together: Iterable[Iterable[str]]) -> None:
        """Make the identifiers of each group one class.

        Args:
            together: groups of identifiers.
        """
        self._parent: dict[str, str] = {}
        for group in together:
            self.add_together(group)

    def add(self, identifiers: Iterable[str]) -> None:
        """Make identifiers known, each in a class of its own unless it has one.

        Args:
            identifiers: the identifiers.
        """
        for identifier in identifiers:
            self._parent.setdefault(identifier, identifier)

    def add_together(self, identifiers: Iterable[str]) -> None:
        """Make identifiers one class, with all that were in their classes before.

        Args:
            identifiers: the identifiers.
        """
        first: str | None = None
        for identifier in identifiers:
            root = self.name(identifier)
            first = root if first is None else self._join(first, root)

    def name(self, identifier: str) -> str:
        """Find the name of an identifier's class.

        Args:
            identifier: any identifier; an unknown one becomes a class of its own.

        Returns:
            The strongest identifier of the class.
        """
        parent = self._parent.setdefault(identifier, identifier)
        while parent != self._parent[parent]:
            self._parent[identifier] = self._parent[parent]
            identifier, parent = parent, self._parent[parent]
        return parent

    def groups(self) -> dict[str, set[str]]:
        """List the classes.

        Returns:
            The name of each class → its identifiers.
        """
        found: dict[str, set[str]] = {}
        for identifier in list(self._parent):
            found.setdefault(self.name(identifier), set()).add(identifier)
        return found

    def _join(self, left: str, right: str) -> str:
        """Put one tree under the root of the other; the stronger root stays."""
        stronger, weaker = sorted((left, right), key=strength)
        self._parent[weaker] = stronger
        return stronger
