"""Walks over a PROV-JSON document of any size, member by member, and holds one at a time.

The document is an object of sections; a member is one record or prefix of a section. A section
``bundle`` has an object of sections in each of its members.
"""

import codecs
import json
import re
import sys
from collections.abc import Callable, Collection, Iterator
from io import BufferedReader
from typing import Any, TypeAlias

from provgraph.errors import LoadError
from provgraph.loaders.json_stream import CHUNK, LARGEST_RECORD, MOST_VALUES, available
from provgraph.loaders.protocol import Problem
from provgraph.model.values import key_count, storable_text, storable_value

PREFIX, BUNDLE = "prefix", "bundle"
#: The key of the bundle, None of the document itself; section, key and value of a record or prefix.
#: At the beginning of a bundle: None, ``bundle``, its key, None.
Member: TypeAlias = tuple[str | None, str, str, Any]
#: A token that the end of the buffer may have cut.
_TOKEN = 16
_WHITE = " \t\r\n"
_SPACE = re.compile(rf"[{_WHITE}]*")
#: How most values begin.
_BEGINNINGS = ("{", '"', "[")
#: A key without escapes, with all up to its value.
_USUAL_KEY = re.compile(rf'[{_WHITE}]*"([^"\\]*)"[{_WHITE}]*:[{_WHITE}]*')
#: The characters in which nothing dangerous fits.
_SMALL = 200


class Members:
    """Walks over the members of a document's sections, and of its bundles' sections.

    Attributes:
        problems: what could not be read; complete when the walk has ended.
    """

    def __init__(self, stream: BufferedReader, sections: Collection[str]) -> None:
        """Take a document.

        Args:
            stream: the document's bytes, at their beginning.
            sections: the names of the sections of records that there are; any other is a problem.
        """
        self._sections = sections
        self.problems: list[Problem] = []
        self._stream = stream
        self._bytes = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._is_storable = True
        self._broken: str | None = None
        self._doubled = False
        decoder = json.JSONDecoder(strict=False, object_pairs_hook=self._object)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[Member]:
        try:
            yield from self._container(None)
            if self._next():
                raise LoadError("something stands behind the document")
        except LoadError as error:
            broken = f"; {self._broken}" if self._broken else ""
            self.problems.append(
                Problem(
                    f"byte {self.position()}", f"nothing from here on is loaded: {error}{broken}"
                )
            )

    def position(self) -> int:
        """Tell how far the walk has come.

        Returns:
            the number of the byte behind the last member.
        """
        return self._before + len(self._text[: self._at].encode("utf-8", "surrogateescape"))

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self._doubled = True
        return found

    def _container(self, bundle: str | None) -> Iterator[Member]:
        for section in self._keys():
            if section == BUNDLE and bundle is None:
                for key in self._keys():
                    yield None, BUNDLE, key, None
                    yield from self._container(key)
            elif section == PREFIX or section in self._sections:
                for key in self._keys():
                    yield bundle, section, key, self._value()
            else:
                what = f"{section[:200]!r} is no section of PROV-JSON"
                self.problems.append(Problem(f"byte {self.position()}", what))
                self._value()

    def _keys(self) -> Iterator[str]:
        """Read the keys of the object that begins here; at each, the value is next."""
        self._expect("{", "an object")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            yield self._key()
            after = self._next()
            if after not in (",", "}"):
                raise LoadError(f"expected ',' or '}}', found {after!r}")
            self._at += 1
            if after == "}":
                return

    def _key(self) -> str:
        """Read the key that stands here, and go on to its value."""
        if (usual := _USUAL_KEY.match(self._text, self._at)) and usual.end() < len(self._text):
            self._at = usual.end()
            return usual[1] if self._is_storable else storable_text(usual[1])
        key = self._value()
        if type(key) is not str:
            raise LoadError(f"a key is {str(key)[:60]!r}")
        self._expect(":", "':'")
        return key

    def _expect(self, character: str, what: str) -> None:
        found = self._next()
        if found != character:
            raise LoadError(
                f"expected {what}, found {found!r}" if found else "the document is cut off"
            )
        self._at += 1

    def _next(self) -> str:
        """Go to the next character that is no white space; "" at the end."""
        while True:
            character = self._text[self._at : self._at + 1]
            if character and character not in _WHITE:
                return character
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr] # it always matches
            if self._at == len(self._text) and not self._read():
                return ""

    def _value(self) -> Any:
        """Read the value that begins here."""
        if self._text[self._at : self._at + 1] not in _BEGINNINGS and not self._next():
            raise LoadError("the document is cut off")
        while True:
            self._doubled = False
            try:
                found, end = self._scan(self._text, self._at)
            except (json.JSONDecodeError, StopIteration) as error:
                self._check_cut(error)
            except RecursionError:
                raise LoadError("nested too deeply") from None
            except ValueError as error:
                raise LoadError(str(error)) from None
            else:
                return self._checked(found, end)
            self._check_size(sys.getsizeof(self._text) - self._at)
            self._read(max(CHUNK, len(self._text) - self._at))

    def _check_cut(self, error: Exception) -> None:
        """Go on where the end of the buffer may have cut the value.

        Raises:
            LoadError: it is damaged.
        """
        what = error.msg if isinstance(error, json.JSONDecodeError) else "Expecting value"
        at = error.pos if isinstance(error, json.JSONDecodeError) else int(error.value)  # type: ignore[attr-defined]
        if self._ended or not (what.startswith("Unterminated") or at + _TOKEN > len(self._text)):
            raise LoadError(f"{what}: {self._text[self._at : self._at + 60]!r}")

    def _checked(self, found: Any, end: int) -> Any:
        if end - self._at > _SMALL:
            self._check_large(found, self._text[self._at : end])
        if self._doubled:
            what = "a key stands twice in one object; only its last value is loaded"
            self.problems.append(Problem(f"byte {self.position()}", what))
        self._at = end
        return found if self._is_storable else storable_value(found)

    def _check_large(self, found: Any, raw: str) -> None:
        self._check_size(sys.getsizeof(raw))
        if len(raw) > MOST_VALUES and sum(map(raw.count, "[{,:")) > MOST_VALUES:
            raise LoadError(f"a record of more than {MOST_VALUES:,} keys and values")
        if type(found) is dict and key_count(found) is None:
            raise LoadError("nested too deeply")

    def _check_size(self, size: int) -> None:
        if size > LARGEST_RECORD:
            raise LoadError(f"a record of more than {LARGEST_RECORD >> 20} MiB in memory")

    def _read(self, size: int = CHUNK) -> bool:
        if self._ended:
            return False
        data, self._broken = available(self._stream, size)
        self._ended = not data
        self._before = self.position()
        self._text = self._text[self._at :] + self._bytes.decode(data, final=self._ended)
        if self._before == 0:
            self._text = self._text.removeprefix("\ufeff")
        self._at = 0
        self._is_storable = (
            self._text.isascii() and "\\u" not in self._text and "\x00" not in self._text
        )
        return not self._ended or bool(self._text)
