"""The settings of activities."""

from collections.abc import Iterable
from typing import Any, cast

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import Document, Run, Settings
from provgraph.relational_mirror.mirrored_records import MirroredRecord, MirroredRecords
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.settings_cache import SettingsCache
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from tests.relational_mirror.contents import activity

GONE = Record(Subject.SETTINGS, "00ff", {"name": "U", "values": {"U.a": 1}})


class OneRecord:
    """A mirror that holds some settings of an earlier time."""

    def read(self, kind: Subject, ids: Iterable[str]) -> dict[str, MirroredRecord]:
        held = MirroredRecord(kind, GONE.id, None, GONE.text, None, "{}")
        return {each: held for each in ids if each == GONE.id}


def test_settings_are_those_of_the_store_and_those_that_the_mirror_holds(memory: Store) -> None:
    settings = Settings("T", {"T.a": 5})
    with memory.writing() as transaction:
        integrate(transaction, (Document(Run("run", {}), settings=(settings,)),))
    key = settings.key.hex()
    cache = SettingsCache(cast(MirroredRecords, OneRecord()))
    asked = [activity(settings=[key, "00ff", "00ee"])]
    expected: dict[str, Any] = {key: {"name": "T", "values": {"T.a": 5}}, "00ff": GONE.content}
    with memory.viewing() as view:
        reader = StoreReader(view)
        assert cache.settings_of(reader, asked) == expected
        assert cache.settings_of(reader, asked) == expected
        assert cache.settings_of(reader, [activity()]) == {}
