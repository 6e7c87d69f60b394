"""Settings of runs as rows of the relational store's tables, and which runs have which of them.

Most of a run's settings are those of other runs, too. These are linked as one group, by one row;
what a run has alone is linked by itself.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, text

from provgraph.model import identifiers
from provgraph.model.attributes import kept_json
from provgraph.model.lineage import Setup
from provgraph.model.records import SOFTWARE, Settings, batches, key_of
from provgraph.model.values import fingerprint
from provgraph.model.vocabulary import Kind
from provgraph.store.nodes import Known
from provgraph.store.packing import packed, unpacked
from provgraph.store.relational import records, tables
from provgraph.store.relational.records import Record
from provgraph.store.relational.rows import ROWS, BulkWriter
from provgraph.store.terms import terms_of_settings

#: From so many settings on that a run shares with others they are a group.
_GROUP = 3
#: Keys of runs → keys of their settings.
Links = Mapping[bytes, Collection[bytes]]


def settings_row(settings: Settings, number: int) -> Record:
    """Settings as a row.

    Args:
        settings: the settings.
        number: what the index of their terms calls them.
    """
    return {
        "number": number,
        "key": settings.key,
        "name": settings.name,
        "parameters": packed(kept_json(settings.values)),
    }


def settings_of(row: Row[Any]) -> Settings:
    """Settings from their row.

    Args:
        row: of `tables.settings`.
    """
    return Settings(row.name, json.loads(unpacked(row.parameters)))


#: What set up the runs whose keys ``member`` has: keys of settings or of groups of them, and places
#: of configuration files.
SETUPS = """
SELECT settings_of.activity AS activity, settings_of.part AS part, NULL AS place
FROM member CROSS JOIN settings_of WHERE settings_of.activity = member.key
UNION ALL
SELECT config_file_of.activity, NULL, name.text
FROM member CROSS JOIN config_file_of CROSS JOIN name
WHERE config_file_of.activity = member.key AND name.key = config_file_of.place"""
#: A row of `SETUPS`.
SetupRow: TypeAlias = tuple[bytes, bytes | None, str | None]
#: Key of settings, or of a group → the keys of the settings. That of a group is a hash of them.
_PARTS = Known[tuple[bytes, ...]]()


def setups_from(connection: Connection, rows: Iterable[SetupRow]) -> dict[bytes, Setup]:
    """What set up runs, from rows of `SETUPS`.

    Args:
        connection: to read groups on that were not met yet.
        rows: in any order.

    Returns:
        Key of a run → what set it up.
    """
    parts: defaultdict[bytes, list[bytes]] = defaultdict(list)
    files: defaultdict[bytes, list[str]] = defaultdict(list)
    for activity, part, place in rows:
        if part is not None:
            parts[bytes(activity)].append(bytes(part))
        elif place is not None:
            files[bytes(activity)].append(place)
    met = {part for some in parts.values() for part in some}
    known = _PARTS.of(met, partial(_settings_in, connection))

    @cache
    def settings_in(some: tuple[bytes, ...]) -> tuple[bytes, ...]:
        return tuple(sorted({key for part in some for key in known.get(part, ())}))

    return {
        run: Setup(settings_in(tuple(parts.get(run, ()))), tuple(sorted(files.get(run, ()))))
        for run in parts.keys() | files.keys()
    }


def _settings_in(connection: Connection, parts: Iterable[bytes]) -> dict[bytes, tuple[bytes, ...]]:
    each, group = tables.settings.c.key, tables.settings_group
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    alone = select(each, each.label("settings"))
    for query, key in ((alone, each), (select(group), group.c.key)):
        for row in records.in_chunks(connection, query, key.in_, parts):
            found[bytes(row.key)].append(bytes(row.settings))
    return {part: tuple(settings) for part, settings in found.items()}


def setups_of(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Setup]:
    """What set up runs; see `provgraph.store.protocol.Questions.setups_of`.

    Args:
        connection: to read on.
        keys: of the runs.

    Returns:
        Key → what set it up.
    """
    rows: list[SetupRow] = []
    for some in batches(dict.fromkeys(keys), tables.CHUNK):
        asked = {f"key{number}": key for number, key in enumerate(some)}
        member = f"(VALUES {', '.join(f'(:{name})' for name in asked)})"
        query = f"WITH member(key) AS {member} {SETUPS}"
        rows += (tuple(row) for row in connection.execute(text(query), asked))
    return setups_from(connection, rows)


def paths_in(connection: Connection, settings: Iterable[bytes]) -> dict[bytes, frozenset[str]]:
    """The paths in settings; see `provgraph.store.protocol.Questions.paths_in`.

    Args:
        connection: to read on.
        settings: their keys.

    Returns:
        Key → the texts.
    """
    table = tables.settings
    found: dict[bytes, frozenset[str]] = {}
    for row in records.in_chunks(connection, select(table), table.c.key.in_, settings):
        parameters = {} if row.name == SOFTWARE else settings_of(row).values
        found[bytes(row.key)] = identifiers.paths_in(parameters)
    return found


def grouped(links: Links, alone: Collection[bytes]) -> tuple[list[Record], list[Record]]:
    """Rows that link runs to their settings.

    Args:
        links: the keys of the runs, and of their settings.
        alone: the keys of settings that one run has alone.

    Returns:
        Rows of `tables.settings_of`, and those of `tables.settings_group` that they need.
    """
    parts: list[Record] = []
    groups: dict[bytes, list[bytes]] = {}
    for run, keys in links.items():
        shared = sorted(key for key in keys if key not in alone)
        own = keys
        if len(shared) >= _GROUP:
            group = fingerprint("settings group", *(key.hex() for key in shared))
            groups[group] = shared
            parts.append({"activity": run, "part": group})
            own = [key for key in keys if key in alone]
        parts += [{"activity": run, "part": key} for key in own]
    members = [{"key": group, "settings": key} for group, keys in groups.items() for key in keys]
    return parts, members


class ConfigurationWriter:
    """Writes settings and configuration files, and which runs have them."""

    def __init__(self, connection: Connection, rows: BulkWriter) -> None:
        """Take the connection of the only writer."""
        self._connection = connection
        self._rows = rows
        self._dialect = connection.dialect.name
        #: The settings that were added.
        self._added: set[bytes] = set()

    def add_settings(self, settings: Iterable[Settings]) -> None:
        """Write settings that are new, with the terms that their runs are searched by.

        Args:
            settings: those that are known are left as they are.
        """
        table = tables.settings
        given = {each.key: each for each in settings}
        query, keys = select(table.c.key), list(given)
        for row in records.in_chunks(self._connection, query, table.c.key.in_, keys):
            del given[bytes(row.key)]
        last = self._connection.execute(select(func.max(table.c.number))).scalar() or 0
        new = dict(enumerate(given.values(), last + 1))
        self._rows.add(table, (settings_row(each, number) for number, each in new.items()))
        self._index(tables.ADD_TERMS, new)
        self._added.update(given)

    def link(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """Link runs to settings; what other runs may have, too, becomes a group.

        Args:
            pairs: ids of runs and keys of their settings.
        """
        links = self._new_links(pairs)
        self._put(links, _once(links) & self._added)

    def link_copied(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """Link runs of a copy to settings; what several of these runs have becomes a group.

        Args:
            pairs: ids of runs and keys of their settings.
        """
        links = self._new_links(pairs)
        self._put(links, _once(links))

    def link_files(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Link runs to configuration files.

        Args:
            pairs: ids of runs and places.
        """
        links = (
            {"activity": key_of(Kind.ACTIVITY, run), "place": records.name_key(place)}
            for run, place in pairs
        )
        self._rows.add(tables.config_file_of, links)

    def unlink(self, pairs: Collection[tuple[str, bytes]]) -> None:
        """Delete links to settings; settings that nothing links to any more go with them.

        Args:
            pairs: ids of runs and keys of settings.
        """
        gone = _by_run(pairs)
        kept: dict[bytes, set[bytes]] = defaultdict(set)
        for run, key in self._linked(gone):
            if key not in gone[run]:
                kept[run].add(key)
        groups = self._groups_of(gone)
        self._rows.delete(tables.settings_of, tables.settings_of.c.activity.in_, gone)
        self._put(kept, ())
        self._remove_groups(groups)
        self._remove_unused({key for keys in gone.values() for key in keys})

    def unlink_files(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Delete links to configuration files.

        Args:
            pairs: ids of runs and places.
        """
        file = tables.config_file_of.c
        for run, place in pairs:
            mine = (
                file.activity == key_of(Kind.ACTIVITY, run),
                file.place == records.name_key(place),
            )
            self._connection.execute(delete(tables.config_file_of).where(*mine))

    def _new_links(self, pairs: Iterable[tuple[str, bytes]]) -> dict[bytes, set[bytes]]:
        links = _by_run(pairs)
        for run, key in self._linked(links):
            links[run].discard(key)
        return links

    def _linked(self, runs: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The settings that runs have, as pairs of keys."""
        link = tables.settings_of.c
        query = select(link.activity, tables.SETTINGS_KEY.label("settings"))
        query = query.select_from(tables.SETTINGS_PARTS)
        for row in records.in_chunks(self._connection, query, link.activity.in_, runs):
            yield bytes(row.activity), bytes(row.settings)

    def _groups_of(self, runs: Iterable[bytes]) -> set[bytes]:
        link, group = tables.settings_of.c, tables.settings_group.c
        query = select(group.key).distinct().join(tables.settings_of, link.part == group.key)
        found = records.in_chunks(self._connection, query, link.activity.in_, runs)
        return {bytes(row.key) for row in found}

    def _put(self, links: Links, alone: Collection[bytes]) -> None:
        parts, members = grouped(links, alone)
        self._rows.add(tables.settings_group, members)
        self._rows.add(tables.settings_of, parts)

    def _remove_groups(self, groups: Collection[bytes]) -> None:
        """Delete the groups that no run has any more."""
        part, key = tables.settings_of.c.part, tables.settings_group.c.key
        query = select(part).distinct()
        found = records.in_chunks(self._connection, query, part.in_, groups)
        unused = set(groups) - {bytes(row.part) for row in found}
        self._rows.delete(tables.settings_group, key.in_, unused)

    def _remove_unused(self, keys: Iterable[bytes]) -> None:
        """Delete settings that no run has any more."""
        table = tables.settings
        query = select(table).where(
            ~_exists(tables.settings_of.c.part == table.c.key),
            ~_exists(tables.settings_group.c.settings == table.c.key),
        )
        found = records.in_chunks(self._connection, query, table.c.key.in_, keys)
        gone = {row.number: settings_of(row) for row in found}
        self._index(tables.REMOVE_TERMS, gone)
        self._rows.delete(table, table.c.number.in_, gone)

    def _index(self, queries: Mapping[str, str], settings: Mapping[int, Settings]) -> None:
        """Write the terms of settings into the index, or take them out of it."""
        terms = ((number, " ".join(terms_of_settings(each))) for number, each in settings.items())
        for some in batches(filter(itemgetter(1), terms), ROWS):
            self._rows.send(queries[self._dialect], some)


def _by_run(pairs: Iterable[tuple[str, bytes]]) -> dict[bytes, set[bytes]]:
    links: dict[str, set[bytes]] = defaultdict(set)
    for run, key in pairs:
        links[run].add(key)
    return {key_of(Kind.ACTIVITY, run): keys for run, keys in links.items()}


def _once(links: Links) -> set[bytes]:
    """The settings that one of the runs has alone."""
    counts = Counter(key for keys in links.values() for key in keys)
    return {key for key, runs in counts.items() if runs == 1}


def _exists(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a row for the row of settings that is asked about."""
    return select(1).where(condition).correlate(tables.settings).exists()
