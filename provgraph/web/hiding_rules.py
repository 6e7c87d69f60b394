"""Reads the file that says which records are hidden from whom (docs/how-to/hiding.md)."""

import hashlib
import secrets
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from provgraph.errors import SettingsError
from provgraph.model.hiding import HidingRule, HidingRules
from provgraph.model.values import utc
from provgraph.web.roles import Role

#: What a rule may say of files, each a text or a list of texts.
_TEXTS: Final = ("under", "types", "data_levels")
_KEYS: Final = (*_TEXTS, "embargo_days", "until", "seen_by")
_EXAMPLE: Final = 'such as: under = ["/data/proposals"] (docs/how-to/hiding.md)'


def read_rules(path: Path, secret: str | None = None) -> HidingRules:
    """Read the rules of a server.

    Args:
        path: of the file, TOML with a table ``[[hide]]`` a rule.
        secret: from which pseudonyms are made; None for a new one, which other servers don't share.

    Returns:
        The rules.

    Raises:
        SettingsError: the file can't be read, or a rule makes no sense.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the rules in {path} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError(f"the rules in {path} are no TOML: {error}") from None
    listed = said.get("hide")
    if set(said) != {"hide"} or not isinstance(listed, list) or not listed:
        raise SettingsError(f"{path}: there is one table [[hide]] for each rule, and nothing else")
    rules = []
    for number, each in enumerate(listed, start=1):
        try:
            rules.append(_rule(each))
        except (ValueError, SettingsError) as error:
            raise SettingsError(f"{path}: rule {number}: {error}") from None
    key = secrets.token_bytes() if secret is None else hashlib.sha256(secret.encode()).digest()
    return HidingRules(tuple(rules), key)


def _rule(said: Mapping[str, Any]) -> HidingRule:
    for key in said:
        if key not in _KEYS:
            raise SettingsError(f"there is no {key!r}: take {', '.join(_KEYS)}")
    under, types, levels = (_texts(said, name) for name in _TEXTS)
    days = said.get("embargo_days")
    if days is not None and (type(days) is not int or not 0 < days <= 36_500):
        raise SettingsError(f"embargo_days = {days!r} is no whole number from 1 to 36500")
    if not (under or types or levels or days):
        raise SettingsError(f"it would hide every file: say which, {_EXAMPLE}")
    for path in under:
        if not (path.startswith(("/", "lfn:")) or "://" in path):
            raise SettingsError(f"{path!r} is no absolute path and no URL, {_EXAMPLE}")
    return HidingRule(under, types, levels, days, _until(said.get("until")), _roles(said))


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = said.get(name, [])
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(each and type(each) is str for each in listed):
        raise SettingsError(f"{name} = {found!r} is no text and no list of texts")
    return tuple(listed)


def _until(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, date | datetime):
        raise SettingsError(f"until = {said!r} is no date: write it bare, such as 2027-01-31")
    return utc(said.isoformat())


def _roles(said: Mapping[str, Any]) -> frozenset[str]:
    """Who sees the files all the same: an admin in any case."""
    found = {*_texts(said, "seen_by"), Role.ADMIN.value}
    if unknown := found - set(Role):
        raise SettingsError(f"seen_by: {min(unknown)!r} is no role: there are {', '.join(Role)}")
    return frozenset(found)
