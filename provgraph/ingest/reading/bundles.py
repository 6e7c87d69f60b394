"""Sources whose bytes are put together from what lies at their path.

These are the folders of jobs, research objects, and data products, of which only the header counts.
Each is one source with one checksum, and goes through spools and readers as any file does.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from provgraph.loaders.ctadirac.job_folder import files_of, is_job_folder, packed
from provgraph.loaders.ctao.product_file import is_product, packed_header
from provgraph.loaders.research_object import is_research_object, packed_object, parts_of


def is_bundle(path: Path) -> bool:
    """Whether what lies at a path is read as one source.

    Args:
        path: of anything.
    """
    if is_bundle_folder(path):
        return True
    try:
        return path.is_file() and is_product(path)
    except (OSError, ValueError):
        return False


def is_bundle_folder(path: Path) -> bool:
    """Whether a path is that of a job's folder or of a research object.

    Args:
        path: of anything.
    """
    return os.path.isdir(path) and (is_research_object(path) or is_job_folder(path))


def bundled(path: Path, name: str) -> bytes:
    """Put the bytes of a bundle together.

    Args:
        path: of a bundle.
        name: the source's. A product whose name is not its path stands where nobody knows.

    Returns:
        The files of a folder, or the product's header with its path, as their loaders read them.

    Raises:
        LoadError: the product has no header that names its run, or a damaged one.
        OSError: a file can't be read.
    """
    if not path.is_dir():
        return packed_header(path, name if name == os.path.abspath(path) else None)
    return packed_object(path) if is_research_object(path) else b"".join(packed(path))


def content_of(path: Path, name: str) -> bytes | Path:
    """What of a source is handed on whole, to a spool or a server.

    Args:
        path: of a file or of a bundle.
        name: the source's; see `bundled`.

    Returns:
        The bytes of a bundle; the path of any other file.

    Raises:
        LoadError: as for `bundled`.
        OSError: a file can't be read.
    """
    return bundled(path, name) if is_bundle(path) else path


def files_in(folder: Path) -> Iterable[Path]:
    """List the files of a bundle that count.

    Args:
        folder: of a job or of a research object.
    """
    return parts_of(folder) if is_research_object(folder) else files_of(folder)
