"""Stores of any size, filled with runs like ctapipe's.

Observations from DL0 to DL3 that share models, IRFs, configs.

The DL3 file of each observation has `ANCESTORS`: 6 runs and 16 files.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from bench.logs import CORPUS
from bench.measure import say
from bench.servers import opened
from provgraph.ingest.deciding.integration import integrate
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.loaders.protocol import Problem
from provgraph.model.identifiers import place_of
from provgraph.model.records import Document, Fact, Mention, Run, StatedEntity, batches
from provgraph.model.vocabulary import RelationType
from provgraph.store.protocol import Store
from provgraph.store.relational import records, tables

ANCESTORS = 22
CACHE = Path(__file__).parents[1] / ".bench"
#: Observations that share models and IRFs.
_CAMPAIGN = 50
#: Nodes and relations of an observation, and of what a campaign shares.
ELEMENTS = 27 + 17 / _CAMPAIGN
#: Runs of an observation, with its share in the campaign's.
_RUNS = 4 + 2 / _CAMPAIGN
#: The most runs that begin with an observation, each in a minute of its own.
_SLOTS = 6
_SPACE = UUID("6f8b4f0e-5d0c-4b4e-9a58-3d7f2f6c1a11")
START = datetime(2027, 1, 1)
_SOURCE = "ctapipe default"

File = tuple[str, str, bool]
"""Role, path, and whether it has a header with a product id."""


def observations(elements: int) -> int:
    """How many observations make a store of so many nodes and relations."""
    return round(elements / ELEMENTS)


def product_of(path: str) -> str:
    """The product id in the header of the file at a path."""
    return f"product:{uuid5(_SPACE, path)}"


def dl3_of(observation: int) -> str:
    """The path of an observation's DL3 file."""
    return f"/data/ctao/dl3/run{observation:06}.dl3.fits"


def fill(
    store: Store, elements: int, batch: int = 500, written: int = 0, deadline: float | None = None
) -> int:
    """Write nodes and relations until there are so many, or until a time of `time.monotonic`.

    Returns:
        how many there are, at least; ``elements`` when all were written.
    """
    first = observations(written)
    documents = _documents(first, observations(elements))
    done = 0
    for chunk in batches(documents, batch):
        if deadline is not None and time.monotonic() > deadline:
            return round((first + max(0, int(done / _RUNS) - 1)) * ELEMENTS)
        with store.writing() as transaction:
            integrate(transaction, chunk)
        done += len(chunk)
        if done % 20_000 == 0:
            say(f"  {done} runs written")
    return elements


def sqlite_file(size: int) -> Path:
    """A store of so many elements, built when it is not there."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"lineage-{size}-{fingerprint()}.db"
    if not path.exists():
        for old in CACHE.glob(f"lineage-{size}-*"):
            old.unlink()
        say(f"building {path.name} (once)")
        part = path.with_suffix(".part")
        with opened(f"sqlite:///{part}") as store:
            fill(store, size)
        part.rename(path)
    return path


def fingerprint() -> str:
    """Another text whenever the generator or the tables of the embedded store are other ones."""
    sources = (
        Path(str(module)).read_bytes() for module in (__file__, records.__file__, tables.__file__)
    )
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]


def _documents(first: int, end: int) -> Iterator[Document]:
    process, second = _real("run02001")
    (apply,) = _real("apply_run02001")
    dl3 = _real("dl3_run02001")[-1]
    (train,) = _real("train_energy")
    irf = _real("irf")[-1]
    for observation in range(first, end):
        campaign = f"c{observation // _CAMPAIGN:05}"
        gammas = f"/data/ctao/dl2/{campaign}/gamma_train.dl2.h5"
        models = [
            f"/data/ctao/models/{campaign}/{name}.pkl" for name in ("energy", "disp", "classifier")
        ]
        cuts, irfs = (f"/data/ctao/irf/{campaign}/{name}.fits" for name in ("cuts", "irf"))
        dl0, dl1, dl2, full = (
            f"/data/ctao/{level}/run{observation:06}{end}"
            for level, end in (
                ("dl0", ".zst"),
                ("dl1", ".dl1.h5"),
                ("dl2", ".dl2.h5"),
                ("dl2", "_full.dl2.h5"),
            )
        )
        runs: list[tuple[Document, list[File], list[File]]] = [
            (
                process,
                [*_configs("base", "dl1"), ("DL0/Event", dl0, False)],
                [("DL1/Event", dl1, True)],
            ),
            (second, [*_configs("base", "dl2"), ("Event", dl1, True)], [("DL1/Event", dl2, True)]),
            (
                apply,
                [("Event data", dl2, True), *_each("reconstructor", models)],
                [("Event data", full, True)],
            ),
            (
                dl3,
                [
                    *_configs("dl3"),
                    ("Event data", full, True),
                    ("Cuts", cuts, True),
                    ("IRF", irfs, True),
                ],
                [("DL3/Event", dl3_of(observation), True)],
            ),
        ]
        if observation % _CAMPAIGN == 0:
            runs[:0] = [
                (
                    train,
                    [*_configs("train"), ("Event data", gammas, False)],
                    _each("ml-models", models),
                ),
                (
                    irf,
                    [*_configs("irf"), ("Event data", gammas, False)],
                    [("Cuts", cuts, True), ("IRF", irfs, True)],
                ),
            ]
        for step, (template, inputs, outputs) in enumerate(runs):
            yield _renewed(template, observation * _SLOTS + step, inputs, outputs)


def _real(name: str) -> list[Document]:
    """The runs of a real log."""
    with (CORPUS / f"{name}.provlog").open("rb") as stream:
        found = list(CtapipeLoader().documents(stream, "default"))
    return [document for document in found if not isinstance(document, Problem)]


def _configs(*names: str) -> list[File]:
    return [("Tool Configuration", f"/data/ctao/config/{name}.yaml", False) for name in names]


def _each(role: str, paths: Sequence[str]) -> list[File]:
    return [(role, path, False) for path in paths]


def _renewed(
    template: Document, minutes: int, inputs: Sequence[File], outputs: Sequence[File]
) -> Document:
    """A real run again, at another time and with other files.

    Its settings are shared with all runs of its kind.
    """
    if template.run is None:
        raise ValueError("not a run")
    run = str(uuid5(_SPACE, f"run {minutes}"))
    start = START + timedelta(minutes=minutes)
    times = {
        Fact.START: (start.isoformat(timespec="milliseconds"),),
        Fact.END: ((start + timedelta(seconds=50)).isoformat(timespec="milliseconds"),),
    }
    header = template.entities[-1].attributes
    return replace(
        template,
        run=Run(run, {**template.run.facts, **times}),
        mentions=tuple(
            Mention(
                run,
                relation,
                role,
                place_of(path),
                product_of(path) if has_header else None,
                _SOURCE,
            )
            for relation, files in (
                (RelationType.USED, inputs),
                (RelationType.WAS_GENERATED_BY, outputs),
            )
            for role, path, has_header in files
        ),
        entities=tuple(
            StatedEntity(product_of(path), header) for _, path, has_header in outputs if has_header
        ),
        config_files=tuple(
            place_of(path) for role, path, _ in inputs if role == "Tool Configuration"
        ),
    )
