"""The keys of rows that no sequence supplies: the ids of records, shortened where they are long.

Example:
    >>> row_id(Subject.ENTITY, "guid:AB-1")
    'AB-1'
"""

from collections.abc import Iterable
from hashlib import blake2b

from provgraph.relational_mirror.mapping.rows import Reference
from provgraph.store.journal import Subject

#: In bytes. PostgreSQL indexes keys of up to 2.7 kB.
LONGEST_KEY = 1000
#: So many characters of a key that is too long stay readable.
_READABLE = 200
_GUID = "guid:"


def row_id(kind: Subject, identifier: str, identifiers: Iterable[str] = ()) -> str:
    """The key of a record's row, where no sequence supplies it.

    Args:
        kind: what the record is.
        identifier: its id in the store.
        identifiers: the other identifiers of an entity.

    Returns:
        Of an entity its bare GUID where it has one, else the id (docs/contract.md, The ctaprov
        mirror: ``entities.id``); shortened when it is very long.
    """
    if kind is Subject.ENTITY:
        guids = [each for each in (identifier, *identifiers) if each.startswith(_GUID)]
        if guids:
            return shortened(min(guids)[len(_GUID) :])
    return shortened(identifier)


def shortened(key: str) -> str:
    """A key that PostgreSQL can index.

    Args:
        key: of any length.

    Returns:
        The same key when it has at most `LONGEST_KEY` bytes, else its beginning, ``~`` and a hash
        of the whole.
    """
    if len(key) <= LONGEST_KEY // 4 or len(key.encode()) <= LONGEST_KEY:
        return key
    return f"{key[:_READABLE]}~{blake2b(key.encode(), digest_size=16).hexdigest()}"


def unused_key(key: str, taken: set[str]) -> str:
    """A key that no other row of the same record has.

    Args:
        key: the one that is wanted.
        taken: the keys of the record's other rows; the answer is added.

    Returns:
        The key, else ``KEY (2)``, ``KEY (3)`` and so on.
    """
    unused, number = key, 1
    while unused in taken:
        number += 1
        unused = f"{key} ({number})"
    taken.add(unused)
    return unused


def end_key(kind: Subject, identifier: str) -> str | Reference:
    """What stands in a row for the record at one end of a relation.

    Args:
        kind: what the record is.
        identifier: its id in the store.

    Returns:
        The key itself. Of an entity a reference, for its key depends on its other identifiers.
    """
    return Reference(kind, identifier) if kind is Subject.ENTITY else shortened(identifier)
