"""What is stated of a known entity, where that changes nothing but its attributes.

To decide anew which file is which, all mentions of the file have to be fetched. A configuration
file has as many as there are runs. A mark, for one, is no reason to look at them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provgraph.model.attributes import data_level, join_attributes
from provgraph.model.derived import stated_generation, stated_invalidation, stated_places
from provgraph.model.identifiers import is_strong, places_in
from provgraph.model.records import StatedEntity
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import EntityType
from provgraph.store.records import EntityRecord
from provgraph.store.views import Facts


def restated(
    facts: Facts, stated_now: Mapping[str, StatedEntity | None]
) -> list[EntityRecord] | None:
    """Find what entities become, when other attributes are stated of them and nothing else changes.

    Args:
        facts: as they are before the change.
        stated_now: what is stated of names as from this change; None of those of which nothing is
            any more.

    Returns:
        The entities as they will be. None when it has to be decided anew which file is which: a
        name is not the id of a known entity, or what is stated says where and when the entity was,
        of which type or data level it is, or that it is at all.
    """
    known = facts.entities(stated_now)
    if known.keys() != stated_now.keys():
        return None
    names = {name for record in known.values() for name in _stated_names(record)}
    before = facts.stated(names)
    now = {**before, **stated_now}
    found = [_restated(record, before, now) for record in known.values()]
    return None if None in found else [each for each in found if each is not None]


def _stated_names(record: EntityRecord) -> set[str]:
    """The names under which a source may have stated something of an entity."""
    return {record.id, *record.former, *filter(is_strong, record.identifiers)}


def _restated(
    record: EntityRecord,
    before: Mapping[str, StatedEntity],
    now: Mapping[str, StatedEntity | None],
) -> EntityRecord | None:
    """One entity as it will be; None when it has to be decided anew."""
    names = _stated_names(record)
    old = [before[name] for name in names if name in before]
    new = [each for name in names if (each := now.get(name)) is not None]
    attributes = _joined(new)
    is_place = bool(places_in(record.id))
    # Without a place it may be known by what is stated alone.
    is_mentioned = bool(record.standings) and not stated_places(_joined(old))
    if not (
        (is_strong(record.id) or is_place)
        and (now.get(record.id) is not None or is_mentioned)
        and _said_besides(old) == _said_besides(new)
    ):
        return None
    former = {*record.former, record.id} if not is_strong(record.id) else set(record.former)
    kept = tuple(sorted(name for name in former if now.get(name) is not None))
    return replace(record, attributes=attributes, former=kept)


def _joined(stated: Iterable[StatedEntity]) -> Attributes:
    joined: Attributes = {}
    for each in stated:
        joined = join_attributes(joined, each.attributes)
    return joined


def _said_besides(stated: list[StatedEntity]) -> tuple[object, ...]:
    """What is stated of an entity that says more than its attributes."""
    attributes = _joined(stated)
    types = (EntityType.DATASET, *(each.type for each in stated))
    return (
        max(types, key=list(EntityType).index),
        stated_places(attributes),
        stated_generation(attributes),
        stated_invalidation(attributes),
        data_level(attributes, ()),
    )
