"""A transaction of the driver without a server: it notes what is sent."""

from typing import Any


class Answer:
    """What a query is answered.

    Attributes:
        rows: all of them.
    """

    def __init__(self, rows: list[Any]) -> None:
        """Take the rows."""
        self.rows = rows

    def __iter__(self) -> Any:
        """Row by row."""
        return iter(self.rows)

    def single(self, strict: bool) -> Any:
        """The only row.

        Args:
            strict: as the driver has it.
        """
        assert strict
        [row] = self.rows
        return row

    def consume(self) -> None:
        """Nothing is left."""


class NotedTransaction:
    """Notes queries with their parameters, and answers each with the same rows.

    Attributes:
        sent: query and parameters, in the order of sending.
        rows: the answer to come.
    """

    def __init__(self) -> None:
        """Answer nothing at first."""
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.rows: list[Any] = []

    def run(self, query: str, parameters: dict[str, Any]) -> Answer:
        """Note a query.

        Args:
            query: the Cypher.
            parameters: by name.
        """
        self.sent.append((query, parameters))
        return Answer(self.rows)
