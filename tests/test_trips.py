"""How many files a stranger passes through who follows one command from its start to its end.

docs/explanation/architecture.md describes these trips. A file counts when one of its functions
runs; what runs while a module is imported does not count.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import LOGS
from tests.processes import environment

#: The most files of provgraph that a command may pass through.
LOAD_FILES = 37
QUESTION_FILES = 23
EXPORT_FILES = 22

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
#: Runs a command in a process of its own, and writes which files it passed through.
FOLLOW = """
import inspect, json, sys, threading
from pathlib import Path

import provgraph
from provgraph.commands.main import main

HOME = str(Path(provgraph.__file__).parent)
files = set()

def follow(frame, event, argument):
    code = frame.f_code
    if event != "call" or not code.co_filename.startswith(HOME) or code.co_name[0] == "<":
        return
    if code.co_flags & inspect.CO_OPTIMIZED and not is_importing(frame):
        files.add(code.co_filename.removeprefix(HOME).strip("/"))

def is_importing(frame):
    while frame is not None:
        code = frame.f_code
        if code.co_name == "<module>" and code.co_filename.startswith(HOME):
            return True
        frame = frame.f_back
    return False

threading.setprofile(follow)
sys.setprofile(follow)
try:
    main(sys.argv[2:])
finally:
    sys.setprofile(None)
    Path(sys.argv[1]).write_text(json.dumps(sorted(files)))
"""


def trip(folder: Path, *arguments: str) -> list[str]:
    """The files of provgraph in which a function runs during a command."""
    store = f"sqlite:///{folder / 'store.db'}"
    files = folder / "files.json"
    done = subprocess.run(
        [sys.executable, "-c", FOLLOW, str(files), *arguments],
        cwd=folder,
        env=environment(folder, store),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(files.read_text())
    return found


def test_few_files_are_passed_through(tmp_path: Path) -> None:
    loading = trip(tmp_path, "load", str(LOGS / "dl3_run02001.provlog"))
    asking = trip(tmp_path, "what-produced", DL3)
    exporting = trip(tmp_path, "export", "-o", str(tmp_path / "all.json"))
    assert "commands/loading.py" in loading
    assert "store/relational/questions.py" in asking
    assert "interchange/export.py" in exporting
    assert len(loading) <= LOAD_FILES, "\n".join(loading)
    assert len(asking) <= QUESTION_FILES, "\n".join(asking)
    assert len(exporting) <= EXPORT_FILES, "\n".join(exporting)
