"""Rules by which records are hidden from who may not see all: of files, and what follows from them.

A rule is about files. Which runs are hidden, or withhold what they say, follows from their files
(docs/contract.md, Hidden records).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from provgraph.errors import HiddenError
from provgraph.model.attributes import HIDDEN, OPEN
from provgraph.model.folders import folders_meant
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Node
from provgraph.model.values import Attributes, Value, utc

#: What stands in the place of a text that names a hidden path.
HIDDEN_TEXT: Final = "(hidden)"
#: How the pseudonym of every hidden record begins.
PSEUDONYM: Final = "hidden:"
#: The attribute of a run some of whose files are hidden, and its value.
WITHHELD: Final = "withheld"
WHY_WITHHELD: Final = "files that this run read or made are hidden: so is how it was set up"


@dataclass(frozen=True)
class HiddenFiles:
    """The files that a rule hides at a moment: those that meet every condition that is given.

    Attributes:
        under: a location of the file is one of these, or below one; as answers write locations.
        types: the finer type of the file, in any case.
        data_levels: of the file, in any case.
        since: the file was made then or later, or nobody says when; canonical, None for any time.
    """

    under: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    data_levels: tuple[str, ...] = ()
    since: str | None = None

    def has(self, file: Node) -> bool:
        """Tell whether a file is one of them.

        Args:
            file: an entity, as answers show it.
        """
        wanted = ((self.types, file.type), (self.data_levels, file.data_level))
        if any(some and (has or "").casefold() not in _folded(some) for some, has in wanted):
            return False
        if self.under and not any(map(self.is_under, _locations(file))):
            return False
        made = file.generated_at
        return self.since is None or made is None or made.removesuffix("Z") >= self.since

    def is_under(self, location: str) -> bool:
        """Tell whether a location is one of those that the rule names, or below one.

        Args:
            location: of a file, as answers write it.
        """
        return any(
            location == folder or location.startswith(f"{folder.rstrip('/')}/")
            for folder in self.under
        )

    def is_named_in(self, text: str) -> bool:
        """Tell whether a text holds a location that the rule names.

        Args:
            text: such as an argument, also one in a URL (``%2F``), or in JSON with ``/`` escaped.
        """
        if self._named is None:
            return False
        plain = text.replace("\\/", "/")
        return any(map(self._named.search, {plain, unquote(plain)}))

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        """Finds any of the locations in a text; not the root, which is in every path."""
        found = [re.escape(each) for each in self.under if each != "/"]
        return re.compile(rf"(?:{'|'.join(found)})(?!\w)") if found else None


def _folded(some: tuple[str, ...]) -> set[str]:
    return {each.casefold() for each in some}


def _locations(file: Node) -> set[str]:
    return {*file.locations, *map(location_of, file.identifiers), location_of(file.id)}


@dataclass(frozen=True, slots=True)
class HidingRule:
    """Which files are hidden from whom, and until when.

    Attributes:
        under: paths or URLs; the files there, and below.
        types: finer types, such as ``Collection``.
        data_levels: such as ``DL0``.
        embargo_days: only files that were made at most so many days ago; None for any time.
        until: the rule ends then; canonical, None for no end.
        seen_by: the roles that see these files all the same.
    """

    under: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    data_levels: tuple[str, ...] = ()
    embargo_days: int | None = None
    until: str | None = None
    seen_by: frozenset[str] = frozenset()

    def files_at(self, now: datetime) -> HiddenFiles | None:
        """Find what the rule hides at a moment.

        Args:
            now: with its zone.

        Returns:
            The files; None when the rule has ended.
        """
        if self.until is not None and _canonical(now) >= self.until:
            return None
        since = None
        if self.embargo_days is not None:
            since = _canonical(now - timedelta(days=self.embargo_days))
        under = tuple(place for path in self.under for place in folders_meant(path))
        return HiddenFiles(under, self.types, self.data_levels, since)


def _canonical(time: datetime) -> str:
    return utc(time.astimezone(UTC).isoformat(timespec="milliseconds"))


@dataclass(frozen=True, slots=True)
class HidingRules:
    """All rules of a server.

    Attributes:
        rules: the rules.
        secret: from which pseudonyms are made, so that nobody can find one by guessing an id.
    """

    rules: tuple[HidingRule, ...]
    secret: bytes

    def files_for(self, roles: frozenset[str], now: datetime) -> tuple[HiddenFiles, ...]:
        """Find what is hidden from somebody.

        Args:
            roles: of who asks; empty of who has no token.
            now: with its zone.

        Returns:
            What each of the rules hides that are for these roles, and have not ended.
        """
        found = (rule.files_at(now) for rule in self.rules if not roles & rule.seen_by)
        return tuple(files for files in found if files is not None)


def is_partly_hidden(node: Node) -> bool:
    """Tell whether something of a record is not shown.

    Args:
        node: as an answer shows it.

    Returns:
        Whether it is masked, or is a run that withholds how it was set up.
    """
    return node.masked or WITHHELD in node.attributes


def check_whole(nodes: Iterable[Node], what: str) -> None:
    """Refuse what can't be said honestly where something is hidden.

    Args:
        nodes: the records that it would be made of.
        what: would be said.

    Raises:
        HiddenError: something of a record is not shown.
    """
    if any(map(is_partly_hidden, nodes)):
        raise HiddenError.about(what)


def told_attributes(attributes: Attributes, hidden: tuple[HiddenFiles, ...]) -> Attributes:
    """Keep of the attributes of a record that is shown what may be told.

    What is for documents only, and relations with an open end, may name any other record.

    Args:
        attributes: of the record.
        hidden: what is hidden.

    Returns:
        The rest, with `HIDDEN_TEXT` for each text that names a hidden path.
    """
    return {
        name: tuple(told_value(value, hidden) for value in values)
        for name, values in attributes.items()
        if not name.startswith((HIDDEN, OPEN))
    }


def told_value(value: Value, hidden: tuple[HiddenFiles, ...]) -> Value:
    """Replace each text of a value that names a hidden path.

    Args:
        value: of an attribute or a parameter.
        hidden: what is hidden.

    Returns:
        The value; of a list or an object a copy.
    """
    if isinstance(value, str):
        return HIDDEN_TEXT if any(each.is_named_in(value) for each in hidden) else value
    if isinstance(value, dict):
        return {
            str(told_value(name, hidden)): told_value(each, hidden) for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [told_value(each, hidden) for each in value]
    return value
