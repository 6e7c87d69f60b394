"""What a job is: a description of a tool with a script, its parameters and its files.

OPUS's rules for scripts hold: parameters, inputs and results are variables of the shell.
docs/contract.md, Jobs, says which descriptions can be run.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provgraph.errors import JobRefusedError
from provgraph.model.descriptions import Said, ToolDescription, is_required, options_of
from provgraph.model.values import Value

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
JOB_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
#: Variables that change what a shell or a program does, and are nobody's parameters.
_RESERVED: Final = re.compile(
    r"PATH|HOME|IFS|ENV|SHELL|SHELLOPTS|PWD|CDPATH|PS4|TMPDIR|LANG|USER|LOGNAME|PROMPT_COMMAND"
    r"|GLOBIGNORE|POSIXLY_CORRECT|UID|EUID|PPID|(?:LD|DYLD|BASH|LC|PYTHON|PROVGRAPH|SLURM)_?.*"
)
#: What a client says of a job, beside its parameters (UWS 1.1, section 2.1; OPUS).
CONTROLS: Final = frozenset(
    {"phase", "runid", "executionduration", "destruction", "uws_quote", "action"}
)
_LONGEST_SCRIPT: Final = 1 << 20
_INTEGERS: Final = frozenset(
    {"short", "int", "long", "integer", "unsignedByte", "unsignedInt", "nonNegativeInteger"}
)
_FLOATS: Final = frozenset({"float", "double", "decimal"})
_TRUTHS: Final = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
#: The media type of any file; as the ``xtype`` of a parameter it says that its value is a file.
_FILE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class JobParameter:
    """A value that whoever runs the job may choose.

    Attributes:
        name: of it, and of the shell's variable.
        type: as a VOTable or an XML schema calls it, such as ``double``.
        default: what it is when nobody chooses; None without one.
        required: whether somebody has to choose, where there is no default.
        minimum: the least value.
        maximum: the greatest.
        options: the values to choose from; empty for any.
    """

    name: str
    type: str
    default: Value = None
    required: bool = True
    minimum: Value = None
    maximum: Value = None
    options: tuple[str, ...] = ()

    def read(self, text: str) -> Value:
        """Read a value that somebody chose.

        Args:
            text: as a client sent it.

        Returns:
            The value with its type.

        Raises:
            JobRefusedError: it is none that the parameter may have.
        """
        value = self._typed(text)
        if self.options and text not in self.options:
            raise self._refused(text, f"choose one of {', '.join(self.options)}")
        if isinstance(value, int | float):
            least, most = _limit(self.minimum), _limit(self.maximum)
            if least is not None and value < least:
                raise self._refused(text, f"at least {self.minimum}")
            if most is not None and value > most:
                raise self._refused(text, f"at most {self.maximum}")
        return value

    def _typed(self, text: str) -> Value:
        kind = self.type.removeprefix("xs:")
        try:
            if kind in _INTEGERS:
                return int(text)
            if kind in _FLOATS:
                return float(text)
            return _TRUTHS[text.strip().lower()] if kind == "boolean" else text
        except (ValueError, KeyError):
            raise self._refused(text, f"a value of the type {kind}") from None

    def _refused(self, text: str, wanted: str) -> JobRefusedError:
        return JobRefusedError(f"{self.name}={text[:80]!r} can't be: it has to be {wanted}")


@dataclass(frozen=True, slots=True)
class JobInput:
    """A file that a job reads.

    Attributes:
        name: of the shell's variable, which holds the file's path.
        role: that it plays.
        default: what the file is called in the work folder.
        url: where a file that is named by an id lies: a URL with ``$ID`` in it; "" for none.
        required: whether the job can't do without.
    """

    name: str
    role: str
    default: str = ""
    url: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class JobOutput:
    """A file, or several, that a job makes.

    Attributes:
        name: of the shell's variable, which holds the file's name.
        role: that it plays.
        default: the name of the file in the work folder, or a pattern as ``*.fits``.
        content_type: its media type.
    """

    name: str
    role: str
    default: str
    content_type: str = _FILE


@dataclass(frozen=True, slots=True)
class JobDefinition:
    """A description that can be run.

    Attributes:
        id: of the revision of the description.
        name: of the job, as URLs have it.
        version: of it; None for none.
        script: for bash.
        parameters: by name.
        inputs: by name.
        outputs: by name.
        duration: how many seconds it may take; None where nobody said.
        quote: how many seconds it takes mostly; None where nobody said.
        contact_name: who answers for the job.
        contact_email: where to ask.
    """

    id: str
    name: str
    version: str | None
    script: str
    parameters: Mapping[str, JobParameter]
    inputs: Mapping[str, JobInput]
    outputs: Mapping[str, JobOutput]
    duration: int | None = None
    quote: int | None = None
    contact_name: str | None = None
    contact_email: str | None = None

    @property
    def names(self) -> list[str]:
        """The names of all that a client may say."""
        return [*self.parameters, *self.inputs, *self.outputs]


def is_job(said: ToolDescription) -> bool:
    """Tell whether a description is one of a job.

    Args:
        said: of a tool.

    Returns:
        True when it has a script.
    """
    script = said.said.get("script")
    return isinstance(script, str) and bool(script.strip())


def definition_of(identifier: str, said: ToolDescription) -> JobDefinition:
    """Make of a description what can be run.

    Args:
        identifier: of the revision.
        said: what is said of the job.

    Returns:
        The definition.

    Raises:
        JobRefusedError: it has no script, or a name or a time in it makes no sense; the message
            says which.
    """
    if not JOB_NAME.fullmatch(said.name):
        raise JobRefusedError(
            f"{said.name[:80]!r} can't be the name of a job: take letters, digits, . _ and -",
            where="name",
        )
    if not is_job(said):
        raise JobRefusedError(
            f"{said.name} is no job: its description has no script", where="script"
        )
    script = str(said.said["script"]).replace("\r\n", "\n")
    if len(script) > _LONGEST_SCRIPT or "\0" in script:
        raise JobRefusedError(f"{said.name}: a script is a text of at most 1 MiB", where="script")
    files = {name for name, each in said.parameters.items() if each.get("xtype") == _FILE}
    _check_names(said)
    return JobDefinition(
        identifier,
        said.name,
        said.version,
        script,
        {
            name: _parameter(name, each)
            for name, each in said.parameters.items()
            if name not in files
        },
        {each.name: each for each in _inputs(said, files)},
        {each.name: each for each in map(_output, said.generated)},
        _seconds(said, "executionDuration"),
        _seconds(said, "quote"),
        _text(said.said, "contact_name"),
        _text(said.said, "contact_email"),
    )


def _check_names(said: ToolDescription) -> None:
    seen: set[str] = set()
    for where, name in _variables(said):
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name) or name.lower() in CONTROLS:
            raise JobRefusedError(
                f"{said.name}: {name!r} can't be a variable of the script: take a name of letters, "
                "digits and _ that means nothing to a shell or to UWS",
                where=where,
            )
        if name in seen:
            raise JobRefusedError(
                f"{said.name}: {name!r} stands in it twice, as a parameter or file", where=where
            )
        seen.add(name)
    for each in said.generated:
        output = _output(each)
        check_file_name(output.name, output.default, where=f"generated.{output.name}")


def _variables(said: ToolDescription) -> Iterator[tuple[str, str]]:
    """What a script finds: where it stands in the description, and its name."""
    for name in said.parameters:
        yield f"parameters.{name}", name
    for part, files in (("used", said.used), ("generated", said.generated)):
        for name, _ in map(_names, files):
            yield f"{part}.{name}", name


def check_file_name(what: str, name: str, where: str = "") -> None:
    """Refuse what is no name of a file below a work folder.

    Args:
        what: is called so.
        name: perhaps with folders, perhaps a pattern.
        where: it stands in a definition.

    Raises:
        JobRefusedError: it is empty, absolute, or leads out of the folder.
    """
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or any(ord(c) < 32 for c in name):
        raise JobRefusedError(
            f"{what}={name[:80]!r} is no name of a file in the work folder", where=where
        )


def base_name(path: str, usual: str) -> str:
    """Find the name of a file in its path.

    Args:
        path: with ``/`` between folders.
        usual: what a file is called whose path ends in no name.

    Returns:
        The name, which leads to no other folder.
    """
    name = path.rpartition("/")[2]
    return name if name not in ("", ".", "..") else usual


def _parameter(name: str, said: Said) -> JobParameter:
    return JobParameter(
        name,
        str(said.get("valueType") or "char"),
        said.get("default"),
        is_required(said),
        said.get("min"),
        said.get("max"),
        tuple(map(str, options_of(said))),
    )


def _inputs(said: ToolDescription, files: set[str]) -> Iterator[JobInput]:
    for each in said.used:
        name, role = _names(each)
        needed = not str(each.get("multiplicity") or "1").startswith(("0", "*"))
        default = _text(each, "default") or name
        yield JobInput(name, role, default.rpartition("/")[2], _text(each, "url") or "", needed)
    for name in files:
        yield JobInput(name, name, name, required=is_required(said.parameters[name]))


def _output(said: Said) -> JobOutput:
    name, role = _names(said)
    default = _text(said, "default") or name
    return JobOutput(name, role, default, _text(said, "contentType") or _FILE)


def _names(said: Said) -> tuple[str, str]:
    """The name of a file's variable, and its role."""
    role = str(said.get("role"))
    return _text(said, "name") or role, role


def _text(said: Said, name: str) -> str | None:
    return str(said[name]) if said.get(name) not in (None, "") else None


def _seconds(said: ToolDescription, name: str) -> int | None:
    text = _text(said.said, name)
    return None if text is None else seconds_in(text, f"{said.name}: {name}", where=name)


def seconds_in(text: str, what: str, where: str = "") -> int:
    """Read a number of seconds.

    Args:
        text: as somebody wrote it.
        what: is so long.
        where: it stands in a definition.

    Returns:
        The number.

    Raises:
        JobRefusedError: it is none.
    """
    try:
        return int(text if text.isdecimal() else "")
    except ValueError:  # of thousands of digits, too
        raise JobRefusedError(f"{what}={text[:40]} is no number of seconds", where=where) from None


def _limit(said: Value) -> float | None:
    """A limit of a parameter; None without one, and where what is said is no number."""
    try:
        return None if said is None else float(str(said))
    except ValueError:
        return None
