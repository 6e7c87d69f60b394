"""What the records of a store are written as, and which of them a change concerns."""

from collections.abc import Iterable

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    StatedRelation,
)
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.relational_mirror.comparison_sinks import LineSink
from provgraph.relational_mirror.connection import connected, cursor_of
from provgraph.relational_mirror.lines import cells_of
from provgraph.relational_mirror.row_numbers import RowNumbers, read_last_numbers
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA, RECORD
from provgraph.relational_mirror.updating import Updater, changed_subjects
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store

USED = RelationType.USED
FACTS = {"name": ("tool",), "version": ("1.0",)}
RUN = Document(Run("run", FACTS), (Mention("run", USED, "data", "file:/x", "guid:X", "log"),))


def put(store: Store, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


class ChangedOnly(LineSink):
    """Takes the lines of what changed, as staging tables do."""

    takes_unchanged = False

    def __init__(self) -> None:
        self.keys: set[tuple[str, str | None]] = set()
        super().__init__(self._note)

    def _note(self, table: str, lines: Iterable[str]) -> None:
        index = 2 if table == RECORD else 0
        self.keys |= {(table, cells_of(line)[index]) for line in lines}


def written(store: Store, url: str, turn: int) -> set[tuple[str, str | None]]:
    """Table and key of the rows that a sync would write; of records their id."""
    sink = ChangedOnly()
    with connected(url, None) as connection, connection.begin():
        cursor = cursor_of(connection)
        numbers = RowNumbers(read_last_numbers(cursor, "public"))
        with store.viewing() as view:
            updater = Updater(cursor, "public", OWN_SCHEMA, numbers)
            updater.write_changed(view, changed_subjects(view, turn), sink)
            assert updater.subject_count == len(
                {key for table, key in sink.keys if table == RECORD}
            )
    return sink.keys


def turn_of(store: Store) -> int:
    with store.viewing() as view:
        return view.turn


def test_only_what_changed_is_written(memory: Store, mirror_url: str) -> None:
    put(memory, RUN, Document(agents=(Agent("CTAO"),)))
    sync(memory, mirror_url)
    turn = turn_of(memory)
    put(memory, RUN)
    assert written(memory, mirror_url, turn) == set()
    put(memory, Document(agents=(Agent("LST"),)))
    assert written(memory, mirror_url, turn) == {("agents", "LST"), (RECORD, "LST")}


def test_a_relation_is_written_with_the_record_at_which_it_begins(
    memory: Store, mirror_url: str
) -> None:
    put(memory, RUN, Document(agents=(Agent("CTAO"),)))
    sync(memory, mirror_url)
    turn = turn_of(memory)
    ends = End(Kind.ACTIVITY, "run"), End(Kind.AGENT, "CTAO")
    put(memory, Document(relations=(StatedRelation(RelationType.WAS_ASSOCIATED_WITH, *ends),)))
    found = written(memory, mirror_url, turn)
    assert ("wasAssociatedWith", "1") in found
    assert {key for table, key in found if table == RECORD} == {"run"}


def test_the_activities_of_a_tool_follow_its_description(memory: Store, mirror_url: str) -> None:
    put(memory, RUN)
    sync(memory, mirror_url)
    turn = turn_of(memory)
    put(memory, Document(descriptions=(Description("tool_1.0", DescriptionType.ACTIVITY, {}),)))
    found = written(memory, mirror_url, turn)
    assert {key for table, key in found if table == RECORD} == {"run", "tool_1.0"}


def test_all_records_are_written_without_a_mirror(memory: Store) -> None:
    put(memory, RUN)
    sink = ChangedOnly()
    numbers = RowNumbers({"used": 0})
    # An empty mirror is not asked, so none is needed.
    updater = Updater(None, "public", OWN_SCHEMA, numbers, is_empty=True)  # type: ignore[arg-type]
    with memory.viewing() as view:
        updater.write_all(view, sink)
        assert changed_subjects(view, 0)[Subject.ACTIVITY] == {"run"}
    assert sink.keys >= {("activities", "run"), ("entities", "X"), ("used", "1"), (RECORD, "run")}
