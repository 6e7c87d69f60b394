"""A slow, obvious judge of CONTRACT section 2 ("Which file is this?") for ctapipe logs.

Every rule is one small function over *all* runs at once; nothing is incremental and nothing is
clever. It was written from the contract alone and shares no code with provgraph.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Literal

Record = Mapping[str, Any]
Said = tuple[str, Record]  # (namespace, one activity of a ctapipe log)
Side = Literal["input", "output"]
Edge = tuple[str, str, str, str | None]

DEFAULT_NAMESPACE = "default"
REMOTE_SCHEMES = frozenset(
    {
        "root",
        "roots",
        "xroot",
        "xroots",
        "http",
        "https",
        "ftp",
        "gsiftp",
        "srm",
        "dav",
        "davs",
        "s3",
        "dcap",
    }
)


# --- what the caller gets
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OracleEntity:
    """One file: where it ever stood, when it was made and when it stood nowhere any more."""

    id: str
    locations: frozenset[str]
    generated: str | None
    invalidated: str | None


@dataclass(frozen=True)
class Graph:
    """Entities by id, edges from effect to cause, and what each place's path means now."""

    entities: dict[str, OracleEntity]
    edges: frozenset[Edge]
    newest: dict[str, str]


def graph_of(said: Iterable[Said]) -> Graph:
    """The one graph that these records describe, in whatever order they are given."""
    told = list(said)
    runs = runs_of(told)
    files = files_of_runs(told)
    makings = late_named(versions(runs, files), runs, files)
    reads = resolved_reads(makings, runs, files)
    events = events_of(makings, reads, runs)
    return Graph(
        entities={
            id_: entity(id_, events, makings, runs)
            for id_ in sorted({event.entity for event in events})
        },
        edges=frozenset(used_edges(reads) | generation_edges(makings)),
        newest={
            place.text: newest_at(place, events, makings, runs)
            for place in sorted({e.place for e in events})
        },
    )


def upstream(graph: Graph, start: str) -> tuple[set[str], set[str]]:
    """(activity ids, entity ids) on every way from `start` back to its causes, `start` itself left
    out.
    """
    reached, todo = {start}, [start]
    while todo:
        here = todo.pop()
        causes = {target for _, source, target, _ in graph.edges if source == here} - reached
        reached |= causes
        todo += causes
    entities = reached & set(graph.entities)
    return reached - entities - {start}, entities - {start}


def contradictory(said: Iterable[Said]) -> bool:
    """Whether two sources name one file of one run by two different products (no rule says what
    then).
    """
    told = list(said)
    return any(
        len(products_of(group)) > 1
        for uuid in {str(record["activity_uuid"]) for _, record in told}
        for side in ("input", "output")
        for group in same_name_groups(mentions(told, uuid, side))
    )


# --- times and places
# -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Time:
    """A moment in UTC with its whole fraction of a second."""

    second: datetime
    fraction: Fraction
    digits: str

    @property
    def text(self) -> str:
        return f"{self.second:%Y-%m-%dT%H:%M:%S}.{self.digits}Z"


TIME = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d+))?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)


def time_of(text: str) -> Time:
    """Section 1: every time in UTC with its fraction; a naive time is read as UTC."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a time: {text!r}")
    whole = datetime.fromisoformat(
        match["whole"] + (match["zone"] or "Z").replace("Z", "+00:00")
    ).astimezone(UTC)
    digits = (match["fraction"] or "").rstrip("0").ljust(3, "0")
    return Time(whole, Fraction(int(digits), 10 ** len(digits)), digits)


@dataclass(frozen=True, order=True)
class Place:
    """A path in a namespace, or a remote URL (which is in none)."""

    namespace: str
    path: str

    @property
    def text(self) -> str:
        """Section 2 rule 6: how a place is written in ids and locations."""
        if not self.namespace:
            return self.path
        if self.namespace == DEFAULT_NAMESPACE:
            return f"file:{self.path}"
        return f"file://{self.namespace}{self.path}"

    @property
    def base_name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


def place_of(namespace: str, url: str) -> Place:
    """Section 2 rule 7: where a recorded URL points."""
    restored = restored_url(url)
    scheme, host_and_path = split_remote(restored)
    if scheme:
        host, _, path = host_and_path.partition("/")
        return Place("", f"{scheme}://{host}{clean('/' + path)}")
    return Place(namespace, clean(restored))


def restored_url(url: str) -> str:
    """Section 2 rule 7: abspath writes `/cwd/` before a URL and folds its `//`; take both back."""
    plain = without_file_scheme(url)
    parts = plain.split("/")
    for index, part in enumerate(parts):
        rest = "/".join(parts[index + 1 :])
        if index and part.startswith("file:"):
            inner = part.removeprefix("file:")
            return (
                restored_url("/" + rest)
                if not inner
                else "/".join([*parts[:index], inner, *parts[index + 1 :]])
            )
        if index and part.endswith(":") and part[:-1] in REMOTE_SCHEMES:
            return f"{part}//{rest.lstrip('/')}"
    return plain


def without_file_scheme(url: str) -> str:
    """`file:///data/x`, `file://localhost/data/x` and `file:/data/x` are `/data/x`."""
    if url.startswith("file://"):
        return "/" + url.removeprefix("file://").partition("/")[2]
    return url.removeprefix("file:")


def split_remote(url: str) -> tuple[str, str]:
    """(scheme, host/path) of a remote URL, else two empty texts."""
    scheme, separator, rest = url.partition("://")
    return (scheme, rest) if separator and scheme in REMOTE_SCHEMES else ("", "")


def clean(path: str) -> str:
    """Section 2 rule 7: `//`, `.` and `..` are resolved."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


