"""How a file can be made again: commands, configuration and inputs, in order.

A recipe says what is to be done in words that neither a shell nor a workflow engine is needed for;
`provgraph.writers.shell` and `provgraph.writers.cwl` write it down for these.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provgraph.model.values import Value, visible


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """A file that a recipe reads or makes.

    Attributes:
        id: of the record that it stands for.
        name: its path within the folder of the step that makes it; of a file from outside, its base
            name with ``_`` for what a shell may read as more than a name.
        step: the number of the step that makes it; None of a file from outside, which must be
            there.
        location: where the file stood; None where no path is known.
        sha256: the checksum of its bytes in hexadecimal, where it is known.
    """

    id: str
    name: str
    step: int | None = None
    location: str | None = None
    sha256: str | None = None


#: The configuration of a step, which stands in the step's own folder.
CONFIGURATION = RecipeFile("configuration", "configuration.json")


@dataclass(frozen=True, slots=True)
class RecipeArgument:
    """One argument of a command: a text, with a file behind it or not.

    Attributes:
        text: such as ``--overwrite``; with a file what stands before its path: ``--cuts=``.
        file: the file whose path the argument ends with; a file that the same step makes is named
            by its path within the folder of the step.
    """

    text: str = ""
    file: RecipeFile | None = None


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """One command of a recipe; it works in a folder of its own.

    Attributes:
        number: its place in the order, from 1.
        name: a name for its folder, such as ``03-ctapipe-merge``.
        run: the id of the run that it repeats.
        tool: the name of the tool.
        version: the version of the tool.
        time: when the run started; ISO 8601 with ``Z``.
        command: the program, and what must stand before its arguments; empty when it isn't known.
        arguments: the arguments in order.
        configuration: the parameters as ctapipe reads them, nested by component; None of a tool
            that takes no such file. The file is `CONFIGURATION`.
        parameters: the parameters of a tool that takes no such file, for people.
        software: which of `Recipe.software` the run had, from 1; None when it isn't known.
        inputs: the files that the step reads.
        outputs: the files that it makes and that the recipe needs.
        changed: the inputs that the step changes in place, each with the name of what comes out.
    """

    number: int
    name: str
    run: str
    tool: str
    version: str | None
    time: str | None
    command: tuple[str, ...]
    arguments: tuple[RecipeArgument, ...]
    configuration: Mapping[str, Value] | None
    parameters: Mapping[str, Value]
    software: int | None
    inputs: tuple[RecipeFile, ...]
    outputs: tuple[RecipeFile, ...]
    changed: tuple[tuple[RecipeFile, RecipeFile], ...] = ()

    @property
    def configuration_name(self) -> str:
        """The name of the file with its configuration beside a script or workflow."""
        return f"{self.name}.json"

    @property
    def configuration_text(self) -> str | None:
        """Its configuration, or its parameters, as JSON; None where nothing is recorded."""
        said = self.parameters if self.configuration is None else self.configuration
        if not said and self.configuration is None:
            return None
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class RecipeGap:
    """Something that can't be rebuilt from what is recorded.

    Attributes:
        what: what is missing, and what to do about it.
        id: the run or file that it is about.
    """

    what: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a file can be made again.

    Attributes:
        target: the id of the file.
        product: the file as the recipe makes it; None when no known run made it.
        steps: the commands in order.
        inputs: the files from outside, which must be there.
        gaps: what can't be rebuilt.
        software: package → version, of each environment that runs had; Python itself is one.
    """

    target: str
    product: RecipeFile | None
    steps: tuple[RecipeStep, ...] = ()
    inputs: tuple[RecipeFile, ...] = ()
    gaps: tuple[RecipeGap, ...] = ()
    software: tuple[Mapping[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What is made: the path of the file, else its id."""
        return (self.product and self.product.location) or self.target

    @property
    def is_runnable(self) -> bool:
        """Whether the command of each step is known."""
        return all(step.command for step in self.steps)

    def requirements(self) -> dict[str, str]:
        """The software as files for pip: name of a file → its text, in the order of `software`."""
        return {
            f"requirements-{number}.txt": "".join(
                f"{visible(name)}=={visible(packages[name])}\n"
                for name in packages
                if name != "python"
            )
            for number, packages in enumerate(self.software, 1)
        }

    def document(self) -> dict[str, Any]:
        """The recipe as plain data: what ``rerun --json`` prints (docs/contract.md, Commands)."""
        return {
            "target": self.target,
            "product": asdict(self.product) if self.product else None,
            "steps": [asdict(step) for step in self.steps],
            "inputs": [asdict(file) for file in self.inputs],
            "gaps": [asdict(gap) for gap in self.gaps],
            "software": [dict(packages) for packages in self.software],
        }


def gap_lines(recipe: Recipe) -> list[str]:
    """Write what can't be rebuilt for people, each thing once.

    Args:
        recipe: how a file can be made again.

    Returns:
        A line for each thing, with the runs or files that it is about. Control characters are shown
        as escapes.
    """
    about: dict[str, list[str]] = {}
    for gap in recipe.gaps:
        about.setdefault(gap.what, []).extend([gap.id] if gap.id else [])
    return [visible(f"{what}{_about(ids)}") for what, ids in about.items()]


def _about(ids: list[str]) -> str:
    more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
    return f" ({ids[0]}{more})" if ids else ""
