"""Runs made by hand, for questions about histories."""

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import Document, Fact, Mention, Run, Settings
from provgraph.model.vocabulary import RelationType
from provgraph.store.protocol import Store

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY


def put(store: Store, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, list(documents))


def run(
    name: str,
    minute: int,
    reads: dict[str, str],
    writes: dict[str, str],
    *settings: Settings,
    **facts: object,
) -> Document:
    """A run of a minute: what it read and wrote, each a path with its role."""
    said = {
        Fact.NAME: (name.partition("-")[0],),
        Fact.START: (f"2027-01-01T00:{minute:02}:00.000",),
        Fact.END: (f"2027-01-01T00:{minute + 1:02}:00.000",),
        **{fact: (value,) for fact, value in facts.items()},
    }
    return Document(
        run=Run(name, said),  # type: ignore[arg-type]
        mentions=tuple(
            Mention(name, relation, role, f"file:{path}", None, "x")
            for relation, files in ((USED, reads), (MADE, writes))
            for path, role in files.items()
        ),
        settings=settings,
    )
