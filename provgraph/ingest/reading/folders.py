"""What lies in a folder and may be loaded."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from provgraph.ingest.reading.bundles import is_bundle_folder
from provgraph.loaders.research_object import is_research_object


def found_in(
    folder: Path, is_passed_over: Callable[[str], bool] = lambda name: False, *, jobs: bool = False
) -> Iterator[Path]:
    """Find what lies in a folder and in the folders in it.

    Args:
        folder: where to look.
        is_passed_over: whether a folder of this name is left out.
        jobs: whether the folder of a job, or a research object, stands for the files in it.

    Yields:
        Paths of files; the path of a folder that can't be read stands for all in it.
    """
    unreadable: list[OSError] = []
    for location, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not is_passed_over(name)]
        here = Path(location)
        is_one = jobs and is_bundle_folder(here)
        if is_one and is_research_object(here):
            folders.clear()  # all in it belongs to it
        yield from [here] if is_one else (here / name for name in names)
    yield from (Path(error.filename or folder) for error in unreadable if is_there(error))


def is_there(error: OSError) -> bool:
    """Whether a path leads to something that can't be accessed, not to nothing.

    Args:
        error: of the access.
    """
    return error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def may_be_read(path: Path) -> bool:
    """Whether a load of the path is to be tried.

    It is tried too where nothing can be read, so that the report says why.

    Args:
        path: of anything in a folder.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return is_there(error)
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
