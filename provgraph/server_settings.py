"""What the environment says about a server: its limits, its log, logins and jobs.

Environment variables are read here and in `provgraph.settings`, and nowhere else.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path

from provgraph.errors import SettingsError

#: What can run jobs.
JOB_ENGINES = ("local", "slurm")


def _limit(default: int, variable: str) -> int:
    """A field of `ServingLimits`, and the variable that sets it."""
    chosen: int = field(default=default, metadata={"variable": variable})
    return chosen


@dataclass(frozen=True, slots=True)
class ServingLimits:
    """How much one request to a server may ask, and how much the server does at once.

    Attributes:
        depth: how deep fields nest.
        aliases: how many fields have an alias, counted wherever a fragment is spread.
        tokens: how many tokens a document has.
        fields: how many fields a document asks for, counted wherever a fragment is spread.
        cost: the estimated work of a document (`provgraph.graphql.limits`).
        records: how many members the lists of an answer have together.
        answer: how long an answer is, in bytes.
        body: how long a request is, in bytes.
        load: how long a source is that is loaded over HTTP, in bytes.
        seconds: how long a request takes.
        concurrent: how many long requests, and how many loads, run at once in one process.
        queue: how many long requests wait.
        rate: how many requests one client makes in a minute; 0 for any number.
    """

    depth: int = _limit(12, "PROVGRAPH_LIMIT_DEPTH")
    aliases: int = _limit(30, "PROVGRAPH_LIMIT_ALIASES")
    tokens: int = _limit(2_000, "PROVGRAPH_LIMIT_TOKENS")
    fields: int = _limit(1_000, "PROVGRAPH_LIMIT_FIELDS")
    cost: int = _limit(10_000_000, "PROVGRAPH_LIMIT_COST")
    records: int = _limit(500_000, "PROVGRAPH_LIMIT_RECORDS")
    answer: int = _limit(64 << 20, "PROVGRAPH_LIMIT_ANSWER")
    body: int = _limit(4 << 20, "PROVGRAPH_LIMIT_BODY")
    load: int = _limit(1 << 30, "PROVGRAPH_LIMIT_LOAD")
    seconds: int = _limit(60, "PROVGRAPH_LIMIT_SECONDS")
    concurrent: int = _limit(2, "PROVGRAPH_LIMIT_CONCURRENT")
    queue: int = _limit(8, "PROVGRAPH_LIMIT_QUEUE")
    rate: int = _limit(0, "PROVGRAPH_LIMIT_RATE")


def serving_limits(variables: Mapping[str, str] = os.environ) -> ServingLimits:
    """Find the limits of a server.

    Args:
        variables: the environment variables, such as ``PROVGRAPH_LIMIT_DEPTH``.

    Returns:
        The limits in force.

    Raises:
        SettingsError: a variable is no whole number, or is not above 0.
    """
    chosen = {}
    for each in fields(ServingLimits):
        variable = each.metadata["variable"]
        said = variables.get(variable)
        if said:
            chosen[each.name] = _count(variable, said, least=0 if each.name == "rate" else 1)
    return ServingLimits(**chosen)


def _count(variable: str, said: str, least: int) -> int:
    """A whole number that a variable says."""
    if not said.isascii() or not said.isdigit() or int(said) < least:
        raise SettingsError(f"{variable}={said} is no whole number from {least} on")
    return int(said)


class LogForm(StrEnum):
    """How a server writes its log."""

    TEXT = "text"
    JSON = "json"


def log_form(variables: Mapping[str, str] = os.environ) -> LogForm:
    """Find out how a server writes its log.

    Args:
        variables: the environment variables; ``PROVGRAPH_LOG`` is ``text`` or ``json``.

    Returns:
        The form: text for people, unless the variable says otherwise.

    Raises:
        SettingsError: there is no such form.
    """
    said = variables.get("PROVGRAPH_LOG") or LogForm.TEXT
    try:
        return LogForm(said)
    except ValueError:
        raise SettingsError(
            f"PROVGRAPH_LOG={said} is no form of a log: there are {', '.join(LogForm)}"
        ) from None


def is_traced(variables: Mapping[str, str] = os.environ) -> bool:
    """Find out whether a server tells OpenTelemetry of its requests.

    Args:
        variables: the environment variables; ``PROVGRAPH_TRACES`` is ``on`` or ``off``. Where the
            traces go is said by OpenTelemetry's own, such as ``OTEL_EXPORTER_OTLP_ENDPOINT``.

    Returns:
        Whether traces are on.

    Raises:
        SettingsError: the variable says something else.
    """
    said = variables.get("PROVGRAPH_TRACES") or "off"
    if said not in ("on", "off"):
        raise SettingsError(f"PROVGRAPH_TRACES={said} makes no sense: say on or off")
    return said == "on"


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Whose logins by OpenID Connect count.

    Attributes:
        issuer: the URL of the identity provider, as its tokens say it (``iss``).
        audience: the name by which the provider knows this service (``aud``).
        roles: pairs of a group and the name of a role.
        claim: where a token lists the groups of a person.
        keys: the URL of the provider's keys; None to ask the provider for it.
    """

    issuer: str
    audience: str
    roles: tuple[tuple[str, str], ...]
    claim: str = "groups"
    keys: str | None = None


