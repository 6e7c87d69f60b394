"""Counts names in little memory, however many they are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How many new names are gathered before they are put to the others.
_GATHERED = 50_000


class Distinct:
    """How many different names were added.

    8 bytes are kept of each, so two among billions may count as one.
    """

    def __init__(self) -> None:
        self._gathered: set[int] = set()
        self._settled: NDArray[np.int64] | None = None

    def add(self, names: Iterable[str]) -> None:
        """Count these, too."""
        self._gathered.update(map(hash, names))
        if len(self._gathered) > _GATHERED:
            self._settle()

    def __len__(self) -> int:
        """How many there were."""
        if self._settled is None:
            return len(self._gathered)
        self._settle()
        return len(self._settled)

    def _settle(self) -> None:
        # Only large sources come here. numpy starts threads, which a watcher's signals must not
        # meet when it begins.
        import numpy as np  # noqa: PLC0415

        new = np.fromiter(self._gathered, np.int64, len(self._gathered))
        self._settled = np.unique(new) if self._settled is None else np.union1d(self._settled, new)
        self._gathered.clear()
