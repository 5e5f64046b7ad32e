"""What is printed of a replay can be read and trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.replaying.evidence import Evidence
from certhook.replaying.replay import Replayed, Ruling
from certhook.replaying.replay_text import conclusion, replay_text
from certhook.values import Basis, Finding, Level, Requirement
from tests.recording.lines import exchange_line, text_body

HOSTILE = "\x1b[2J\u202eOK\r\nstill broken"
REQUIREMENT = Requirement("klas.signature.prefix", Level.MUST, Basis.DOCUMENT, "A prefix is refused", "p § 1")


def ruling(*, stands: bool | None, says: str = "HTTP 200") -> Ruling:
    """What has become of a finding."""
    return Ruling(REQUIREMENT, Finding("a request", "a refusal", says, "", 1), says, stands)


def evidence(case: str = "case") -> Evidence:
    """An exchange of a run."""
    return Evidence(Path("run"), {}, exchange_line(17, case=case), {}, None)


@pytest.mark.parametrize(
    ("replayed", "last"),
    [
        (Replayed(rulings=(ruling(stands=True), ruling(stands=False))), "still broken"),
        (Replayed(rulings=(ruling(stands=True),), unclear="another"), "still broken"),
        (Replayed(rulings=(ruling(stands=False),)), "no longer"),
        (Replayed(rulings=(ruling(stands=None),), unclear="it is gone"), "inconclusive: it is gone"),
        (Replayed(unclear="it is gone"), "inconclusive: it is gone"),
        (Replayed(now="HTTP 200"), "no finding of the run is in this exchange"),
    ],
)
def test_the_last_line_says_it_all(replayed: Replayed, last: str) -> None:
    """Whatever came of it, one line says so."""
    assert conclusion(replayed) == last


def test_each_finding_is_told() -> None:
    """Requirement, what was sent, expected, then and now."""
    text = replay_text(evidence(), Replayed((), (ruling(stands=False),), notes=("n",)), "freshly signed")
    for part in (
        "exchange 17, case case",
        "sent again, freshly signed\nnote: n\n",
        "MUST klas.signature.prefix, no longer: A prefix is refused",
        "  expected: a refusal",
        "  then:     HTTP 200",
        "  now:      HTTP 200",
    ):
        assert part in text


def test_several_exchanges_are_told_apart() -> None:
    """Each stands under the case that it was sent for."""
    replayed = Replayed((exchange_line(1, case="first"), exchange_line(2, case="second")), now="x")
    text = replay_text(evidence(), replayed, "")
    assert text.index("\nfirst:\n> POST") < text.index("\nsecond:\n> POST")


def test_text_of_a_target_is_data() -> None:
    """Nothing that a target said moves the cursor, or looks like certhook's own last line."""
    answer = exchange_line(1, case=HOSTILE)
    answer["response"] |= {"headers": [["X", HOSTILE]], "body": text_body(HOSTILE)}
    replayed = Replayed((answer,) * 2, (ruling(stands=None, says=HOSTILE),), HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
    text = replay_text(evidence(HOSTILE), replayed, HOSTILE) + conclusion(replayed)
    assert all(line.isprintable() for line in text.split("\n"))
    assert not any(line.startswith("still broken") for line in text.split("\n"))
