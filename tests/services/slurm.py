"""A Slurm of one node, which runs jobs of batches as the current user (root)."""

import os
import secrets
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

from tests.services.process import Server, ServiceUnavailable, free_port

_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo")
_CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={home}/munge.socket
CredType=cred/munge
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=500 State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
_START = """\
munged --foreground --key-file={home}/munge.key --socket={home}/munge.socket --force \
  --pid-file={home}/munge.pid --seed-file={home}/munge.seed --log-file={home}/munge.log &
slurmd -D -f {home}/slurm.conf -N {host} &
exec slurmctld -D -f {home}/slurm.conf
"""


class SlurmServer(Server):
    """Slurm's controller; the daemons of its node and of its logins are children of it."""

    name = "slurm"

    def __init__(self) -> None:
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        self.environment = {**os.environ, "PATH": path}
        absent = [each for each in _PROGRAMS if shutil.which(each, path=path) is None]
        if absent or os.geteuid() != 0:
            raise ServiceUnavailable(
                f"no Slurm here: {', '.join(absent) or 'only root can start it'}",
                where="PATH and /usr/sbin",
                todo=self.install_hint,
            )
        super().__init__(start_timeout=60)
        self.configuration = self.home / "slurm.conf"
        self.environment["SLURM_CONF"] = str(self.configuration)

    def _prepare(self) -> None:
        self.home.chmod(0o755)
        for name in ("state", "spool"):
            (self.home / name).mkdir(exist_ok=True)
        key = self.home / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        self.configuration.write_text(
            _CONFIGURATION.format(
                host=socket.gethostname(),
                home=self.home,
                controller=free_port(),
                node=free_port(),
            )
        )

    def _launch(self) -> "subprocess.Popen[bytes]":
        script = _START.format(home=shlex.quote(str(self.home)), host=socket.gethostname())
        with Path(self.log).open("wb") as log:
            return subprocess.Popen(
                ["/bin/sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
            )

    def _ping(self) -> None:
        done = subprocess.run(
            ["sinfo", "-h", "-o", "%T"],
            check=True,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=10,
        )
        if done.stdout.strip() != "idle":
            raise ServiceUnavailable(done.stdout, where="sinfo", todo="wait")
