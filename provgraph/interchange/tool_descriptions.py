"""Reads descriptions of tools: JSON and YAML files, and the job definitions of OPUS (VOTables).

docs/how-to/describing.md shows what a file may say. The words of OPUS's own JSON are understood.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from provgraph.errors import LoadError, extra_needed
from provgraph.loaders.ctapipe_tools import installed_tools
from provgraph.model.descriptions import Said, ToolDescription
from provgraph.model.values import Value, storable_value

#: What OPUS and the older model call something → the name here.
_WORDS = {
    "annotation": "description",
    "datatype": "valueType",
    "content_type": "contentType",
    "docurl": "doculink",
}
#: The parts of a description → the name of what tells one part from another.
_PARTS = {"parameters": "name", "used": "role", "generated": "role", "configFiles": "name"}
#: What OPUS's JSON says of all jobs alike.
_NOT_SAID = frozenset({"control_parameters"})
#: The times of a job in seconds, which OPUS's JSON writes as texts.
_SECONDS = ("executionDuration", "quote")
_MOST = 16 << 20


def read_descriptions(path: Path) -> list[ToolDescription]:
    """Read the descriptions in a file.

    Args:
        path: of the file.

    Returns:
        The descriptions: a file of JSON or YAML has one, or a list of them.

    Raises:
        LoadError: the file can't be read, or something in it is no description.
        MissingExtraError: YAML or a VOTable needs an extra that isn't installed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LoadError(f"{path}: {error.strerror}") from error
    if len(content) > _MOST:
        raise LoadError(f"{path}: a description is no larger than {_MOST >> 20} MiB")
    try:
        return descriptions_in_text(content)
    except LoadError as error:
        raise LoadError(f"{path}: {error}", where=error.where) from error


def descriptions_given(
    files: Iterable[str | os.PathLike[str]], *, from_ctapipe: bool
) -> list[ToolDescription]:
    """Read what somebody gives to be described.

    Args:
        files: as for `read_descriptions`.
        from_ctapipe: whether to describe the tools of ctapipe that are installed here, too.

    Returns:
        The descriptions.

    Raises:
        LoadError: as for `read_descriptions`.
        MissingExtraError: a file needs an extra that isn't installed, or ctapipe isn't.
    """
    said = [each for file in files for each in read_descriptions(Path(file))]
    return [*said, *installed_tools()] if from_ctapipe else said


def descriptions_in_text(content: bytes) -> list[ToolDescription]:
    """Read the descriptions in the content of a file, as `read_descriptions` does.

    Args:
        content: JSON, YAML or a VOTable.

    Returns:
        The descriptions.

    Raises:
        LoadError: something in it is no description.
        MissingExtraError: YAML or a VOTable needs an extra that isn't installed.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        with extra_needed("rdf", "a VOTable"):
            from provgraph.interchange.opus import job_definitions  # noqa: PLC0415

        return list(map(_description, job_definitions(content)))
    return descriptions_in(_parsed(content))


def descriptions_in(data: Any) -> list[ToolDescription]:
    """Read the descriptions in plain data.

    Args:
        data: one description, a list of them, or OPUS's answer to ``/jdl``.

    Returns:
        The descriptions.

    Raises:
        LoadError: something in it is no description.
    """
    return list(map(_description, _objects(storable_value(data))))


def _objects(said: Any) -> Iterator[Mapping[str, Any]]:
    """The descriptions as objects."""
    if isinstance(said, dict) and "jobnames" in said and isinstance(said.get("details"), dict):
        said = list(said["details"].values())  # OPUS's answer to /jdl
    for each in said if isinstance(said, list) else [said]:
        if not isinstance(each, Mapping):
            raise LoadError("a description is an object with a name")
        yield each


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoadError(f"it is no text in UTF-8: {error}") from None
    try:
        return json.loads(text)
    except ValueError as error:
        if text.lstrip()[:1] in ("{", "["):
            raise LoadError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise LoadError("it nests too deep") from None
    with extra_needed("fits", "YAML"):
        import yaml  # noqa: PLC0415 - astropy brings it
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise LoadError(f"it is neither JSON nor YAML: {error}") from None


def _description(said: Mapping[str, Any]) -> ToolDescription:
    name = said.get("name")
    if not isinstance(name, str) or not name.strip():
        raise LoadError("a description needs the name of the tool", where="name")
    version = said.get("version")
    known = {"name", "version", *_PARTS, *_NOT_SAID}
    rest = {key: value for key, value in said.items() if key not in known and not _is_order(key)}
    parts = {part: _listed(part, said.get(part)) for part in _PARTS}
    return ToolDescription(
        name=name,
        version=None if version in (None, "") else str(version),
        said=_with_numbers(_words(rest)),
        parameters={str(each["name"]): _without(each, "name") for each in parts["parameters"]},
        used=parts["used"],
        generated=parts["generated"],
        config_files=parts["configFiles"],
    )


def _with_numbers(said: Mapping[str, Value]) -> dict[str, Value]:
    """The times of a job as numbers."""
    texts = {key: str(said[key]).strip() for key in _SECONDS if key in said}
    return {**said, **{key: int(text) for key, text in texts.items() if text.isdecimal()}}


def _is_order(key: str) -> bool:
    """Whether a key of OPUS's JSON only says in which order parts come."""
    return key.endswith("_keys")


def _listed(part: str, said: object) -> list[Said]:
    """The parts of one kind, given as a list or as an object by name."""
    key = _PARTS[part]
    if said is None:
        return []
    if isinstance(said, Mapping):
        said = [{"name": name, **_object(part, each)} for name, each in said.items()]
    if not isinstance(said, list):
        raise LoadError(f"{part} is {type(said).__name__}, not a list or an object", where=part)
    found: list[Said] = [_named_by(key, _words(_object(part, each))) for each in said]
    for each in found:
        if not isinstance(each.get(key), str) or not each[key]:
            raise LoadError(f"one of the {part} has no {key}", where=part)
    return found


def _named_by(key: str, said: Said) -> Said:
    """A part with what tells it from others: without a role of its own its name is its role."""
    name = said.get("name")
    if key == "name" or name in (None, ""):
        return said
    return _without(said, "name") | {key: name} if said.get(key, name) == name else said


def _object(part: str, said: object) -> Mapping[str, Value]:
    if isinstance(said, str):
        return {"description": said}
    if not isinstance(said, Mapping):
        raise LoadError(f"one of the {part} is {type(said).__name__}, not an object", where=part)
    return said


def _words(said: Mapping[str, Value]) -> dict[str, Value]:
    """What is said, by the names of the IVOA's model; what is empty says nothing."""
    return {_WORDS.get(key, key): value for key, value in said.items() if value not in ("", None)}


def _without(said: Said, key: str) -> dict[str, Value]:
    return {name: value for name, value in said.items() if name != key}
