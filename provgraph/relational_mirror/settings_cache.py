"""The settings of activities, of which the last ones that were needed are remembered."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from provgraph.interchange.store_reader import StoreReader
from provgraph.relational_mirror.mapping.rows import Settings
from provgraph.relational_mirror.mirrored_records import MirroredRecords
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject

_REMEMBERED = 5_000


class SettingsCache:
    """Finds the settings that activities have, and those that they had."""

    def __init__(self, mirrored: MirroredRecords) -> None:
        """Begin with nothing.

        Args:
            mirrored: the mirror, where settings are that the store has no longer.
        """
        self._mirrored = mirrored
        self._known: OrderedDict[str, Mapping[str, object]] = OrderedDict()

    def settings_of(self, reader: StoreReader, records: Iterable[Record]) -> Settings:
        """Find all settings of some activities.

        Args:
            reader: of the store.
            records: activities, as they are or as the mirror holds them.

        Returns:
            key → content, of the settings that the store has or the mirror holds.
        """
        keys = {key for record in records for key in record.content["settings"]}
        unknown = [key for key in keys if key not in self._known]
        for key, each in reader.settings(unknown).items():
            self._known[key] = {"name": each.name, "values": each.values}
        gone = [key for key in unknown if key not in self._known]
        for key, old in self._mirrored.read(Subject.SETTINGS, gone).items():
            self._known[key] = old.record.content
        found = {key: self._known[key] for key in keys if key in self._known}
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found
