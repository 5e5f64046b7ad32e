"""What a night says of a run, in one line."""

from __future__ import annotations

from typing import Any

import pytest

from certhook.fleet.standing import why_of

SOUND: dict[str, Any] = {
    "verdict": "certified",
    "command": "certhook run klas --profile klas.toml",
    "requirements": [{"id": "klas.fields.currency", "title": "It is one", "level": "MUST", "outcome": "passed"}],
    "incomplete_because": [],
}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("certhook run klas --profile klas.toml", ""),
        ("certhook run klas --group methods", "only a selection of the requirements was tested"),
    ],
)
def test_a_selection_passes_for_no_whole(command: str, why: str) -> None:
    """Beside "certified" stands that only some requirements were tested, where it was so."""
    assert why_of({**SOUND, "command": command}) == why


def test_what_failed_is_named_first() -> None:
    """What keeps a target from being certified matters more than what was not tested."""
    failed = {**SOUND["requirements"][0], "outcome": "failed"}
    result = {**SOUND, "verdict": "not-certified", "command": "certhook run klas --group x", "requirements": [failed]}
    assert why_of(result) == "not met: It is one (klas.fields.currency)"
