"""Writes a recipe as a workflow of the Common Workflow Language 1.2 (``rerun --format cwl``).

The document is JSON, which every CWL engine reads. Whatever a source says stands where CWL reads a
plain text: in the default of an input, a prefix, a label. ``$(…)`` is an expression elsewhere.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from provgraph import __version__
from provgraph.model.recipes import (
    CONFIGURATION,
    Recipe,
    RecipeArgument,
    RecipeFile,
    RecipeStep,
    gap_lines,
)

#: What stands for something else in the pattern of an output.
_PATTERN = re.compile(r"[*?\[\]$\\]")


def write(recipe: Recipe, *, apart: bool = False) -> str:
    """Write a recipe as a CWL workflow.

    Args:
        recipe: what is to be done.
        apart: whether the configuration of the steps stands in files beside the workflow
            (`provgraph.writers.recipes`). Within it, CWL allows 64 KiB of each.

    Returns:
        The workflow, as JSON.
    """
    return json.dumps(_workflow(recipe, apart), indent=2, ensure_ascii=False) + "\n"


def _workflow(recipe: Recipe, apart: bool) -> dict[str, Any]:
    gaps = [f"- {line}" for line in gap_lines(recipe)]
    doc = [f"Makes {recipe.title} again. Written by provgraph {__version__}."]
    sources = {file: f"input_{number}" for number, file in enumerate(recipe.inputs, 1)}
    for step in recipe.steps:
        for number, file in enumerate(step.outputs, 1):
            sources[file] = f"step_{step.number}/output_{number}"
    return {
        "cwlVersion": "v1.2",
        "class": "Workflow",
        "doc": "\n".join([*doc, *(["What can't be rebuilt:", *gaps] if gaps else [])]),
        "inputs": {sources[file]: _input(file) for file in recipe.inputs},
        "outputs": _product(recipe, sources),
        "steps": {
            f"step_{step.number}": {
                "label": step.name,
                "run": _tool(step, recipe, apart),
                "in": dict(_sources(step, sources)),
                "out": [f"output_{number}" for number, _ in enumerate(step.outputs, 1)],
            }
            for step in recipe.steps
        },
    }


def _product(recipe: Recipe, sources: Mapping[RecipeFile, str]) -> dict[str, Any]:
    """The file that is made again; nothing when a run is repeated."""
    made = recipe.product
    return {} if made is None else {"product": {"type": "File", "outputSource": sources[made]}}


def _input(file: RecipeFile) -> dict[str, Any]:
    """A file from outside; where its path is known an engine takes it from there."""
    said: dict[str, Any] = {"type": "File", "doc": file.id}
    if file.location is not None:
        path = file.location
        location = PurePosixPath(path).as_uri() if path.startswith("/") else path
        said["default"] = {"class": "File", "location": location}
    return said


def _tool(step: RecipeStep, recipe: Recipe, apart: bool) -> dict[str, Any]:
    tool: dict[str, Any] = {
        "class": "CommandLineTool",
        "label": " ".join(filter(None, (step.tool, step.version))),
        "doc": f"Repeats the run {step.run}.",
        "baseCommand": list(step.command) or ["false"],
        "inputs": dict(_tool_inputs(step, apart)),
        "outputs": {
            f"output_{number}": {"type": "File", "outputBinding": {"glob": _pattern(file.name)}}
            for number, file in enumerate(step.outputs, 1)
        },
    }
    if step.changed:
        tool["requirements"] = {"InitialWorkDirRequirement": {"listing": list(_changed(step))}}
    if step.software is not None:
        packages = recipe.software[step.software - 1]
        tool["hints"] = {
            "SoftwareRequirement": {
                "packages": {name: {"version": [packages[name]]} for name in packages}
            }
        }
    return tool


def _tool_inputs(step: RecipeStep, apart: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, argument in enumerate(step.arguments, 1):
        yield f"argument_{number}", _argument(step, number, argument, apart)
    for number, _ in enumerate(_others(step), 1):
        yield f"other_{number}", {"type": "File"}


def _argument(
    step: RecipeStep, position: int, argument: RecipeArgument, apart: bool
) -> dict[str, Any]:
    """An argument as an input with a default, or a file."""
    file = argument.file
    if file == CONFIGURATION:
        said = (
            {"location": step.configuration_name}
            if apart
            else {"basename": CONFIGURATION.name, "contents": step.configuration_text}
        )
        default = {"class": "File", **said}
        return {"type": "File", "default": default, "inputBinding": {"position": position}}
    if file is None or file.step == step.number:
        text = argument.text + (file.name if file else "")
        return {"type": "string", "default": text, "inputBinding": {"position": position}}
    binding: dict[str, Any] = {"position": position}
    if argument.text:
        binding |= {"prefix": argument.text, "separate": False}
    return {"type": "File", "inputBinding": binding}


def _sources(step: RecipeStep, sources: Mapping[RecipeFile, str]) -> Iterator[tuple[str, str]]:
    """Where the files of a step come from."""
    for number, argument in enumerate(step.arguments, 1):
        file = argument.file
        if file is not None and file != CONFIGURATION and file.step != step.number:
            yield f"argument_{number}", sources[file]
    for number, file in enumerate(_others(step), 1):
        yield f"other_{number}", sources[file]


def _others(step: RecipeStep) -> list[RecipeFile]:
    """The inputs that no argument names."""
    named = {argument.file for argument in step.arguments}
    return [file for file in dict.fromkeys(step.inputs) if file not in named]


def _changed(step: RecipeStep) -> Iterator[dict[str, Any]]:
    """The files that are changed in place, as copies in the folder of the step."""
    numbers = {file: number for number, file in enumerate(_others(step), 1)}
    for before, after in step.changed:
        entry = f"$(inputs.other_{numbers[before]})"
        yield {"entry": entry, "entryname": after.name, "writable": True}


def _pattern(name: str) -> str:
    """A pattern that matches one name only; none of its characters begins an expression."""
    return _PATTERN.sub(lambda found: f"[{found[0]}]", name)
