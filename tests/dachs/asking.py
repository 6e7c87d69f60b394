"""``python asking.py URL``: asks a TAP service by pyvo, in an environment that has little else.

stdin holds an object of JSON: name → ADQL. stdout gets one: name → the rows that came by
``/sync`` and by ``/async``.
"""

import json
import sys
from typing import Any

import pyvo


def main() -> None:
    """Ask all questions."""
    service = pyvo.dal.TAPService(sys.argv[1])
    found = {
        name: {"sync": _rows(service.search(adql)), "async": _rows(service.run_async(adql))}
        for name, adql in json.load(sys.stdin).items()
    }
    json.dump(found, sys.stdout)


def _rows(answer: Any) -> list[list[Any]]:
    """The rows with Python's own numbers and texts."""
    return [[_plain(value) for value in row.values()] for row in answer]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


if __name__ == "__main__":
    main()
