"""Reads the provenance logs of ctapipe.

A log is a row of JSON arrays of activities, or the older Python repr of the same. The form is that
of ``ctapipe.core.provenance``, versions 0.6 to 0.32.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from typing import Any

from provgraph.errors import LoadError
from provgraph.loaders.json_stream import JsonRecords, Record
from provgraph.loaders.protocol import BLANK, HEAD, Problem
from provgraph.loaders.python_literal import literal_records
from provgraph.loaders.repeated import RepeatedObjects, settings_of, software_of
from provgraph.loaders.secrets import computing_environment, masked, masked_parameters
from provgraph.model.attributes import attributes_of
from provgraph.model.identifiers import place_of, product_identifier
from provgraph.model.records import (
    Document,
    Fact,
    Mention,
    Run,
    StatedEntity,
    build_quickly,
)
from provgraph.model.values import SharedObject, Values, utc
from provgraph.model.vocabulary import RelationType

#: The role in which ctapipe names the configuration file of a tool among the inputs.
CONFIGURATION_ROLE = "Tool Configuration"

# The quantifiers are possessive: a head of 64 KiB that is no log must not be tried from each of its
# brackets again. A PROV document is no log, although any name may stand in it.
_JSON_LOG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*+(?:(?:\[\s*+\]\s*+)*+$"
    rb'|[\[{](?!\s*+"(?:@context|@graph|prefix|bundle|entity|activity|agent)"\s*+:)'
    rb'.*?"activity_(?:uuid|name)")',
    re.DOTALL,
)
_PYTHON_LOG = re.compile(rb"^(?:\xef\xbb\xbf)?\s*+[\[{(].*?u?'activity_(?:uuid|name)'", re.DOTALL)
#: Where objects stand that many records repeat: what they say of the system, and the configuration
#: of the components within a tool. The tool's own differs from run to run.
_REPEATED = RepeatedObjects(
    re.compile(
        r'"(?:config"\s*+:\s*+\{\s*+"\w++"\s*+:\s*+\{'
        r'|(platform|python|environment|[A-Z]\w*+)"\s*+:\s*+(?=\{))'
    )
)
#: Fact → the keys that lead to it in the ``system`` object of an activity.
_SYSTEM_FACTS = {
    Fact.VERSION: ("ctapipe_version",),
    Fact.HOST: ("platform", "node"),
    Fact.BOOT_TIME: ("platform", "boot_time"),
    Fact.EXECUTABLE: ("executable",),
}
#: Where `_flattened` puts these values, which are kept under the names of the facts alone.
_SYSTEM_NAMES = [".".join(("system", *path)) for path in _SYSTEM_FACTS.values()]
#: The names of `Fact`. A key of the log that happens to be called so is no such fact.
_OUR_FACTS = frozenset(value for name, value in vars(Fact).items() if name.isupper())
#: The keys of an activity that have functions of their own here; `_other_facts` leaves them out.
_READ_ELSEWHERE = frozenset(
    {
        "activity_name",
        "activity_uuid",
        "status",
        "start",
        "stop",
        "system",
        "input",
        "output",
        "config",
    }
)


class CtapipeLoader:
    """The loader of ctapipe's provenance logs."""

    name = "ctapipe"
    reads = "provenance logs of ctapipe (*.provlog, *.provenance.log)"

    def recognises(self, head: bytes) -> bool:
        """Whether a source is a log: arrays of activities, or arrays with nothing in them.

        Args:
            head: the source's first bytes.
        """
        return bool(head.strip(BLANK)) and bool(_JSON_LOG.match(head) or _PYTHON_LOG.match(head))

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a log: one document an activity.

        Args:
            stream: the log's bytes, decompressed.
            namespace: in which the log's paths mean files (docs/contract.md, rule 7).
            start: the byte of the log at which the stream stands.

        Yields:
            The documents in the order of the log; a problem for each part that can't be read.
        """
        for found in activity_records(stream, start):
            if isinstance(found, Problem):
                yield found
                continue
            try:
                yield document_of(found.record, namespace, found.end)
            except LoadError as error:
                yield Problem(found.where, f"this activity is not loaded: {error}")


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """The record of an activity, and its place in the log.

    Attributes:
        where: the place for messages, such as ``byte 18649``.
        record: the record, as in the log.
        end: the byte behind the record; None in a log in the Python form, which can't be read from
            there on.
    """

    where: str
    record: Record
    end: int | None


def document_of(record: Mapping[str, Any], namespace: str, end: int | None = None) -> Document:
    """Turn the record of one activity into a document.

    Args:
        record: the record, as in the log.
        namespace: in which the record's paths mean files (docs/contract.md, rule 7).
        end: the byte of the log behind the record, where reading can be resumed there.

    Returns:
        The run with its files, settings and configuration files.

    Raises:
        LoadError: a field that nothing can be made of without is missing or malformed.
    """
    identifier = _required_text(record, "activity_uuid")
    software = software_of(record)
    source = f"ctapipe {namespace}"
    inputs = [_FileEntry(entry, namespace) for entry in _required_list(record, "input")]
    outputs = [_FileEntry(entry, namespace) for entry in _required_list(record, "output")]
    mentions = [entry.mention(identifier, RelationType.USED, source) for entry in inputs]
    mentions += [
        entry.mention(identifier, RelationType.WAS_GENERATED_BY, source) for entry in outputs
    ]
    headers = {
        entry.identifier: entry.header for entry in inputs + outputs if entry.identifier is not None
    }
    config_files = (entry.place for entry in inputs if entry.role == CONFIGURATION_ROLE)
    return Document(
        run=Run(identifier, _facts(record, software is not None)),
        mentions=tuple({mention.key: mention for mention in mentions}.values()),
        entities=tuple(StatedEntity(name, header) for name, header in headers.items()),
        settings=(*settings_of(record.get("config")), *((software,) if software else ())),
        config_files=tuple(dict.fromkeys(config_files)),
        end=end,
    )


class _FileEntry:
    """One entry of a run's input or output list.

    A header that ctapipe made up says nothing of the file itself: its values become attributes of
    this reading or writing alone (docs/contract.md, rule 2).
    """

    def __init__(self, entry: object, namespace: str) -> None:
        """Read the place, role, identifier, header and other attributes of an entry."""
        if not isinstance(entry, dict):
            raise LoadError(
                f"an input or output is {type(entry).__name__}, not an object with a url"
            )
        self.place = place_of(masked(_required_text(entry, "url")), namespace)
        self.role = None if entry.get("role") is None else str(entry["role"])
        stated = entry.get("reference_meta")
        header = stated if isinstance(stated, dict) else {}
        self.identifier = product_identifier(header)
        self.header = attributes_of(header) if self.identifier else {}
        others = {} if self.identifier else dict(header)
        for key, value in entry.items():
            if key not in ("url", "role", "reference_meta"):
                others[key] = value
        if stated is not header:
            # What is no header is kept as it is.
            others["reference_meta"] = stated
        self.attributes = attributes_of(others)

    def mention(self, run: str, relation: RelationType, source: str) -> Mention:
        """The entry as the mention of a file by a run.

        Args:
            run: the run's id.
            relation: used or generated.
            source: the name under which this loader's mentions are kept.
        """
        return build_quickly(
            Mention,
            run=run,
            relation=relation,
            role=self.role,
            place=self.place,
            identifier=self.identifier,
            source=source,
            time=None,
            attributes=self.attributes,
        )


def _facts(record: Mapping[str, Any], has_software: bool) -> dict[str, Values]:
    """The facts of a run: those with a meaning of their own, and all others by the log's names."""
    stated = record.get("system")
    system: Mapping[str, Any] = stated if isinstance(stated, dict) else {}
    facts: dict[str, Values] = {Fact.NAME: (_required_text(record, "activity_name"),)}
    facts[Fact.START] = (_time_text(record, "start", required=True),)
    if end := _time_text(record, "stop"):
        facts[Fact.END] = (end,)
    if status := record.get("status"):
        facts[Fact.STATUS] = (str(status),)
    for fact, path in _SYSTEM_FACTS.items():
        value: Any = system
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value not in (None, ""):
            facts[fact] = (masked(str(value)),)
    return {**_other_facts(record, system, has_software), **facts}


