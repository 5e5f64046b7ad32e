"""The texts and numbers of a JSON value."""

from __future__ import annotations

from certhook.judging.members import members_within, plain, texts_within


def test_numbers_compare_by_value() -> None:
    """30, 30.0 and "30.00" are one balance, every zero is 0, and text stays text."""
    assert {plain(30), plain(30.0), plain("30.00"), plain("3e1")} == {"30"}
    assert {plain(0), plain("0.00"), plain(-0.0)} == {"0"}
    assert plain("EUR") == "EUR"
    assert plain(True) == "True"
    assert plain(None) == "None"
    assert plain(10**400) == str(10**400)


def test_texts_are_found_as_they_were_written() -> None:
    """At any depth, in lists too, by the name of the member."""
    value = {"a": ["1.0", {"b": "x", "c": 2}], "d": "y"}
    assert sorted(texts_within(value)) == [("a", "1.0"), ("b", "x"), ("d", "y")]


def test_members_are_found_at_any_depth() -> None:
    """A member within arrays within objects counts as well, and the value of each is a scalar."""
    value = {"a": 1, "b": [{"a": "x"}, [{"a": 2}]], "c": {"a": None}}
    assert sorted(members_within(value)) == [("a", "1"), ("a", "2"), ("a", "None"), ("a", "x")]
