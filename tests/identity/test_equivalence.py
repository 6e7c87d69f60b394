"""Classes of identifiers are called by their strongest member."""

from provgraph.identity.files import EquivalenceClasses


def test_a_class_is_called_by_its_strongest_identifier() -> None:
    classes = EquivalenceClasses([["file:/x", "guid:G"], ["guid:G", "product:P"]])
    assert {classes.name(each) for each in ("file:/x", "guid:G", "product:P")} == {"product:P"}
    assert classes.groups() == {"product:P": {"file:/x", "guid:G", "product:P"}}


def test_of_one_scheme_the_smallest() -> None:
    assert EquivalenceClasses([["guid:b", "guid:a"]]).name("guid:b") == "guid:a"


def test_an_unknown_identifier_is_a_class_of_its_own() -> None:
    classes = EquivalenceClasses([["a", "b"]])
    classes.add(["a", "c"])
    assert classes.groups() == {"a": {"a", "b"}, "c": {"c"}}


def test_joining_two_classes_joins_all_their_members() -> None:
    classes = EquivalenceClasses([["d", "c"], ["b", "a"]])
    classes.add_together(["d", "b"])
    assert classes.groups() == {"a": {"a", "b", "c", "d"}}
