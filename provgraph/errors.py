"""Every error that provgraph raises on purpose.

The tree of the classes::

    ProvGraphError
    ├── SettingsError          a setting or an option makes no sense
    │   └── MissingExtraError  what was asked for needs packages that are not installed
    ├── LoadError              a source, or a part of it, can't be read
    │   └── UnknownFormatError nothing in the source is ours
    ├── ReaderEndedError       the process that reads a source ended before it was done
    ├── SpoolError             logs can't be put aside, or taken from where they wait
    ├── LookupFailedError      a name does not lead to one record
    │   ├── NotFoundError
    │   ├── NothingFoundError  no record meets the conditions of a search
    │   ├── AmbiguousError     (carries the candidates)
    │   └── NoMakerError       no known run made the file, so none can be run again
    ├── JobRefusedError        a job, or its definition, is not as it has to be
    ├── HiddenError            an answer would tell of records that are hidden from who asks
    ├── BusyError              a server takes no more for a moment
    ├── MirrorError            the ctaprov mirror can't be written, or is not what it should be
    └── StoreError             the store refused or failed
        ├── LoginError         a server does not let the user in
        ├── NoStoreError       nothing was ever loaded into what was named as the store
        ├── NewerStoreError    a newer provgraph made the store
        ├── UnfinishedCopyError a copy that was not written to its end is no store yet
        ├── OverdueError       a question took longer than it may
        └── UnreachableError   the store can't be reached; trying again may help

Each class has a ``code`` for programs (GraphQL shows it) and the ``exit_code`` that a command ends
with (docs/contract.md, Commands).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Self


class ProvGraphError(Exception):
    """The base class: catch this class to catch every error of provgraph.

    The message tells the user what went wrong, where, and what to do about it.

    Attributes:
        code: the name of the kind of error, for programs.
        exit_code: what a command that fails with this error exits with.
        where: what is wrong in what was given, as ``parameters.word`` in a definition of a job; ""
            where nobody can tell.
    """

    code: ClassVar[str] = "ERROR"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "", *, where: str = "") -> None:
        """Say what went wrong.

        Args:
            message: for people.
            where: as the attribute.
        """
        super().__init__(message)
        self.where = where

    def __reduce__(self) -> tuple[object, ...]:
        """Take the error to another process with all that it says, whatever it was made of."""
        return _rebuilt, (type(self), self.args, vars(self))


def _rebuilt(
    kind: type[ProvGraphError], words: tuple[object, ...], facts: Mapping[str, object]
) -> ProvGraphError:
    error = kind.__new__(kind, *words)
    vars(error).update(facts)
    return error


class SettingsError(ProvGraphError):
    """A setting, an option or a store URL makes no sense."""

    code = "BAD_SETTING"
    exit_code = 2


class MissingExtraError(SettingsError):
    """What was asked for needs packages that a plain ``pip install provgraph`` leaves out."""

    code = "MISSING_EXTRA"

    def __init__(self, extra: str, what: str) -> None:
        """Say what needs which extra, and how to install the extra.

        Args:
            extra: a name under ``[project.optional-dependencies]`` in pyproject.toml, as ``rdf``.
            what: what was asked for, in the user's words, as ``PROV-O``.
        """
        super().__init__(f'{what} needs the extra "{extra}": pip install "provgraph[{extra}]"')
        self.extra = extra
        self.what = what


@contextmanager
def extra_needed(extra: str, what: str) -> Iterator[None]:
    """Surround imports of packages that an extra brings.

    Example:
        >>> with extra_needed("rdf", "PROV-O"):
        ...     from rdflib import Graph

    Args:
        extra: the extra's name in pyproject.toml.
        what: what needs the packages, in the user's words.

    Raises:
        MissingExtraError: a package of the extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "provgraph":
            raise
        raise MissingExtraError(extra, what) from error


class LoadError(ProvGraphError):
    """A source, or a part of it, can't be read."""

    code = "UNREADABLE"


class UnknownFormatError(LoadError):
    """Nothing in the source is of a format that provgraph reads."""

    code = "UNKNOWN_FORMAT"


class ReaderEndedError(ProvGraphError):
    """The process that reads a source ended before it had read the whole source."""

    code = "READER_ENDED"


class SpoolError(ProvGraphError):
    """A spool, the folder in which logs wait for a store, can't be written or read."""

    code = "SPOOL_ERROR"


class LookupFailedError(ProvGraphError):
    """A name does not lead to exactly one record."""

    code = "LOOKUP_FAILED"
    exit_code = 2


class NoMakerError(LookupFailedError):
    """No known run made a file, so there is nothing to run again."""

    code = "NO_MAKER"


class NothingFoundError(LookupFailedError):
    """No record meets the conditions of a search."""

    code = "NOTHING_FOUND"


