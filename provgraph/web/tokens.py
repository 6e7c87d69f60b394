"""Tokens: a file of names, roles and hashes.

A token is 256 random bits, so its SHA-256 tells nothing of it. The file is apart from the store
(docs/explanation/decisions/0012-tokens-in-a-file.md). A change of it takes effect with the next
request.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from provgraph.errors import SettingsError
from provgraph.web.roles import Role

#: How a token begins, so that a scanner of secrets finds one that was published.
BEGINNING: Final = "provgraph_"
_BYTES: Final = 32
_NAME: Final = re.compile(r"[\w.@-]{1,100}")


@dataclass(frozen=True, slots=True)
class KnownToken:
    """What is kept of a token.

    Attributes:
        name: of whom it was made for.
        role: what it is for.
        sha256: of the token.
        created: when; ISO 8601 with ``Z``.
        expires: when it ends; None when it does not.
    """

    name: str
    role: Role
    sha256: str
    created: str
    expires: str | None = None

    def is_expired(self) -> bool:
        """Tell whether the time of the token is over.

        Returns:
            True when it is.
        """
        return self.expires is not None and self.expires <= _now()


class TokenFile:
    """The tokens of one file, which is perhaps not there yet."""

    def __init__(self, path: Path) -> None:
        """Take the path; nothing is read yet.

        Args:
            path: of the file.
        """
        self.path = path
        self._read_of: tuple[int, int, int] | None = None
        self._by_hash: dict[str, KnownToken] = {}

    def all(self) -> list[KnownToken]:
        """List the tokens.

        Returns:
            Those of the file, by name; none when there is no file.

        Raises:
            SettingsError: the file can't be read, or is none of provgraph's.
        """
        return sorted(self._known().values(), key=lambda each: each.name)

    def find(self, token: str) -> KnownToken | None:
        """Find out what a token is for.

        Args:
            token: as a client sent it.

        Returns:
            What is known of it; None when it was never made, was revoked, or has expired.

        Raises:
            SettingsError: the file can't be read, or is none of provgraph's.
        """
        found = self._known().get(_hash(token))
        return None if found is None or found.is_expired() else found

    def add(self, name: str, role: Role, expires: str | None = None) -> str:
        """Make a token.

        Args:
            name: of whom it is for; no two tokens have the same.
            role: what it is for.
            expires: when it ends; ISO 8601 with ``Z``.

        Returns:
            The token, which is not kept.

        Raises:
            SettingsError: the name is taken or is none, or the file can't be written.
        """
        if not _NAME.fullmatch(name):
            raise SettingsError(
                f"{name!r} is no name for a token: take up to 100 letters, digits, . @ - and _"
            )
        token = BEGINNING + secrets.token_urlsafe(_BYTES)
        with self._changing() as tokens:
            if any(each.name == name for each in tokens):
                raise SettingsError(
                    f"there is a token named {name} already: revoke it first, or take another name"
                )
            tokens.append(KnownToken(name, role, _hash(token), _now(), expires))
        return token

    def revoke(self, name: str) -> None:
        """Make a token worthless.

        Args:
            name: of the token.

        Raises:
            SettingsError: there is no token of that name, or the file can't be written.
        """
        with self._changing() as tokens:
            kept = [each for each in tokens if each.name != name]
            if len(kept) == len(tokens):
                raise SettingsError(f"there is no token named {name} in {self.path}")
            tokens[:] = kept

    def _known(self) -> dict[str, KnownToken]:
        """The tokens by their hashes, read again when the file is another one."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        read_of = (status.st_mtime_ns, status.st_size, status.st_ino)
        if read_of != self._read_of:
            self._by_hash = {each.sha256: each for each in self._read()}
            self._read_of = read_of
        return self._by_hash

    def _read(self) -> list[KnownToken]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return [_token_of(each) for each in found["tokens"]]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        except (ValueError, KeyError, TypeError):
            raise self._unusable("it is none of provgraph's") from None

    @contextmanager
    def _changing(self) -> Iterator[list[KnownToken]]:
        """The tokens, which are written when the block ends; one process at a time."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.with_name(f"{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                tokens = self._read()
                yield tokens
                self._write(tokens)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None

    def _write(self, tokens: list[KnownToken]) -> None:
        """Replace the file by one that only its owner can read."""
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump({"tokens": [asdict(each) for each in tokens]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def _unusable(self, why: str) -> SettingsError:
        return SettingsError(
            f"the file of tokens {self.path} can't be used: {why}; PROVGRAPH_TOKENS names another"
        )


def _token_of(said: dict[str, Any]) -> KnownToken:
    """A token as the file says it."""
    expires = said["expires"]
    return KnownToken(
        str(said["name"]),
        Role(said["role"]),
        str(said["sha256"]),
        str(said["created"]),
        None if expires is None else str(expires),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
