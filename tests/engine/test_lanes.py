"""Lanes: how many requests are in flight at once, by how fast the target has answered of late."""

from __future__ import annotations

from certhook.sending.lanes import QUICK_S, Lanes


def lanes(*times_s: float) -> Lanes:
    """Lanes over which answers came in these times."""
    made = Lanes("http://127.0.0.1:1", 1.0, 8)
    for time_s in times_s:
        made.took(time_s)
    return made


def test_a_fast_target_leaves_the_client_busy() -> None:
    """A target that is faster than certhook gets three requests at once, a slow or a new one as many as allowed."""
    assert lanes(*[QUICK_S / 4] * 9).width == 3
    assert lanes(*[QUICK_S * 9] * 9).width == 8
    assert lanes().width == 8


def test_a_few_fast_answers_make_no_fast_target() -> None:
    """A server in front answers some requests at once; the application behind it stays slow."""
    assert lanes(QUICK_S / 9, *[QUICK_S * 9] * 9, QUICK_S / 9).width == 8


def test_a_target_is_as_fast_as_its_latest_answers() -> None:
    """What it was like at first does not count for ever."""
    assert lanes(*[QUICK_S / 4] * 99, *[QUICK_S * 9] * 99).width == 8
    assert lanes(*[QUICK_S * 9] * 99, *[QUICK_S / 4] * 99).width == 3
