"""``python -m bench.peak COMMAND…``.

Run a command, and print the most KiB that it and its processes held in memory.

Looked at twenty times a second, on Linux; what several processes share counts for each.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PAUSE = 0.05


def _tree(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            yield from _tree(int(child))


def _held(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def main() -> None:
    """Run the command, and look."""
    running = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
    most = 0
    while True:
        most = max(most, sum(map(_held, _tree(running.pid))))
        with suppress(subprocess.TimeoutExpired):
            if running.wait(_PAUSE):
                sys.exit(running.returncode)
            break
    print(most)


main()
