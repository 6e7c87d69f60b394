"""The store of a server: everybody who asks is given what their roles may see of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from provgraph.model.hiding import HidingRules
from provgraph.store.hiding import HidingStore
from provgraph.store.masking import Masks
from provgraph.store.protocol import Store

#: Where the roles of a caller stand in the state of a request.
ROLES = "roles"


class ServedStore:
    """A store behind the rules of its server.

    What answers people takes this in the place of the store, so it can't forget the rules.

    Attributes:
        whole: the store with all its records: for what writes, and for what tells of no record.
        rules: what is hidden from whom; None where everybody sees all.
    """

    def __init__(self, whole: Store, rules: HidingRules | None = None) -> None:
        """Take an open store.

        Args:
            whole: the store; the caller closes it.
            rules: what is hidden from whom; None where everybody sees all.
        """
        self.whole, self.rules = whole, rules

    def asked_by(self, scope: Mapping[str, Any]) -> Store:
        """Find what a request may see.

        Args:
            scope: of the request (ASGI 3.0, HTTP connection scope).

        Returns:
            The store; what hides from it is good for one request.
        """
        return self.seen_by(scope.get("state", {}).get(ROLES, frozenset()))

    def seen_by(self, roles: frozenset[str]) -> Store:
        """Find what somebody may see.

        Args:
            roles: of who asks; empty of who has none.

        Returns:
            The store; what hides from it is good for one request.
        """
        if self.rules is None:
            return self.whole
        hidden = self.rules.files_for(roles, datetime.now(UTC))
        if not hidden:
            return self.whole
        return HidingStore(self.whole, Masks(self.whole, hidden, self.rules.secret))