class NotFoundError(LookupFailedError):
    """No record bears this name.

    Attributes:
        NAMES: what a name can be, for those who have no better hint.
    """

    code = "NOT_FOUND"
    NAMES: ClassVar[str] = (
        "a name is an identifier, a path or the end of one, a label, or the beginning of an id"
    )

    def __init__(self, name: str, why: str = "", suggestions: Sequence[str] = ()) -> None:
        """Say which name was not found, why, and what may have been meant.

        Args:
            name: the name as the user gave it.
            why: what is known of it all the same, such as that the store is empty.
            suggestions: names in the store that are spelt alike, the likeliest first.
        """
        meant = f"did you mean {' or '.join(map(repr, suggestions))}?" if suggestions else ""
        known = [each for each in (why, meant) if each] or [self.NAMES]
        super().__init__("; ".join((f"nothing here is called {name!r}", *known)))
        self.name = name
        self.why = why
        self.suggestions = tuple(suggestions)


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """One of several records that bear a name.

    Attributes:
        id: its id, which names it alone.
        kind: entity, activity or agent.
        path: the path that bears the name, or another name for people.
        data_level: such as ``DL3``; None when it has none.
        time: when the file was made, or the run began; None when nobody says.
        maker: the run that made the file, with its version; None when no run is known.
    """

    id: str
    kind: str
    path: str | None = None
    data_level: str | None = None
    time: str | None = None
    maker: str | None = None

    def __str__(self) -> str:
        """The id, and all that tells the record from the others."""
        maker = f"made by {self.maker}" if self.maker else None
        path = self.path if self.path != self.id else None
        facts = [each for each in (path, self.data_level, self.time, maker) if each]
        return "  ".join((self.id, *facts))


class AmbiguousError(LookupFailedError):
    """Several records bear this name."""

    code = "AMBIGUOUS"

    def __init__(self, name: str, described: Sequence[NameCandidate], is_cut: bool = False) -> None:
        """Say which name was ambiguous, and list the records to choose from.

        Args:
            name: the name as the user gave it.
            described: the records that bear the name.
            is_cut: whether there are more of them than are listed.
        """
        listed = "\n  ".join(map(str, described)) + ("\n  …" if is_cut else "")
        number = f"more than {len(described)}" if is_cut else str(len(described))
        super().__init__(f"{name!r} names {number} records; say which by its id:\n  {listed}")
        self.name = name
        self.described = tuple(described)
        self.is_cut = is_cut

    @property
    def candidates(self) -> tuple[str, ...]:
        """The ids of the records that bear the name."""
        return tuple(each.id for each in self.described)


class JobRefusedError(ProvGraphError):
    """A job can't be run as somebody asks, or its definition makes no sense."""

    code = "JOB_REFUSED"


class HiddenError(ProvGraphError):
    """Who asks may not see all records, and what is asked for can't be answered without them."""

    code = "HIDDEN"

    @classmethod
    def about(cls, what: str) -> Self:
        """Say what is not answered.

        Args:
            what: is refused, such as ``what was loaded``.

        Returns:
            The error, to be raised.
        """
        return cls(f"{what} is not told to who may not see all records: ask by a role that may")


class MirrorError(ProvGraphError):
    """The mirror's database is no database for a mirror, or it refused what was to be written."""

    code = "MIRROR_ERROR"


class StoreError(ProvGraphError):
    """The store refused or failed."""

    code = "STORE_ERROR"


class LoginError(StoreError):
    """The server of a store, a mirror or a source does not let the user in.

    The user name or the password is wrong, or none was given. To try again does not help.
    """

    code = "LOGIN_REFUSED"
    exit_code = 2


class NoStoreError(StoreError):
    """There is no store where one was named: loading makes it, a question does not."""

    code = "NO_STORE"
    exit_code = 2

    def __init__(self, where: str, why: str = "", *, is_file: bool = False) -> None:
        """Say where no store is, and what makes one.

        Args:
            where: its address, without password.
            why: what is there instead, such as ``the file is empty``.
            is_file: whether a file was named, not the database of a server.
        """
        super().__init__(
            f"there is no store at {where}{why and f' ({why})'}: check --store and "
            "PROVGRAPH_STORE, or make it with `provgraph load SOURCE…`"
        )
        self.is_file = is_file


class NewerStoreError(StoreError):
    """A newer provgraph made the store: this one neither reads nor writes it."""

    code = "NEWER_STORE"

    def __init__(self, where: str, revision: str, known: str) -> None:
        """Say which store is newer, and what to do.

        Args:
            where: the address of the store, without password.
            revision: of the store.
            known: the newest revision that this provgraph knows.
        """
        super().__init__(
            f"the store at {where} is of a newer provgraph (it is of revision {revision}, this "
            f"version knows {known}); install that version"
        )
        self.where, self.revision, self.known = where, revision, known


class UnfinishedCopyError(StoreError):
    """A store is being copied there, or a copy was stopped: what is there is not whole."""

    code = "UNFINISHED_COPY"
    exit_code = 2

    def __init__(self, where: str, source: str) -> None:
        """Say which store is not whole, and how it becomes so.

        Args:
            where: the address of the copy, without password.
            source: the address of the store that is copied.
        """
        super().__init__(
            f"the store at {where} is an unfinished copy of {source}: nobody can use it before the "
            f"copy is whole; if nobody is copying now, `provgraph copy {source} {where}` goes on"
        )
        self.where = where
        self.source = source


class OverdueError(StoreError):
    """The answer took longer than it may (`seconds`), and the question was stopped."""

    code = "TIMED_OUT"

    def __init__(self, seconds: float) -> None:
        """Say how long it may take.

        Args:
            seconds: the limit.
        """
        self.seconds = seconds
        super().__init__(
            f"the answer took longer than {seconds:g} s and was stopped: ask for less, such as a "
            "smaller depth"
        )


class BusyError(ProvGraphError):
    """A server has so much to do that the same request may come again after `seconds`."""

    code = "BUSY"

    def __init__(self, seconds: int) -> None:
        """Say when to come again.

        Args:
            seconds: after how many.
        """
        self.seconds = seconds
        super().__init__(f"the server is busy: try again in {seconds} s")


class UnreachableError(StoreError):
    """The store can't be reached, or its connection was lost.

    Nothing is left half done: the same call may be made again.
    """

    code = "STORE_UNREACHABLE"
    exit_code = 3
