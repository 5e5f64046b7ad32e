"""Rounds: cases between two controls, and what all their answers have in common."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certhook.recording.journal import read_journal
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.running.group_run import GroupRun
from certhook.running.watch import LATENCY_SAMPLE
from certhook.values import Outcome, is_flaky
from tests.certifying import authenticate, certifying
from tests.targets import (
    Call,
    conformant,
    dropping,
    open_to_all,
    plain,
    refusing,
    serving,
    signed,
    silent,
    wrong_once,
    wrong_where,
)

UNMARKED = b'{"currency":"EUR","balance":"30"}'
SHORT = {"timeout_s": 0.1}


def planned(certification: Certification, group: str) -> tuple[GroupRun, list[Case]]:
    """A group, all of its cases being planned, and these."""
    certification.plan(certification.cases)
    return certification.group(group), [case for case in certification.cases if case.group == group]


def test_a_round_begins_and_ends_with_a_control(tmp_path: Path) -> None:
    """The first and the last request of a round are valid ones, named as what they are."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "methods")
        for case in cases:
            assert not group.result(case).blocked
        round = group.closed(authenticate())
        journal = list(read_journal(tmp_path / "journal.ndjson", "exchange"))
    assert journal[0]["case"] == "authenticate.methods.opening-control"
    assert journal[-1]["case"] == "authenticate.methods.closing-control"
    assert not any(seen.breach for seen in round.observed.values())
    assert round.observed["klas.robustness.recovers"].met


def test_a_refused_control_blocks_the_round(tmp_path: Path) -> None:
    """Where the valid request is refused, no case is sent and none is judged."""
    with serving(refusing) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "signature")
        results = [group.result(case) for case in cases]
        round = group.closed(authenticate())
    assert {result.blocked for result in results} == {round.blocked}
    assert "the control was not accepted" in round.blocked
    assert not any(result.judgements or result.observations for result in results)
    assert len(served.calls) == 2  # the control, and the control once more


def test_a_refused_control_does_not_stop_other_rounds(tmp_path: Path) -> None:
    """Only a target that gives no answer is not asked again."""
    with serving(refusing) as served, certifying(tmp_path, served.profile()) as certification:
        certification.group("signature").opened(authenticate())
        assert not certification.state.stopped
    with serving(dropping) as served, certifying(tmp_path, served.profile()) as certification:
        certification.group("signature").opened(authenticate())
        assert certification.state.stopped


def test_a_control_is_given_a_second_chance(tmp_path: Path) -> None:
    """One hiccup of a control blocks nothing."""
    hiccup = wrong_once(lambda call: call.number == 0, dropping)
    with serving(hiccup) as served, certifying(tmp_path, served.profile()) as certification:
        group, _ = planned(certification, "methods")
        round = group.opened(authenticate())
    assert not round.blocked


def test_an_unmarked_control_is_a_breach_and_not_a_guess(tmp_path: Path) -> None:
    """A valid request that is answered without the marker fails what is asked of it, and blocks the rest."""
    target = wrong_where(lambda call: call.valid, lambda _: signed(UNMARKED))
    with serving(target) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "status")
        results = {case.id: group.result(case) for case in cases}
    control = results["authenticate.status.control"]
    assert [one.met for one in control.judgements] == [False]
    assert not control.blocked
    others = [result for id, result in results.items() if "control" not in id]
    assert others
    assert all(result.blocked for result in others)


def test_a_target_broken_by_the_group_fails_to_recover(tmp_path: Path) -> None:
    """A closing control that is answered wrongly is a finding about robustness."""

    def broken_by_a_put(call: Call) -> Any:
        if call.request.method == "PUT":
            call.served.notes["broken"] = True
        return plain(500) if call.served.notes.get("broken") else conformant(call)

    with serving(broken_by_a_put) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "methods")
        for case in cases:
            group.result(case)
        round = group.closed(authenticate())
    breach = round.observed["klas.robustness.recovers"].breach
    assert breach is not None
    assert "HTTP 500" in str(breach.observed)


