"""Reads JSON objects one by one from a log of any length.

ctapipe writes what strict streaming parsers refuse: arrays one behind another, ``Infinity``, and
after a crash an array without an end. This module walks over the text with the decoder of the
standard library, and holds one record at a time. What is damaged is a problem with its place; the
whole records before and behind the damage are read (docs/contract.md, Bad input).
"""

import codecs
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import Any

from provgraph.errors import LoadError
from provgraph.loaders.protocol import HEAD, Problem
from provgraph.loaders.repeated import RepeatedObjects, storable_record
from provgraph.model.values import MAX_NESTING, key_count, storable_text

CHUNK = 1 << 20
#: A larger record is not loaded. In bytes of memory, in which one wide character of a text makes
#: each of its characters take 4.
LARGEST_RECORD = 16 << 20
#: Nor is one of more keys and values: an object of a few characters takes 200 bytes of memory.
MOST_VALUES = 750_000
#: A token that the end of the buffer may have cut: the longest is ``-Infinity``.
_TOKEN = 16
#: How many open brackets are noted at a time in what is nested too deeply: fewer than the decoder
#: can follow, more than a record has.
_FOLLOWED = 500
#: How many characters that are done with may stand in the buffer where much is damaged. An error of
#: the decoder counts the lines before it, which takes long in a long text.
_DONE_WITH = 1 << 14
#: More than the brackets that can be open at the same time, also where quotes are read in two ways.
_MOST_HOPELESS = 1 << 12
_BETWEEN = re.compile(r"[\s,\ufeff]*")
#: How the rest of a log begins behind a record in an array that is still open.
_INSIDE = re.compile(rb"\s*[,\]]")
_BRACKETS = re.compile(r"[\s,\ufeff\[\]]*")
#: Where a record or an array of them may begin.
_OPENING = re.compile(r'\{(?=\s*+(?:["}]|\Z))|\[')
#: Up to the next bracket outside texts, or the end; possessive, so that no character is looked at
#: twice.
_NEXT_BRACKET = re.compile(
    r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))*+([\[\]{}]|\Z)', re.DOTALL
)
_LONG_INTEGER = re.compile(
    rf"(?<![\w.+-])-?\d{{{sys.get_int_max_str_digits() + 1},}}+(?![.eE])", re.ASCII
)

Record = dict[str, Any]


