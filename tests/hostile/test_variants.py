"""What the hostile targets do over a socket, and what the doctor says of those that do it to every request."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.running.doctor import examine
from tests.certifying import certifying
from tests.hostile.catalogue import Hostile
from tests.hostile.server import serving_hostile
from tests.hostile.variants import VARIANTS

AT_ONCE = [one for one in VARIANTS.values() if one.always == (3,) and (one.refusing or one.door)]


def test_there_are_enough() -> None:
    """There are hostile targets of many kinds, and each says in a line what it does."""
    assert len(VARIANTS) >= 30
    for one in VARIANTS.values():
        assert one.says.endswith("."), one.name
        assert "\n" not in one.says, one.name


@pytest.mark.parametrize("variant", AT_ONCE, ids=lambda variant: variant.name)
def test_the_doctor_needs_one_sentence(variant: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a target does to every request, a run does not begin, and somebody is told why."""
    monkeypatch.setattr("certhook.sending.transport.PATIENCE_S", 0.0)
    with serving_hostile(variant) as served:
        data = served.target.profile(served.url) | {"limits": {"timeout_s": 0.1}}
        with certifying(tmp_path, data) as certification:
            *before, last = examine(certification)
        assert not served.led_astray
    assert all(check.ok for check in before)
    assert not last.ok
    assert len(last.says) < 1100
