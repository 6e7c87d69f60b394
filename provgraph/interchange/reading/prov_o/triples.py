"""Triples of RDF as plain data, in the order in which a document has them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from provgraph.interchange.reading.prov_o.terms import INVERSES
from provgraph.prov.statements import Literal

#: A URI; or ``_:name`` of a node that the document gives no name.
Resource: TypeAlias = str


class Triple(NamedTuple):
    """One triple.

    Attributes:
        subject: what it is about.
        predicate: a URI.
        object: another resource, or a value.
        graph: the URI of the named graph that has it; None for the document itself.
    """

    subject: Resource
    predicate: str
    object: Resource | Literal
    graph: Resource | None = None


def is_blank(term: object) -> bool:
    """Tell whether a term is a node without a name of its own.

    Args:
        term: a resource or a value.

    Returns:
        True for ``_:b1``.
    """
    return isinstance(term, str) and term.startswith("_:")


def forward(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Turn triples with inverse properties round (PROV-O, appendix B).

    Args:
        triples: any.

    Yields:
        the same triples, ``run prov:generated file`` as ``file prov:wasGeneratedBy run``. A value,
        which can be no subject, leaves its triple as it is.
    """
    for each in triples:
        name = INVERSES.get(each.predicate)
        if name is None or not isinstance(each.object, str):
            yield each
        else:
            yield Triple(each.object, name, each.subject, each.graph)