# --- runs
# -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One activity, all that was said of it put together."""

    id: str
    start: Time
    end: Time | None
    process: tuple[frozenset[str], ...]

    @property
    def generation(self) -> Time:
        """Section 2 rule 3: a run's generation time is its end, its start when it never ended."""
        return self.end or self.start


Runs = Mapping[str, Run]  # in the order of runs


def runs_of(told: Sequence[Said]) -> Runs:
    """Section 2 rules 3 and 9: an activity seen several times is one.

    All of them in the order of runs.
    """
    ids = {str(record["activity_uuid"]) for _, record in told}
    runs = [
        run_of(id_, [record for _, record in told if record["activity_uuid"] == id_])
        for id_ in sorted(ids)
    ]
    runs.sort(key=lambda run: run.id)
    runs.sort(
        key=lambda run: run.start, reverse=True
    )  # stable, so equal starts keep the order of ids
    runs.sort(key=lambda run: run.generation)
    return {run.id: run for run in runs}


def run_of(id_: str, records: Sequence[Record]) -> Run:
    """Section 2 rule 3 *Times*: the earliest start and the latest end that any source gives."""
    ends = times(records, "stop")
    return Run(id_, min(times(records, "start")), max(ends) if ends else None, process_of(records))


def times(records: Sequence[Record], key: str) -> list[Time]:
    texts = [(record.get(key) or {}).get("time_utc") for record in records]
    return [time_of(text) for text in texts if text]


def process_of(records: Sequence[Record]) -> tuple[frozenset[str], ...]:
    """Section 2 rule 5a: host, boot time, executable and arguments.

    An unknown one is an empty set.
    """
    systems = [record.get("system") or {} for record in records]
    platforms = [system.get("platform") or {} for system in systems]
    facts = (
        [platform.get("node") for platform in platforms],
        [platform.get("boot_time") for platform in platforms],
        [system.get("executable") for system in systems],
        [system.get("arguments") for system in systems],
    )
    return tuple(
        frozenset(json.dumps(fact) for fact in values if fact not in (None, "")) for values in facts
    )


def rank(run: str, runs: Runs) -> int:
    """Section 2 rule 3 *The order of runs*: by generation time; of equal ones the later start.

    Then the smaller id.
    """
    return list(runs).index(run)


# --- what each run says of its files
# ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """One line of one list of one record."""

    source: str
    place: Place
    product: str | None
    role: str | None


@dataclass(frozen=True)
class File:
    """One file of one run: the places and the product by which the run's sources name it."""

    run: str
    side: Side
    places: frozenset[Place]
    product: str | None
    roles: frozenset[str | None]


def real_product(meta: object) -> str | None:
    """Section 2 rule 2: a product id counts only if it was read from a real header."""
    if (
        not isinstance(meta, Mapping)
        or not meta.get("CTA ACTIVITY ID")
        or not meta.get("CTA PRODUCT ID")
    ):
        return None
    return str(meta["CTA PRODUCT ID"])


def mentions(told: Sequence[Said], run: str, side: Side) -> frozenset[Mention]:
    """Every file that any record of this run lists on this side, as it is named there."""
    found = frozenset(
        Mention(
            namespace,
            place_of(namespace, line["url"]),
            real_product(line.get("reference_meta")),
            line.get("role"),
        )
        for namespace, record in told
        if record["activity_uuid"] == run
        for line in record.get(side) or ()
    )
    return named_by_their_own_run(found) if side == "input" else found


