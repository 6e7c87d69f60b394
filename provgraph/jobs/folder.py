"""The folder of a job: control files that only the server writes, inputs, and the work folder."""

import json
import os
import pwd
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from provgraph.jobs.definition import JobDefinition, JobInput, JobOutput, JobParameter

#: The name of a folder for what comes with a request begins so; nobody writes there for longer than
#: so many seconds.
UPLOAD: Final = "upload-"
_UPLOAD_SECONDS: Final = 86_400.0
#: So many seconds a wrapper may take from its claim to the script.
_BEGINNING: Final = 60.0
#: What a script finds in its environment beside its own variables.
ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class JobUser:
    """The user of the system as whom scripts run.

    Attributes:
        uid: the number.
        gid: of the group.
    """

    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> "JobUser":
        """Find a user.

        Args:
            name: of the user.

        Raises:
            KeyError: there is none.
        """
        found = pwd.getpwnam(name)
        return cls(found.pw_uid, found.pw_gid)


class JobFolder:
    """The files of one job."""

    def __init__(self, jobs: Path, identifier: str) -> None:
        """Take the path; nothing is made yet.

        Args:
            jobs: the folder of all jobs.
            identifier: of the job.
        """
        self.path = jobs / identifier
        self.control = self.path / "control"
        self.inputs = self.path / "inputs"
        self.work = self.path / "work"

    def make(self, definition: JobDefinition) -> None:
        """Make the folders, and keep the definition as it is now.

        Args:
            definition: of the job.
        """
        for each in (self.path, self.control, self.inputs, self.work):
            each.mkdir(mode=0o711)
        self.control.chmod(0o700)
        self.inputs.chmod(0o700)
        self._write("definition.json", asdict(definition))

    def definition(self) -> JobDefinition:
        """Read the definition by which the job is run."""
        said = json.loads((self.control / "definition.json").read_text(encoding="utf-8"))
        kinds = {"parameters": JobParameter, "inputs": JobInput, "outputs": JobOutput}
        for part, kind in kinds.items():
            said[part] = {name: kind(**each) for name, each in said[part].items()}
        return JobDefinition(**said)

    def give_order(self, order: dict[str, Any], script: str, user: JobUser | None) -> None:
        """Write down what the wrapper is to do.

        Args:
            order: the limits of the job and its environment.
            script: for bash.
            user: as whom it is run; None for the user of the server.
        """
        (self.path / "script.sh").write_text(script, encoding="utf-8")
        (self.path / "script.sh").chmod(0o644)
        if user is not None:
            for each in (self.work, *self.work.rglob("*")):
                os.chown(each, user.uid, user.gid, follow_symlinks=False)
        own = {"HOME": str(self.work), "TMPDIR": str(self.work), "PWD": str(self.work)}
        environment = {**ENVIRONMENT, **own, **order.pop("variables")}
        self._write(
            "order.json",
            {
                **order,
                "command": ["/bin/bash", str(self.path / "script.sh")],
                "work": str(self.work),
                "environment": environment,
                "user": user and user.uid,
                "group": user and user.gid,
            },
        )

    def is_claimed(self) -> bool:
        """Tell whether a wrapper has begun, within the last minute."""
        with suppress(FileNotFoundError):
            return time.time() - (self.control / "claimed").stat().st_mtime < _BEGINNING
        return False

    def started(self) -> dict[str, Any] | None:
        """Read what the wrapper noted when the script began; None before."""
        return self._read("started.json")

    def ended(self) -> dict[str, Any] | None:
        """Read what the wrapper noted when the script ended; None before."""
        return self._read("ended.json")

    def tell_to_abort(self) -> None:
        """Tell the wrapper to end the script, wherever it runs."""
        with suppress(FileNotFoundError):
            (self.control / "abort").touch()

    def seal(self, user: JobUser | None) -> None:
        """Keep other scripts of the same user out of the work folder, once the job has ended.

        Args:
            user: as whom it was run; None for the user of the server, who can't be kept out.
        """
        if user is not None:
            os.chown(self.work, os.getuid(), os.getgid())
            self.work.chmod(0o700)

    def remove(self) -> None:
        """Remove all files of the job."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.control / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    def _write(self, name: str, said: object) -> None:
        beside = self.control / f"{name}.new"
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(self.control / name)


def remove_old_uploads(jobs: Path) -> None:
    """Remove what came with requests whose server was killed before it could.

    What is younger than a day may be of a server that lives.

    Args:
        jobs: the folder of all jobs.

    Raises:
        OSError: one of them can't be looked at, or removed.
    """
    latest = time.time() - _UPLOAD_SECONDS
    for folder in jobs.glob(f"{UPLOAD}*"):
        with suppress(FileNotFoundError):  # its server has removed it meanwhile
            if max(each.stat().st_mtime for each in (folder, *folder.iterdir())) < latest:
                shutil.rmtree(folder)
