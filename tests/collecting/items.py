"""Logs that tests put into a spool."""

from pathlib import Path

from provgraph.collecting.spool import put_in_spool
from tests.loaders.examples import LOGS

#: Real logs without damage.
WHOLE = sorted(LOGS.glob("apply_*.provlog"))


def aside(
    spool: Path, content: bytes | Path, source: str = "run.provlog", store: str = "sqlite:///x"
) -> Path:
    """Put a log into a spool, in the namespace ``scratch``.

    Args:
        spool: the folder.
        content: the log, or where it stands.
        source: the name by which reports call it.
        store: the URL of the store that it is for.

    Returns:
        the folder of the item.
    """
    return put_in_spool(spool, content, source, namespace="scratch", format_name=None, store=store)