def named_by_their_own_run(found: frozenset[Mention]) -> frozenset[Mention]:
    """Section 2 rule 5, last sentence.

    One run's unnamed inputs are the one product it names at that path.
    """
    return frozenset(
        replace(mention, product=only(products_of(m for m in found if m.place == mention.place)))
        if mention.product is None
        else mention
        for mention in found
    )


def products_of(found: Iterable[Mention]) -> set[str]:
    return {mention.product for mention in found if mention.product is not None}


def only(values: set[str]) -> str | None:
    """The one value, if there is exactly one."""
    return next(iter(values)) if len(values) == 1 else None


def same_name_groups(found: frozenset[Mention]) -> list[frozenset[Mention]]:
    """Section 2 rule 9.

    Mentions by several sources, each of which has exactly one file of that base name.
    """
    groups = []
    for name in {mention.place.base_name for mention in found}:
        named = frozenset(mention for mention in found if mention.place.base_name == name)
        sources = {mention.source for mention in named}
        files = {(mention.source, mention.place, mention.product) for mention in named}
        if len(sources) > 1 and len(files) == len(sources):
            groups.append(named)
    return groups


def files_of(run: str, side: Side, found: frozenset[Mention]) -> list[File]:
    """Section 2 rule 9: the files of one side, those that several sources name differently joined.

    Different products are never one file."""
    joined = [group for group in same_name_groups(found) if len(products_of(group)) <= 1]
    alone = found - frozenset(mention for group in joined for mention in group)
    keys = {(mention.place, mention.product) for mention in alone}
    joined += [frozenset(m for m in alone if (m.place, m.product) == key) for key in keys]
    return [
        File(
            run,
            side,
            frozenset(m.place for m in group),
            only(products_of(group)),
            frozenset(m.role for m in group),
        )
        for group in joined
    ]


def files_of_runs(told: Sequence[Said]) -> list[File]:
    runs = sorted({str(record["activity_uuid"]) for _, record in told})
    sides: tuple[Side, Side] = ("input", "output")
    return [
        file
        for run in runs
        for side in sides
        for file in files_of(run, side, mentions(told, run, side))
    ]


def inputs(files: Sequence[File]) -> list[File]:
    return [file for file in files if file.side == "input"]


def outputs(files: Sequence[File]) -> list[File]:
    return [file for file in files if file.side == "output"]


# --- who made what
# ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Making:
    """One run made one entity at these places."""

    run: str
    places: frozenset[Place]
    entity: str
    roles: frozenset[str | None]

    @property
    def known_by_path(self) -> bool:
        return not self.entity.startswith("product:")


def claims_to(product: str, files: Sequence[File]) -> set[str]:
    """Section 2 rule 3 *Claims*: an output that names a product claims to have made it."""
    return {file.run for file in outputs(files) if file.product == product}


def reads_itself(run: str, product: str, files: Sequence[File]) -> bool:
    """Section 2 rule 3 *Claims*: an id that is among the run's own inputs."""
    return any(file.run == run and file.product == product for file in inputs(files))


def ended_before(reader: Run, claimant: Run) -> bool:
    """Section 2 rule 3 *Claims*.

    'some run which ended before the claimant started' (the same moment is not before).
    """
    return reader.end is not None and reader.end < claimant.start


def read_before(run: str, product: str, runs: Runs, files: Sequence[File]) -> bool:
    """Section 2 rule 3 *Claims*.

    A product that some run which ended before the claimant started had read.
    """
    return any(
        file.product == product and ended_before(runs[file.run], runs[run])
        for file in inputs(files)
    )


def accepted_claimant(product: str, runs: Runs, files: Sequence[File]) -> str | None:
    """Section 2 rule 3 *Claims*.

    Of those not turned down the first in the order of runs is accepted.
    """
    standing = {
        run
        for run in claims_to(product, files)
        if not reads_itself(run, product, files) and not read_before(run, product, runs, files)
    }
    return min(standing, key=lambda run: rank(run, runs)) if standing else None


def versions(runs: Runs, files: Sequence[File]) -> list[Making]:
    """Section 2 rules 3 and 4.

    An output is the product whose claim was accepted, else a version known by its path.
    """
    makings = []
    for file in outputs(files):
        accepted = (
            file.product is not None and accepted_claimant(file.product, runs, files) == file.run
        )
        entity_id = f"product:{file.product}" if accepted else version_id(file)
        makings.append(Making(file.run, file.places, entity_id, file.roles))
    return makings


