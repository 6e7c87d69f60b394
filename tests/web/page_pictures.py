"""``python -m tests.web.page_pictures [NAME…]``: the pictures of the page in the documentation.

They show the sample, and a night of 5,000 runs, of which three failed. Whoever changes how the
page looks makes them anew, and looks at them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from PIL import Image

from provgraph.demonstration import DL3
from provgraph.ingest.loading import load
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, Fact, Mention, Run
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.relational.store import open_sqlite
from tests.graphql.conftest import served
from tests.questions.runs import put
from tests.web.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs" / "how-to" / "pictures"
_MODEL = "/night/models/energy.pkl"
_RUNS, _FAILED = 2_500, {17, 1_203, 2_044}
_EVENING = datetime(2026, 11, 20, 20)
_DRAWN = ".flow[aria-busy=false] .box"


class _View(NamedTuple):
    """What a picture shows: an address, in a window, once something is there."""

    address: str
    size: tuple[int, int]
    shown: str = _DRAWN
    is_dark: bool = False


def main() -> None:
    """Make the pictures that the command line names, else all."""
    with TemporaryDirectory() as folder, chromium() as browser:
        with _store(Path(folder) / "sample.db") as sample:
            with as_file(files("provgraph") / "data" / "sample") as logs:
                list(load(sample, [str(logs)]))
            _take(browser, sample, _views(sample))
        with _store(Path(folder) / "night.db") as night:
            put(night, *_night())
            _take(browser, night, {"stacks": _View(_history(_MODEL), (1500, 640))})


@contextmanager
def _store(path: Path) -> Iterator[Store]:
    store = open_sqlite(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()


def _history(of: str, record: str = "") -> str:
    return f"/#/history?of={quote(of)}" + (f"&record={quote(record)}" if record else "")


def _views(sample: Store) -> dict[str, _View]:
    made = lineage(sample, find(sample, DL3), Direction.UPSTREAM, 1)
    (run,) = made.of_kind(Kind.ACTIVITY)
    a, b = (quote(f"/data/ctao/dl2/{name}_full.dl2.h5") for name in ("run02001", "run00103"))
    return {
        "flowchart": _View(_history(DL3), (1600, 760)),
        "dark": _View(_history(DL3), (1600, 760), is_dark=True),
        "phone": _View(_history(DL3), (390, 800)),
        "record": _View(_history(DL3, run.id), (1360, 760), f"{_DRAWN}, .panel table"),
        "search": _View("/#/search?kind=entity&level=DL2", (1200, 640), "table.records"),
        "compare": _View(f"/#/compare?a={a}&b={b}", (1200, 640), "section.difference"),
    }


def _take(browser: "Browser", store: Store, views: dict[str, _View]) -> None:
    with served(store) as server:
        for name, view in views.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            width, height = view.size
            window = browser.new_context(
                base_url=str(server.base_url),
                viewport={"width": width, "height": height},
                color_scheme="dark" if view.is_dark else "light",
            )
            page = window.new_page()
            page.goto(view.address)
            for selector in view.shown.split(", "):
                page.locator(selector).first.wait_for(timeout=60_000)
            page.wait_for_load_state("networkidle")
            _write(name, page.screenshot())
            window.close()


def _write(name: str, taken: bytes) -> None:
    """Keep a picture with 256 colours, which nobody tells from the rest."""
    path = FOLDER / f"page-{name}.png"
    with Image.open(BytesIO(taken)) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def _night() -> Iterator[Document]:
    """Chains from raw data to DL2, all merged into one file, of which a model is made."""
    merged = "/night/dl2/all.dl2.h5"
    names = [f"run{number:05}" for number in range(_RUNS)]
    for number, name in enumerate(names):
        files = [f"/night/{name}.{ending}" for ending in ("simtel.zst", "dl1.h5", "dl2.h5")]
        for level in (1, 2):
            yield _run(
                f"{name}-{level}",
                "ctapipe-process",
                number + 60 * level,
                {f"/night/config/dl{level}.yaml": "Tool Configuration"}
                | {files[level - 1]: f"DL{level - 1}/Event"},
                {files[level]: f"DL{level}/Event"},
                "error" if level == 1 and number in _FAILED else None,
            )
    parts = {f"/night/{name}.dl2.h5": "DL2/Event" for name in names}
    yield _run("merge", "ctapipe-merge", 3_000, parts, {merged: "DL2/Event"})
    yield _run(
        "train",
        "ctapipe-train-energy-regressor",
        3_010,
        {merged: "DL2/Event", "/night/config/train.yaml": "Tool Configuration"},
        {_MODEL: "ml-models"},
    )


def _run(
    name: str,
    tool: str,
    minute: int,
    reads: dict[str, str],
    writes: dict[str, str],
    status: str | None = None,
) -> Document:
    start = _EVENING + timedelta(minutes=minute)
    facts = {
        Fact.NAME: (tool,),
        Fact.VERSION: ("0.28.0",),
        Fact.HOST: ("wn042",),
        Fact.START: (f"{start.isoformat()}.000",),
        Fact.END: (f"{(start + timedelta(seconds=50)).isoformat()}.000",),
        **({Fact.STATUS: (status,)} if status else {}),
    }
    files = ((RelationType.USED, reads), (RelationType.WAS_GENERATED_BY, writes))
    return Document(
        run=Run(name, facts),
        mentions=tuple(
            Mention(name, relation, role, f"file:{path}", None, "ctapipe default")
            for relation, paths in files
            for path, role in paths.items()
        ),
    )


if __name__ == "__main__":
    main()
