"""Checks what `validate` is given.

PROV documents each by itself, logs and jobs together, a store as a whole.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from typing_extensions import override

from provgraph.errors import LoadError
from provgraph.ingest import observing
from provgraph.ingest.loading import load
from provgraph.ingest.reading.bundles import is_bundle
from provgraph.ingest.reading.sources import (
    Source,
    address_of,
    check_names,
    checksum_of,
    expanded,
    opened,
)
from provgraph.loaders.protocol import HEAD, AddressedLoader, Problem, StatementLoader
from provgraph.loaders.registry import loader_for, loader_named
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.prov.statements import ProvStatement
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.validation.checking import Observer, Verdict, check
from provgraph.validation.stored import statements as statements_in

_IN_MEMORY = "sqlite://"


@dataclass(frozen=True, slots=True)
class CheckedSources:
    """What was checked together.

    Attributes:
        sources: their names; none of a store.
        verdict: what the check came to; None when nothing could be read.
        problems: the source and what of it can't be read.
    """

    sources: tuple[str, ...]
    verdict: Verdict | None
    problems: tuple[tuple[str, Problem], ...] = ()


def check_store(
    store: Store, *, now: str | None = None, observer: Observer | None = None
) -> CheckedSources:
    """Check all that a store holds.

    Args:
        store: which.
        now: see `check`.
        observer: see `check`.

    Raises:
        StoreError: the store failed.
    """
    with store.viewing(settled=True) as view:
        return CheckedSources((), check(statements_in(view), now=now, observer=observer))


def check_sources(
    names: Sequence[str],
    *,
    format_name: str | None = None,
    namespace: str = DEFAULT_NAMESPACE,
    now: str | None = None,
    observer: Observer | None = None,
) -> Iterator[CheckedSources]:
    """Check sources without loading them into any store.

    Args:
        names: files, folders, ``-``, as `provgraph.ingest.loading.load` takes them.
        format_name: a loader's name; None to recognise each source by its content.
        namespace: in which the sources' paths mean files.
        now: see `check`.
        observer: see `check`.

    Yields:
        what came of each PROV document, then of all other sources together: only together they tell
            which file is
        which.

    Raises:
        SettingsError: a name, the format or the namespace makes no sense.
    """
    check_names(names)
    if format_name is not None:
        loader_named(format_name)
    with ExitStack() as stack:
        others: list[Source] = []
        for source in (source for name in names for source in expanded(name, stack)):
            loader = _document_loader(source, format_name)
            if loader is None:
                others.append(source)
            else:
                yield _check_document(source, loader, now, observer)
        if others:
            yield _check_together(others, format_name, namespace, now, observer)


class _LoadingObserver(observing.Observer):
    """Tells an observer of checks how loading goes on."""

    def __init__(self, observer: Observer | None) -> None:
        self._observer = observer

    @override
    def wrote(self, documents: int) -> None:
        if self._observer is not None:
            self._observer(documents)


def _document_loader(source: Source, format_name: str | None) -> StatementLoader | None:
    """What reads the source as a PROV document.

    None when it is something else, or nothing at all.
    """
    if source.database is not None or is_bundle(source.path):
        return None
    try:
        with opened(source) as stream:
            loader = loader_for(stream.peek(HEAD)[:HEAD], format_name)
    except LoadError:
        return None
    if isinstance(loader, AddressedLoader):
        found = checksum_of(source)
        loader = loader.at(address_of(source, found.sha256 if found else ""))
    return loader if isinstance(loader, StatementLoader) else None


def _check_document(
    source: Source, loader: StatementLoader, now: str | None, observer: Observer | None
) -> CheckedSources:
    problems: list[tuple[str, Problem]] = []

    def read() -> Iterator[ProvStatement]:
        try:
            with opened(source) as stream:
                for found in loader.statements(stream):
                    if isinstance(found, ProvStatement):
                        yield found
                    elif isinstance(found, Problem):
                        problems.append((source.stored_name, found))
        except LoadError as error:
            problems.append((source.stored_name, Problem("further on", str(error))))

    verdict = check(read(), now=now, observer=observer)
    is_read = verdict.statements > 0 or not problems
    return CheckedSources((source.stored_name,), verdict if is_read else None, tuple(problems))


def _check_together(
    sources: Sequence[Source],
    format_name: str | None,
    namespace: str,
    now: str | None,
    observer: Observer | None,
) -> CheckedSources:
    store = open_store(_IN_MEMORY)
    try:
        reports = list(
            load(
                store,
                sources,
                format_name=format_name,
                namespace=namespace,
                observer=_LoadingObserver(observer),
            )
        )
        problems = tuple(
            (report.source, problem) for report in reports for problem in report.problems
        )
        read = tuple(report.source for report in reports if report.status != "refused")
        verdict = check_store(store, now=now, observer=observer).verdict if read else None
        return CheckedSources(read, verdict, problems)
    finally:
        store.close()
