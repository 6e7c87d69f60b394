"""The command line of a run, with files in the place of the paths that it named.

A run is repeated in another folder, so each path in its arguments and parameters has to be told
from other texts. The working folder of a run isn't recorded: it follows from the arguments that are
the end of a path which the run noted.
"""

import os.path
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from provgraph.loaders.secrets import MASK
from provgraph.model.identifiers import location_of, place_of, says_what_is_written
from provgraph.model.recipes import CONFIGURATION, RecipeArgument, RecipeFile
from provgraph.model.values import Value
from provgraph.questions.tool_configuration import (
    OWN_TRAITS,
    configuration_of,
    parts_of,
    takes_configuration,
)

_OPTION = re.compile(r"--?[A-Za-z][\w.-]*")
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")


def safe_name(name: str) -> str:
    """Make a name that neither a shell nor a workflow engine reads as anything but a name.

    Args:
        name: the base name of a file, or the name of a tool.

    Returns:
        The name, with ``_`` for what is no letter, digit, or one of ``._+-``. It doesn't begin
        with ``-`` or ``.``: ``-rf $x`` gives ``rf_x``.
    """
    return _UNSAFE.sub("_", name).lstrip("-._")[-200:] or "unnamed"


@dataclass(frozen=True)
class CommandLine:
    """The command line of one run.

    Attributes:
        words: the recorded arguments, the program first; empty when they aren't recorded.
        tool: the name of the tool.
        parameters: full name → value; no software.
        files: path → the file that the run read or wrote there.
        config_files: the paths of its configuration files.
        written: the paths at which it made files.
    """

    words: Sequence[str]
    tool: str
    parameters: Mapping[str, Value]
    files: Mapping[str, RecipeFile]
    config_files: frozenset[str]
    written: frozenset[str]
    _unknown: dict[str, None] = field(default_factory=dict, init=False)
    _own_folders: dict[str, None] = field(default_factory=dict, init=False)

    @cached_property
    def takes_configuration(self) -> bool:
        """Whether the tool reads all parameters from one file."""
        return takes_configuration(self.parameters)

    @cached_property
    def command(self) -> tuple[str, ...]:
        """The program, and what must stand before its arguments; empty when it isn't known."""
        if not self.words:
            return (self.tool,) if self.takes_configuration else ()
        program = self.words[0]
        if program.endswith(".py"):
            return ("python", self._absolute(program) or program)
        name = os.path.basename(program)
        return () if name in ("", "-c", "-m", "-") else (name,)

    @cached_property
    def script(self) -> str | None:
        """The path of the program when it is no installed command but somebody's script."""
        return self.command[1] if len(self.command) > 1 else None

    @cached_property
    def arguments(self) -> tuple[RecipeArgument, ...]:
        """The arguments in order, the configuration as one file first.

        What a parameter names and no argument does, such as a file that stood in a configuration
        file, becomes an argument: the folders of a repeated run are others.
        """
        found = tuple(self._from_words())
        if not self.takes_configuration:
            return found
        named = {each.file.id for each in found if each.file}
        configuration = (RecipeArgument("--config"), RecipeArgument(file=CONFIGURATION))
        return (*configuration, *self._from_parameters(named), *found)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The paths that the arguments name and that nobody noted as read or written."""
        return tuple(self._unknown) if self.arguments else ()

    @property
    def own_folders(self) -> tuple[str, ...]:
        """The folders that the arguments name and that the run wrote into."""
        return tuple(self._own_folders) if self.arguments else ()

    @cached_property
    def configuration(self) -> dict[str, Value]:
        """The parameters but for paths, nested as ctapipe reads them."""
        return configuration_of(self.parameters, lambda value: bool(self._paths_in(value)))

    @property
    def masked(self) -> bool:
        """Whether a secret was taken out of the arguments or parameters."""
        return any(MASK in text for text in (*self.words, *_texts(list(self.parameters.values()))))

    @cached_property
    def folder(self) -> str | None:
        """The working folder of the run, as far as its arguments show it."""
        known = (*self.files, *self.config_files)
        votes: Counter[str] = Counter()
        for value in {os.path.normpath(value) for _, value in self._values if value}:
            if not value.startswith(("/", ".")):
                ending = f"/{value}"
                votes.update(path[: -len(ending)] or "/" for path in known if path.endswith(ending))
        return min(votes, key=lambda each: (-votes[each], len(each), each)) if votes else None

    @cached_property
    def _values(self) -> list[tuple[str, str]]:
        """Each argument behind the program as what stands before a value, and the value."""
        return [_split(word) for word in self.words[1:]]

    def _absolute(self, value: str) -> str | None:
        """The path that a value is, as files are named; None of what is no path."""
        if "://" in value or value.startswith("/"):
            return location_of(place_of(value))
        if self.folder is None or not value:
            return None
        return os.path.normpath(os.path.join(self.folder, value))

    def _paths_in(self, value: Value) -> list[str]:
        """The paths that a parameter is, or is a list of: absolute ones, and those of files."""
        texts = value if isinstance(value, list) else [value]
        paths = [self._path(text) for text in texts if isinstance(text, str)]
        found = [path for path in paths if path is not None]
        return found if len(found) == len(texts) else []

    def _path(self, text: str) -> str | None:
        path = self._absolute(text)
        return path if text.startswith("/") or path in self.files else None

    def _from_words(self) -> Iterator[RecipeArgument]:
        skipped = self._skipped
        for position, (before, value) in enumerate(self._values):
            if position not in skipped:
                option = before.rstrip("=") or self._option_before(position)
                yield self._argument(before, value, option)

    def _argument(self, before: str, value: str, option: str) -> RecipeArgument:
        path = self._absolute(value)
        file = self._file(path or value, option.lstrip("-"))
        if file is not None:
            return RecipeArgument(before, file)
        if path is not None and _holds(path, self.written):
            self._own_folders[path] = None
            return RecipeArgument(f"{before}.")
        if "/" not in value or value.startswith("-") or any(map(str.isspace, value)):
            return RecipeArgument(f"{before}{value}")
        if says_what_is_written(option.lstrip("-")):
            return RecipeArgument(f"{before}{safe_name(os.path.basename(value))}")
        self._unknown[path or value] = None
        return RecipeArgument(f"{before}{path or value}")

    def _file(self, path: str, option: str) -> RecipeFile | None:
        """The file that a path means to an option or a parameter.

        A job may copy a file of the catalogue to its scratch, and only one of the two places is
        kept. So the one file of this base name is meant (docs/contract.md, rule 9): one that was
        made by an option for what is written, else one that was read.
        """
        if path in self.files:
            return self.files[path]
        made = {self.files[each].id for each in self.written if each in self.files}
        is_made = says_what_is_written(option)
        name = os.path.basename(path)
        alike = {
            file.id: file
            for each, file in self.files.items()
            if os.path.basename(each) == name and (file.id in made) is is_made
        }
        return next(iter(alike.values())) if len(alike) == 1 else None

    @cached_property
    def _skipped(self) -> set[int]:
        """Where arguments name configuration files or folders of inputs, with their options."""
        found: set[int] = set()
        for position, (before, value) in enumerate(self._values):
            path = self._absolute(value)
            is_config = self.takes_configuration and path in self.config_files
            if value and (is_config or self._is_listed_folder(path)):
                found.add(position)
                if not before and self._option_before(position):
                    found.add(position - 1)
        return found

    def _option_before(self, position: int) -> str:
        if not position:
            return ""
        before, value = self._values[position - 1]
        return value if not before and _OPTION.fullmatch(value) else ""

    def _is_listed_folder(self, path: str | None) -> bool:
        """Whether a path is a folder of files that the parameters name one by one."""
        inside = {each for each in self.files if path and each.startswith(f"{path}/")}
        return bool(inside) and self.takes_configuration and inside <= self._listed

    @cached_property
    def _listed(self) -> set[str]:
        values = (value for value in self.parameters.values() if isinstance(value, list))
        return {path for value in values for path in self._paths_in(value)}

    def _from_parameters(self, named: set[str]) -> Iterator[RecipeArgument]:
        """Arguments for the paths among the parameters that no argument names yet."""
        for name, value in sorted(self.parameters.items()):
            if parts_of(name)[-1] in OWN_TRAITS:
                continue
            for path in self._paths_in(value):
                file = self._file(path, name)
                if file is not None and file.id not in named:
                    yield RecipeArgument(f"--{name}=", file)
                elif file is None and not self._is_named(path):
                    yield from self._unnoted(name, path)

    def _unnoted(self, name: str, path: str) -> Iterator[RecipeArgument]:
        """The argument for a path among the parameters that nobody noted as read or written."""
        if says_what_is_written(name):
            is_own = _holds(path, self.written)
            self._own_folders.update({path: None} if is_own else {})
            own = "." if is_own else safe_name(os.path.basename(path))
            yield RecipeArgument(f"--{name}={own}")
        else:
            self._unknown[path] = None
            yield RecipeArgument(f"--{name}={path}")

    def _is_named(self, path: str) -> bool:
        """Whether an argument names the path, or it is a folder whose files are named."""
        named = any(self._absolute(value) == path for _, value in self._values if value)
        return named or self._is_listed_folder(path)


def _split(word: str) -> tuple[str, str]:
    """An argument as an option with ``=``, and a value."""
    option, equals, value = word.partition("=")
    if equals and _OPTION.fullmatch(option):
        return f"{option}=", value
    return "", word


def _holds(folder: str, paths: Iterable[str]) -> bool:
    """Whether one of some paths is in a folder."""
    return any(path.startswith(f"{folder.rstrip('/')}/") for path in paths)


def _texts(value: Value) -> Iterator[str]:
    """All texts within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
