"""What people look for, as SQL: along the index of terms (`provgraph.store.terms`)."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import text

from provgraph.model.filters import Search, SortOrder
from provgraph.model.vocabulary import Kind
from provgraph.store.paging import Cursor
from provgraph.store.relational import tables
from provgraph.store.sought import (
    LOOKED_AT,
    Choice,
    HiddenEntries,
    Related,
    Sought,
    Stood,
    in_text,
    sought,
)

_BY_TERMS = {
    "sqlite": (
        "search_terms CROSS JOIN search",
        "search_terms MATCH :{name} AND search.number = search_terms.rowid",
    ),
    "postgresql": ("search", "CAST(search.terms AS tsvector) @@ CAST(:{name} AS tsquery)"),
}
#: What finds entries along the index of terms. PostgreSQL mostly takes the beginning of a word for
#: common, and would look for a rare one through all entries in the order of the answer; it doesn't
#: look behind an offset.
_ALONG_TERMS = {
    "sqlite": "{tables} WHERE {conditions}",
    "postgresql": "(SELECT * FROM {tables} WHERE {conditions} OFFSET 0) AS search WHERE TRUE",
}
#: The number of an entry, from the key of its record. SQLite has the function from
#: `provgraph.store.relational.connection`.
_NUMBER = {
    "sqlite": "number_of({key})",
    "postgresql": "CAST(CAST('x' || encode(substring({key} FROM 1 FOR 8), 'hex') AS bit(64)) "
    "AS bigint)",
}
#: The runs that have some settings, by themselves or in a group.
_CONFIGURED = (
    "search.number IN (SELECT {number} FROM settings_of WHERE settings_of.part IN ({parts}))"
)
#: Those settings, and the groups that they are in.
_PARTS = (
    "WITH meant AS (SELECT settings.key FROM ({having}) AS chosen CROSS JOIN settings "
    "WHERE settings.number = chosen.number) SELECT key FROM meant UNION ALL "
    "SELECT settings_group.key FROM meant CROSS JOIN settings_group "
    "WHERE settings_group.settings = meant.key"
)
#: Whether an entry is of a run that has some settings.
_HAS_SETTINGS = (
    "EXISTS (SELECT 1 FROM settings_of WHERE settings_of.activity = {entry}.key "
    "AND settings_of.part IN ({parts}))"
)
#: The records from which a relation leads to those that meet some conditions.
_RELATED = (
    "search.number IN (SELECT {number} FROM {found} CROSS JOIN relation "
    "WHERE {conditions} AND relation.target = search.key AND relation.type = :{type})"
)
#: Whether a relation leads from an entry's record to one that meets some conditions.
_HAS_RELATED = (
    "EXISTS (SELECT 1 FROM relation CROSS JOIN search AS other "
    "WHERE relation.source = search.key AND relation.type = :{type} "
    "AND other.number = {number} AND {conditions})"
)
#: That the file of an entry stood somewhere at a time; one standing is a list (`Standing`).
_STOOD = {
    "sqlite": "EXISTS (SELECT 1 FROM entity CROSS JOIN json_each(entity.standings) AS standing "
    "WHERE entity.key = search.key AND {conditions})",
    "postgresql": "EXISTS (SELECT 1 FROM entity "
    "CROSS JOIN json_array_elements(CAST(entity.standings AS json)) AS standing(value) "
    "WHERE entity.key = search.key AND {conditions})",
}
#: A member of a standing, compared as its bytes are.
_MEMBER = {
    "sqlite": "json_extract(standing.value, '$[{place}]')",
    "postgresql": '(standing.value->>{place}) COLLATE "C"',
}
#: Whether an entry has a term, whichever row of `search` it is.
_HAS_TERM = {
    "sqlite": "instr(' ' || {entry}.terms || ' ', :{name}) > 0",
    "postgresql": "strpos(' ' || {entry}.terms || ' ', :{name}) > 0",
}
#: That a run has made a file that meets a condition, and that it has read one.
_MADE = (
    "EXISTS (SELECT 1 FROM relation AS link CROSS JOIN search AS file "
    "WHERE link.target = search.key AND link.type = 'wasGeneratedBy' "
    "AND file.number = {number} AND {condition})"
)
_READ = (
    "EXISTS (SELECT 1 FROM relation AS link CROSS JOIN search AS file "
    "WHERE link.source = search.key AND link.type = 'used' "
    "AND file.number = {number} AND {condition})"
)
#: Order → the column, and how the answer goes along it.
_ORDERS = {SortOrder.TIME: ("time", "<", "DESC"), SortOrder.NAME: ("name", ">", "ASC")}


class SqlSearch:
    """What is asked for, as SQL; each statement comes with the values of its parameters.

    Attributes:
        common: choices that are looked for in the entries which the others lead to
            (`provgraph.store.relational.common_words`).
    """

    def __init__(
        self, dialect: str, wanted: Search, kinds: tuple[Kind, ...], given: str = "given"
    ) -> None:
        """Take what is asked for.

        Args:
            dialect: of the database.
            wanted: the conditions.
            kinds: of records, any of which will do.
            given: how the names of parameters begin.
        """
        self._tables, self._terms = _BY_TERMS[dialect]
        self._along_terms = _ALONG_TERMS[dialect]
        self._has_term = _HAS_TERM[dialect]
        self._number = _NUMBER[dialect]
        self._stood, self._member = _STOOD[dialect], _MEMBER[dialect]
        self._having_term = tables.HAVING_TERM[dialect]
        self._any_of = " OR " if dialect == "sqlite" else " "
        self._query_of = _fts5 if dialect == "sqlite" else _tsquery
        self._prefix = given
        self._asked: dict[str, Any] = {}
        self._sought = sought(wanted, kinds)
        self.common: tuple[Choice, ...] = ()

    @property
    def can_find(self) -> bool:
        """Whether any records can meet the conditions."""
        return bool(self._sought)

    @property
    def is_indexed(self) -> bool:
        """Whether an index other than that of the order finds any entries."""
        return any(each.is_indexed for each in self._sought)

    def counting(self) -> tuple[Any, dict[str, Any]]:
        """How many entries meet the conditions."""
        counts = " + ".join(f"(SELECT count(*) FROM {part})" for part in self._all_parts())  # noqa: S608 - our own names
        return text(f"SELECT {counts}"), self._asked

    def keys(self) -> tuple[str, dict[str, Any]]:
        """The keys of the records, as a part of larger queries: one column ``key``."""
        parts = (f"SELECT search.key AS key FROM {part}" for part in self._all_parts())  # noqa: S608
        return " UNION ALL ".join(parts), self._asked

    def reading(self, order: SortOrder, after: Cursor | None, size: int) -> tuple[Any, Any]:
        """The first entries that meet the conditions: key, kind, and the value of the order.

        Args:
            order: of the answer.
            after: the entry behind which they begin; None for the first of all.
            size: how many at most.
        """
        first, asked = self._first("key, search.kind", self._all_parts(), order, after)
        query = f"SELECT key, kind, value FROM {first} {_in_order(order)}"  # noqa: S608 - our own names
        return text(query), asked | {"some": size}

    def looking(self, order: SortOrder, after: Cursor | None, size: int) -> tuple[Any, Any]:
        """Those of the next entries, whatever they are, that meet the conditions.

        Files of no known run are mostly the last of all by time: where those are asked for, the
        next of them are looked at.

        Args:
            order: as in `reading`, which has the same columns.
            after: as in `reading`.
            size: how many at most; `LOOKED_AT` times as many are looked at.
        """
        kinds = dict.fromkeys(kind for each in self._sought for kind in each.kinds)
        along = ["search.external"] if self._sought[0].external else []
        met = "".join(f" AND {each}" for each in (*along, *self._times(self._sought[0])))
        parts = [f"search WHERE search.kind = :{self._given(kind)}{met}" for kind in kinds]
        meeting = " OR ".join(f"({self._met_by_row(each)})" for each in self._sought)
        first, asked = self._first("*", parts, order, after)
        query = (
            f"SELECT key, kind, value FROM {first} WHERE {meeting} {_in_order(order)} LIMIT :size"  # noqa: S608
        )
        return text(query), asked | {"some": size * LOOKED_AT, "size": size}

    def _first(
        self, columns: str, parts: Iterable[str], order: SortOrder, after: Cursor | None
    ) -> tuple[str, dict[str, Any]]:
        """The first entries of all parts, ``:some`` of them, in the order of the answer."""
        column, beyond, way = _ORDERS[order]
        behind, asked = "", self._asked
        if after is not None:
            behind = f" AND (search.{column}, search.key) {beyond} (:value, :key)"
            asked = asked | {"value": after.value, "key": after.key}
        # The best of each part, where it can along an index, then the best of all of them.
        found = " UNION ALL ".join(
            f"SELECT * FROM (SELECT search.{columns}, search.{column} AS value FROM {part}{behind} "  # noqa: S608
            f"ORDER BY search.{column} {way}, search.key {way} LIMIT :some) AS part"
            for part in parts
        )
        ordered = f"{_in_order(order)} LIMIT :some"
        return f"(SELECT * FROM ({found}) AS found {ordered}) AS search", asked  # noqa: S608

    def _all_parts(self) -> list[str]:
        """What finds the entries, each by one of these."""
        return [part for each in self._sought for part in self._parts(each)]

    def _parts(self, wanted: Sought) -> Iterator[str]:
        if wanted.choices:
            # The terms are looked up once for all kinds.
            along = self._having(each for each in wanted.choices if each not in self.common)
            rest = self._rest(wanted, wanted.kinds)
            met = " AND ".join((along, *self._has_all("search", self.common, ()), rest))
            yield self._along_terms.format(tables=self._tables, conditions=met)
            return
        for kind in wanted.kinds:
            yield f"search WHERE {self._rest(wanted, (kind,))}"

    def _rest(self, wanted: Sought, kinds: tuple[Kind, ...]) -> str:
        """The conditions besides those of the entry's own terms."""
        conditions = [self._of_kinds(kinds), *self._times(wanted), *self._conditions(wanted)]
        conditions += self._configured(wanted.parameters)
        conditions += map(self._related, wanted.related)
        return " AND ".join(conditions)

    def _met_by_row(self, wanted: Sought) -> str:
        """All conditions, for a few entries that are at hand."""
        conditions = [self._of_kinds(wanted.kinds), *self._conditions(wanted)]
        conditions += self._has_all("search", wanted.choices, wanted.parameters)
        for other in wanted.related:
            there = " AND ".join(self._has_all("other", other.choices, other.parameters))
            number = self._number.format(key="relation.target")
            relation = self._given(other.relation)
            conditions.append(_HAS_RELATED.format(type=relation, number=number, conditions=there))
        return " AND ".join(conditions)

    def _of_kinds(self, kinds: tuple[Kind, ...]) -> str:
        return f"search.kind IN ({', '.join(f':{self._given(kind)}' for kind in kinds)})"

    def _times(self, wanted: Sought) -> Iterator[str]:
        if wanted.since is not None:
            yield f"search.time >= :{self._given(wanted.since)}"
        if wanted.until is not None:
            yield f"search.time <= :{self._given(wanted.until)} AND search.time > ''"

    def _conditions(self, wanted: Sought) -> Iterator[str]:
        if wanted.external:
            yield "search.external"
        if wanted.stood is not None:
            made = "search.early AND search.time >" if wanted.early else "search.time <="
            yield f"{made} :{self._given(wanted.stood.at)}"
            yield self._stood.format(conditions=" AND ".join(self._standing(wanted.stood)))
        if wanted.hidden:
            yield self._shown(wanted.hidden)
        yield from (f"search.key <> :{self._given(key)}" for key in wanted.without)

    def _related(self, other: Related) -> str:
        conditions = [self._having(other.choices)] if other.choices else []
        conditions += self._configured(other.parameters)
        return _RELATED.format(
            number=self._number.format(key="relation.source"),
            found=self._tables if other.choices else "search",
            conditions=" AND ".join(conditions),
            type=self._given(other.relation),
        )

    def _standing(self, wanted: Stood) -> Iterator[str]:
        """What is true of a standing: there since then or earlier, and until later."""
        place, since, until = (self._member.format(place=each) for each in (0, 2, 3))
        time = f":{self._given(wanted.at)}"
        yield f"{since} <= {time} AND ({until} IS NULL OR {time} < {until})"
        if wanted.folders:
            below = (self._below(place, *each) for each in wanted.folders)
            yield f"({' OR '.join(below)})"

    def _below(self, place: str, folder: str, beginning: str) -> str:
        """That a place is a folder, or is below it."""
        length = len(beginning)
        return (
            f"{place} = :{self._given(folder)} OR "
            f"(substr({place}, 1, {length}) = :{self._given(beginning)} "
            f"AND substr({place}, {length + 1}, 1) <> '/')"
        )

    def _shown(self, hidden: Iterable[HiddenEntries]) -> str:
        """That an entry of a file or a run may be shown."""
        listed = list(hidden)
        entry, file = (self._is_hidden(name, listed) for name in ("search", "file"))
        output, used = (self._number.format(key=f"link.{end}") for end in ("source", "target"))
        made = _MADE.format(number=output, condition=file)
        read = _READ.format(number=used, condition=file)
        other = _MADE.format(number=output, condition=f"NOT ({file})")
        return (
            f"CASE search.kind WHEN 'entity' THEN NOT ({entry}) "
            f"WHEN 'activity' THEN {other} OR NOT ({made} OR {read}) ELSE TRUE END"
        )

    def _is_hidden(self, entry: str, hidden: Iterable[HiddenEntries]) -> str:
        """That an entry is of a file that any of the rules hides."""
        rules = (" AND ".join(self._met(entry, each)) for each in hidden)
        return f"(({') OR ('.join(rules)}))"

    def _met(self, entry: str, rule: HiddenEntries) -> Iterator[str]:
        yield f"{entry}.kind = 'entity'"
        yield from self._has_all(entry, rule.choices, ())
        if rule.since is not None:
            yield f"({entry}.time >= :{self._given(rule.since)} OR {entry}.time = '')"

    def _having(self, choices: Iterable[Choice]) -> str:
        """That the entry has a term of each choice, along their index."""
        return self._terms.format(name=self._given(self._query_of(choices)))

    def _has_all(
        self, entry: str, choices: Iterable[Choice], parameters: Iterable[Choice]
    ) -> Iterator[str]:
        """That an entry has a term of each choice, and each parameter."""
        for choice in choices:
            names = (self._given(in_text(term)) for term in choice)
            has = " OR ".join(self._has_term.format(entry=entry, name=name) for name in names)
            yield f"({has})"
        for parts in self._settings(parameters):
            yield _HAS_SETTINGS.format(entry=entry, parts=parts)

    def _configured(self, parameters: Iterable[Choice]) -> Iterator[str]:
        """That the run has each parameter, along their index."""
        number = self._number.format(key="settings_of.activity")
        for parts in self._settings(parameters):
            yield _CONFIGURED.format(number=number, parts=parts)

    def _settings(self, choices: Iterable[Choice]) -> Iterator[str]:
        """Of each choice the settings that have a parameter with one of its terms."""
        for choice in choices:
            terms = self._given(self._any_of.join(choice))
            yield _PARTS.format(having=self._having_term.format(terms=f":{terms}"))

    def _given(self, value: str | bytes) -> str:
        """The name of a parameter that holds a value."""
        name = f"{self._prefix}{len(self._asked)}"
        self._asked[name] = value
        return name


def _in_order(order: SortOrder) -> str:
    way = _ORDERS[order][2]
    return f"ORDER BY value {way}, key {way}"


def _fts5(choices: Iterable[Choice]) -> str:
    """A query of SQLite's full-text index."""
    return " AND ".join(f"({' OR '.join(choice)})" for choice in choices)


def _tsquery(choices: Iterable[Choice]) -> str:
    """A query of PostgreSQL's."""
    return " & ".join(
        f"({' | '.join(term.replace('*', ':*') for term in choice)})" for choice in choices
    )
