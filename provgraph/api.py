"""provgraph from Python: ``provgraph.open`` is the door, and each command has its method."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from provgraph.errors import SettingsError, extra_needed
from provgraph.ingest.describing import approve, describe
from provgraph.ingest.forgetting import Forgettable, forget, would_go
from provgraph.ingest.invalidation import invalidate, take_back
from provgraph.ingest.loading import load
from provgraph.interchange.export import DOCUMENT_FORMATS, Selection, export, with_relations
from provgraph.interchange.tool_descriptions import descriptions_given
from provgraph.loaded import LoadedSource
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.recallable import RecallableStore
from provgraph.settings import mirror_password, read_environment
from provgraph.store.registry import open_store

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from provgraph.ingest.reports import Report
    from provgraph.relational_mirror.syncing import Summary
    from provgraph.relational_mirror.verification import Verification
    from provgraph.validation.sources import CheckedSources


def open_provenance(store: str | None = None, *, password: str | None = None) -> Provenance:
    """Open a store: ``provgraph.open``.

    Nothing is made and nothing sent to a server yet: the first ``load`` makes a store that is not
    there, a question raises `NoStoreError`.

    Args:
        store: the URL of the store (docs/contract.md, Stores); None for ``PROVGRAPH_STORE``, else
            the SQLite file of the user.
        password: the password, instead of one in the URL or in ``PROVGRAPH_STORE_PASSWORD``.

    Returns:
        The open store; close it, or use it in a ``with`` block.

    Raises:
        SettingsError: there is no such kind of store, or the password file can't be read.
        StoreError: the driver can't use the URL.
    """
    settings = read_environment(store)
    return Provenance(open_store(settings.store, password or settings.store_password))


class Provenance(RecallableStore):
    """An open store, to load into and to ask.

    Every method raises `StoreError` when the store fails or was closed.

    Example:
        ``with provgraph.open("sqlite:///night.db") as store: print(store.stats())``
    """

    def load(
        self,
        *sources: str | os.PathLike[str],
        format: str | None = None,
        namespace: str = DEFAULT_NAMESPACE,
    ) -> list[Report]:
        """Load files, folders or databases.

        Args:
            sources: what the command ``load`` takes: files (also gzipped), folders, URLs of ctaprov
                databases.
            format: the format as which all sources are read; None to recognise each by its content.
            namespace: the file system that the paths in the sources are on (docs/contract.md, rule
                7).

        Returns:
            A report on each source: what became of it, and the problems of one that could be read
            in part only.

        Raises:
            SettingsError: the namespace or the format makes no sense.
        """
        return list(load(self.store, map(str, sources), format_name=format, namespace=namespace))

    def loads(self) -> list[LoadedSource]:
        """List what was loaded.

        Returns:
            The loads, oldest first.
        """
        return [LoadedSource.of(each) for each in self.store.loads()]

    def forget(self, load: str) -> LoadedSource:
        """Take a load back: what only this load said goes.

        Args:
            load: the load's id, or a beginning of it of 6 characters or more.

        Returns:
            The load that is gone.

        Raises:
            LookupFailedError: no load has that id, several have, or its beginning is too short.
        """
        return LoadedSource.of(forget(self.store, load))

    def would_go(self, load: str) -> Forgettable:
        """Find out how much `forget` would remove, and change nothing.

        Args:
            load: as in `forget`.

        Returns:
            The load, and how many records and relations would go with it.

        Raises:
            LookupFailedError: no load has that id, several have, or its beginning is too short.
        """
        return would_go(self.store, load)

    def invalidate(  # noqa: PLR0913 - each part of a mark has a name of its own
        self,
        record: str | os.PathLike[str] | None = None,
        reason: str = "",
        at: datetime | None = None,
        by: str | None = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: str | datetime | None = None,
        used_until: str | datetime | None = None,
    ) -> LoadedSource:
        """Mark a file or run as deleted or no longer valid; or many runs, by what they share.

        A tool version, and uses of a path in a span of time, mean runs that are loaded later, too.

        Args:
            record: what names the file or run; None where a tool is given.
            reason: why, in words for people.
            at: since when; None for now. A time without a zone is in UTC.
            by: who says so.
            tool: every run of this tool …
            version: … in this version.
            used_since: not the file, but every run that read its path then or later.
            used_until: every run that read its path then or earlier.

        Returns:
            The mark, which is a load: `forget` takes it back, as `take_back` does.

        Raises:
            LookupFailedError: no record bears the name, several do, or it is an agent.
            SettingsError: the reason is empty, or the arguments do not go together.
        """
        since = None if at is None else at.isoformat()
        node = self._meant(self.store, record, tool, version, used_since, used_until)
        return LoadedSource.of(invalidate(self.store, node, since, reason, by))

    def take_back(
        self,
        record: str | os.PathLike[str] | None = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: str | datetime | None = None,
        used_until: str | datetime | None = None,
    ) -> list[LoadedSource]:
        """Take all marks back that `invalidate` made of a record: ``invalidate --undo``.

        Args:
            record: as in `invalidate`.
            tool: as in `invalidate`.
            version: as in `invalidate`.
            used_since: as in `invalidate`.
            used_until: as in `invalidate`.

        Returns:
            The marks that are gone, oldest first.

        Raises:
            LookupFailedError: no record bears the name, several do, or nobody has marked it so.
            SettingsError: the arguments do not go together.
        """
        node = self._meant(self.store, record, tool, version, used_since, used_until)
        return [LoadedSource.of(each) for each in take_back(self.store, node)]

    def describe(
        self, *files: str | os.PathLike[str], from_ctapipe: bool = False, by: str | None = None
    ) -> dict[str, int]:
        """Say what tools are and what their parameters mean.

        Args:
            files: of JSON or YAML, or job definitions of OPUS (docs/contract.md, Descriptions).
            from_ctapipe: whether to describe the tools of ctapipe that are installed here, too.
            by: who says so.

        Returns:
            The id of each description, without its revision → the revision that says this now.

        Raises:
            ProvGraphError: a file is no description, or what reads it isn't installed.
        """
        said = descriptions_given(files, from_ctapipe=from_ctapipe)
        return {each.base: describe(self.store, each, by)[0] for each in said}

    def approve_description(self, tool: str, version: str | None = None, *, by: str) -> int:
        """Approve the last revision of a description: from now on it counts.

        Args:
            tool: the name of the tool.
            version: its version; None for the description of all versions.
            by: who approves.

        Returns:
            The revision.

        Raises:
            LookupFailedError: the tool isn't described.
            SettingsError: nobody is named.
        """
        return approve(self.store, tool, version, by)

    def validate(
        self,
        *sources: str | os.PathLike[str],
        format: str | None = None,
        namespace: str = DEFAULT_NAMESPACE,
    ) -> list[CheckedSources]:
        """Check sources, or the whole store, against PROV-CONSTRAINTS.

        Args:
            sources: files, folders or ``-``, which are not loaded; none for the store.
            format: the format as which all sources are read; None to recognise each by its content.
            namespace: the file system that the paths in the sources are on.

        Returns:
            What was checked together, each with its findings.

        Raises:
            SettingsError: the namespace or the format makes no sense.
        """
        # Checking needs numpy, which takes long to import.
        from provgraph.validation.sources import check_sources, check_store  # noqa: PLC0415

        if not sources:
            return [check_store(self.store)]
        names = [str(source) for source in sources]
        return list(check_sources(names, format_name=format, namespace=namespace))

    def export(self, *records: str | os.PathLike[str], format: str = "prov-json") -> Iterator[str]:
        """Write a standard document.

        Example:
            >>> with open("all.ttl", "w") as file:  # doctest: +SKIP
            ...     file.writelines(store.export(format="turtle"))

        Args:
            records: what names the records that are written with their relations; none for all.
            format: what ``export --format`` takes, such as ``prov-json``, ``turtle`` or
                ``votable``.

        Returns:
            The document, piece by piece; the store must stay open until the last piece.

        Raises:
            SettingsError: there is no such format.
            MissingExtraError: the format needs packages that are not installed.
            LookupFailedError: no record bears a name, or several do.
        """
        if format not in DOCUMENT_FORMATS:
            raise SettingsError(f"{format!r} is no format; there are {', '.join(DOCUMENT_FORMATS)}")
        chosen = [self._find(self.store, record, None) for record in records]
        return self._pieces(format, with_relations(chosen) if chosen else None)

    def sync(
        self,
        to: str,
        *,
        password: str | None = None,
        schema: str = "public",
        full: bool = False,
        replace: bool = False,
        dry_run: bool = False,
        provtap: bool = False,
    ) -> Summary:
        """Make a ctaprov mirror equal to the store (docs/contract.md, The ctaprov mirror).

        Args:
            to: ``postgresql://USER@HOST:5432/DATABASE`` of the mirror.
            password: of its database; None for ``PROVGRAPH_MIRROR_PASSWORD`` or PGPASSFILE.
            schema: for the published tables.
            full: whether to make all tables anew.
            replace: whether a mirror of another store may be taken over; only with ``full``.
            dry_run: whether to undo everything at the end.
            provtap: whether to make schema ``provenance``, for a TAP service, too.

        Returns:
            What was done, or would be done.

        Raises:
            SettingsError: the URL or the schema makes no sense.
            MissingExtraError: the extra ``postgresql`` is not installed.
            UnreachableError: store or mirror went away, and stayed away; nothing is half done.
            MirrorError: the database holds something else, or another store's mirror; or it
                refuses.
        """
        with extra_needed("postgresql", "the ctaprov mirror"):
            from provgraph.relational_mirror.syncing import sync  # noqa: PLC0415

        return sync(
            self.store,
            to,
            password=password or mirror_password(),
            schema=schema,
            full=full,
            replace=replace,
            dry_run=dry_run,
            provtap=provtap,
        )

    def verify_mirror(
        self, to: str, *, password: str | None = None, schema: str = "public"
    ) -> Verification:
        """Compare a ctaprov mirror with the store: ``sync --verify``.

        Args:
            to: ``postgresql://USER@HOST:5432/DATABASE`` of the mirror.
            password: of its database; None for ``PROVGRAPH_MIRROR_PASSWORD`` or PGPASSFILE.
            schema: of the published tables.

        Returns:
            Every row that is missing, extra or different.

        Raises:
            SettingsError: the URL makes no sense.
            MissingExtraError: the extra ``postgresql`` is not installed.
            UnreachableError: store or mirror went away.
            MirrorError: there is no mirror, or one that another version of provgraph made.
        """
        with extra_needed("postgresql", "the ctaprov mirror"):
            from provgraph.relational_mirror.verification import verify  # noqa: PLC0415

        return verify(self.store, to, password=password or mirror_password(), schema=schema)

    def _pieces(self, format: str, selection: Selection | None) -> Iterator[str]:
        yield from export(self.store, format, selection)
