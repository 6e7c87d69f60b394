"""What ``stilts taplint`` says of a service."""

import re
import subprocess
from collections import Counter
from typing import Final, NamedTuple

#: Level, stage, code and words of a message that is no mere information.
_FINDING: Final = re.compile(r"^([EWF])-(\w+)-(\w+)-(?:\d+|x) (.*)$", re.MULTILINE)
_LEVELS: Final = {"E": "error", "W": "warning", "F": "failure"}
_TOTALS: Final = re.compile(r"^Totals: .*$", re.MULTILINE)
#: Stage and code → what is behind it.
_REASONS: Final = {
    "CAP-CULF": "a language feature of DaCHS's own",
    "CAP-CPUL": "DaCHS has VOSI at addresses of its own",
    "MDQ-CCAS": "DaCHS: a column of TAP_SCHEMA",
    "LOC-NOTP": "a service without plans of observations",
    "UPL-YAR1": "DaCHS: how it writes VOTables",
    "EXA-EXNO": "DaCHS has no examples as it is installed",
}
_UNEXPLAINED: Final = "to be looked at"


class Finding(NamedTuple):
    """A kind of message.

    Attributes:
        level: error, warning or failure.
        code: stage and code.
        times: how often it came.
        says: the first one.
    """

    level: str
    code: str
    times: int
    says: str

    @property
    def is_explained(self) -> bool:
        """Whether it is known, and no fault of the tables."""
        return self.level != "error" and self.code in _REASONS

    def __str__(self) -> str:
        reason = _REASONS[self.code] if self.is_explained else _UNEXPLAINED
        says = self.says.replace("|", "\\|")
        return f"| {self.code} | {self.level} | {self.times} | {says} | {reason} |"


def taplint(url: str) -> str:
    """Let stilts look at all of a TAP service.

    Args:
        url: of the service.

    Returns:
        All that it says.
    """
    command = ("stilts", "taplint", f"tapurl={url}", "report=ESWF", "maxrepeat=100")
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    ).stdout


def findings(report: str) -> list[Finding]:
    """Read what taplint complains of.

    Args:
        report: that it wrote.

    Returns:
        Its messages, each kind once.

    Raises:
        ValueError: it did not come to its end.
    """
    if not _TOTALS.search(report):
        raise ValueError(f"taplint did not come to its end: {report[-2000:]}")
    found = _FINDING.findall(report)
    times = Counter((level, f"{stage}-{code}") for level, stage, code, _ in found)
    first: dict[tuple[str, str], str] = {}
    for level, stage, code, words in found:
        first.setdefault((level, f"{stage}-{code}"), words)
    return [
        Finding(_LEVELS[level], code, number, first[level, code])
        for (level, code), number in times.items()
    ]