def _other_facts(
    record: Mapping[str, Any], system: Mapping[str, Any], has_software: bool
) -> dict[str, Values]:
    """Everything else that the record says of the run, under the log's own dotted names."""
    others = ((key, value) for key, value in record.items() if key not in _READ_ELSEWHERE)
    facts: dict[str, Any] = {
        f"record.{key}" if key in _OUR_FACTS else key: value for key, value in others
    }
    if not isinstance(record.get("config", {}), dict):
        facts["config"] = record["config"]
    facts = masked_parameters(facts)
    facts.update(_system_facts(record.get("system")))
    # The packages are kept as settings, which many runs share.
    for name in (*_SYSTEM_NAMES, *(("system.python.packages",) if has_software else ())):
        facts.pop(name, None)
    facts[Fact.ARGUMENTS] = facts.pop("system.arguments", None)
    environment = system.get("environment")
    if isinstance(environment, dict):
        facts = {
            key: value for key, value in facts.items() if not key.startswith("system.environment.")
        }
        kept = computing_environment(environment).items()
        facts |= masked_parameters({f"system.environment.{key}": value for key, value in kept})
    return attributes_of(facts)


def _system_facts(system: object) -> dict[str, Any]:
    """What the record says of the system, by dotted names, with its secrets masked."""
    if not isinstance(system, dict) or not system:
        return masked_parameters({"system": system})
    facts: dict[str, Any] = {}
    for key, value in system.items():
        name = f"system.{key}"
        facts |= (
            _repeated_facts(name, value)
            if isinstance(value, SharedObject)
            else masked_parameters(dict(_flattened(name, value)))
        )
    return facts


