"""Masks passwords and tokens, and picks the environment variables that may be kept.

No secret of a source gets into a store (docs/contract.md, What is kept).
"""

import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

MASK = "***"
_WORD = (
    r"(?:\w{0,40}(?:password|passwd|passphrase|secret|token|signature)|pwd|pass|auth|authz|sig"
    r"|credentials?|api[-_]?key|access[-_]?key|private[-_]?key)"
)
_SECRET_OPTION = re.compile(rf"--?(?:[\w.-]{{0,60}}[._-])?{_WORD}", re.IGNORECASE)
_SECRET_NAME = re.compile(rf"(?:^|[._-]){_WORD}s?$", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    rf"((?:^|[\s?&;,._\-{{(\"']){_WORD}[\"']?\s*[=:]\s*[\"']?)([^\s&\"'}}]+)", re.IGNORECASE
)
_OPTION_IN_TEXT = re.compile(rf"({_SECRET_OPTION.pattern}\s+)(\S+)", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(authorization\s*[:=]\s*).+", re.IGNORECASE | re.DOTALL)
_URL_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^/\s]*@")
#: Every name of a secret holds one of these. Most texts hold none, and need no further look.
_HINTS = ("pass", "pwd", "secret", "token", "sig", "auth", "cred", "key")
#: Options are looked for in a command line, not in longer texts, where that would take quadratic
#: time.
_LONGEST_COMMAND = 10_000
#: Longer texts are looked through each time.
_LONGEST_REMEMBERED = 200

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
    """Mask the secrets in a text.

    Args:
        text: such as ``tool --password hunter2 https://me:hunter2@host/x?token=hunter2``.

    Returns:
        The text with ``***`` for what follows ``token=`` or ``--password`` and the like, and for
        the credentials in URLs.
    """
    return _masked_often(text) if len(text) < _LONGEST_REMEMBERED else _masked(text)


def _masked(text: str) -> str:
    if "://" in text:
        text = _URL_CREDENTIALS.sub(rf"\1{MASK}@", text)
    if not _may_name_secret(text):
        return text
    if "=" in text or ":" in text:
        text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
        text = _ASSIGNMENT.sub(rf"\1{MASK}", text)
    return (
        _OPTION_IN_TEXT.sub(rf"\1{MASK}", text)
        if "-" in text and len(text) < _LONGEST_COMMAND
        else text
    )


def _may_name_secret(text: str) -> bool:
    """Whether a text needs a closer look; a regular expression takes ten times as long to tell."""
    if not text.isascii():  # some letters have more forms than two
        return True
    lowered = text.lower()
    return any(map(lowered.__contains__, _HINTS))


#: The texts that thousands of runs have in common.
_masked_often = lru_cache(maxsize=4096)(_masked)


def masked_arguments(arguments: Sequence[Any]) -> list[Any]:
    """Mask the secrets in a command line.

    Args:
        arguments: the words; those that are no texts may hold texts.

    Returns:
        The words, with ``***`` for what follows ``--password`` and the like, be it the next word or
        the rest behind ``=``.
    """
    words: list[Any] = []
    secret_follows = False
    for argument in arguments:
        if isinstance(argument, str):
            is_short = len(argument) < _LONGEST_REMEMBERED
            word, secret = (_argument_often if is_short else _masked_argument)(argument)
        else:
            word, secret = masked_value(argument), False
        words.append(MASK if secret_follows else word)
        secret_follows = secret
    return words


def _masked_argument(argument: str) -> tuple[str, bool]:
    """One word of a command line, and whether the next word is a secret.

    Of ``--password=…`` all behind the sign is a secret.
    """
    option, equals, _ = argument.partition("=")
    if not _is_secret_option(option):
        return masked(argument), False
    return (f"{option}={MASK}", False) if equals else (masked(argument), True)


#: The words that thousands of command lines have in common.
_argument_often = lru_cache(maxsize=4096)(_masked_argument)


def _is_secret_option(word: str) -> bool:
    is_option = word.startswith("-") and _may_name_secret(word)
    return is_option and _SECRET_OPTION.fullmatch(word) is not None


def masked_value(value: Any) -> Any:
    """Mask the secrets in the texts of a value, however deep.

    Args:
        value: any value of JSON.

    Returns:
        The same value with secrets masked.
    """
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_parameter(str(key), item) for key, item in value.items()}
    return masked_arguments(value) if isinstance(value, list) else value


def masked_parameter(name: str, value: Any) -> Any:
    """Mask the secrets in the value of a parameter.

    Args:
        name: the parameter's name; the last part counts, such as ``DataSource.password``.
        value: the parameter's value.

    Returns:
        ``***`` when the name is that of a secret, else the value with the secrets in its texts
        masked. An empty value of a secret stays as it is.
    """
    return MASK if _is_secret(name) and value not in (None, "", False) else masked_value(value)


def masked_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Mask the secrets in the values of parameters.

    Args:
        values: name → value.

    Returns:
        The same names, with what `masked_parameter` makes of their values.
    """
    return {
        name: masked_parameter(name, value)
        if type(value) not in _NUMBERS or (value and _is_secret(name))
        else value
        for name, value in values.items()
    }


#: Types of values that hold no text. Most parameters are of them, and need no closer look.
_NUMBERS = frozenset({int, float, bool, type(None)})


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    """Whether a name is that of a secret; thousands of runs have parameters of a few names."""
    return _SECRET_NAME.search(name) is not None


def computing_environment(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the environment variables that may be kept.

    Args:
        environment: the variables of a process.

    Returns:
        Those that are set and on the allow-list: `ENVIRONMENT_VARIABLES`, or the names in the
        setting ``PROVGRAPH_ENVIRONMENT_VARIABLES``.
    """
    setting = os.environ.get(SETTING)
    allowed = (
        ENVIRONMENT_VARIABLES if setting is None else frozenset(setting.replace(",", " ").split())
    )
    return {
        name: value for name, value in environment.items() if name in allowed and value is not None
    }
