"""Records that people look for, in Cypher: along a full-text index (`provgraph.store.terms`)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Search, SortOrder
from provgraph.model.vocabulary import NODE_LABEL, Kind
from provgraph.store.neo4j import configuration, records
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import NODE, node_from
from provgraph.store.neo4j.schema import EARLY, EXTERNAL, PARAMETER_TERMS, TERMS, has_indexes
from provgraph.store.neo4j.transaction import TAKE_TURN
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.sought import (
    LOOKED_AT,
    Choice,
    HiddenEntries,
    Related,
    Sought,
    Stood,
    in_text,
    sought,
    without_entries,
)

_BY_TERMS = f"CALL db.index.fulltext.queryNodes('{TERMS}', ${{name}}) YIELD node AS {{node}} "
_BY_PARAMETER = (
    f"CALL db.index.fulltext.queryNodes('{PARAMETER_TERMS}', ${{name}}) YIELD node AS p "
    "MATCH (p)<-[:HAD_MEMBER]-(:Collection)<-[:WAS_CONFIGURED_BY]-({node}:Activity) "
    "WITH DISTINCT {node} "
)
#: All nodes along an index, whatever the planner knows of how many there are.
_ALONG = "MATCH (n:{label}) USING INDEX SEEK n:{label}({by}) WHERE n.{by} >= '' "
#: So those that no known run made. The index is looked into when all of its properties are named.
_ALONG_EXTERNAL = (
    "MATCH (n:{label}) USING INDEX SEEK n:{label}(searchExternal, {by}, key) "
    "WHERE n.searchExternal = true AND n.{by} >= '' AND n.key >= '' "
)
#: So those that stood somewhere before they were made.
_ALONG_EARLY = (
    "MATCH (n:{label}) USING INDEX SEEK n:{label}(searchEarly, searchTime, key) "
    "WHERE n.searchEarly = true AND n.searchTime > ${time} AND n.key >= '' "
)
#: From the records that a relation leads to, to those where it begins.
_FROM_RELATED = "MATCH ({other})<-[:{type}]-(n:{label}) WITH DISTINCT n, {other} "
#: Whether a node has a term of each choice; each term is written as it begins in the text.
_HAVING = (
    "all(choice IN ${name} WHERE any(term IN choice WHERE "
    "(' ' + {node}.searchTerms + ' ') CONTAINS term))"
)
_CONFIGURED = (
    "all(choice IN ${name} WHERE EXISTS {{ MATCH ({node})-[:WAS_CONFIGURED_BY]->(:Collection)"
    "-[:HAD_MEMBER]->(p:Parameter) WHERE any(term IN choice WHERE "
    "(' ' + p.searchTerms + ' ') CONTAINS term) }})"
)
_RELATED = "EXISTS {{ MATCH (n)-[:{type}]->({node}) WHERE {conditions} }}"
_EXTERNAL = "n.searchExternal = true"
#: That the file stood somewhere at a time. Nodes that `neo4j-admin` has made may lack lists of
#: empty texts.
_STOOD = (
    "any(i IN range(0, size(coalesce(n.places, [])) - 1) WHERE "
    "coalesce(n.since[i], '') <= ${time} "
    "AND (coalesce(n.until[i], '') = '' OR ${time} < n.until[i]){below})"
)
#: That a place is one of some folders, or is below it.
_BELOW = (
    " AND any(folder IN ${folders} WHERE n.places[i] = folder[0] OR "
    "(n.places[i] STARTS WITH folder[1] "
    "AND substring(n.places[i], size(folder[1]), 1) <> '/'))"
)
#: That a run has made a file that meets a condition, and that it has read one.
_MADE = "EXISTS {{ MATCH (n)<-[:WAS_GENERATED_BY]-(file:Entity) WHERE {condition} }}"
_READ = "EXISTS {{ MATCH (n)-[:USED]->(file:Entity) WHERE {condition} }}"
#: Order → the property, and how the answer goes along it.
_ORDERS = {SortOrder.TIME: ("searchTime", "<", "DESC"), SortOrder.NAME: ("searchName", ">", "ASC")}


def search(
    connection: Connection, wanted: Filter, order: SortOrder, page: PageRequest
) -> FoundPage:
    """The records that people look for; see `provgraph.store.protocol.Questions.find`.

    Args:
        connection: to read on.
        wanted: which records; it searches.
        order: by time or by name.
        page: how many, and behind which.

    Returns:
        One page.

    Raises:
        StoreError: an older provgraph made the store, and no writer has come since.
    """
    cursor = Cursor.of(page.after, order)
    asked = wanted.search or Search()
    along = {PARAMETER_TERMS if asked.parameters else TERMS}
    along |= ({EXTERNAL} if asked.external else set()) | ({EARLY} if asked.at else set())
    if not has_indexes(connection, along):
        raise without_entries()
    query = _CypherSearch(asked, wanted.kinds, order)
    if not query.parts:
        return FoundPage(())
    total = None
    if page.counted:
        total = connection.read(f"{query.whole()} RETURN count(n)", **query.asked)[0][0]
    rows = _read(connection, query, cursor, page.size + 1) if page.size else []
    found = []
    for labels, stored, said in rows:
        node = node_from(labels, stored)
        found.append((node, Cursor(order, said, node.key)))
    return searched_page(found, page.size, total)


def _read(
    connection: Connection,
    query: "_CypherSearch",
    after: Cursor | None,
    size: int,
) -> list[Any]:
    """The next rows of the answer: they are often among the next nodes of all."""
    value, beyond, way = _ORDERS[query.order]
    asked: dict[str, Any] = {"size": size, "some": size * LOOKED_AT}
    behind = ""
    if after is not None:
        # The index is entered there; by an OR the planner would ask it twice, and lose the order.
        behind = (
            f"WITH n WHERE n.{value} {beyond}= $value "
            f"AND CASE n.{value} WHEN $value THEN n.key {beyond} $key ELSE true END"
        )
        asked |= {"value": after.value, "key": after.key.hex()}
    along = f"n.searchExternal {way}, " if query.is_external else ""
    ordered = f"WITH n ORDER BY {along}n.{value} {way}, n.key {way} LIMIT"
    returned = f"{ordered} $size RETURN labels(n), {NODE}, n.{value}"
    if query.is_indexed:
        next_nodes, meeting = query.looked_at(f"{behind} {ordered} $some")
        text = f"{next_nodes} {ordered} $some WHERE {meeting} {returned}"
        rows = connection.read(text, **query.asked, **asked)
        if len(rows) == size:
            return rows
    # The first of each part, where it can along an index, then the first of all of them.
    first = query.whole(f"{behind} {ordered} $size")
    return connection.read(f"{first} {returned}", **query.asked, **asked)


def runs_query(wanted: Search) -> tuple[str, dict[str, Any]]:
    """The query for the keys of the runs that meet some conditions.

    Args:
        wanted: the conditions.

    Returns:
        The query with one column, and its parameters.
    """
    query = _CypherSearch(wanted, (Kind.ACTIVITY,), SortOrder.TIME)
    return f"{query.whole()} RETURN n.key", query.asked


class _CypherSearch:
    """What is asked for, as Cypher that finds each node ``n`` once."""

    def __init__(self, wanted: Search, kinds: tuple[Kind, ...], order: SortOrder) -> None:
        self.asked: dict[str, Any] = {}
        self.order = order
        self._sought = sought(wanted, kinds)
        #: What finds the nodes, each by one of these.
        self.parts = [part for each in self._sought for part in self._parts(each)]

    @property
    def is_external(self) -> bool:
        """Whether files of no known run are asked for: then there are no other kinds."""
        return any(each.external for each in self._sought)

    @property
    def is_indexed(self) -> bool:
        """Whether an index other than that of the order finds any nodes."""
        return any(each.is_indexed for each in self._sought)

    def whole(self, first: str = "") -> str:
        """What finds the nodes.

        Args:
            first: a clause that leaves the first of the nodes ``n`` of each part.
        """
        return _any_of(f"{part} {first} RETURN n" for part in self.parts)

    def looked_at(self, first: str) -> tuple[str, str]:
        """What finds the next nodes, whatever they are, and what those meet that are wanted.

        Files of no known run are mostly the last of all by time: where those are asked for, the
        next of them are looked at.

        Args:
            first: the clause that leaves the next of the nodes ``n``.
        """
        labels = {NODE_LABEL[kind]: None for each in self._sought for kind in each.kinds}
        common = replace(self._sought[0], early=None)
        times = "".join(f"AND {each} " for each in self._times(common))
        parts = (f"{self._along(common, label)}{times}{first} RETURN n" for label in labels)
        meeting = (f"({' AND '.join(self._met_by(each))})" for each in self._sought)
        return _any_of(parts), " OR ".join(meeting)

    def _met_by(self, wanted: Sought) -> Iterator[str]:
        """All conditions, for a few nodes that are at hand."""
        yield f"({' OR '.join(f'n:{NODE_LABEL[kind]}' for kind in wanted.kinds)})"
        yield from self._having("n", wanted.choices, wanted.parameters)
        yield from self._conditions(wanted, wanted.related)

    def _parts(self, wanted: Sought) -> Iterator[str]:
        for kind in wanted.kinds:
            yield self._found(wanted, NODE_LABEL[kind])

    def _found(self, wanted: Sought, label: str) -> str:
        """The nodes ``n``: along the index that leads to the fewest, then by the other conditions.

        Runs with a parameter are few beside those with a word.
        """
        choices, parameters, related = wanted.choices, wanted.parameters, wanted.related
        conditions = [f"n:{label}"]
        if parameters or choices:
            start, choices, parameters = self._start("n", choices, parameters)
        elif related:
            first, related = related[0], related[1:]
            start, other, set_up = self._start("other", first.choices, first.parameters)
            start += _FROM_RELATED.format(other="other", type=first.relation.name, label=label)
            conditions += self._having("other", other, set_up)
        else:
            start = self._along(wanted, label)
        conditions += self._having("n", choices, parameters)
        conditions += self._times(wanted)
        conditions += self._conditions(wanted, related)
        distinct = "WITH DISTINCT n" if wanted.related else ""
        return f"{start} WITH * WHERE {' AND '.join(conditions)} {distinct}"

    def _start(
        self, node: str, choices: tuple[Choice, ...], parameters: tuple[Choice, ...]
    ) -> tuple[str, tuple[Choice, ...], tuple[Choice, ...]]:
        """What finds nodes along an index, and the choices that are left to be looked at."""
        if parameters:
            name = self._given(_lucene(parameters[:1]))
            return _BY_PARAMETER.format(name=name, node=node), choices, parameters[1:]
        return _BY_TERMS.format(name=self._given(_lucene(choices)), node=node), (), ()

    def _having(
        self, node: str, choices: tuple[Choice, ...], parameters: tuple[Choice, ...]
    ) -> Iterator[str]:
        for some, condition in ((choices, _HAVING), (parameters, _CONFIGURED)):
            if some:
                yield condition.format(name=self._given(_in_text(some)), node=node)

    def _along(self, wanted: Sought, label: str) -> str:
        """What finds all nodes that may be wanted: in a span of time, or else in the order."""
        if wanted.early:
            return _ALONG_EARLY.format(label=label, time=self._made_at(wanted))
        is_spanned = any(each is not None for each in (wanted.since, wanted.until, wanted.early))
        by = "searchTime" if is_spanned else _ORDERS[self.order][0]
        along = (_ALONG_EXTERNAL if wanted.external else _ALONG).format(label=label, by=by)
        # The index is left where files were made that stood nowhere yet.
        last = "" if wanted.early is None else f"AND n.searchTime <= ${self._made_at(wanted)} "
        return along + last

    def _made_at(self, wanted: Sought) -> str:
        """The parameter with the time by which files were made, or behind which."""
        return self._given(wanted.stood.at if wanted.stood else "")

    def _times(self, wanted: Sought) -> Iterator[str]:
        if wanted.since is not None:
            yield f"n.searchTime >= ${self._given(wanted.since)}"
        if wanted.until is not None:
            yield f"n.searchTime <= ${self._given(wanted.until)} AND n.searchTime > ''"

    def _conditions(self, wanted: Sought, related: tuple[Related, ...]) -> Iterator[str]:
        if wanted.external:
            yield _EXTERNAL
        if wanted.stood is not None:
            made = "n.searchEarly = true AND n.searchTime >" if wanted.early else "n.searchTime <="
            yield f"{made} ${self._made_at(wanted)}"
            yield self._standing(wanted.stood)
        if wanted.hidden:
            yield self._shown(wanted.hidden)
        yield from (f"n.key <> ${self._given(key.hex())}" for key in wanted.without)
        for place, other in enumerate(related):
            node = f"other{place}"
            conditions = " AND ".join(self._having(node, other.choices, other.parameters))
            yield _RELATED.format(type=other.relation.name, node=node, conditions=conditions)

    def _standing(self, wanted: Stood) -> str:
        below = ""
        if wanted.folders:
            below = _BELOW.format(folders=self._given([list(each) for each in wanted.folders]))
        return _STOOD.format(time=self._given(wanted.at), below=below)

    def _shown(self, hidden: Iterable[HiddenEntries]) -> str:
        """That a file or a run may be shown."""
        listed = list(hidden)
        entry, file = (self._is_hidden(name, listed) for name in ("n", "file"))
        made, read = (each.format(condition=file) for each in (_MADE, _READ))
        other = _MADE.format(condition=f"NOT ({file})")
        return (
            f"CASE WHEN n:Entity THEN NOT ({entry}) "
            f"WHEN n:Activity THEN {other} OR NOT ({made} OR {read}) ELSE true END"
        )

    def _is_hidden(self, node: str, hidden: Iterable[HiddenEntries]) -> str:
        """That a file is one that any of the rules hides."""
        rules = (" AND ".join(self._met(node, each)) for each in hidden)
        return f"(({') OR ('.join(rules)}))"

    def _met(self, node: str, rule: HiddenEntries) -> Iterator[str]:
        yield f"{node}.searchTerms IS NOT NULL"
        yield from self._having(node, rule.choices, ())
        if rule.since is not None:
            yield f"({node}.searchTime >= ${self._given(rule.since)} OR {node}.searchTime = '')"

    def _given(self, value: Any) -> str:
        """The name of a parameter that holds a value."""
        name = f"given{len(self.asked)}"
        self.asked[name] = value
        return name


def _any_of(parts: Iterable[str]) -> str:
    return f"CALL () {{ {' UNION ALL '.join(parts)} }}"


def _lucene(choices: Iterable[Choice]) -> str:
    """A query in Lucene's syntax."""
    return " ".join(f"+({' '.join(choice)})" for choice in choices)


