"""How far a mirror is behind its store: asked in a moment, without comparing any row."""

from datetime import UTC

from provgraph.model.values import utc
from provgraph.questions.reporting.figures import MirrorLag
from provgraph.relational_mirror.connection import address_without_password, connected, cursor_of
from provgraph.relational_mirror.mirror_state import read_state, sync_time
from provgraph.relational_mirror.ownership import Ownership, identified
from provgraph.relational_mirror.schema import no_mirror, recognised
from provgraph.store.protocol import Store


def lag_of(
    store: Store, url: str, *, password: str | None = None, schema: str = "public"
) -> MirrorLag:
    """Find out how far a mirror is behind.

    Args:
        store: whose mirror it is.
        url: of the mirror, as in `provgraph.relational_mirror.syncing.sync`.
        password: of the mirror's database, instead of one in the URL.
        schema: of the published tables.

    Returns:
        When it was synced, and what it lacks.

    Raises:
        SettingsError: the URL makes no sense.
        UnreachableError: store or mirror can't be reached.
        NoStoreError: there is no store.
        MirrorError: there is no mirror, or it is that of another store.
    """
    known, address = identified(store), address_without_password(url)
    with connected(url, password) as connection:
        cursor = cursor_of(connection)
        state = read_state(cursor) if recognised(connection, schema) else None
        if state is None:
            raise no_mirror(schema)
        Ownership(address, state, known).check_store()
        synced = sync_time(cursor)
    with store.viewing() as view:
        behind = max(0, view.turn - state.last.turn)
    return MirrorLag(address, utc(synced.astimezone(UTC).isoformat()), behind)
