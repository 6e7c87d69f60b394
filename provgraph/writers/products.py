"""The products that something reached, each with its proof: as text, JSON and CSV."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from provgraph.model.lineage import Lineage, Node, display_name
from provgraph.model.products import ReachedProduct, products_of
from provgraph.model.values import counted, readable
from provgraph.model.vocabulary import Kind
from provgraph.writers.csv import table
from provgraph.writers.json import strict_json

#: How much of a name text shows.
_NAME_LENGTH = 200
#: How much of a run's id text shows: enough to ask for it.
_ID_LENGTH = 8
_COLUMNS = (
    "dataLevel",
    "id",
    "location",
    "generatedAtTime",
    "invalidatedAtTime",
    "run",
    "tool",
    "version",
    "steps",
    "proof",
)


def document(lineage: Lineage) -> dict[str, Any]:
    """Return the products that a lineage reached as plain data.

    Args:
        lineage: downstream.

    Returns:
        The object that docs/contract.md, Commands, fixes.
    """
    return {
        "root": lineage.root.id,
        "truncated": lineage.truncated,
        "products": [_fields(each) for each in products_of(lineage)],
    }


def _fields(reached: ReachedProduct) -> dict[str, Any]:
    """The fields of one product; its maker is the last run of the proof."""
    node, proof = reached.product, reached.proof
    runs = [step.node for step in proof if step.node.kind is Kind.ACTIVITY]
    maker = runs[-1] if runs else None
    return {
        "dataLevel": node.data_level,
        "id": node.id,
        "location": node.location or (node.locations[0] if node.locations else None),
        "generatedAtTime": node.generated_at,
        "invalidatedAtTime": node.invalidated_at,
        "run": maker and maker.id,
        "tool": maker and maker.name,
        "version": maker and maker.version,
        "proof": [
            {
                "id": step.node.id,
                "kind": step.node.kind.value,
                "name": step.node.name,
                "relation": step.relation and step.relation.value,
            }
            for step in proof
        ],
    }


def write_json(lineage: Lineage) -> str:
    """Write the products as a JSON document.

    Args:
        lineage: downstream.
    """
    return strict_json(document(lineage))


def write_csv(lineage: Lineage) -> str:
    """Write the products as a table, a row a product: the list of what is to be made again.

    Args:
        lineage: downstream.

    Returns:
        The table as `provgraph.writers.csv` writes tables. ``proof`` is a list of ids.
    """
    rows = []
    for each in document(lineage)["products"]:
        ids = [step["id"] for step in each["proof"]]
        said = each | {"steps": len(ids) - 1, "proof": ids}
        rows.append([said[name] for name in _COLUMNS])
    return table(_COLUMNS, rows)


def write_text(lineage: Lineage) -> str:
    """Write the products for people, by data level, each with its proof.

    Args:
        lineage: downstream.
    """
    return "\n".join(_lines(lineage)) + "\n"


def _lines(lineage: Lineage) -> Iterator[str]:
    found = products_of(lineage)
    cut = "; the answer is cut, give a higher --limit" if lineage.truncated else ""
    yield f"{counted(len(found), 'product')} made from {_name(lineage.root)}{cut}"
    for level, products in groupby(found, lambda each: each.product.data_level):
        some = list(products)
        yield ""
        yield f"{readable(level or 'of no data level', _NAME_LENGTH)}: {len(some)}"
        for each in some:
            gone = f"  {each.product.end_word}" if each.product.invalidated_at else ""
            yield f"  {_name(each.product)}{gone}"
            yield f"    {' → '.join(_name(step.node) for step in each.proof)}"


def _name(node: Node) -> str:
    """What people call a record; of a run its tool and the beginning of its id."""
    if node.kind is Kind.ENTITY:
        return readable(_path(node), _NAME_LENGTH)
    name = readable(display_name(node), _NAME_LENGTH)
    is_named = node.kind is Kind.ACTIVITY and node.name is not None
    return f"{name} ({readable(node.id[:_ID_LENGTH], _ID_LENGTH)})" if is_named else name


def _path(node: Node) -> str:
    return display_name(node) if node.locations else node.label


#: Format → how the products are written so.
WRITERS: dict[str, Callable[[Lineage], str]] = {
    "text": write_text,
    "json": write_json,
    "csv": write_csv,
}
