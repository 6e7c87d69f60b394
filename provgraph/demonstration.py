"""What ``provgraph demo`` does: real provenance in, the answer out."""

import os
import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import click

from provgraph.ingest.loading import load
from provgraph.model.values import counted
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import find, lineage
from provgraph.store.registry import open_store
from provgraph.writers.registry import WRITERS

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
_MORE = """
This is the real history of {dl3}, as ctapipe's provenance logs tell it.
It is kept in {path}; ask more of it:

  export PROVGRAPH_STORE={url}
  {command} what-produced {dl3} --format svg -o lineage.svg
  {command} impact /data/ctao/models/energy.pkl
  {command} show {dl3}
  {command} serve            # then open http://127.0.0.1:8000/

Load your own logs:  {command} load FOLDER…"""


def demonstrate(url: str | None) -> None:
    """Load the sample that ships with provgraph, and show what produced its DL3 file.

    Args:
        url: the store to load into; None for a new SQLite file in the temporary folder.

    Raises:
        SettingsError: there is no such kind of store.
        StoreError: the store can't be reached, or failed.
    """
    if url is None:
        url = f"sqlite:///{Path(tempfile.mkdtemp(prefix='provgraph-demo-')) / 'demo.db'}"
    store = open_store(url)
    try:
        with as_file(files("provgraph") / "data" / "sample") as folder:
            reports = list(load(store, [str(folder)]))
        runs = sum(report.activities for report in reports)
        loaded = f"{counted(len(reports), 'provenance log')} with {counted(runs, 'run')}"
        click.echo(f"loaded {loaded} into {store.address}\n", err=True)
        answer = with_summary(store, lineage(store, find(store, DL3)))
        click.echo(WRITERS["text"](answer))
    finally:
        store.close()
    shown = url.rpartition("@")[2] if "@" in url else url
    click.echo(_MORE.format(dl3=DL3, path=shown, url=shown, command=_command()))


def _command() -> str:
    """How the user can call this program: by its name when the shell finds it, else by its path."""
    return "provgraph" if shutil.which("provgraph") else os.path.relpath(sys.argv[0])
