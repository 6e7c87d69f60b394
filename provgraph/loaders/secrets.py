"""Masks passwords and tokens, and keeps of a process environment only what shapes the computation.

CONTRACT section 1.
"""

import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

MASK = "***"
_WORD = (
    r"(?:\w{0,40}(?:password|passwd|passphrase|secret|token|signature)|pwd|pass|auth|authz|sig|credentials?"
    r"|api[-_]?key|access[-_]?key|private[-_]?key)"
)
_SECRET_OPTION = re.compile(rf"--?(?:[\w.-]{{0,60}}[._-])?{_WORD}", re.IGNORECASE)
_SECRET_NAME = re.compile(rf"(?:^|[._-]){_WORD}s?$", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    rf"((?:^|[\s?&;,._\-{{(\"']){_WORD}[\"']?\s*[=:]\s*[\"']?)([^\s&\"'}}]+)", re.IGNORECASE
)
_OPTION_IN_TEXT = re.compile(rf"({_SECRET_OPTION.pattern}\s+)(\S+)", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(authorization\s*[:=]\s*).+", re.IGNORECASE | re.DOTALL)
_URL_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^/\s]*@")
#: What every name of a secret holds; most texts are done with after one look for it.
_HINT = re.compile(r"pass|pwd|secret|token|sig|auth|cred|key", re.IGNORECASE)
#: Options are looked for in a command line, not in longer texts, where that would take quadratic
#: time.
_LONGEST_COMMAND = 10_000

#: Variables that shape a computation: which software is found and with how many threads it runs.
ENVIRONMENT_VARIABLES = frozenset(
    {
        "CONDA_DEFAULT_ENV",
        "CONDA_PREFIX",
        "CTAPIPE_CACHE",
        "CTAPIPE_SVC_PATH",
        "DYLD_LIBRARY_PATH",
        "LANG",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "MKL_NUM_THREADS",
        "NUMBA_CPU_NAME",
        "NUMBA_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PYTHONHASHSEED",
        "PYTHONPATH",
        "TZ",
        "VIRTUAL_ENV",
    }
)
SETTING = "PROVGRAPH_ENVIRONMENT_VARIABLES"


def masked(text: str) -> str:
    """The text with what follows ``token=`` or ``--password`` and the credentials in URLs masked."""
    if "://" in text:
        text = _URL_CREDENTIALS.sub(rf"\1{MASK}@", text)
    if not _HINT.search(text):
        return text
    if "=" in text or ":" in text:
        text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
        text = _ASSIGNMENT.sub(rf"\1{MASK}", text)
    return (
        _OPTION_IN_TEXT.sub(rf"\1{MASK}", text)
        if "-" in text and len(text) < _LONGEST_COMMAND
        else text
    )


def masked_arguments(arguments: Sequence[Any]) -> list[Any]:
    """A command line with what follows ``--password`` and the like masked, as its own word or
    behind ``=``.
    """
    shown: list[Any] = []
    secret_follows = False
    for argument in arguments:
        shown.append(MASK if secret_follows else _masked_argument(argument))
        secret_follows = (
            isinstance(argument, str) and _SECRET_OPTION.fullmatch(argument) is not None
        )
    return shown


def _masked_argument(argument: Any) -> Any:
    """One word of a command line.

    Of ``--password=…`` everything behind the sign, spaces and all.
    """
    if isinstance(argument, str):
        option, equals, _ = argument.partition("=")
        if equals and _SECRET_OPTION.fullmatch(option):
            return f"{option}={MASK}"
    return masked_value(argument)


def masked_value(value: Any) -> Any:
    """A value with the secrets in its texts masked, however deep."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_parameter(str(key), item) for key, item in value.items()}
    return masked_arguments(value) if isinstance(value, list) else value


def masked_parameter(name: str, value: Any) -> Any:
    """A parameter's value, all of it masked when its name says that it is a secret."""
    return MASK if _is_secret(name) and value not in (None, "", False) else masked_value(value)


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    """Whether the name says so; thousands of runs have parameters of the same few names."""
    return _SECRET_NAME.search(name) is not None


def computing_environment(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The variables on the allow-list (`ENVIRONMENT_VARIABLES`, or the names in the setting) that
    are set.
    """
    setting = os.environ.get(SETTING)
    allowed = (
        ENVIRONMENT_VARIABLES if setting is None else frozenset(setting.replace(",", " ").split())
    )
    return {
        name: value for name, value in environment.items() if name in allowed and value is not None
    }