def version_id(file: File) -> str:
    """Section 2 rule 6: `file:PATH@ACTIVITY`, of several the smallest."""
    return min(f"{place.text}@{file.run}" for place in file.places)


def sequence(places: frozenset[Place], makings: Sequence[Making], runs: Runs) -> list[Making]:
    """Section 2 rules 3 and 4.

    The versions at these places, in the order of runs, in one run by id.
    """
    here = [making for making in makings if making.places & places]
    return sorted(here, key=lambda making: (rank(making.run, runs), making.entity))


# --- which version a run read
# -----------------------------------------------------------------------------------------


def stood(file: File, makings: Sequence[Making], runs: Runs) -> Making | None:
    """Section 2 rule 5 (a) to (d): the version that stood there, None for (d)."""
    before = [
        m for m in sequence(file.places, makings, runs) if rank(m.run, runs) < rank(file.run, runs)
    ]
    reader = runs[file.run]
    for candidates in (
        rule_5a(before, reader, runs),
        rule_5b(before, reader, runs),
        rule_5c(before, reader, runs),
    ):
        if candidates:
            return candidates[0]
    return None


def rule_5a(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5a.

    The last one made by a run of the same process inside the reader's interval.
    """
    return [making for making in before if is_nested(runs[making.run], reader)][-1:]


def rule_5b(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5b: the last one with a generation time not after the reader's start."""
    return [making for making in before if runs[making.run].generation <= reader.start][-1:]


def rule_5c(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5c.

    The first one with a generation time not after the reader's end (its start if never ended).
    """
    return [making for making in before if runs[making.run].generation <= reader.generation][:1]


def is_nested(inner: Run, outer: Run) -> bool:
    """Section 2 rule 5a.

    All four facts known and equal, start and generation time inside the outer's.
    """
    same = all(inner.process) and inner.process == outer.process
    return same and outer.start <= inner.start and inner.generation <= outer.generation


def late_named(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> list[Making]:
    """Section 2 rule 5 *Late names*.

    Versions known by path that a later reader gives their product id.
    """
    names = late_names(makings, runs, files)
    return [replace(making, entity=names.get(making.entity, making.entity)) for making in makings]


def late_names(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> dict[str, str]:
    """Version id to the product id that it bears in the end."""
    decided = {
        version: earliest_name(readers, runs)
        for version, readers in late_readers(makings, runs, files).items()
    }
    names = {}
    for name in set(decided.values()):
        so_named = [making for making in makings if decided.get(making.entity) == name]
        first = min(so_named, key=lambda making: (rank(making.run, runs), min(making.places)))
        names[first.entity] = f"product:{name}"
    return names


def late_readers(
    makings: Sequence[Making], runs: Runs, files: Sequence[File]
) -> dict[str, list[File]]:
    """Section 2 rule 5 *Late names*.

    The inputs that name an unclaimed product where a version without one stood.
    """
    found: dict[str, list[File]] = {}
    for file in inputs(files):
        if file.product is None or accepted_claimant(file.product, runs, files) is not None:
            continue
        version = stood(file, makings, runs)
        if version is not None and version.known_by_path:
            found.setdefault(version.entity, []).append(file)
    return found


def earliest_name(readers: Sequence[File], runs: Runs) -> str:
    """Section 2 rule 5 *Late names*.

    The earliest reader (start, then activity id, then product id) decides.
    """
    return min((runs[file.run].start, file.run, file.product or "") for file in readers)[2]


def product_named_there(
    place: Place, makings: Sequence[Making], files: Sequence[File]
) -> str | None:
    """Section 2 rule 5: the one product that readers name at a path which has no version at all."""
    if any(place in making.places for making in makings):
        return None
    return only(
        {
            file.product
            for file in inputs(files)
            if place in file.places and file.product is not None
        }
    )


def entity_read(
    file: File, makings: Sequence[Making], runs: Runs, files: Sequence[File]
) -> str | None:
    """Section 2 rules 2 and 5: what this input is; None for an external file."""
    if file.product is not None:
        return f"product:{file.product}"
    version = stood(file, makings, runs)
    if version is not None:
        return version.entity
    names = {product_named_there(place, makings, files) for place in file.places} - {None}
    product = only({name for name in names if name is not None})
    return f"product:{product}" if product is not None else None


@dataclass(frozen=True)
class Read:
    """One run read one entity, which it found at these places."""

    file: File
    entity: str


def resolved_reads(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> list[Read]:
    """Section 2 rule 5: what each input of each run is."""
    known = {file: entity_read(file, makings, runs, files) for file in inputs(files)}
    external = external_ids([file for file, id_ in known.items() if id_ is None])
    return [
        Read(file, id_ if id_ is not None else external[min(file.places)])
        for file, id_ in known.items()
    ]


def external_ids(files: Sequence[File]) -> dict[Place, str]:
    """Section 2 rule 5d and 6: the id of the external file at each place.

    Rule 9 may join several places.
    """
    together = {place: frozenset([place]) for file in files for place in file.places}
    for file in files:
        union = frozenset().union(*(together[place] for place in file.places))
        together.update(dict.fromkeys(union, union))
    return {place: min(each.text for each in places) for place, places in together.items()}


# --- where entities stand
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """An entity was written or seen at a place; `moment` orders the events there."""

    place: Place
    moment: tuple[
        Time, int, int, str
    ]  # time, then order of runs, then reads before writes, then entity id
    entity: str
    is_write: bool

    @property
    def time(self) -> Time:
        return self.moment[0]


def events_of(makings: Sequence[Making], reads: Sequence[Read], runs: Runs) -> list[Event]:
    """Section 2 rule 4.

    Every writing (at its run's generation time) and every sighting (at the reader's start).
    """
    writes = [
        Event(
            place,
            (runs[making.run].generation, rank(making.run, runs), 1, making.entity),
            making.entity,
            True,
        )
        for making in makings
        for place in making.places
    ]
    sightings = [
        Event(
            place,
            (runs[read.file.run].start, rank(read.file.run, runs), 0, read.entity),
            read.entity,
            False,
        )
        for read in reads
        for place in read.file.places
        if is_sighting(read, place, makings)
    ]
    return writes + sightings


def is_sighting(read: Read, place: Place, makings: Sequence[Making]) -> bool:
    """Agreed: a sighting is a named read.

    An unnamed one only says where a file stood that no run wrote there.
    """
    written_there = any(
        making.entity == read.entity and place in making.places for making in makings
    )
    return read.file.product is not None or not written_there


def lost_at(entity_id: str, place: Place, events: Sequence[Event]) -> Time | None:
    """Section 2 rule 4.

    When the next other entity was written at this place, None while this one still stands.
    """
    last = max(
        event.moment for event in events if event.entity == entity_id and event.place == place
    )
    following = [
        event
        for event in events
        if event.is_write
        and event.place == place
        and event.entity != entity_id
        and event.moment > last
    ]
    return min(following, key=lambda event: event.moment).time if following else None


def invalidated(entity_id: str, places: Iterable[Place], events: Sequence[Event]) -> Time | None:
    """Section 2 rule 4.

    When an entity has lost the last place where it was written or seen, that time.
    """
    losses = [lost_at(entity_id, place, events) for place in places]
    known = [loss for loss in losses if loss is not None]
    still_stands = len(known) < len(losses)
    return None if still_stands else max(known)


def entity(
    id_: str, events: Sequence[Event], makings: Sequence[Making], runs: Runs
) -> OracleEntity:
    """Section 2 rules 3, 4 and 6: one entity's times and places."""
    places = {event.place for event in events if event.entity == id_}
    makers = {runs[making.run].generation for making in makings if making.entity == id_}
    lost = invalidated(id_, places, events)
    return OracleEntity(
        id=id_,
        locations=frozenset(place.text for place in places),
        generated=min(makers).text if makers else None,
        invalidated=lost.text if lost is not None else None,
    )


def newest_at(place: Place, events: Sequence[Event], makings: Sequence[Making], runs: Runs) -> str:
    """Section 4: a path means its newest version.

    Where nothing was ever written, what was seen there last.
    """
    written = sequence(frozenset([place]), makings, runs)
    if written:
        return written[-1].entity
    return max(
        (event for event in events if event.place == place), key=lambda event: event.moment
    ).entity


# --- edges
# ------------------------------------------------------------------------------------------------------------


def used_edges(reads: Sequence[Read]) -> set[Edge]:
    """Section 2 rule 9.

    One file listed twice by one run in two roles is one entity used in two roles.
    """
    return {
        ("used", read.file.run, read.entity, role) for read in reads for role in read.file.roles
    }


def generation_edges(makings: Sequence[Making]) -> set[Edge]:
    """Section 2 rule 3: who made a file is what the runs' output lists say."""
    return {
        ("wasGeneratedBy", making.entity, making.run, role)
        for making in makings
        for role in making.roles
    }
