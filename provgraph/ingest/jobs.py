"""Loading a CTADIRAC job from Python, with the answers of the file catalogue.

A client inside a DIRAC environment has these answers. DIRAC itself is not needed here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from provgraph.ingest.loading import load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.loaders.ctadirac.job_folder import CATALOGUE, JOB, PROVENANCE
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.store.protocol import Store


def load_job(
    store: Store,
    provenance: Sequence[Mapping[str, Any]],
    *,
    job_id: int | str,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    catalogue: Mapping[str, Mapping[str, Any]] | None = None,
    namespace: str = DEFAULT_NAMESPACE,
) -> Report:
    """Load one job; loading it again changes nothing, whether from here or from its folder.

    Args:
        store: where to.
        provenance: the job's activities, as ``Provenance().provenance`` of ctapipe gives them.
        job_id: the job's number.
        inputs: LFNs of its input data.
        outputs: LFNs of what it registered.
        catalogue: LFN → ``{"FileMetadata": …, "Replicas": …}``: for each file what
            ``getFileMetadata`` and ``getReplicas`` give under ``Successful``.
        namespace: of the file systems that are no worker node's own.

    Returns:
        what became of it.

    Raises:
        StoreError: the store failed.
    """
    job = {"JobID": job_id, "InputData": list(inputs), "OutputData": list(outputs)}
    with TemporaryDirectory(prefix="provgraph-job-") as name:
        folder = Path(name)
        for file, said in (
            (PROVENANCE, list(provenance)),
            (JOB, job),
            (CATALOGUE, dict(catalogue or {})),
        ):
            # Times in the catalogue's answers are datetimes, and ctapipe's records hold paths.
            (folder / file).write_text(json.dumps(said, default=str), encoding="utf-8")
        (report,) = load(store, [Source(f"CTADIRAC job {job_id}", folder)], namespace=namespace)
    return report
