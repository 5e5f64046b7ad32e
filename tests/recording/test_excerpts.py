"""What is said of a target is cut, and a secret across the cut is not half said."""

from __future__ import annotations

import pytest

from certhook.recording.redaction import Redactor

SECRET = "correct-horse-battery-staple"


@pytest.mark.parametrize("before", [0, 150, 190, 199, 200, 5000])
def test_an_excerpt_is_bounded_and_has_no_part_of_a_secret(before: int) -> None:
    """Wherever the secret stands, what is left of a long text has its length at most, and none of the secret in it."""
    text = "x" * before + SECRET + "y" * 10_000
    excerpt = Redactor([SECRET], []).excerpt(text, 200)
    assert 0 < len(excerpt) <= 200
    assert "corr" not in excerpt


def test_a_short_text_is_left_as_it_is() -> None:
    """What has room is not cut."""
    assert Redactor([SECRET], []).excerpt("a short answer", 200) == "a short answer"
