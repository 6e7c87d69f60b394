"""Copying: all that one store holds becomes another store, and nothing is decided again.

A copy is written in pieces, each with the state of the copy in one transaction. Who was stopped,
or killed, goes on behind the last piece. Until the last one nobody can take the copy for a store.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from provgraph import __version__
from provgraph.errors import StoreError
from provgraph.model.values import canonical_json
from provgraph.store.copying import CopyState, Filling, Original, Piece, StorePart
from provgraph.store.waiting import retry_while_unreachable

_LOG = logging.getLogger(__name__)


def copy(
    original: Original,
    address: str,
    filling: Filling,
    copied: Callable[[int], object] = lambda _: None,
) -> int:
    """Copy all that a store holds into an empty store, or go on with that.

    Args:
        original: the store.
        address: where it is, without password.
        filling: what becomes the copy.
        copied: is told how many records were written since it was told last.

    Returns:
        How many records the copy has.

    Raises:
        StoreError: the target holds something else than an unfinished copy of this store, or the
            original was written meanwhile and does not show one moment.
    """
    seen = _seen(original)
    state = _begun(original, address, filling, seen)
    copied(state.records)
    for part in filling.parts[filling.parts.index(state.part) :]:
        state = state if part is state.part else replace(state, part=part, after="")
        for piece in original.pieces(part, state.after):
            state = replace(state, after=piece.after, records=state.records + len(piece.records))
            if piece.records:
                _add(filling, part, piece, state)
                copied(len(piece.records))
    if not original.is_snapshot and _seen(original) != seen:
        raise StoreError(
            f"the store at {address} was written while it was copied, and what was read is not of "
            "one moment: copy again when nobody loads; that begins anew"
        )
    filling.finish()
    return state.records


def _begun(original: Original, address: str, filling: Filling, seen: str) -> CopyState:
    """The state to go on from, which is kept already."""
    new = CopyState(address, original.store_id, seen, __version__, filling.parts[0])
    known = filling.state()
    if known is None:
        if not filling.is_empty():
            raise StoreError(
                f"{filling.address} is not empty, and no unfinished copy of {address}: nothing was "
                "written; name an empty place for the copy"
            )
        filling.begin(new)
        return new
    _check_is_same(known, new, filling.address)
    if known.seen != seen:
        _LOG.warning("the store at %s has changed since: the copy begins anew", address)
        filling.clear(new)
        return new
    _LOG.warning("going on with the copy, which has %d records", known.records)
    return known


def _check_is_same(known: CopyState, new: CopyState, where: str) -> None:
    """Refuse to go on with the copy of another store, or of another provgraph."""
    same = known.source == new.source if new.source_id is None else known.source_id == new.source_id
    if not same:
        raise StoreError(
            f"{where} is an unfinished copy of {known.source}, not of {new.source}: nothing was "
            "written; name an empty place for the copy"
        )
    if known.version != new.version:
        raise StoreError(
            f"the copy at {where} was begun by provgraph {known.version}, and this is "
            f"{new.version}: go on with that version, or name an empty place for the copy"
        )


def _add(filling: Filling, part: StorePart, piece: Piece, state: CopyState) -> None:
    """Write a piece; again while the copy is away, unless it has come through after all."""
    is_first = True

    def attempt() -> None:
        nonlocal is_first
        if is_first or filling.state() != state:
            is_first = False
            filling.add(part, piece.records, state)

    retry_while_unreachable(attempt)


def _seen(original: Original) -> str:
    """What tells that a store is the same and was not written since: a checksum."""
    checksum = hashlib.sha256(f"{original.store_id} {original.turn()}".encode())
    for load in _loads(original):
        checksum.update(load.encode())
    return checksum.hexdigest()


def _loads(original: Original) -> Iterator[str]:
    for piece in original.pieces(StorePart.LOADS, ""):
        for load in piece.records:
            yield canonical_json(asdict(load))
