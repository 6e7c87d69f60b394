"""The table of ``--format`` names for lineages as texts."""

from collections.abc import Callable
from typing import TypeAlias

from provgraph.model.lineage import Lineage
from provgraph.writers import csv, json, text

#: A lineage in, a whole document out; the same lineage gives the same document.
Writer: TypeAlias = Callable[[Lineage], str]

WRITERS: dict[str, Writer] = {"text": text.write, "json": json.write, "csv": csv.write}
