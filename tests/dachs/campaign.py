"""What is asked of the service, and when: after each thing that may befall its database."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from provgraph.relational_mirror.syncing import sync
from provgraph.store.protocol import Store
from tests.graphql.conftest import asked
from tests.interchange.corpus import put
from tests.relational_mirror.questions import QUESTIONS, E, Rows
from tests.services.dachs import DachsServer
from tests.services.environments import PYVO, python_with

WAYS: Final = ("sync", "async")
#: Name → way → rows.
Answers = Mapping[str, Mapping[str, list[list[Any]]]]
_MORE: Final = f"""document prefix ex <{E}>
  entity(ex:poster) activity(ex:print, 2026-11-26T08:00:00, 2026-11-26T09:00:00)
  used(ex:print, ex:plot, -) wasGeneratedBy(ex:poster, ex:print, -) entity(ex:plot)
endDocument"""


@dataclass(frozen=True, slots=True)
class Line:
    """What came of all questions by one way.

    Attributes:
        when: they were asked.
        way: they were asked by.
        rows: of all answers.
        wrong: the names of those whose answer isn't GraphQL's.
    """

    when: str
    way: str
    rows: int
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        right = len(QUESTIONS) - len(self.wrong)
        return f"| {self.when} | `/{self.way}` | {len(QUESTIONS)} | {right} | {self.rows:,} |"


def lines(store: Store, client: httpx.Client, mirror: str, dachs: DachsServer) -> Iterator[Line]:
    """Ask again and again.

    Args:
        store: of everything.
        client: asks it by GraphQL.
        mirror: the URL of the database that the service shows, synced with the store.
        dachs: the service.

    Yields:
        a line for each time and way.
    """
    yield from _asked("the first sync", client, dachs)
    assert put(store, _MORE.encode()) == []
    sync(store, mirror)
    yield from _asked("another load, and a sync", client, dachs)
    sync(store, mirror, full=True)
    yield from _asked("`sync --full`", client, dachs)
    dachs.restart()
    yield from _asked("a restart of the service", client, dachs)


def _asked(when: str, client: httpx.Client, dachs: DachsServer) -> Iterator[Line]:
    expected = {
        name: each.rows(asked(client, each.graphql)["data"]) for name, each in QUESTIONS.items()
    }
    done = subprocess.run(
        (str(python_with(PYVO)), str(Path(__file__).with_name("asking.py")), dachs.url),
        input=json.dumps({name: each.adql for name, each in QUESTIONS.items()}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    yield from compared(when, json.loads(done.stdout), expected)


def compared(when: str, answers: Answers, expected: Mapping[str, Rows]) -> Iterator[Line]:
    """Hold the answers of a service to those of GraphQL.

    Args:
        when: the questions were asked.
        answers: of the service.
        expected: name → rows.

    Yields:
        a line for each way.
    """
    for way in WAYS:
        found = {name: [tuple(row) for row in answers[name][way]] for name in expected}
        wrong = [name for name, rows in found.items() if not rows or set(rows) != expected[name]]
        yield Line(when, way, sum(map(len, found.values())), wrong)
