"""What the page is told of a lineage: as GraphQL answers it."""

import json
import re
from typing import Any

from provgraph.model.lineage import Lineage
from provgraph.questions.summary import ends_of
from tests.lineages import written

Answer = dict[str, Any]


def page_answer(lineage: Lineage) -> Answer:
    """A lineage as GraphQL answers it; of its summary no more than where it ends."""
    told: Answer = json.loads(written(lineage, "json"))
    for edge in told["edges"]:
        edge["relation"] = re.sub("([A-Z])", r"_\1", edge["relation"]).upper()
    told["direction"] = told["direction"].upper()
    told["root"] = told["nodes"][0]
    told["summary"] = {
        "complete": False,
        "ends": [{"id": end.id, "why": end.why} for end in ends_of(lineage)],
        "failed": [],
        "invalid": [],
        "versions": {},
        "rewritten": [],
        "suspected": [],
    }
    return told