class JsonRecords:
    """The objects of a stream of JSON arrays.

    Iteration gives, in the order of the stream, pairs of a byte offset and the object that begins
    there, and a `Problem` for each part that can't be read.
    """

    def __init__(
        self,
        stream: BufferedReader,
        is_record: Callable[[Record], bool],
        start: int = 0,
        repeated: RepeatedObjects | None = None,
    ) -> None:
        """Take a stream; nothing is read yet but what a look ahead needs.

        Args:
            stream: the log's bytes, decompressed.
            is_record: whether an object is a record. Behind damage, an object that is no record is
                taken for a part of what was damaged.
            start: the byte of the log at which the stream stands.
            repeated: knows the objects that records repeat; None to decode each of them.
        """
        self._repeated = repeated
        self._stream = stream
        self._is_record = is_record
        self._pairs = _Pairs()
        self._decode = json.JSONDecoder(strict=False, object_pairs_hook=self._pairs).raw_decode
        self._bytes = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0
        self._counted = 0, start
        self._ended = False
        self._broken: str | None = None
        self._open_arrays = 1 if start and _INSIDE.match(stream.peek(HEAD)[:HEAD]) else 0
        self._damaged: tuple[int, str] | None = None
        self._dropped = 0
        self._hopeless: dict[int, str] = {}

    def __iter__(self) -> Iterator[tuple[int, Record] | Problem]:
        while self._to_next_token():
            character = self._text[self._at]
            if character == "{":
                yield from self._object()
            elif character in "[]":
                self._bracket(character)
            else:
                self._damage(_damaged(f"no JSON object begins with {character!r}"))
        if self._broken is not None:
            start = self._damaged[0] if self._damaged else self.position()
            yield Problem(f"byte {start}", f"the rest can't be read: {self._broken}")
        elif self._damaged is not None:
            yield self._damage_report(self.position())
        elif self._open_arrays:
            yield Problem(
                f"byte {self.position()}",
                "the log ends before its array is closed; all before it is read",
            )

    def _bracket(self, character: str) -> None:
        """Count the arrays that are open.

        Where damage has made the count meaningless, pass over all brackets at once.
        """
        if self._damaged is not None and (brackets := _BRACKETS.match(self._text, self._at)):
            self._at = brackets.end()
            return
        self._open_arrays = max(0, self._open_arrays + (1 if character == "[" else -1))
        self._at += 1

    def _object(self) -> Iterator[tuple[int, Record] | Problem]:
        """Read the object that begins at the current place, or note the damage there."""
        if (known := self._hopeless.pop(self._dropped + self._at, None)) is not None:
            self._damage(known)
            return
        if self._damaged is None and (quick := self._quickly()) is not None:
            yield quick
            return
        try:
            found, raw = self._whole_object()
        except json.JSONDecodeError as error:
            self._give_up(_damaged(error.msg), _open_at(error.pos, self._text, self._at))
        except RecursionError:
            within = _open_at(len(self._text), self._text, self._at, _FOLLOWED)
            self._give_up("nested too deeply for a record", within[:-MAX_NESTING])
        except LoadError as error:
            # What begins in the second half of the object may be small enough to be read. What
            # begins in the first half is taken to be as large as the object itself.
            half = (self._at + len(self._text)) // 2
            within = _open_at(len(self._text), self._text, self._at)
            self._give_up(str(error), [each for each in within if each < half])
        except ValueError:
            integer = _LONG_INTEGER.search(self._text, self._at)
            within = _open_at(integer.start(), self._text, self._at) if integer else []
            self._give_up(f"an integer of more than {sys.get_int_max_str_digits()} digits", within)
        else:
            yield from self._decoded(found, raw)

    def _quickly(self) -> tuple[int, Record] | None:
        """Read the object by the help of what records repeat, where that can be done."""
        if self._repeated is None:
            return None
        found = self._repeated.decoded(self._text, self._at)
        if found is None:
            return None
        position = self.position()
        self._at += found[1]
        self._repeated.expect(found[1])
        return position, found[0]

    def _give_up(self, what: str, within: list[int]) -> None:
        """Leave an object that can't be read, and note which objects within it can't either.

        What looks like the rest of a cut object may be whole records, so the objects within it are
        tried one by one. Those that are still open where the object shows its fault must fail for
        the same reason. They are not tried: in a hostile text, each level would take as long as the
        whole.

        Args:
            what: why the object can't be read.
            within: where in the buffer such objects begin.
        """
        if len(self._hopeless) > _MOST_HOPELESS:
            here = self._dropped + self._at
            self._hopeless = {at: why for at, why in self._hopeless.items() if at > here}
        self._hopeless.update((self._dropped + each, what) for each in within if each > self._at)
        self._damage(what)

    def _decoded(self, found: Record, raw: str) -> Iterator[tuple[int, Record] | Problem]:
        """Hand out an object, unless it is a part of something damaged."""
        position = self.position()
        self._at += len(raw)
        if self._repeated is not None:
            self._repeated.expect(len(raw))
        if self._damaged is not None:
            if not self._is_record(found):
                return
            yield self._damage_report(position)
        keys = key_count(found)
        if keys is None:
            yield Problem(f"byte {position}", "nested too deeply for a record; it is not loaded")
            return
        usable = storable_record(found, raw)
        yield position, usable
        if self._pairs.have_doubled_key or (usable is not found and key_count(usable) != keys):
            what = f"the key {_doubled_key(raw)[:60]!r} stands twice in one object"
            yield Problem(f"byte {position}", f"{what}; only its last value is loaded")

    def _whole_object(self) -> tuple[Record, str]:
        """Decode the object at the current place; read on while the buffer may end within it."""
        while True:
            self._pairs.have_doubled_key = False
            try:
                found, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos + _TOKEN > len(
                    self._text
                )
                if not cut or self._ended:
                    raise
            else:
                raw = self._text[self._at : end]
                _check_size(raw)
                return found, raw
            self._forget()
            _check_size(self._text)
            self._read_on()

    def _read_on(self) -> None:
        """Read at least as much again as there is of an object, but never too much to decode."""
        wanted, values, counted = 2 * len(self._text), 0, 0
        # Most records are whole after one more chunk: they are not counted.
        while (
            self._read(CHUNK)
            and len(self._text) < wanted
            and sys.getsizeof(self._text) <= LARGEST_RECORD
        ):
            values += _values(self._text[counted:])
            counted = len(self._text)
            if values > MOST_VALUES:
                return

    def _damage(self, what: str) -> None:
        """Note where damage begins, and go on to where the next record may begin."""
        if self._damaged is None:
            self._damaged = self.position(), what
            self._open_arrays = 0
        self._at += 1
        while not (found := _OPENING.search(self._text, self._at)):
            self._at = len(self._text)
            if not self._read(CHUNK):
                return
        self._at = found.start()
        if self._at > _DONE_WITH:
            self._forget()

    def _damage_report(self, until: int) -> Problem:
        """The problem for the damage that ends here."""
        start, what = self._damaged or (until, "damage")
        self._damaged = None
        return Problem(f"byte {start}", f"{what}; nothing from here up to byte {until} is loaded")

    def _to_next_token(self) -> bool:
        """Pass over blanks and commas; False at the end of the stream."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._at = between.end() if between else self._at
            if self._at < len(self._text):
                return True
            if not self._read(CHUNK):
                return False

    def position(self) -> int:
        """The byte of the log behind what was handed out last.

        Bytes are counted on from the place of the last call.
        """
        at, offset = self._counted
        if at > self._at:
            raise AssertionError("the current place only moves forward")
        offset += (
            self._at - at
            if self._text.isascii()
            else len(self._text[at : self._at].encode("utf-8", "surrogateescape"))
        )
        self._counted = self._at, offset
        return offset

    def _read(self, size: int) -> bool:
        """Read on, and drop from the buffer what is done with; False at the end of the stream."""
        if self._ended:
            return False
        data, self._broken = available(self._stream, size)
        self._ended = not data
        self._forget(self._bytes.decode(data, final=self._ended))
        return not self._ended or bool(self._text)

    def _forget(self, more: str = "") -> None:
        """Drop from the buffer what is done with, and append ``more``."""
        self._counted = 0, self.position()
        self._dropped += self._at
        self._text = self._text[self._at :] + more
        self._at = 0


class _Pairs:
    """Makes objects of their pairs, and notes whether a key stands twice.

    It knows nothing of who reads, so a stream is let go of as soon as it is read.
    """

    have_doubled_key = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> Record:
        """Make an object of its pairs."""
        found = dict(pairs)
        if len(found) < len(pairs):
            self.have_doubled_key = True
        return found


def available(stream: BufferedReader, size: int) -> tuple[bytes, str | None]:
    """Read up to a number of bytes from a stream that may be broken.

    Args:
        stream: such as a gzip file that was cut off.
        size: how many bytes are wanted.

    Returns:
        The bytes that could be read, and how the stream broke behind them; None when it did not.
    """
    pieces: list[bytes] = []
    try:
        while size > 0 and (piece := stream.read1(size)):
            pieces.append(piece)
            size -= len(piece)
    except (OSError, EOFError, zlib.error) as error:
        return b"".join(pieces), str(error)
    return b"".join(pieces), None


def _open_at(end: int, text: str, start: int, deepest: int | None = None) -> list[int]:
    """Where the brackets stand that are open at a place of a text.

    Args:
        end: that place; or, if it comes before, the first place at which ``deepest`` are open.
        text: the text.
        start: where the outermost object begins.
        deepest: see ``end``; None for any number.

    Returns:
        The places of the brackets, the outermost first.
    """
    opened: list[int] = []
    for found in _NEXT_BRACKET.finditer(text, start, end):
        bracket = found[1]
        if bracket in ("{", "["):
            opened.append(found.end() - 1)
        elif bracket and opened:
            opened.pop()
        if not opened or len(opened) == deepest:
            break
    return opened


def _check_size(raw: str) -> None:
    """Refuse the text of an object, or the beginning of one, that would take too much memory.

    Raises:
        LoadError: it is too large.
    """
    size = sys.getsizeof(raw)
    if size > LARGEST_RECORD or (
        size * 6 > LARGEST_RECORD and sys.getsizeof(storable_text(raw)) > LARGEST_RECORD
    ):
        raise LoadError(f"a record of more than {LARGEST_RECORD >> 20} MiB in memory")
    if len(raw) > MOST_VALUES and _values(raw) > MOST_VALUES:
        raise LoadError(f"a record of more than {MOST_VALUES:,} keys and values")


def _values(text: str) -> int:
    """About how many keys and values there are in a text; never fewer than there are."""
    return sum(map(text.count, "[{,:"))


def _damaged(how: str) -> str:
    return f"cut off or damaged ({how})"


def _doubled_key(raw: str) -> str:
    """The first key that stands twice in one object of a record."""
    doubled: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        names = set()
        for name in (storable_text(key) for key, _ in pairs):
            if name in names:
                doubled.append(name)
            names.add(name)

    json.JSONDecoder(object_pairs_hook=note, strict=False).decode(raw)
    return doubled[0]
