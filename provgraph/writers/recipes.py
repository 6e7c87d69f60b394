"""A recipe as files: a script or a workflow, alone or with its configuration beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from provgraph.model.recipes import Recipe, RecipeGap
from provgraph.writers import cwl, shell

#: Format → how it is written, and the ending of its files.
RECIPE_WRITERS: dict[str, Callable[..., str]] = {"sh": shell.write, "cwl": cwl.write}


@dataclass(frozen=True, slots=True)
class Rerun:
    """How a file can be made again, as texts.

    Attributes:
        recipe: the commands, configuration and inputs, in order.
    """

    recipe: Recipe

    @property
    def target(self) -> str:
        """The id of the file."""
        return self.recipe.target

    @property
    def gaps(self) -> tuple[RecipeGap, ...]:
        """What can't be rebuilt from what is recorded."""
        return self.recipe.gaps

    @property
    def script(self) -> str:
        """A script for bash."""
        return shell.write(self.recipe)

    @property
    def workflow(self) -> str:
        """A workflow of the Common Workflow Language 1.2."""
        return cwl.write(self.recipe)

    def files(self, format: str = "sh") -> dict[str, str]:
        """Write a script or workflow with its configuration and software in files of their own.

        Args:
            format: ``sh`` or ``cwl``.

        Returns:
            The name of each file → its text. All belong into one folder; the script or workflow,
            ``rerun.sh`` or ``rerun.cwl``, is the first.

        Raises:
            KeyError: there is no such format.
        """
        texts = ((step.configuration_name, step.configuration_text) for step in self.recipe.steps)
        return {
            f"rerun.{format}": RECIPE_WRITERS[format](self.recipe, apart=True),
            **{name: text for name, text in texts if text is not None},
            **self.recipe.requirements(),
        }
