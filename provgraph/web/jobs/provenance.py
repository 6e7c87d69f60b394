"""The provenance of a job as a document or a picture: its run, and what stands beside it.

It is what ProvSAP answers for the id of the job (`provgraph.web.provsap`), with the description.
"""

from typing import Final

from provgraph.errors import extra_needed
from provgraph.interchange.export import export, within
from provgraph.questions.configuration import with_configuration
from provgraph.questions.joint_lineages import Reach, joint_lineage, with_descriptions
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store

#: What OPUS calls a form → our format of documents, in the IVOA's words where there are any.
_FORMATS: Final = {"provjson": "vo-prov-json", "provn": "prov-n", "provxml": "vo-prov-xml"}


def provenance_of(store: Store, job: str, name: str) -> str:
    """Write the provenance of a job.

    Args:
        store: that has it.
        job: the id of the job.
        name: of the form: ``provjson``, ``provn``, ``provxml`` or ``provsvg``.

    Returns:
        The document.

    Raises:
        MissingExtraError: the form needs packages that are not installed.
        NotFoundError: the store does not know the job.
        StoreError: the store failed.
    """
    found = joint_lineage(store, [find(store, job)], Reach(depth=1))
    if name in _FORMATS:
        found = with_descriptions(store, found, of_all=False, has_agents=True)
        return "".join(export(store, _FORMATS[name], within(found, has_settings=True)))
    with extra_needed("pictures", "a picture"):
        from provgraph.pictures.look import Look  # noqa: PLC0415
        from provgraph.pictures.svg import write  # noqa: PLC0415
    return write(with_configuration(store, found), Look(w3c=True))
