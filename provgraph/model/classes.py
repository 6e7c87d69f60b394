"""Names that mean one thing: the smallest union-find that the identity rules need."""

from collections.abc import Iterable

from provgraph.model.identifiers import strength


class Classes:
    """Classes of identifiers.

    Each class is called by its strongest member (CONTRACT section 2, rules 2 and 6).
    """

    def __init__(self, together: Iterable[Iterable[str]]) -> None:
        """Put the identifiers of each group together into one class."""
        self._parent: dict[str, str] = {}
        for group in together:
            self.add_together(group)

    def add(self, identifiers: Iterable[str]) -> None:
        """Make each identifier known, in a class of its own unless it has one."""
        for identifier in identifiers:
            self._parent.setdefault(identifier, identifier)

    def add_together(self, identifiers: Iterable[str]) -> None:
        """Make the identifiers one class."""
        first: str | None = None
        for identifier in identifiers:
            root = self.name(identifier)
            first = root if first is None else self._join(first, root)

    def name(self, identifier: str) -> str:
        """What the identifier's class is called; an unknown one is its own class."""
        parent = self._parent.setdefault(identifier, identifier)
        while parent != self._parent[parent]:
            self._parent[identifier] = self._parent[parent]
            identifier, parent = parent, self._parent[parent]
        return parent

    def groups(self) -> dict[str, set[str]]:
        """Each class, by its name."""
        found: dict[str, set[str]] = {}
        for identifier in list(self._parent):
            found.setdefault(self.name(identifier), set()).add(identifier)
        return found

    def _join(self, left: str, right: str) -> str:
        stronger, weaker = sorted((left, right), key=strength)
        self._parent[weaker] = stronger
        return stronger