def oidc_settings(variables: Mapping[str, str] = os.environ) -> OidcSettings | None:
    """Find out whose logins by OpenID Connect count.

    Args:
        variables: the environment variables: ``PROVGRAPH_OIDC_ISSUER``, ``…_AUDIENCE``, ``…_ROLES``
            (``GROUP=ROLE,GROUP=ROLE``), ``…_CLAIM``, ``…_KEYS``.

    Returns:
        The settings; None when there is no issuer.

    Raises:
        SettingsError: there is an issuer, and no audience or no roles.
    """
    issuer = variables.get("PROVGRAPH_OIDC_ISSUER")
    if not issuer:
        return None
    audience = variables.get("PROVGRAPH_OIDC_AUDIENCE")
    pairs = [
        each.strip().rpartition("=")
        for each in variables.get("PROVGRAPH_OIDC_ROLES", "").split(",")
    ]
    if not audience or not all(group and role for group, _, role in pairs):
        raise SettingsError(
            "PROVGRAPH_OIDC_ISSUER needs PROVGRAPH_OIDC_AUDIENCE, the name of this service, and "
            "PROVGRAPH_OIDC_ROLES, such as provgraph-users=reader,provgraph-admins=admin"
        )
    return OidcSettings(
        issuer,
        audience,
        tuple((group, role) for group, _, role in pairs),
        variables.get("PROVGRAPH_OIDC_CLAIM") or "groups",
        variables.get("PROVGRAPH_OIDC_KEYS") or None,
    )


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How a server runs jobs.

    Attributes:
        folder: where the jobs are.
        engine: ``local`` or ``slurm``.
        user: of the system, as whom scripts run; None for the user of the server.
        data: folders whose files every job may read.
        hosts: machines with private addresses from which inputs are fetched all the same.
        slots: how many jobs are with the engine at once.
        by_owner: how many of one owner are.
        waiting: how many jobs of one owner are not done.
        duration: how many seconds a job may take when nobody says.
        most_duration: how many it may take at most.
        keep: after how many days its files are removed when nobody says, and at the latest.
        output: how many bytes a job may write.
        upload: how many bytes an input may have that is sent or fetched.
    """

    folder: Path
    engine: str = "local"
    user: str | None = None
    data: tuple[Path, ...] = ()
    hosts: frozenset[str] = frozenset()
    slots: int = _limit(2, "PROVGRAPH_JOBS_SLOTS")
    by_owner: int = _limit(10, "PROVGRAPH_JOBS_BY_OWNER")
    waiting: int = _limit(10_000, "PROVGRAPH_JOBS_WAITING")
    duration: int = _limit(3_600, "PROVGRAPH_JOBS_DURATION")
    most_duration: int = _limit(86_400, "PROVGRAPH_JOBS_MOST_DURATION")
    keep: int = _limit(30, "PROVGRAPH_JOBS_KEEP")
    output: int = _limit(10 << 30, "PROVGRAPH_JOBS_OUTPUT")
    upload: int = _limit(1 << 30, "PROVGRAPH_JOBS_UPLOAD")


def job_settings(variables: Mapping[str, str] = os.environ) -> JobSettings | None:
    """Find out how a server runs jobs.

    Args:
        variables: the environment variables: ``PROVGRAPH_JOBS`` names the folder, ``…_ENGINE`` the
            engine, ``…_USER`` the user, ``…_DATA`` folders with ``:`` between them, ``…_HOSTS``
            machines with commas between them; `JobSettings` names the limits.

    Returns:
        The settings; None when there is no folder.

    Raises:
        SettingsError: a limit is no whole number above 0, or there is no such engine.
    """
    folder = variables.get("PROVGRAPH_JOBS")
    if not folder:
        return None
    engine = variables.get("PROVGRAPH_JOBS_ENGINE") or "local"
    if engine not in JOB_ENGINES:
        raise SettingsError(f"PROVGRAPH_JOBS_ENGINE={engine}: take {' or '.join(JOB_ENGINES)}")
    limits = {
        each.name: _count(name, said, least=1)
        for each in fields(JobSettings)
        if (name := each.metadata.get("variable")) and (said := variables.get(name))
    }
    return JobSettings(
        folder=Path(folder).absolute(),
        engine=engine,
        user=variables.get("PROVGRAPH_JOBS_USER") or None,
        data=tuple(map(Path, filter(None, variables.get("PROVGRAPH_JOBS_DATA", "").split(":")))),
        hosts=frozenset(filter(None, variables.get("PROVGRAPH_JOBS_HOSTS", "").split(","))),
        **limits,
    )
