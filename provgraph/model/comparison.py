"""What differs between two histories."""

from dataclasses import dataclass
from enum import StrEnum

from provgraph.model.values import Value


class Change(StrEnum):
    """How a run differs from its counterpart."""

    ONLY_A = "only-a"
    ONLY_B = "only-b"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A parameter, or a package with its version, that differs.

    Attributes:
        name: of the parameter or package.
        a: its value in the first history; None where it has none.
        b: its value in the second history; None where it has none.
    """

    name: str
    a: Value
    b: Value


@dataclass(frozen=True, slots=True)
class InputDifference:
    """An input that one run read, or that another file has taken the place of.

    Attributes:
        role: the part that it played; the relation where it is no file that the run used.
        a: the id of what the run of the first history read; None where it read nothing instead.
        b: the id of what the run of the second history read; None where it read nothing instead.
    """

    role: str | None
    a: str | None
    b: str | None


@dataclass(frozen=True, slots=True)
class RunDifference:
    """A run that stands in one history only, or that differs from its counterpart.

    Attributes:
        tool: the name of the tool; None of records that no run made (`LineageDiff`).
        change: how it differs.
        a: the id of the run of the first history.
        b: the id of the run of the second history.
        version: the versions of the tool, where they differ.
        parameters: the parameters that differ, by name.
        packages: the packages that differ, by name.
        inputs: the inputs that differ, by role.
    """

    tool: str | None
    change: Change
    a: str | None
    b: str | None
    version: tuple[str | None, str | None] | None = None
    parameters: tuple[ValueDifference, ...] = ()
    packages: tuple[ValueDifference, ...] = ()
    inputs: tuple[InputDifference, ...] = ()

    @property
    def is_alike(self) -> bool:
        """Whether the run and its counterpart differ in ids, times, hosts and file names only."""
        one_sided = self.change is not Change.CHANGED
        return not (one_sided or self.version or self.parameters or self.packages or self.inputs)


@dataclass(frozen=True, slots=True)
class LineageDiff:
    """What differs between two histories.

    Attributes:
        a: the id of the record that the first history led to.
        b: the id of the record that the second history led to.
        runs: the runs that differ, the weightiest first. Where no run made either record, but what
            they come from differs, one without a tool says so.
        alike: how many pairs of runs are alike.
        truncated: whether a limit cut one of the histories.
    """

    a: str
    b: str
    runs: tuple[RunDifference, ...]
    alike: int = 0
    truncated: bool = False

    @property
    def identical(self) -> bool:
        """Whether nothing differs but ids, times, hosts and file names."""
        return not self.runs
