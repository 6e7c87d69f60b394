"""Who follows how a load goes on."""

from provgraph.ingest.reading.sources import Source


class Observer:
    """Follows how a load goes on, as a progress bar does; this one ignores what it is told."""

    def pass_over(self, source: Source) -> None:
        """Note that a file in a folder is of no known format.

        Args:
            source: the file.
        """

    def put_aside(self, documents: int) -> None:
        """Note that more of a large source is read, to be sorted before it is written.

        Args:
            documents: how many more records.
        """

    def wrote(self, documents: int) -> None:
        """Note that more of a large source is written.

        Args:
            documents: how many more records.
        """
