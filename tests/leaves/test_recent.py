"""A memory of what was there lately."""

from __future__ import annotations

from certhook.recent import Recent


def test_what_was_added_is_known() -> None:
    """Adding it again says so, and nothing else is known."""
    recent = Recent()
    assert recent.add("one")
    assert not recent.add("one")
    assert "one" in recent
    assert "another" not in recent


def test_the_first_are_forgotten_first() -> None:
    """However much is added, the last few thousand are known, and no more."""
    recent = Recent()
    for number in range(10_000):
        recent.add(number)
    known = [number for number in range(10_000) if number in recent]
    assert known == [*range(10_000 - len(known), 10_000)]
    assert 1_000 <= len(known) < 10_000
