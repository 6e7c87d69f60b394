"""Which run made a product (docs/contract.md, rule 3).

An output that names a product *claims* that its run made the product. ctapipe may name a product
that another run made: a tool copies a header, or notes an output before it is written. So some
claims are turned down.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from provgraph.identity.files import EquivalenceClasses, File, RunTimes


def accepted_claims(
    outputs: Sequence[File], inputs: Sequence[File], products: EquivalenceClasses
) -> dict[str, RunTimes]:
    """Decide which run made each product (rule 3, claims).

    Of the claims that are not turned down, the first in the order of runs is accepted. Example: A
    ended at 5, B at 6, both say that they wrote P: A made P. The file that B wrote is a version
    that is known by its path.

    Args:
        outputs: the files that runs wrote.
        inputs: the files that runs read.
        products: which identifiers name one product.

    Returns:
        The name of each product with an accepted claim → the run that made the product.
    """
    read_by: dict[str, list[RunTimes]] = defaultdict(list)
    for file in inputs:
        if file.identifiers:
            read_by[products.name(file.identifiers[0])].append(file.run)
    accepted: dict[str, RunTimes] = {}
    for file in sorted(outputs, key=lambda file: file.run.order):
        if file.identifiers:
            product = products.name(file.identifiers[0])
            if product not in accepted and not _is_turned_down(file.run, read_by[product]):
                accepted[product] = file.run
    return accepted


def _is_turned_down(claimant: RunTimes, readers: Iterable[RunTimes]) -> bool:
    """Whether a claim can't be true (rule 3, claims): the product was there before.

    The product is among the claimant's own inputs, or some run read it that had ended before the
    claimant started. Example: R read P and ended at 2. A run that started at 3 did not make P; a
    run that started at 2 may have.
    """
    return any(
        reader.id == claimant.id or (reader.end is not None and reader.end < claimant.start)
        for reader in readers
    )
