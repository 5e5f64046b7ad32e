"""The first line of a journal names the command that does the run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.reference import profile
from certhook.running.head import head_of
from tests.certifying import certifying


@pytest.mark.parametrize("secret", ["evi", "run", "certhook", "the-password"])
def test_the_command_has_its_own_words_and_no_secret(tmp_path: Path, secret: str) -> None:
    """A password that is one of the command's own words takes none of them; elsewhere it is masked."""
    target = "http://127.0.0.1:1/the-password/run/evi"
    data = profile("evi", target)
    data["credentials"]["password"] = secret
    with certifying(tmp_path, data, protocol="evi", target=target) as certification:
        words = str(head_of(certification)["command"]).split()
    assert words[:3] == ["certhook", "run", "evi"]
    assert secret not in "".join(words[3:])


def test_a_lowered_level_is_told(tmp_path: Path) -> None:
    """Who reads the verdict sees which MUST was made a SHOULD; one that was made a MUST is no weakness of it."""
    data = profile("klas", "http://127.0.0.1:1")
    data["levels"] = {"klas.robustness.keeps-secret": "SHOULD", "klas.timestamp.future": "MUST"}
    with certifying(tmp_path, data) as certification:
        notices = head_of(certification)["notices"]
    assert [one for one in notices if "SHOULD" in one] == [
        "a MUST that this profile lowers to a SHOULD: klas.robustness.keeps-secret"
    ]
