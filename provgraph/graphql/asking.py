"""Who asks for an answer: their name, and the mutations that they may call."""

from typing import Final, Protocol


class WhoAsks(Protocol):
    """Who sends a request, as access control knows them."""

    @property
    def name(self) -> str:
        """Such as ``token ana``; empty of who gave no name."""

    def refusal(self, mutation: str) -> tuple[str, str] | None:
        """Tell why they may not call a mutation.

        Args:
            mutation: its name.

        Returns:
            The code and the message of the error; None where they may.
        """


class _Nobody:
    """Who asks where no access control is: nobody knows them, so they change nothing."""

    name = ""

    def refusal(self, _: str) -> tuple[str, str]:
        """Refuse each mutation."""
        return "FORBIDDEN", "a change needs access control"


NOBODY: Final[WhoAsks] = _Nobody()