def _in_text(choices: Iterable[Choice]) -> list[list[str]]:
    return [[in_text(term) for term in choice] for choice in choices]


#: How many nodes one transaction makes searchable.
_PAGE = 1_000


def fill_entries(connection: Connection) -> None:
    """Make the records of an older provgraph searchable.

    Args:
        connection: to the database.
    """
    for kind in NAMED_KINDS:
        label, after = NODE_LABEL[kind], ""
        query = (
            f"MATCH (n:{label}) WHERE n.key > $after WITH n ORDER BY n.key LIMIT {_PAGE} "
            f"RETURN labels(n), {NODE}"
        )
        while rows := connection.read(query, after=after):
            found = [node_from(labels, stored) for labels, stored in rows]
            rows_of = [
                {"key": node.key.hex(), "entry": records.entry_properties(node)} for node in found
            ]
            with connection.transaction(TAKE_TURN) as begun:
                begun.run(
                    f"UNWIND $rows AS row MATCH (n:{label} {{key: row.key}}) SET n += row.entry",
                    {"rows": rows_of},
                ).consume()
            after = found[-1].key.hex()


def fill_parameters(connection: Connection) -> None:
    """Make the parameters of an older provgraph searchable.

    Args:
        connection: to the database.
    """
    query = (
        f"MATCH (p:Parameter) WHERE p.id > $after AND p.searchTerms IS NULL "
        f"WITH p ORDER BY p.id LIMIT {_PAGE} RETURN properties(p)"
    )
    after = ""
    while rows := connection.read(query, after=after):
        found = [configuration.searchable(stored) for (stored,) in rows]
        with connection.transaction(TAKE_TURN) as begun:
            begun.run(
                "UNWIND $rows AS row MATCH (p:Parameter {id: row.id}) "
                "SET p.searchTerms = row.searchTerms",
                {"rows": found},
            ).consume()
        after = found[-1]["id"]
