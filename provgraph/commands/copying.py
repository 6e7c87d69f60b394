"""The commands ``copy``, ``backup`` and ``restore``: all that a store holds, once more."""

import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provgraph.commands.progress import Progress
from provgraph.commands.running import given, note, reporting_errors
from provgraph.errors import extra_needed
from provgraph.ingest.backups import Written, back_up
from provgraph.ingest.backups import restore as restore_backup
from provgraph.ingest.copying import copy as copy_store
from provgraph.model.values import counted
from provgraph.settings import read_environment
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store

if TYPE_CHECKING:
    from provgraph.store.neo4j.import_files import ImportFiles

_FILE = click.Path(dir_okay=False, path_type=Path)


def _naming_its_stores(command: click.Command) -> click.Command:
    """Take out ``--store``, which every other command has: arguments name the stores."""
    command.params = [each for each in command.params if each.name != "store"]
    return command


@_naming_its_stores
@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="[TO]", required=False)
@click.option(
    "--neo4j-files",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="In place of TO: write files into DIR that `neo4j-admin` imports into an empty database, "
    "and print the command for that.",
)
@reporting_errors
def copy(source: str, target: str | None, folder: Path | None) -> None:
    """Copy all that the store FROM holds into the empty store TO, of any kind.

    FROM and TO are URLs as --store takes them. The copy answers as FROM does and has the same
    digest; what was loaded can be forgotten there, too. Stopped in the middle, the same command
    goes on. Until the copy is whole nobody can ask it, or load into it.
    """
    if (target is None) == (folder is None):
        raise click.UsageError("name where to copy: either TO or --neo4j-files DIR")
    begun = time.monotonic()
    with ExitStack() as stack:
        original = stack.enter_context(_opened(source))
        if folder is None:
            copied = stack.enter_context(_opened(str(target)))
            if original.address == copied.address:
                raise click.UsageError("FROM and TO are the same store")
            filling = stack.enter_context(copied.filling())
        else:
            filling = stack.enter_context(closing(_files(folder)))
        reading = stack.enter_context(original.original())
        progress = stack.enter_context(Progress("records"))
        records = copy_store(reading, original.address, filling, progress.copied)
    _tell(original.address, filling.address, records, time.monotonic() - begun)
    if folder is not None:
        click.echo(_COMMAND.format(folder=shlex.quote(filling.address)))


@_naming_its_stores
@click.command()
@click.argument("source", metavar="STORE")
@click.argument("file", type=_FILE, metavar="FILE")
@reporting_errors
def backup(source: str, file: Path) -> None:
    """Write all that STORE holds into FILE, while others may load.

    STORE is a URL as --store takes it. FILE is one file, for its owner only, that can be asked as
    any store (--store sqlite:///FILE); `restore` makes a store of any kind out of it. It bears its
    name when it is whole and its digest is that of STORE; what is there already is not replaced.
    """
    with _opened(source) as opened, Progress("records") as progress:
        written = back_up(source, opened, file, progress.copied)
    _tell_of_backup(f"backed up {opened.address} to {file}", written)
    if not written.is_compared:
        note(
            "somebody has loaded meanwhile, so the digests were not compared: the file is of the "
            "moment when the command began"
        )


@_naming_its_stores
@click.command()
@click.argument("file", type=_FILE, metavar="FILE")
@click.argument("target", metavar="STORE")
@reporting_errors
def restore(file: Path, target: str) -> None:
    """Make the empty store STORE, of any kind, out of the backup FILE.

    STORE is a URL as --store takes it. At the end its digest is compared with that of FILE.
    """
    with _opened(target) as opened, Progress("records") as progress:
        written = restore_backup(file, target, opened, progress.copied)
    _tell_of_backup(f"restored {opened.address} from {file}", written)


def _tell_of_backup(what: str, written: Written) -> None:
    click.echo(f"{what}: digest {written.digest}")


#: What to do with files for Neo4j.
_COMMAND = """\
import them into an empty database, on the machine of the server and while the server is stopped:
cd {folder} && neo4j-admin database import full neo4j @import.args"""


def _files(folder: Path) -> "ImportFiles":
    with extra_needed("neo4j", "copy --neo4j-files"):
        from provgraph.store.neo4j.import_files import ImportFiles  # noqa: PLC0415

    return ImportFiles(folder.absolute())


def _tell(source: str, target: str, records: int, seconds: float) -> None:
    click.echo(f"copied {source} to {target}: {counted(records, 'record')}, {seconds:.1f} s")


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    """Open a store; its password may come from the environment where the URL has none."""
    if given("store"):
        raise click.UsageError("the arguments name the stores: leave out --store")
    login = url.partition("://")[2].rpartition("@")[0]
    password = None if ":" in login else read_environment(url).store_password
    store = open_store(url, password)
    try:
        yield store
    finally:
        store.close()
