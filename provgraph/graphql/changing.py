"""What curators change: the GraphQL type ``Mutation``, and what its fields do.

Each field asks whether who calls it may (`provgraph.web.roles` says who), and notes their name in
what is written. A change that has begun is made whole, whoever waits for it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, NamedTuple, TypeAlias

import strawberry

from provgraph.errors import LoadError, SettingsError
from provgraph.graphql.connections import LoadObject
from provgraph.graphql.declaring import JSON, DateTime, attribute, resolved
from provgraph.graphql.failures import bad_input, refused
from provgraph.graphql.resolvers import Info
from provgraph.graphql.types import RecordInterface
from provgraph.ingest.describing import approve, describe
from provgraph.ingest.invalidation import invalidate, take_back
from provgraph.interchange.tool_descriptions import descriptions_in
from provgraph.jobs.definition import is_job
from provgraph.model.descriptions import SCRIPT, base_id
from provgraph.model.lineage import Node
from provgraph.model.recalls import recall_of
from provgraph.questions.recalling import meant, record_of
from provgraph.store.deadlines import DEADLINE
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.revisions import revisions

_log = logging.getLogger(__name__)


@strawberry.input(
    description="What a mark means: a record; a tool with its version; or a record with a span of "
    "time, for the uses of its path."
)
class Target:
    """The GraphQL input ``Target``."""

    record: str | None = strawberry.field(
        default=strawberry.UNSET, description="What names the file, value or run."
    )
    tool: str | None = strawberry.field(
        default=strawberry.UNSET, description="Every run of this tool, in any case …"
    )
    version: str | None = strawberry.field(
        default=strawberry.UNSET, description="… in this version, in any case."
    )
    used_since: DateTime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Not the record, but every run that read its path then or later.",
    )
    used_until: DateTime | None = strawberry.field(
        default=strawberry.UNSET, description="Every run that read its path then or earlier."
    )

    def node(self, store: Store) -> Node:
        """Find what is meant.

        Args:
            store: where to look.

        Returns:
            The record; of a recall the one that stands for it.

        Raises:
            SettingsError: the fields do not go together, or a time can't be read.
            LookupFailedError: nothing is called so, or several records are.
        """
        return meant(
            store,
            self.record or None,
            tool=self.tool or None,
            version=self.version or None,
            used_since=self.used_since or None,
            used_until=self.used_until or None,
        )


class ChangedMark(NamedTuple):
    """A record whose marks were changed, as it is now; and the loads that are those marks."""

    record: Node
    runs: int | None
    loads: tuple[LoadRecord, ...]


class SaidRevision(NamedTuple):
    """A revision of the description of a tool, and what became of it."""

    id: str
    revision: int
    status: str


Targets: TypeAlias = Annotated[Target, strawberry.argument(description="What is meant.")]


@contextmanager
def _changing(info: Info) -> Iterator[str]:
    """Surround a change: who may not make it is refused; one that has begun comes to its end.

    Yields:
        The name of who makes it.

    Raises:
        GraphQLError: they may not, or what they say makes no sense.
    """
    who = info.context.who
    refusal = who.refusal(info.field_name)
    if refusal is not None:
        raise refused(*refusal)
    before = DEADLINE.set(None)
    try:
        yield who.name
    except (SettingsError, LoadError) as error:
        raise bad_input(str(error)) from None
    finally:
        DEADLINE.reset(before)
    facts = {"mutation": info.field_name, "client": who.name}
    _log.info("something was changed", extra={"facts": facts})


def _mark(
    info: Info,
    target: Targets,
    reason: Annotated[str, strawberry.argument(description="Why, in words for people.")],
    at: Annotated[
        DateTime | None, strawberry.argument(description="Since when; without it, now.")
    ] = strawberry.UNSET,
) -> ChangedMark:
    store = info.context.store
    with _changing(info) as by:
        record = target.node(store)
        load = invalidate(store, record, at or None, reason, by, agent=by)
        return _now(store, record, [load])


def _unmark(info: Info, target: Targets) -> ChangedMark:
    store = info.context.store
    with _changing(info):
        record = target.node(store)
        return _now(store, record, take_back(store, record))


def _now(store: Store, record: Node, loads: Sequence[LoadRecord]) -> ChangedMark:
    recall = recall_of(record.id)
    if recall is None:
        return ChangedMark(store.nodes([record.key]).get(record.key, record), None, tuple(loads))
    return ChangedMark(record_of(store, recall), len(store.runs_of(recall)), tuple(loads))


def _describe(
    info: Info,
    descriptions: Annotated[
        JSON,
        strawberry.argument(
            description="One description, or a list of them, as files of `provgraph describe` are."
        ),
    ],
) -> list[SaidRevision]:
    store = info.context.store
    with _changing(info) as by:
        try:
            said = descriptions_in(descriptions)
        except RecursionError:
            raise bad_input("the description nests too deep") from None
        _refuse_scripts(any(map(is_job, said)))
        numbers = [describe(store, each, by, agent=by) for each in said]
    return [
        SaidRevision(each.base, number, "added" if is_new else "unchanged")
        for each, (number, is_new) in zip(said, numbers, strict=True)
    ]


def _approve(
    info: Info,
    tool: Annotated[str, strawberry.argument(description="The name of the tool.")],
    version: Annotated[
        str | None,
        strawberry.argument(description="Its version; without it, what holds for all versions."),
    ] = strawberry.UNSET,
) -> SaidRevision:
    store = info.context.store
    with _changing(info) as by:
        base = base_id(tool, version or None)
        known = revisions(store, [base]).get(base, {})
        _refuse_scripts(any(SCRIPT in each.attributes for each in known.values()))
        number = approve(store, tool, version or None, by, agent=by)
    return SaidRevision(base, number, "approved")


def _refuse_scripts(has_script: bool) -> None:
    """Refuse to define a job: whoever does that runs programs on the server.

    Raises:
        GraphQLError: there is a script.
    """
    if has_script:
        raise refused(
            "FORBIDDEN",
            "a description with a script is written by `provgraph jobs` at the server, or at "
            "/definitions of one that runs jobs",
        )


@strawberry.type(name="ChangedMark", description="A record whose marks were changed.")
class ChangedMarkObject:
    """The GraphQL type ``ChangedMark``."""

    record: RecordInterface = attribute("The record as it is now; of a recall what stands for it.")
    runs: int | None = attribute("How many runs a recall means now; null of any other record.")
    loads: list[LoadObject] = attribute("The marks that were made or taken back; each is a load.")


@strawberry.type(name="DescriptionRevision", description="A revision of the description of a tool.")
class DescriptionRevisionObject:
    """The GraphQL type ``DescriptionRevision``."""

    id: str = attribute("Of the description: name and version of the tool, without the revision.")
    revision: int = attribute("Its number, from 1.")
    status: str = attribute("What became of it: added, unchanged or approved.")


@strawberry.type(
    description="Changes, each with the name of who makes it. Each needs the right "
    "to curate; a server without access control refuses all."
)
class Mutation:
    """The changes that can be made."""

    invalidate: ChangedMarkObject | None = resolved(
        _mark, "Mark a file, a run, a tool version or uses of a path as no longer valid."
    )
    take_back: ChangedMarkObject | None = resolved(
        _unmark, "Take back all marks of a record that `invalidate` made, by whomever."
    )
    describe: list[DescriptionRevisionObject] | None = resolved(
        _describe, "Say what tools are: a new revision where the last one says something else."
    )
    approve: DescriptionRevisionObject | None = resolved(
        _approve, "Approve the last revision of the description of a tool: now it counts."
    )
