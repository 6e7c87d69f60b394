"""An entity as the resolution makes it."""

from provgraph.identity.entities import Standing, resolved_entity
from provgraph.identity.files import RunTimes

T1, T2, T3 = (f"2026-11-21T08:00:0{second}.000" for second in (1, 2, 3))


def test_identifiers_are_sorted_by_strength_with_the_places_among_them() -> None:
    entity = resolved_entity(
        "product:P",
        {"guid:G", "product:P"},
        [Standing("lfn:/x", 1, T2, None), Standing("file:/x", 1, T1, T3)],
        RunTimes("A", T1, T2),
        {"file:/x@A"},
    )
    assert entity.identifiers == ("product:P", "guid:G", "lfn:/x", "file:/x")
    assert [standing.place for standing in entity.standings] == ["lfn:/x", "file:/x"]
    assert (entity.generated_at, entity.invalidated_at) == (T2, None)
    assert entity.stated_names == ("product:P", "guid:G", "file:/x@A")


def test_an_external_file_has_no_generation_time() -> None:
    entity = resolved_entity("file:/x", set(), [Standing("file:/x", 0, "", T3)], None, ["file:/x"])
    assert (entity.generated_at, entity.invalidated_at) == (None, T3)
    assert entity.stated_names == ("file:/x",)
