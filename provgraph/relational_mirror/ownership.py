"""Whose mirror it is: a mirror belongs to one store, and no other store may empty it.

A wrong ``--store``, or none where one was meant, leads to another store or to an empty one. A store
that was put back from a backup has not seen what the mirror has. Such a sync is refused before
anything is written (docs/contract.md, The ctaprov mirror).
"""

from dataclasses import dataclass

from psycopg import sql

from provgraph.errors import MirrorError
from provgraph.model.values import counted
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.mirror_state import MirroredStore, MirrorState
from provgraph.relational_mirror.sql_parts import table_name
from provgraph.relational_mirror.tables import TABLES
from provgraph.store.protocol import Store
from provgraph.store.views import View

_TAKE_OVER = (
    "nothing was changed; check --store and PROVGRAPH_STORE, or let `provgraph sync --full "
    "--replace` put what that store holds in the place of what is there"
)


def identified(store: Store) -> MirroredStore:
    """The store as a mirror remembers it.

    A store that only an older provgraph has written gets its id now.

    Args:
        store: that is to be mirrored.

    Returns:
        Its id and address.

    Raises:
        NoStoreError: nobody has written to it yet.
        StoreError: it has no id, and can't be written.
    """
    with store.viewing() as view:
        known = view.store_id()
    if known is None:
        with store.writing() as transaction:
            known = transaction.store_id()
    return MirroredStore(known, store.address)


@dataclass(frozen=True, slots=True)
class Ownership:
    """A mirror and the store that is to be copied into it.

    Attributes:
        mirror: the address of the mirror, without password.
        state: what the mirror knows of itself; None when it knows nothing.
        store: the store.
    """

    mirror: str
    state: MirrorState | None
    store: MirroredStore

    def check(self, view: View, cursor: Cursor, target: str) -> None:
        """Refuse a store that the mirror is not of.

        Args:
            view: of the store.
            cursor: of the mirror.
            target: the schema of the published tables.

        Raises:
            MirrorError: the mirror is of another store, or has seen what this one does not know.
        """
        if self.state is None:
            if _has_rows(cursor, target):
                raise self._refusal(f"does not say of which store it is; {self._asked} is given")
            return
        self.check_store()
        self._check_history(self.state, view)

    def check_store(self) -> None:
        """Refuse a store of another id.

        Raises:
            MirrorError: the mirror is of another store.
        """
        owner = None if self.state is None else self.state.store
        if owner is not None and owner.id not in (None, self.store.id):
            raise self._refusal(f"is of the store at {owner}, and not of {self._asked}")

    def _check_history(self, state: MirrorState, view: View) -> None:
        """Refuse a store whose journal does not lead to what the mirror has seen."""
        last = state.last
        if last.turn == 0:
            return
        entry = next(view.journal_from(last.turn), None)
        if view.turn < last.turn:
            raise self._refusal(
                f"has seen {counted(last.turn, 'transaction')}, and {self._asked} has {view.turn}: "
                + self._guess("it was emptied, or put back to an earlier state")
            )
        mark = entry.mark if entry is not None and entry.turn == last.turn else None
        if mark != last.mark or (mark is None and state.store.id is None):
            raise self._refusal(
                f"holds what {self._asked} does not explain: "
                + self._guess("it was put back to an earlier state, and went another way since")
            )

    @property
    def _asked(self) -> str:
        return f"the store at {self.store}"

    def _guess(self, of_the_same: str) -> str:
        """Why a store may not know what the mirror has seen."""
        is_known = self.state is not None and self.state.store.id is not None
        return of_the_same if is_known else f"it is another store, or {of_the_same}"

    def _refusal(self, why: str) -> MirrorError:
        return MirrorError(f"the mirror at {self.mirror} {why}; {_TAKE_OVER}")


def _has_rows(cursor: Cursor, target: str) -> bool:
    tables = (
        sql.SQL("EXISTS (SELECT FROM {})").format(table_name(target, table)) for table in TABLES
    )
    row = cursor.execute(sql.SQL("SELECT {}").format(sql.SQL(" OR ").join(tables))).fetchone()
    return row == (True,)