def test_a_target_that_is_gone_at_the_end_blocks(tmp_path: Path) -> None:
    """A closing control that cannot connect is no finding: the target went away."""
    with ExitStack() as stack:
        with serving(conformant) as served:
            certification = stack.enter_context(certifying(tmp_path, served.profile()))
            group, _ = planned(certification, "methods")
            round = group.opened(authenticate())
        round = group.closed(authenticate())
    assert "the target went away" in round.blocked
    assert "klas.robustness.recovers" not in round.observed


def test_a_rate_limit_at_the_end_blocks(tmp_path: Path) -> None:
    """A target that says "later" to the closing control is not accused of having been broken by the group."""
    later = plain(429, b"", (b"Retry-After", b"3600"))
    with (
        serving(wrong_where(lambda call: call.valid and call.number > 2, lambda _: later)) as served,
        certifying(tmp_path, served.profile()) as certification,
    ):
        group, cases = planned(certification, "methods")
        for case in cases:
            assert not group.result(case).blocked
        round = group.closed(authenticate())
    assert "the target's rate limit" in round.blocked
    assert "klas.robustness.recovers" not in round.observed


def test_a_target_that_wants_no_more_is_sent_no_more(tmp_path: Path) -> None:
    """A rate limit that lasts for longer than anybody waits ends the run, after some requests that it refused."""
    later = plain(429, b"", (b"Retry-After", b"3600"))
    with (
        serving(wrong_where(lambda call: call.number > 0, lambda _: later)) as served,
        certifying(tmp_path, served.profile()) as certification,
    ):
        group, cases = planned(certification, "parameters")
        results = [group.result(case) for case in cases]
        stopped = certification.state.stopped
    assert all(result.blocked for result in results)
    assert "the target's rate limit" in stopped
    assert len(served.calls) < len(cases)


def test_a_round_of_time_outs_is_given_up(tmp_path: Path) -> None:
    """A target that answers nothing but controls costs a bounded number of time-outs; the rest is blocked."""
    target = wrong_where(lambda call: not call.valid, silent)
    data = {"limits": SHORT | {"in_flight": 1}}
    with serving(target) as served, certifying(tmp_path, served.profile(**data)) as certification:
        group, cases = planned(certification, "signature")
        results = [group.result(case) for case in cases]
    round = group.round(authenticate())
    assert round.blocked.startswith("given up after")
    assert any(result.judgements for result in results)
    assert results[-1].blocked == round.blocked
    assert len(served.calls) < len(cases)


def test_a_stopped_run_sends_nothing(tmp_path: Path) -> None:
    """What the doctor found to be hopeless is blocked with the doctor's words."""
    with serving(conformant) as served, certifying(tmp_path, served.profile(), blocked="no such host") as certification:
        group, cases = planned(certification, "fields")
        assert group.result(cases[0]).blocked == "no such host"
        round = group.closed(authenticate())
        round.judge_latency()
    assert served.calls == []


