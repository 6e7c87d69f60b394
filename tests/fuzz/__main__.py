"""``python -m tests.fuzz LOADER SECONDS WORK FINDS SEED…``.

Fires inputs at a loader, led by the code they reach.

WORK is an empty folder; FINDS the one that a failing input is written into, with its hash as name.
Exit 0 when nothing was found.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(
    include=["provgraph.loaders", "provgraph.interchange", "provgraph.model"]
):
    # What is instrumented must be imported here, before others do.
    import provgraph.interchange.reading.package_documents
    import provgraph.interchange.reading.prov_json
    import provgraph.loaders.ctapipe  # noqa: F401

from tests.fuzz.mutation import mutated, spliced
from tests.fuzz.target import Target

#: Bytes; small finds are easier to understand, and small inputs are quicker.
LARGEST_INPUT = 32 << 10
#: An input that takes longer, or needs more memory (MiB), is a find.
TIMEOUT_SECONDS = 60
MOST_MEMORY = 1500
#: How often the fuzzer's own edits are made, which know nothing of records.
_PURELY_BYTES = 0.1


def main(loader: str, seconds: int, work: Path, finds: Path, seeds: Sequence[Path]) -> None:
    """Fuzz for so many seconds; ends the process."""
    grown = work / "grown"
    grown.mkdir()
    for seed in seeds:
        shutil.copy(seed, grown)
    options = {
        "max_total_time": seconds,
        "max_len": LARGEST_INPUT,
        "timeout": TIMEOUT_SECONDS,
        "rss_limit_mb": MOST_MEMORY,
        "artifact_prefix": f"{finds}/",
        "report_slow_units": TIMEOUT_SECONDS,
    }
    arguments = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(grown)]
    atheris.Setup(
        arguments, Target(loader, work).check, custom_mutator=_mutate, custom_crossover=_cross
    )
    atheris.Fuzz()


def _mutate(data: bytes, largest: int, seed: int) -> bytes:
    random = Random(seed)
    if random.random() < _PURELY_BYTES:
        return bytes(atheris.Mutate(data, largest))
    return mutated(bytes(data), random)[:largest]


def _cross(data: bytes, other: bytes, largest: int, seed: int) -> bytes:
    return spliced(bytes(data), bytes(other), Random(seed))[:largest]


if __name__ == "__main__":
    name, lasting, *folders = sys.argv[1:]
    own, found, *logs = map(Path, folders)
    main(name, int(lasting), own, found, logs)
