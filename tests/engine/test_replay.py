"""What a replay comes to: still broken, no longer, or that it cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certhook.exchange import Exchange, Response
from certhook.reference import profile, target_class
from certhook.replaying.evidence import Evidence
from certhook.replaying.replay import Replayed, replay
from certhook.running.certification import Certification
from certhook.values import Finding
from tests.certifying import certifying
from tests.targets import Answering, Served, conformant, dropping, open_to_all, refusing, serving, wrong_from

RANDOM = "authenticate.signature.random"
IS_RANDOM = "klas.signature.random"
BROKEN = Finding("sent", "a refusal", "HTTP 200 with OK", "", 9)


class Replaying:
    """A served target, and replays of exchanges that are made up as a run would have recorded them."""

    def __init__(self, served: Served, certification: Certification) -> None:
        self.served = served
        self.certification = certification

    def evidence(self, case: str, findings: Mapping[str, Finding]) -> Evidence:
        """The exchange of a case, answered with {}, with those findings."""
        certification = self.certification
        operation = certification.pack.operations[0]
        request = certification.builder.build(operation)
        record = certification.recorded(Exchange(9, case, request, Response(200, (), b"{}"), datetime.now(UTC), 0.0))
        head = {"target": certification.profile.url, "pack_digest": certification.pack.digest}
        return Evidence(Path("run"), head, record, findings, None)

    def replay(self, case: str = RANDOM, requirement: str = IS_RANDOM) -> Replayed:
        """The replay of an exchange with a finding."""
        return replay(self.evidence(case, {requirement: BROKEN}), self.certification)


Serve = Callable[..., Replaying]


@pytest.fixture
def replaying(tmp_path: Path) -> Iterator[Serve]:
    """Serve a target, and be ready to send to it."""
    with ExitStack() as stack:

        def serve(target: Answering, protocol: str = "klas", variants: tuple[str, ...] = (), **setup: Any) -> Replaying:
            served = stack.enter_context(serving(target))
            data = profile(protocol, served.url, (), variants)
            data["limits"] = {"timeout_s": 0.2}
            return Replaying(served, stack.enter_context(certifying(tmp_path, data, protocol=protocol, **setup)))

        yield serve


@pytest.mark.parametrize(("target", "status", "stands"), [(open_to_all, 1, True), (conformant, 0, False)])
def test_a_finding_stands_or_not(replaying: Serve, target: Answering, status: int, *, stands: bool) -> None:
    """Each finding has a ruling, the whole an exit status."""
    replayed = replaying(target).replay()
    assert replayed.exit_status == status
    assert [(one.requirement.id, one.stands) for one in replayed.rulings] == [(IS_RANDOM, stands)]
    assert len(replayed.exchanges) == 1


def test_one_finding_that_stands_is_enough(replaying: Serve) -> None:
    """Where one of several is gone, the other is still broken."""
    made = replaying(open_to_all)
    replayed = replay(
        made.evidence(RANDOM, {"klas.signature.response-present": BROKEN, IS_RANDOM: BROKEN}), made.certification
    )
    assert [one.stands for one in replayed.rulings] == [False, True]
    assert replayed.exit_status == 1


def test_a_target_that_goes_away_in_between(replaying: Serve) -> None:
    """The doctor found it well, and nothing is answered after: it cannot be told."""
    replayed = replaying(wrong_from(2, dropping)).replay()
    assert replayed.exit_status == 3
    assert "the target went away" in replayed.unclear
    assert [one.stands for one in replayed.rulings] == [None]


def test_a_refused_control_tells_nothing_of_others_and_all_of_itself(replaying: Serve) -> None:
    """Where valid requests are refused, a refusal is no proof, and a finding about just that still stands."""
    assert replaying(refusing).replay().exit_status == 3
    replayed = replaying(refusing).replay("authenticate.status.control", "klas.status.valid-accepted")
    assert replayed.exit_status == 1


def test_an_exchange_before_that_cannot_be_made_again_is_left_out(replaying: Serve) -> None:
    """What went over the connection before is only a second way to see it."""
    made = replaying(conformant)
    evidence = made.evidence(RANDOM, {IS_RANDOM: BROKEN})
    before = {**evidence.record, "case": "authenticate.signature.of-another-version"}
    assert replay(replace(evidence, before=before), made.certification).exit_status == 0
    assert not any("of-another-version" in call.request.path for call in made.served.calls)


def test_an_exchange_before_is_made_again(replaying: Serve) -> None:
    """A request that does not show it alone is sent behind the one that went before it."""
    made = replaying(conformant)
    evidence = made.evidence(RANDOM, {IS_RANDOM: BROKEN})
    before = {**evidence.record, "case": "authenticate.signature.other-key"}
    replayed = replay(replace(evidence, before=before), made.certification)
    assert "after a request of authenticate.signature.other-key" in replayed.rulings[0].now


def spent(count: int) -> tuple[Answering, Any]:
    """A target of evi at which the first launch tokens of its profile were used up."""
    target = target_class("evi", (), ["single-use-tokens"])()
    tokens = profile("evi", "http://x", (), ["single-use-tokens"])["subject"]["client_tokens"]
    target.spent.update(tokens[:count])
    return (lambda call: target.answer(call.request)), target


WRONG_PASSWORD = ("authenticate.credentials.wrong:Account.Password", "evi.credentials.wrong-password")


def test_used_up_test_data_proves_nothing(replaying: Serve) -> None:
    """The doctor passes over values that somebody has used up; a control shows that the refused one was good."""
    answering, target = spent(5)
    replayed = replaying(answering, "evi", ("single-use-tokens",)).replay(*WRONG_PASSWORD)
    assert replayed.exit_status == 0
    assert len(target.spent) == 5 + 2


def test_a_token_that_was_used_up_behind_the_doctor_s_is_passed_over(replaying: Serve) -> None:
    """Workers take values in turn, and leave gaps: the token behind a good one may be spent."""
    answering, target = spent(0)
    made = replaying(answering, "evi", ("single-use-tokens",))
    tokens = made.certification.profile.subject["client_tokens"]
    target.spent.update(tokens[1:4])
    assert made.replay(*WRONG_PASSWORD).exit_status == 0
    assert tokens[4] in target.spent


@pytest.mark.parametrize("left", [0, 1])
def test_too_much_used_up_test_data_cannot_be_told(replaying: Serve, left: int) -> None:
    """Where no good value is found, for the doctor or after it, nothing is said to be mended."""
    answering, target = spent(800)
    made = replaying(answering, "evi", ("single-use-tokens",))
    target.spent -= set(made.certification.profile.subject["client_tokens"][:left])
    replayed = made.replay(*WRONG_PASSWORD)
    assert replayed.exit_status == 3
    assert "refuse" in replayed.unclear


def test_a_body_with_masked_test_data_is_not_said_to_be_mended(replaying: Serve) -> None:
    """Nobody can know which value of a list a fuzzed body held: it may be shown to be broken, and not to be mended."""
    answering, _ = spent(0)
    made = replaying(answering, "evi", ("single-use-tokens",))
    replayed = made.replay("authenticate.malformed.fuzzed", "evi.robustness.no-server-error")
    assert replayed.exit_status == 3
    assert "may have been a different one" in replayed.unclear


def test_a_body_that_a_requirement_is_not_about_says_nothing_of_it(replaying: Serve) -> None:
    """A valid body that is accepted does not show that one with a wrong value is refused by now."""
    replayed = replaying(conformant).replay("authenticate.malformed.fuzzed", "klas.parameters.wrong-type")
    assert replayed.exit_status == 3
    assert "none that the requirement is about" in replayed.unclear
