"""What an engine can: run a script, say how far it is, end it, and find it again.

An engine keeps nothing in memory that it needs: what the wrapper writes into the job's folder is
the truth (`provgraph.jobs.wrapper`), and outlives the server.
"""

from enum import Enum, auto
from typing import Protocol

from provgraph.jobs.folder import JobFolder


class WorkState(Enum):
    """How far an engine is with a script."""

    WAITING = auto()
    RUNNING = auto()
    ENDED = auto()
    #: It ran or waited, and is gone without a word.
    LOST = auto()


class Engine(Protocol):
    """Runs scripts.

    Attributes:
        name: for people.
        interval: after how many seconds it is worth asking again.
    """

    name: str
    interval: float

    def submit(self, folder: JobFolder, options: dict[str, str]) -> str:
        """Have the script of a job run.

        Args:
            folder: of the job, with its order.
            options: what the client said for the engine, as ``slurm_mem``.

        Returns:
            The handle, by which the engine knows the job.

        Raises:
            JobRefusedError: the engine does not take it.
        """

    def state(self, folder: JobFolder, handle: str) -> WorkState:
        """Tell how far a script is.

        Args:
            folder: of the job.
            handle: as `submit` gave it.
        """

    def cancel(self, folder: JobFolder, handle: str) -> None:
        """End a script, or take it off the queue; returns at once.

        Args:
            folder: of the job.
            handle: as `submit` gave it.
        """

    def reattach(self, folder: JobFolder) -> str | None:
        """Find a job again that a server handed over before it ended.

        Args:
            folder: of the job.

        Returns:
            Its handle; None when the script was never begun, so that it can be handed over again.
        """
