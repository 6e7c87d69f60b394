"""The steps of a recipe: one command for each process that has to run again."""

import os.path
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provgraph.model.identifiers import base_name, location_of, scheme_of
from provgraph.model.lineage import Node, Setup
from provgraph.model.recipes import RecipeFile, RecipeGap, RecipeStep
from provgraph.model.records import SOFTWARE, Fact
from provgraph.model.values import Value, canonical_json
from provgraph.model.vocabulary import FAILED, EntityType
from provgraph.questions.command_lines import CommandLine, safe_name
from provgraph.questions.tool_configuration import takes_configuration
from provgraph.store.protocol import Store

_ENVIRONMENT = "system.environment."
_PYTHON = "system.python.version"


@dataclass(frozen=True, slots=True)
class Named:
    """A file as a run names it.

    Attributes:
        file: the file.
        path: the path by which the run names it, if by any.
        role: the part that it played.
        is_inferred: whether the run names it without having noted it as its input.
        others: further paths by which sources say that the run named it.
    """

    file: Node
    path: str | None
    role: str | None = None
    is_inferred: bool = False
    others: tuple[str, ...] = ()

    @property
    def location(self) -> str | None:
        """Where the file stood for the run."""
        return self.path or self.file.location or next(iter(self.file.locations), None)

    @property
    def paths(self) -> list[str]:
        """All paths by which the run may name the file, the likeliest first.

        A worker's scratch is a namespace of its own, which no command line names:
        ``file://wn042/scratch/x`` is ``/scratch/x`` there (docs/contract.md, rule 7).
        """
        known = [each for each in (self.path, *self.others) if each is not None]
        return list(dict.fromkeys([*known, *map(_bare, known)]))


@dataclass(frozen=True, slots=True)
class Repeated:
    """A process that has to run again.

    Attributes:
        run: the run that stands for it.
        runs: all runs in it that are needed.
        read: what they read and did not make themselves.
        made: what they made.
    """

    run: Node
    runs: tuple[Node, ...]
    read: tuple[Named, ...]
    made: tuple[Named, ...]


class StepMaker:
    """Makes the steps, one after the other, and keeps what they have in common.

    Attributes:
        made: key of a file → the file as its step makes it.
        external: key of a file → the file as it must be there.
        software: the environments.
        gaps: what can't be rebuilt.
    """

    def __init__(self, store: Store, repeated: Sequence[Repeated], target: bytes) -> None:
        """Take the processes in order.

        Args:
            store: that holds their parameters.
            repeated: the processes.
            target: the key of what is to be made.
        """
        self._repeated = repeated
        keys = [each.run.key for each in repeated]
        self._settings = store.parameters_of(keys)
        self._setups = store.setups_of(keys)
        self._needed = {target, *(read.file.key for each in repeated for read in each.read)}
        self._environments: dict[tuple[tuple[str, str], ...], int] = {}
        self.made: dict[bytes, RecipeFile] = {}
        self.external: dict[bytes, RecipeFile] = {}
        self.gaps: list[RecipeGap] = []

    @property
    def software(self) -> tuple[Mapping[str, str], ...]:
        """The environments, in the order of their numbers."""
        return tuple(map(dict, self._environments))

    def steps(self) -> tuple[RecipeStep, ...]:
        """Make all steps."""
        return tuple(self._step(number, each) for number, each in enumerate(self._repeated, 1))

    def _step(self, number: int, repeated: Repeated) -> RecipeStep:
        run = repeated.run
        software, parameters = self._said(run)
        config_files = frozenset(map(location_of, self._setups.get(run.key, Setup()).config_files))
        if not takes_configuration(parameters):
            config_files = frozenset()
        read = [each for each in repeated.read if each.location not in config_files]
        inputs = {each.file.key: self._input(each) for each in read}
        outputs = _outputs(number, repeated.made)
        line = CommandLine(
            words=_words(run),
            tool=run.label,
            parameters=parameters,
            files=_by_path(read, inputs, repeated.made, outputs),
            config_files=config_files,
            written=frozenset(_bare(each.path) for each in repeated.made if each.path),
        )
        outputs = {
            each.file.key: _where(each, outputs[each.file.key], line) for each in repeated.made
        }
        self.made |= outputs
        step = RecipeStep(
            number=number,
            name=f"{number:02}-{safe_name(run.label)}",
            run=run.id,
            tool=run.label,
            version=run.version,
            time=run.start_time,
            command=line.command,
            arguments=line.arguments,
            configuration=line.configuration if line.takes_configuration else None,
            parameters={} if line.takes_configuration else parameters,
            software=software,
            inputs=tuple(inputs.values()),
            outputs=tuple(made for key, made in outputs.items() if key in self._needed),
            changed=tuple(_changed(read, inputs, repeated.made, outputs)),
        )
        self.gaps += _gaps_of_run(run, line, step)
        self.gaps += _gaps_of_inputs(step, read, inputs)
        return step

    def _said(self, run: Node) -> tuple[int | None, dict[str, Value]]:
        """The number of the environment of a run, and its parameters."""
        packages: dict[str, str] = {}
        parameters: dict[str, Value] = {}
        for settings in self._settings.get(run.key, ()):
            if settings.name == SOFTWARE:
                packages |= {name: str(value) for name, value in settings.values.items()}
            else:
                parameters |= settings.values
        if not packages:
            return None, parameters
        python = run.attributes.get(_PYTHON, ((),))[0]
        version = ".".join(map(str, python)) if isinstance(python, list) else str(python or "")
        named = (*((("python", version),) if version else ()), *sorted(packages.items()))
        return self._environments.setdefault(named, len(self._environments) + 1), parameters

    def _input(self, named: Named) -> RecipeFile:
        key = named.file.key
        if key in self.made:
            return self.made[key]
        if key not in self.external:
            self.external[key] = _external(named)
            self.gaps += _gaps_of_external(named)
        return self.external[key]