@pytest.mark.parametrize(("bound", "met"), [(60_000, True), (0.001, False)])
def test_latency_is_judged_by_enough_answers(tmp_path: Path, bound: float, met: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A bound of the profile is held against the 95th percentile of at least twenty answers."""
    with (
        serving(conformant) as served,
        certifying(tmp_path, served.profile(options={"max_p95_ms": bound})) as certification,
    ):
        group, _ = planned(certification, "robustness")
        round = group.opened(authenticate())
        round.judge_latency()
    seen = round.observed["klas.robustness.latency"]
    assert (seen.breach is None) is met
    assert len(served.calls) == LATENCY_SAMPLE


def test_latency_is_not_judged_by_fewer_answers(tmp_path: Path) -> None:
    """Where the target stops answering, the times of the few answers before that say nothing."""
    with (
        serving(wrong_where(lambda call: len(call.served.calls) > 3, dropping)) as served,
        certifying(tmp_path, served.profile(options={"max_p95_ms": 0.001})) as certification,
    ):
        group, _ = planned(certification, "robustness")
        round = group.opened(authenticate())
        round.judge_latency()
    assert "klas.robustness.latency" not in round.observed


def test_without_a_bound_latency_is_not_judged(tmp_path: Path) -> None:
    """No document sets a limit, so none is assumed."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        group, _ = planned(certification, "robustness")
        round = group.opened(authenticate())
        round.judge_latency()
    assert "klas.robustness.latency" not in round.observed


def test_a_case_that_was_not_planned_is_blocked(tmp_path: Path) -> None:
    """A result that nobody planned for is never a pass."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        (case, *_) = (case for case in certification.cases if case.group == "methods")
        assert certification.group("methods").result(case).blocked == "it was not sent"


@pytest.mark.parametrize(("level", "outcome"), [("MUST", Outcome.FAILED), ("SHOULD", Outcome.WARNED)])
def test_the_outcome_follows_the_level(tmp_path: Path, level: str, outcome: Outcome) -> None:
    """The same breach fails a MUST and warns of a SHOULD, with a finding that says how to repeat it."""
    stale = "klas.timestamp.stale"
    target = wrong_where(lambda call: not call.valid, open_to_all)
    with serving(target) as served, certifying(tmp_path, served.profile(levels={stale: level})) as certification:
        group, cases = planned(certification, "timestamp")
        case = next(case for case in cases if case.change.name.startswith("timestamp.stale"))
        found = certification.outcomes_of(group.result(case), "a valid request, but old")
    (one,) = (each for each in found if each.requirement == stale)
    assert one.outcome is outcome
    assert one.finding is not None
    assert "curl " in one.finding.curl


def test_a_body_that_another_method_leaves_behind_is_found(tmp_path: Path) -> None:
    """Each request with another method has a control behind it on its connection, however many are in flight."""

    def leaving(call: Call) -> Any:
        unread = call.served.notes.setdefault("unread", set())
        if call.connection in unread:
            return replace(plain(400, b"Bad Request"), close=True)
        if call.request.method != "POST" and call.request.body:
            unread.add(call.connection)
        return conformant(call)

    with serving(leaving) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "methods")
        results = [group.result(case) for case in cases]
        round = group.closed(authenticate())
    breach = round.observed["klas.robustness.recovers"].breach
    assert breach is not None
    assert "sent with PUT" in breach.expected
    assert all(one.met for result in results for one in result.judgements)


def refused_behind(method: str, times: int) -> Any:
    """Refuse the first valid requests behind one with that method on the same connection."""

    def answering(call: Call) -> Any:
        behind = call.served.notes.setdefault("behind", {})
        if call.request.method == method:
            behind[call.connection] = True
        elif call.valid and behind.pop(call.connection, False):
            with call.served.lock:
                call.served.notes["refused"] = call.served.notes.get("refused", 0) + 1
            if call.served.notes["refused"] <= times:
                return refusing(call)
        return conformant(call)

    return answering


def test_a_control_that_was_refused_once_was_refused(tmp_path: Path) -> None:
    """Where the request before it does not do it again, and the control is accepted by itself, it is flaky."""
    with (
        serving(refused_behind("DELETE", 1)) as served,
        certifying(tmp_path, served.profile()) as certification,
    ):
        group, cases = planned(certification, "methods")
        for case in cases:
            group.result(case)
        breach = group.closed(authenticate()).observed["klas.robustness.recovers"].breach
    assert breach is not None
    assert is_flaky(str(breach.observed))


@pytest.mark.parametrize("once", [plain(429, b""), plain(500, b""), None])
def test_a_control_that_was_not_refused_accuses_nobody_alone(tmp_path: Path, once: Any) -> None:
    """A rate limit, a crash or a lost connection behind a bad request counts where it comes again."""
    target = wrong_once(lambda call: call.nth == 1 and call.request.method == "POST", lambda _: once)
    with serving(target) as served, certifying(tmp_path, served.profile()) as certification:
        group, cases = planned(certification, "methods")
        for case in cases:
            assert not group.result(case).blocked
        assert group.closed(authenticate()).observed["klas.robustness.recovers"].breach is None
