"""Masks passwords and tokens, and keeps of a process environment only what shapes the computation.

CONTRACT section 1.
"""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "***"
_WORD = r"(?:password|passwd|pwd|passphrase|secret|token|credentials?|api[-_]?key|access[-_]?key|private[-_]?key)"
_SECRET_OPTION = re.compile(rf"^--?(?:[\w.-]*[._-])?{_WORD}$", re.IGNORECASE)
_SECRET_NAME = re.compile(rf"(?:^|[._-]){_WORD}$", re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"(?i)((?:^|[\s?&;,._-]){_WORD}\s*[=:]\s*)([^\s&;,]+)")
_URL_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/\s:@]*):([^/\s@]+)@")

#: Variables that shape a computation: which software is found and with how many threads it runs.
ENVIRONMENT_VARIABLES = frozenset(
    {
        "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "CTAPIPE_CACHE", "CTAPIPE_SVC_PATH", "DYLD_LIBRARY_PATH", "LANG",
        "LC_ALL", "LD_LIBRARY_PATH", "LD_PRELOAD", "MKL_NUM_THREADS", "NUMBA_CPU_NAME", "NUMBA_NUM_THREADS",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "PYTHONPATH", "TZ", "VIRTUAL_ENV",
    }
)  # fmt: skip
SETTING = "PROVGRAPH_ENVIRONMENT_VARIABLES"


def masked(text: str) -> str:
    """The text with ``token=…`` and the passwords in URLs masked."""
    if "://" in text:
        text = _URL_CREDENTIALS.sub(rf"\1\2:{MASK}@", text)
    return _ASSIGNMENT.sub(rf"\1{MASK}", text) if "=" in text or ":" in text else text


def masked_arguments(arguments: Sequence[Any]) -> list[Any]:
    """A command line with what follows ``--password`` and the like masked, as its own word or behind ``=``."""
    shown: list[Any] = []
    secret_follows = False
    for argument in arguments:
        shown.append(MASK if secret_follows else masked(argument) if isinstance(argument, str) else argument)
        secret_follows = isinstance(argument, str) and _SECRET_OPTION.match(argument) is not None
    return shown


def masked_parameter(name: str, value: Any) -> Any:
    """A parameter's value, masked when its name says that it is a secret."""
    if value and isinstance(value, str):
        return MASK if _SECRET_NAME.search(name) else masked(value)
    return value


def computing_environment(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The variables on the allow-list (`ENVIRONMENT_VARIABLES`, or the names in the setting) that are set."""
    setting = os.environ.get(SETTING)
    allowed = ENVIRONMENT_VARIABLES if setting is None else frozenset(setting.replace(",", " ").split())
    return {name: value for name, value in environment.items() if name in allowed and value is not None}
