"""The tables of OPUS's job database, whichever database they are in.

The generations of the tables differ in columns: what a row lacks is NULL here.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol, TypeAlias

#: A row by its columns.
Row: TypeAlias = Mapping[str, str | None]
#: Table → the columns by which its rows are sorted and told apart. The first is the id of a job but
#: in ``entities``.
TABLES: Final = {
    "jobs": ("jobid",),
    "job_parameters": ("jobid", "name"),
    "job_results": ("jobid", "name"),
    "used": ("jobid", "entity_id"),
    "entities": ("entity_id",),
}
#: Table → the columns without which it is none of OPUS's.
NEEDED: Final = {
    "jobs": frozenset({"jobid", "jobname", "phase", "start_time", "end_time", "owner"}),
    "job_parameters": frozenset({"jobid", "name", "value"}),
    "job_results": frozenset({"jobid", "name", "url"}),
}
#: The columns with secrets: they are never read.
SECRETS: Final = frozenset({"owner_token", "token"})
#: What is said of a database that is another program's.
NOT_OPUS: Final = (
    f"the database is none of OPUS's: it has not the tables {', '.join(NEEDED)} with their columns"
)


class JobTables(Protocol):
    """One moment of a job database."""

    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns of each of `TABLES` that is there, without `SECRETS`."""

    def rows(self, table: str, order: tuple[str, ...]) -> Iterator[Row]:
        """Read a table.

        Args:
            table: one that is there.
            order: the columns to sort by; texts are sorted by their code points.

        Yields:
            The rows, their values as texts.
        """


def is_job_database(columns: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether tables are those of OPUS.

    Args:
        columns: table → its columns.
    """
    return all(needed <= columns.get(table, frozenset()) for table, needed in NEEDED.items())
