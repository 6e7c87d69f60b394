"""Writes a recipe as a shell script (``rerun``).

The script makes everything in a folder of its own and writes nowhere else. Whatever a source says
stands in single quotes, so it is a text to the shell and nothing more; in comments, control
characters are shown as escapes, so none ends its line.
"""

import os.path
import shlex
from collections.abc import Iterable, Iterator, Mapping

from provgraph import __version__
from provgraph.model.recipes import (
    CONFIGURATION,
    Recipe,
    RecipeArgument,
    RecipeFile,
    RecipeStep,
    gap_lines,
)
from provgraph.model.values import counted, visible

_BEGIN = """\
work=${1:-remade}
mkdir -p -- "$work"
work=$(cd -- "$work" && pwd)
"""
_NEED = """\
need() {  # PATH [SHA256]: an input that must be there
    if [ ! -e "$1" ]; then
        printf 'missing input: %s\\n' "$1" >&2
        exit 2
    fi
    if [ -n "${2:-}" ] && [ -f "$1" ]; then
        printf '%s  %s\\n' "$2" "$1" | sha256sum --check --quiet -
    fi
}
"""
_CHECK = """\
same_version() {  # PROGRAM VERSION: says so when another version is installed
    found=$("$1" --version 2> /dev/null | tail -n 1) || found=nothing
    if [ "$found" != "$2" ]; then
        printf '%s was %s, here it is %s\\n' "$1" "$2" "$found" >&2
    fi
}
"""


def write(recipe: Recipe, *, apart: bool = False) -> str:
    """Write a recipe as a script for bash.

    Args:
        recipe: what is to be done.
        apart: whether configuration and software stand in files beside the script
            (`provgraph.writers.recipes`); else the script holds them.

    Returns:
        The script. It takes the folder to work in as its argument.
    """
    return "\n".join(_lines(recipe, apart)) + "\n"


def _lines(recipe: Recipe, apart: bool) -> Iterator[str]:
    yield "#!/usr/bin/env bash"
    yield f"# Makes {visible(recipe.title)} again. Written by provgraph {__version__}."
    yield "# The commands are those that provenance recorded: read them before you run them."
    yield "# Usage: bash THIS-FILE [FOLDER]    works in FOLDER (remade) and writes nowhere else"
    if recipe.gaps:
        yield "#"
        yield "# What can't be rebuilt from what is recorded:"
        yield from (f"# - {line}" for line in gap_lines(recipe))
    yield "set -euo pipefail"
    yield ""
    if apart:
        yield 'here=$(cd -- "$(dirname -- "$0")" && pwd)'
    yield _BEGIN
    yield from _inputs(recipe)
    yield from _software(recipe, apart)
    paths = _paths(recipe)
    for step in recipe.steps:
        yield from _step(step, len(recipe.steps), paths, apart)
    if recipe.product is not None:
        yield f"printf 'made %s\\n' {paths[recipe.product]}"


def _paths(recipe: Recipe) -> dict[RecipeFile, str]:
    """Each file → its path, as the script writes it."""
    found = {file: f'"$input_{number}"' for number, file in enumerate(recipe.inputs, 1)}
    folders = {step.number: step.name for step in recipe.steps}
    made = {file for step in recipe.steps for file in (*step.outputs, *step.inputs)}
    made |= {recipe.product} if recipe.product is not None else set()
    for file in made - found.keys():
        found[file] = '"$work"/' + shlex.quote(f"{folders[file.step or 0]}/{file.name}")
    return found


def _inputs(recipe: Recipe) -> Iterator[str]:
    if not recipe.inputs:
        return
    yield "# Inputs: change a path here where a file has moved."
    for number, file in enumerate(recipe.inputs, 1):
        yield f"input_{number}={shlex.quote(file.location or file.id)}"
    yield ""
    yield _NEED
    for number, file in enumerate(recipe.inputs, 1):
        yield f'need "$input_{number}"' + (f" {shlex.quote(file.sha256)}" if file.sha256 else "")
    yield ""


def _software(recipe: Recipe, apart: bool) -> Iterator[str]:
    """The packages of each environment as a file for pip, and a look at what is installed."""
    for number, (name, text) in enumerate(recipe.requirements().items(), 1):
        steps = [step.number for step in recipe.steps if step.software == number]
        python = visible(recipe.software[number - 1].get("python", ""))
        yield f"# Software of {counted(len(steps), 'step')}: python {python} and {name}"
        if not apart:
            yield from _document(f'"$work"/{name}', text.splitlines())
        yield ""
    programs = {
        (step.command[0], step.version): None
        for step in recipe.steps
        if step.configuration is not None and len(step.command) == 1 and step.version
    }
    if programs:
        yield _CHECK
        for program, version in programs:
            yield f"same_version {shlex.quote(program)} {shlex.quote(version or '')}"
        yield ""


def _step(
    step: RecipeStep, total: int, paths: Mapping[RecipeFile, str], apart: bool
) -> Iterator[str]:
    about = [f"run {step.run}", step.time]
    tool = visible(" ".join(filter(None, (step.tool, step.version))))
    yield f"# Step {step.number} of {total}: {tool} ({visible(', '.join(filter(None, about)))})"
    folder = '"$work"/' + shlex.quote(step.name)
    yield f"mkdir -p -- {folder}"
    yield f"cd -- {folder}"
    for before, after in step.changed:
        yield f"cp -- {paths[before]} {shlex.quote(after.name)}"
    for inner in sorted({os.path.dirname(file.name) for file in step.outputs} - {""}):
        yield f"mkdir -p -- {shlex.quote(inner)}"
    text = step.configuration_text
    if text is not None and apart:
        yield f'cp -- "$here"/{shlex.quote(step.configuration_name)} {CONFIGURATION.name}'
    elif text is not None:
        yield from _document(CONFIGURATION.name, text.splitlines())
    if step.command:
        yield from _command(step, paths)
    else:
        yield "printf 'write the command of step %s yourself\\n' " + f"{step.number} >&2"
        yield "exit 1"
    yield ""


def _command(step: RecipeStep, paths: Mapping[RecipeFile, str]) -> Iterator[str]:
    """The command, a line for each option with its value."""
    lines = [" ".join(map(shlex.quote, step.command))]
    for argument in step.arguments:
        word = _word(step, argument, paths)
        if lines[-1].startswith("-") and " " not in lines[-1] and "=" not in lines[-1]:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    yield " \\\n    ".join(lines)


def _word(step: RecipeStep, argument: RecipeArgument, paths: Mapping[RecipeFile, str]) -> str:
    file = argument.file
    if file is None:
        return shlex.quote(argument.text)
    if file == CONFIGURATION or file.step == step.number:
        path = shlex.quote(file.name)
    else:
        path = paths[file]
    return (shlex.quote(argument.text) if argument.text else "") + path


def _document(path: str, lines: Iterable[str]) -> Iterator[str]:
    """A file with these lines, none of which ends it early."""
    whole = list(lines)
    end = "END"
    while end in whole:
        end += "_"
    yield f"cat > {path} <<'{end}'"
    yield from whole
    yield end
