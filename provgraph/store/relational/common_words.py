"""Which words of a search are so common that others lead to what is looked for, in SQLite.

FTS5 puts together all entries with the beginning of a word before it gives the first one. Those
with a whole word it gives one after the other. So it takes long to meet two beginnings of which
most entries have one, as in the name of a file, ``run02001.dl3.fits``: few entries begin with the
first word, and in these the others are quickly looked for.
"""

from sqlalchemy import Connection, text

from provgraph.store.sought import Choice
from provgraph.store.terms import words_in

#: A word that more entries have is common. In so many entries words are looked for one by one.
MANY = 1_000
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM search_terms WHERE search_terms MATCH :words LIMIT :some)"
)


def common_words(connection: Connection, sought: str | None) -> tuple[Choice, ...]:
    """Find the words that are best looked for in the entries which the others lead to.

    Args:
        connection: to read on.
        sought: what somebody typed.

    Returns:
        The beginnings of these words; none when the others don't lead to few entries, and none in
        PostgreSQL, whose index knows by itself what to begin with.
    """
    words = words_in(sought or "") if connection.dialect.name == "sqlite" else []
    common = [each for each in words if len(words) > 1 and _are_many(connection, each)]
    rare = [f"{each}*" for each in words if each not in common]
    if not common or not rare or _are_many(connection, " AND ".join(rare)):
        return ()
    return tuple((f"{each}*",) for each in common)


def _are_many(connection: Connection, words: str) -> bool:
    """Whether many entries meet a query of FTS5's."""
    found = connection.execute(_COUNT, {"words": words, "some": MANY + 1}).scalar_one()
    return bool(found > MANY)