@lru_cache(maxsize=256)
def _repeated_facts(name: str, value: SharedObject) -> dict[str, Any]:
    """Facts of a system that are the same in thousands of runs."""
    return masked_parameters(dict(_flattened(name, value)))


def _flattened(name: str, value: object) -> Iterator[tuple[str, Any]]:
    """Values by dotted names: ``{"python": {"version": 3}}`` is ``NAME.python.version``."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flattened(f"{name}.{key}", item)
    else:
        yield name, value


def _required_text(record: Mapping[str, Any], field: str) -> str:
    """A field that must be a text with something in it; else a `LoadError`."""
    value = record.get(field)
    if not isinstance(value, str) or not value.strip():
        raise LoadError(
            f"its {field} is {'missing' if value is None else f'malformed: {str(value)[:60]!r}'}"
        )
    return value


def _required_list(record: Mapping[str, Any], field: str) -> list[Any]:
    """A field that must be a list; else a `LoadError`."""
    value = record.get(field)
    if not isinstance(value, list):
        raise LoadError(f"its {field} is {'missing' if value is None else 'not a list'}")
    return value


def _time_text(record: Mapping[str, Any], field: str, *, required: bool = False) -> str | None:
    """A time in canonical form; the log has ``{"time_utc": …}`` or a text."""
    value = record.get(field)
    text = value.get("time_utc") if isinstance(value, dict) else value
    if text is None and not required:
        return None
    if not isinstance(text, str):
        raise LoadError(f"its {field} time is {'missing' if text is None else 'malformed'}")
    return utc(text)


def activity_records(stream: BufferedReader, start: int = 0) -> Iterator[LocatedRecord | Problem]:
    """Find the records of the activities in a log, without a look at what they say.

    Args:
        stream: the log's bytes, decompressed.
        start: the byte of the log at which the stream stands.

    Yields:
        The records in the order of the log; a problem for each part that can't be read.
    """
    # Only a JSON log is ever read from a later byte on.
    if not start and not _JSON_LOG.match(stream.peek(HEAD)[:HEAD]):
        for part in literal_records(stream):
            yield part if isinstance(part, Problem) else LocatedRecord(*part, None)
        return
    records = JsonRecords(stream, lambda record: "activity_uuid" in record, start, _REPEATED)
    for found in records:
        yield (
            found
            if isinstance(found, Problem)
            else LocatedRecord(f"byte {found[0]}", found[1], records.position())
        )
