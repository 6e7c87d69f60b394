"""Reads the attributes of a document's statements as a store keeps them.

What provgraph marks statements of its own documents with is kept apart from what the document says
of a record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from provgraph.model.attributes import TEXT, is_plain_text, text_of
from provgraph.model.records import Fact
from provgraph.model.values import Value, Values, canonical_json, utc
from provgraph.prov import names
from provgraph.prov.marks import ADDED, MARK, ROLE
from provgraph.prov.statements import Literal, Pair, ProvStatement, ProvType
from provgraph.prov.values import join_values, native_value, stored_value

#: Values by the names of their attributes; whoever reads a statement may change it.
AttributeValues: TypeAlias = dict[str, Values]


class AttributeReader:
    """Reads attributes, and remembers what each name of an attribute means."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, Callable[[Literal], Value]]] = {}
        self._has_marks = False

    def read(self, pairs: Iterable[Pair]) -> tuple[AttributeValues, AttributeValues]:
        """Read attributes.

        Args:
            pairs: URI of an attribute and a value of it, one pair a value.

        Returns:
            the attributes; and provgraph's marks, such as ``source`` of ``pg:provgraph.source``.
        """
        attributes: AttributeValues = {}
        several: set[str] = set()
        known = self._names
        for uri, literal in pairs:
            name, keep = known.get(uri) or self._learn(uri)
            is_plain = (
                literal.type is None and literal.language is None and is_plain_text(literal.text)
            )
            value = literal.text if is_plain else keep(literal)
            if name in attributes:
                attributes[name] += (value,)
                several.add(name)
            else:
                attributes[name] = (value,)
        for name in several:
            attributes[name] = join_values(attributes[name])
        marked = [name for name in attributes if name.startswith(MARK)] if self._has_marks else ()
        return attributes, {name.removeprefix(MARK): attributes.pop(name) for name in marked}

    def read_element(self, statement: ProvStatement) -> tuple[AttributeValues, AttributeValues]:
        """Read all that a statement says of an entity, activity or agent.

        Args:
            statement: of one of the types `ELEMENTS`.

        Returns:
            the attributes, the times of an activity among them; and provgraph's marks.

        Raises:
            LoadError: a time can't be read.
        """
        attributes, marks = self.read(statement.attributes)
        for name in marks.pop(ADDED, ()):
            attributes.pop(str(name), None)
        if statement.type is ProvType.ACTIVITY:
            start, end = statement.slots
            if start is not None:
                _add_time(attributes, marks, (Fact.START, names.START), start)
            if end is not None:
                _add_time(attributes, marks, (Fact.END, names.END), end)
        return attributes, marks

    def _learn(self, uri: str) -> tuple[str, Callable[[Literal], Value]]:
        name = names.attribute_name(uri)
        known = self._names[uri] = name, native_value if names.is_native(name) else stored_value
        self._has_marks |= name.startswith(MARK)
        return known


def value_hashes(statement: ProvStatement, attributes: Mapping[str, Values]) -> Iterator[int]:
    """Make a hash of each value that a statement says of a record.

    Args:
        statement: of an entity, activity or agent.
        attributes: what it says, as `AttributeReader` reads it.

    Yields:
        the same number for the same attribute and value of the same record, whichever bundle says
        so.
    """
    for name, values in attributes.items():
        for value in values:
            yield hash((statement.type, statement.id, name, canonical_json(value)))


def first_mark(marks: Mapping[str, Values], name: str) -> str | None:
    """Read one of provgraph's marks.

    Args:
        marks: of a statement.
        name: of the mark, as ``type``.

    Returns:
        its first value as text; None when the statement is not marked so.
    """
    values = marks.get(name)
    return None if values is None else str(values[0])


def take_role(attributes: AttributeValues) -> str | None:
    """Read the role of a relation, and remove it from the attributes when it says no more.

    Args:
        attributes: of the relation.

    Returns:
        the role as one text, of several roles the first in alphabetical order; None without any. A
        role that is no plain text, or one of several, stays among the attributes too.
    """
    roles = attributes.get(ROLE)
    if roles is None:
        return None
    (role, *more) = roles
    if not more and (
        isinstance(role, str) or (isinstance(role, Mapping) and role.keys() == {TEXT})
    ):
        del attributes[ROLE]
    return min(map(text_of, roles))


def canonical_time(text: str) -> str:
    """Read a time of a document.

    Args:
        text: an ``xsd:dateTime``. The hour 24 is the next day's hour 0 (XML Schema 1.1 part 2,
            section 3.3.7).

    Returns:
        the time in canonical UTC.

    Raises:
        LoadError: it is no time.
    """
    return utc(text.replace("T24:00:00", "T23:59:60") if "T24" in text else text)


def written_zone(name: str, text: str) -> AttributeValues:
    """Keep how a document wrote a time, where the time alone does not tell that.

    Args:
        name: of the attribute that keeps the text.
        text: an ``xsd:dateTime``.

    Returns:
        the attribute with the text; nothing when the text's zone is UTC.
    """
    return {} if text.endswith(("Z", "+00:00")) else {name: (text,)}


def _add_time(
    attributes: AttributeValues, marks: AttributeValues, fact_and_text: tuple[str, str], time: str
) -> None:
    """Add a time of an activity, and those that provgraph's own documents mark."""
    fact, text_name = fact_and_text
    found = canonical_time(time)
    attributes[fact] = join_values((*marks.pop(fact), found)) if fact in marks else (found,)
    if time[-1:] != "Z":
        attributes |= written_zone(text_name, time)
