"""Real ctapipe logs in any number.

The sample's runs again, under new ids, paths, times and seeds.
"""

import json
import random
import re
from collections.abc import Iterator
from itertools import count as numbers
from itertools import islice
from pathlib import Path
from uuid import UUID

CORPUS = Path(__file__).parents[1] / "tests" / "corpus" / "ctapipe" / "logs"
_SEED = 20261121
_TEMPLATE = CORPUS / "run02001.provlog"
_RUN = "2001"
_MINUTE = re.compile("2026-11-21([T ])08:29")
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def write_logs(folder: Path, count: int, first: int = 0) -> None:
    """Write logs of one run each, in turn DL0 to DL1 and DL1 to DL2 of the same observation.

    Args:
        folder: where to.
        count: how many.
        first: the number of the first run; runs of other numbers have other ids, paths and times.
    """
    for name, text in islice(_runs(first), count):
        (folder / f"{name}.provlog").write_text(text, encoding="utf-8")


def write_log(path: Path, count: int) -> None:
    """Write one log of many runs, as ctapipe makes it by appending."""
    with path.open("w", encoding="utf-8") as log:
        log.writelines(text for _, text in islice(_runs(), count))


def _runs(first: int = 0) -> Iterator[tuple[str, str]]:
    """The name and text of logs of one run each."""
    templates = _templates()
    names = random.Random(_SEED + first)
    for number in numbers(first, 2):
        ids: dict[str, str] = {}
        for step, template in zip(("dl1", "dl2"), templates, strict=True):
            yield f"run{number:06}_{step}", _renewed(template, number, ids, names)


def _templates() -> list[str]:
    """The text of each run, as a log of its own as ctapipe writes it."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    decoder, position, found = json.JSONDecoder(), 0, []
    while start := text.find("[", position) + 1:
        activities, position = decoder.raw_decode(text, start - 1)
        found += [json.dumps([activity], indent=3) for activity in activities]
    return found


def _renewed(text: str, number: int, ids: dict[str, str], names: random.Random) -> str:
    day, rest = divmod(number, 24 * 60)
    minute = f"2027-{1 + day // 28 % 12:02}-{1 + day % 28:02}\\g<1>{rest // 60:02}:{rest % 60:02}"
    text = _MINUTE.sub(minute, text.replace(_RUN, str(100_000 + number)))
    return _UUID.sub(
        lambda found: ids.setdefault(found[0], str(UUID(int=names.getrandbits(128), version=4))),
        text,
    )