def _words(run: Node) -> list[str]:
    """The words of the command line of a run; none when they can't be told."""
    said = run.attributes.get(Fact.ARGUMENTS, ())
    lists = [value for value in said if isinstance(value, list) and value]
    if lists:
        return [str(word) for word in lists[0]]
    try:
        return shlex.split(str(said[0])) if said else []
    except ValueError:
        return []


def _bare(location: str) -> str:
    """A path without the namespace that it is in."""
    return "/" + location[7:].partition("/")[2] if location.startswith("file://") else location


def _by_path(
    read: Sequence[Named],
    inputs: Mapping[bytes, RecipeFile],
    made: Sequence[Named],
    outputs: Mapping[bytes, RecipeFile],
) -> dict[str, RecipeFile]:
    """Path → file: what the run made there, else what it read there."""
    sides = [(each, inputs) for each in read] + [(each, outputs) for each in made]
    return {path: files[each.file.key] for each, files in sides for path in each.paths}


def _outputs(number: int, made: Iterable[Named]) -> dict[bytes, RecipeFile]:
    """The files that a run made, each with a name of its own in the folder of the step."""
    found: dict[bytes, RecipeFile] = {}
    taken: set[str] = set()
    for each in sorted(made, key=lambda each: (each.path or "", each.file.id)):
        name = safe_name(base_name(each.path or each.file.label))
        if name in taken:
            name = f"{len(taken)}-{name}"
        taken.add(name)
        found[each.file.key] = RecipeFile(each.file.id, name, number, each.path)
    return found


def _where(made: Named, file: RecipeFile, line: CommandLine) -> RecipeFile:
    """A file as its step makes it: where an argument says, else as it stood to the run's folder."""
    if any(argument.file == file for argument in line.arguments) or made.path is None:
        return file
    folders = [*line.own_folders, *([line.folder] if line.folder else [])]
    path = _bare(made.path)
    inside = [each for each in folders if path.startswith(f"{each}/")]
    return replace(file, name=os.path.relpath(path, max(inside, key=len))) if inside else file


def _changed(
    read: Iterable[Named],
    inputs: Mapping[bytes, RecipeFile],
    made: Iterable[Named],
    outputs: Mapping[bytes, RecipeFile],
) -> Iterator[tuple[RecipeFile, RecipeFile]]:
    """The files that a run read and wrote at one path."""
    written = {each.path: outputs[each.file.key] for each in made if each.path}
    for each in read:
        if each.location in written:
            yield inputs[each.file.key], written[each.location]


def _external(named: Named) -> RecipeFile:
    """A file from outside; where it stands now, else where it stood."""
    file = named.file
    location = file.location or named.location
    sums = (each.partition(":")[2] for each in file.identifiers if scheme_of(each) == "sha256")
    name = safe_name(base_name(location or file.label))
    return RecipeFile(file.id, name, None, location, next(sums, None))


def _gaps_of_external(named: Named) -> Iterator[RecipeGap]:
    """What is missing of a file from outside."""
    file, location = named.file, named.location
    if file.type == EntityType.VALUE:
        yield RecipeGap("It is a value, not a file: give it to the tool yourself.", file.id)
    elif location is None:
        yield RecipeGap("Nobody says where this input is: put its path into the script.", file.id)
    elif "://" in location:
        yield RecipeGap("This input is elsewhere: fetch it, and put its path there.", file.id)
    elif file.invalidated_at is not None:
        said = f"This input is no longer at {location} since {file.invalidated_at}."
        yield RecipeGap(said, file.id)


def _gaps_of_inputs(
    step: RecipeStep, read: Iterable[Named], inputs: Mapping[bytes, RecipeFile]
) -> Iterator[RecipeGap]:
    """What the inputs of a run leave open."""
    given = {argument.file for argument in step.arguments} | {each for each, _ in step.changed}
    for each in read:
        if each.is_inferred:
            said = f"It names {each.path}, which nobody noted as its input: taken as one."
            yield RecipeGap(said, step.run)
        is_file = each.file.type != EntityType.VALUE
        if inputs[each.file.key] not in given and step.command and is_file:
            named = each.location or each.file.id
            said = f"No argument names its input {named}: see to it yourself."
            yield RecipeGap(said, step.run)


def _gaps_of_run(run: Node, line: CommandLine, step: RecipeStep) -> Iterator[RecipeGap]:
    """What can't be rebuilt of one command."""
    said = []
    if not line.words:
        said.append(
            "Its command line isn't recorded: it is rebuilt from its parameters."
            if line.command
            else "Its command line isn't recorded: write it yourself."
        )
    elif not line.command:
        said.append("Its program was typed in or came through a pipe, and isn't recorded.")
    if line.script:
        said.append(f"It ran the script {line.script}, whose text isn't kept.")
    if line.masked:
        said.append("Secrets are not kept: put them where *** stands.")
    said += [
        f"It names {path}, which nobody noted as its input or output." for path in line.unknown
    ]
    if run.status in FAILED:
        said.append(f"It ended with the status {run.status}: it may fail again.")
    if run.version is None:
        said.append("The version of its tool isn't recorded.")
    if step.software is None:
        said.append("The versions of its packages aren't recorded.")
    variables = sorted(name for name in run.attributes if name.startswith(_ENVIRONMENT))
    for name in variables:
        value = canonical_json(run.attributes[name][0])
        said.append(f"The environment had {name.removeprefix(_ENVIRONMENT)}={value}.")
    yield from (RecipeGap(each, run.id) for each in said)
