"""What all runs of a tool have in common: its parameters, what it reads and makes (IVOA).

A description is edited by adding a revision: what was there before stays. Revision 1 of the tool
``merge``, version 2.0, has the id ``merge_2.0``, as in ctaprov databases; revision 2 is
``merge_2.0#2``. The parts of a revision begin with its id: ``merge_2.0#2_Merger.overwrite``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provgraph.model.attributes import attributes_of
from provgraph.model.records import Description
from provgraph.model.values import Value, canonical_json, fingerprint
from provgraph.model.vocabulary import DescriptionType

#: The attributes of a description of a tool by which its revisions are told apart.
REVISION = "revision"
DESCRIBED_BY = "describedBy"
DESCRIBED_AT = "describedAt"
APPROVED_BY = "approvedBy"
APPROVED_AT = "approvedAt"
CONTENT = "contentHash"
#: The attribute of a description of a tool with the ids of its parts, by their kind.
PARTS = "parts"
#: The attribute of a parameter whose default is worked out when the tool starts.
COMPUTED_DEFAULT = "computedDefault"

#: What is said of one parameter, input, output or configuration file: name of a column of the
#: IVOA's model → value.
Said = Mapping[str, Value]


@dataclass(frozen=True)
class ToolDescription:
    """What is said of a tool.

    Attributes:
        name: of the tool, as its runs are called.
        version: of the tool; None when it holds for all versions.
        said: ``description``, ``type``, ``subtype``, ``doculink`` …
        parameters: name → ``description``, ``valueType``, ``default``, ``options`` … A name is the
            full one, or its end from some component on: ``Merger.overwrite``.
        used: what it reads: ``role``, ``description``, ``type``, ``multiplicity``, ``contentType``.
        generated: what it makes, likewise.
        config_files: its configuration files: ``name``, ``contentType``, ``description``.
    """

    name: str
    version: str | None = None
    said: Said = field(default_factory=dict)
    parameters: Mapping[str, Said] = field(default_factory=dict)
    used: Sequence[Said] = ()
    generated: Sequence[Said] = ()
    config_files: Sequence[Said] = ()

    @property
    def base(self) -> str:
        """The id of its first revision."""
        return base_id(self.name, self.version)

    def document(self) -> dict[str, Value]:
        """The description as plain data, as a file of JSON or YAML has it."""
        parts: dict[str, Value] = {
            "name": self.name,
            "version": self.version,
            **self.said,
            "parameters": {name: dict(said) for name, said in self.parameters.items()},
            "used": [dict(said) for said in self.used],
            "generated": [dict(said) for said in self.generated],
            "configFiles": [dict(said) for said in self.config_files],
        }
        return {name: value for name, value in parts.items() if value not in (None, {}, [])}

    @property
    def content(self) -> str:
        """A hash of all that is said."""
        return fingerprint(canonical_json(self.document())).hex()

    def records(self, number: int, by: str | None, at: str) -> tuple[Description, ...]:
        """Make the records of a revision.

        Args:
            number: of the revision, from 1.
            by: who says so.
            at: when; a canonical time.

        Returns:
            The description of the tool, then those of its parts.
        """
        whole = revision_id(self.base, number)
        facts = {
            **self.said,
            "name": self.name,
            "version": self.version,
            REVISION: number,
            DESCRIBED_BY: by,
            DESCRIBED_AT: at,
            CONTENT: self.content,
        }
        parts = tuple(self._parts(whole))
        ids: dict[str, list[str]] = {}
        for each in parts:
            ids.setdefault(each.type.kind, []).append(each.id)
        attributes = attributes_of({**facts, **({PARTS: ids} if ids else {})})
        return (Description(whole, DescriptionType.ACTIVITY, attributes), *parts)

    def _parts(self, whole: str) -> Iterator[Description]:
        for kind, key, parts in (
            (
                DescriptionType.PARAMETER,
                "name",
                [{**said, "name": name} for name, said in self.parameters.items()],
            ),
            (DescriptionType.USAGE, "role", self.used),
            (DescriptionType.GENERATION, "role", self.generated),
            (DescriptionType.CONFIG_FILE, "name", self.config_files),
        ):
            for said in parts:
                own = part_id(whole, str(said.get(key) or ""))
                yield Description(own, kind, attributes_of({**said, "activityDescription": whole}))


#: What only provgraph says of a description; no file says it.
OWN_FACTS = frozenset(
    {REVISION, DESCRIBED_BY, DESCRIBED_AT, APPROVED_BY, APPROVED_AT, CONTENT, PARTS, "bundle"}
)


#: The attribute of a description of a tool with what a job runs.
SCRIPT = "script"


def decides_what_runs(said: Description) -> bool:
    """Tell whether a description says what a job runs, or that it may be run.

    Args:
        said: of a tool, or of a part of one.
    """
    return not said.attributes.keys().isdisjoint({SCRIPT, APPROVED_BY, APPROVED_AT})


def base_id(name: str, version: str | None) -> str:
    """Make the id of the first revision of a description of a tool.

    Args:
        name: of the tool.
        version: of the tool; None for all versions.
    """
    return name if version is None else f"{name}_{version}"


def revision_id(base: str, number: int) -> str:
    """Make the id of a revision.

    Args:
        base: the id of the first one.
        number: of the revision, from 1.
    """
    return base if number == 1 else f"{base}#{number}"


def part_id(whole: str, name: str) -> str:
    """Make the id of the description of a part.

    Args:
        whole: the id of the revision.
        name: of the parameter or file; the role of what is read or made.
    """
    return f"{whole}_{name}"


def names_of(parameter: str) -> list[str]:
    """List the names by which a parameter may be described, the fullest first.

    Args:
        parameter: its full name.

    Returns:
        The name, and its ends from each component on. Example: ``Tool.A.B.x`` gives that name,
        ``A.B.x`` and ``B.x``.
    """
    parts = parameter.split(".")
    return [parameter, *(".".join(parts[start:]) for start in range(1, len(parts) - 1))]


def is_required(parameter: Said) -> bool:
    """Tell whether somebody has to choose a parameter: so it is unless the description denies it.

    Args:
        parameter: what is said of it.
    """
    return str(parameter.get("required", True)).lower() != "false"


def options_of(parameter: Said) -> list[Value]:
    """List the values to choose from.

    Args:
        parameter: what is said of it: ``options`` is a list, or a text with commas.

    Returns:
        The values; none where any may be chosen.
    """
    said = parameter.get("options")
    if isinstance(said, list):
        return said
    return [*str(said).split(",")] if said else []


def text_of(value: Value) -> str:
    """Write a value as OPUS and its scripts have it.

    Args:
        value: such as the default of a parameter.

    Returns:
        The text: ``true`` and ``false`` of truths, an empty one of nothing.
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
