"""Recipes of runs made by hand, and of what a store holds."""

from typing import Any

from provgraph.model.recipes import Recipe
from provgraph.model.records import SOFTWARE, Document, Settings
from provgraph.questions.remaking import recipe_of
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run


def recipe(store: Store, name: str) -> Recipe:
    return recipe_of(store, find(store, name))


def made(name: str, *documents: Document) -> Recipe:
    store = open_store("sqlite://")
    put(store, *documents)
    try:
        return recipe(store, name)
    finally:
        store.close()


def gaps(found: Recipe) -> list[tuple[str, str | None]]:
    return [(gap.what, gap.id) for gap in found.gaps]


def step(name: str, minute: int, reads: str, writes: str, **facts: Any) -> Document:
    """A run of a tool that has said all that can be said."""
    words = ["/opt/bin/tool", *reads.split(), "-o", *writes.split()]
    software = Settings(SOFTWARE, {"numpy": "2.0"})
    return run(
        name,
        minute,
        dict.fromkeys(reads.split(), "in"),
        dict.fromkeys(writes.split(), "out"),
        software,
        **{"arguments": words, "version": "1", **facts},
    )
