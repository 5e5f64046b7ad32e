"""Settling: before anybody is accused, the request is sent again; whose fault it is is found out over real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certhook.exchange import Failure, Response
from certhook.reference.wire import HttpAnswer
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.running.rounds import Round
from certhook.running.settling import CaseResult
from certhook.sending import courier, transport
from tests.certifying import authenticate, certifying
from tests.targets import (
    Answer,
    Answering,
    Call,
    Served,
    conformant,
    dropping,
    open_to_all,
    plain,
    serving,
    signed,
    silent,
    wrong_from,
    wrong_once,
    wrong_where,
)

GROUP = "signature"
RANDOM = "authenticate.signature.random"
SHORT = {"timeout_s": 0.4, "in_flight": 1}


class Trial:
    """A round of some cases of the signature group, and what it came to."""

    def __init__(self, served: Served, certification: Certification, *ids: str, group: str = GROUP) -> None:
        self.served = served
        self.certification = certification
        cases = {case.id: case for case in certification.cases}
        self.cases: list[Case] = [cases[id] for id in ids or (RANDOM,)]
        certification.plan(self.cases)
        run = certification.group(group)
        self.round: Round = run.round(authenticate())
        self.results: dict[str, CaseResult] = {case.id: run.result(case) for case in self.cases}

    @property
    def result(self) -> CaseResult:
        """What the first case came to."""
        return self.results[self.cases[0].id]

    @property
    def unmet(self) -> set[str]:
        """The requirements that any case broke."""
        judgements = [one for result in self.results.values() for one in (*result.judgements, *result.observations)]
        return {one.requirement for one in judgements if not one.met}

    @property
    def breached(self) -> set[str]:
        """The rules for all answers that the round saw broken."""
        return {id for id, seen in self.round.observed.items() if seen.breach}


Try = Callable[..., Trial]


@pytest.fixture
def trial(tmp_path: Path, request: pytest.FixtureRequest) -> Try:
    """Serve a target and run cases against it."""

    def run(target: Answering, *ids: str, group: str = GROUP, **limits: Any) -> Trial:
        server = serving(target)
        served = server.__enter__()
        request.addfinalizer(lambda: server.__exit__(None, None, None))
        context = certifying(tmp_path, served.profile(limits=SHORT | limits))
        certification = context.__enter__()
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        return Trial(served, certification, *ids, group=group)

    return run


def bad(call: Call) -> bool:
    """Whether a call is no valid request."""
    return not call.valid


def test_what_is_as_it_should_be_is_sent_once(trial: Try) -> None:
    """A refusal that was asked for needs no confirmation."""
    tried = trial(conformant)
    assert not tried.unmet
    assert len(tried.result.deliveries) == 1
    assert len([call for call in tried.served.calls if bad(call)]) == 1


def test_a_repeated_breach_is_the_target_s(trial: Try) -> None:
    """An open door is tried twice, and then it is a finding, of no flakiness."""
    tried = trial(open_to_all)
    assert all(id.startswith("klas.signature.") for id in tried.unmet)
    assert tried.unmet
    assert not tried.result.flaky
    assert not tried.result.blocked
    assert len([call for call in tried.served.calls if bad(call)]) == 2


def test_a_breach_that_does_not_repeat_was_seen_all_the_same(trial: Try) -> None:
    """An HTTP answer that breaks a MUST once is not met, and the report says that it came once."""
    tried = trial(wrong_once(bad, open_to_all))
    assert tried.unmet
    assert "sent again" in tried.result.flaky
    assert len(tried.result.exchanges) == 2


def test_a_crash_that_does_not_repeat_is_no_answer_to_the_question(trial: Try) -> None:
    """The refusal behind it is what the target makes of a wrong signature; that it crashed is a breach by itself."""
    tried = trial(wrong_once(bad, lambda _: plain(500, b"oops")))
    assert not any(id.startswith("klas.signature.") for id in tried.unmet)
    assert "klas.robustness.no-server-error" in tried.breached
    assert "sent again" in tried.result.flaky


def test_each_answer_breaks_something_else(trial: Try) -> None:
    """A breach that came once is not laid aside for another that came once: the second is tried again, too."""

    def changing(call: Call) -> Answer:
        right = conformant(call)
        if not bad(call):
            return right
        call.served.notes["times"] = call.served.notes.get("times", 0) + 1
        unsigned = tuple(header for header in right.headers if header[0] != b"X-Signature")
        forged = () if call.served.notes["times"] == 1 else ((b"X-Signature", b"0" * 64),)
        return replace(right, headers=(*unsigned, *forged))

    tried = trial(changing)
    assert tried.unmet == {"klas.signature.response-right"}
    assert not tried.result.flaky
    assert tried.served.notes["times"] == 3


TWICE = "authenticate.parameters.unknown:player_id=digits"


def unknown_again(*notes: Answer) -> Answering:
    """Refuses an unknown player at first, and answers with `notes` in turn from then on."""
    coming = iter(notes)

    def answering(call: Call) -> Answer:
        if call.valid or call.served.notes.setdefault("first", call) is call:
            return conformant(call)
        return next(coming)

    return answering


def test_what_is_refused_twice_is_met(trial: Try) -> None:
    """An id that nobody has is asked for twice, each time the same, and how it is refused then is open."""
    tried = trial(unknown_again(signed(b'{"status_code":"ERR_UNKNOWN"}')), TWICE, group="parameters")
    assert not tried.unmet
    assert len(tried.result.exchanges) == 2
    asked = [json.loads(call.request.body)["player_id"] for call in tried.served.calls if bad(call)]
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_what_is_accepted_the_second_time_is_a_breach(trial: Try) -> None:
    """The target made somebody of an id that it was asked for; the finding says that it was refused at first."""
    success = signed(b'{"status_code":"OK","currency":"EUR","balance":"0"}')
    tried = trial(unknown_again(success, success), TWICE, group="parameters")
    (unmet,) = [one for one in tried.result.judgements if not one.met]
    assert unmet.requirement == "klas.parameters.unknown-player"
    assert "when it came first, HTTP 200 with ERR_BAD_PARAMS" in str(unmet.observed)


def test_a_dropped_connection_that_was_reused_is_excused(trial: Try) -> None:
    """A server may close an idle connection just as a request goes out (RFC 9112, section 9.3.1)."""
    second = "authenticate.signature.other-key"
    tried = trial(wrong_once(lambda call: bad(call) and call.nth > 0, dropping), RANDOM, second)
    assert tried.served.notes["was wrong"]
    assert not tried.unmet
    assert not any(result.blocked for result in tried.results.values())


def test_a_dropped_fresh_connection_that_comes_back_blocks(trial: Try) -> None:
    """No answer once and a right one then is nobody's proven fault: the case is blocked as flaky."""
    tried = trial(wrong_once(lambda call: bad(call) and call.nth == 0, dropping))
    assert tried.result.blocked.startswith("flaky")
    assert not tried.unmet


def test_a_connection_that_is_always_dropped_is_the_target_s(trial: Try) -> None:
    """Where a control shows the target to be alive, no answer to a bad request is a breach."""
    tried = trial(wrong_where(bad, dropping))
    assert not tried.result.blocked
    assert "klas.robustness.answers" in tried.unmet


def test_a_time_out_that_repeats_beside_a_living_control_is_the_target_s(trial: Try) -> None:
    """A request that is never answered, while valid ones are, breaks the rule that there is an answer in time."""
    tried = trial(wrong_where(bad, silent))
    assert not tried.result.blocked
    assert "klas.robustness.answers" in tried.unmet


def padded(size: int) -> Answering:
    """Be conformant, with so much white space behind what is refused."""
    return wrong_where(bad, lambda call: replace(conformant(call), body=conformant(call).body + b" " * size))


@pytest.mark.parametrize(
    ("size", "kind"), [(courier.LARGEST_REFUSAL, Failure), (courier.LARGEST_REFUSAL - 100, Response)]
)
def test_a_refusal_may_have_so_many_bytes(trial: Try, size: int, kind: type) -> None:
    """What is to be refused has no reason for an answer of megabytes, and its answer is kept in part."""
    (delivery,) = trial(padded(size)).result.deliveries[-1:]
    assert isinstance(delivery.exchange.answer, kind)
    assert not isinstance(delivery.exchange.answer, Response) or len(delivery.exchange.answer.body) < size


def test_a_refusal_may_be_as_large_as_successes_are(trial: Try) -> None:
    """Where a valid request is answered with a long list, a wrongly accepted one may be, too."""

    def long(_: Call) -> HttpAnswer:
        return signed(b'{"status_code":"OK","currency":"EUR","balance":"30"}' + b" " * 2 * courier.LARGEST_REFUSAL)

    (delivery,) = trial(long).result.deliveries
    assert delivery.accepted


SEVERAL = tuple(
    f"authenticate.signature.{name}" for name in ("random", "other-key", "truncated:half", "header-missing")
)


def test_an_outage_accuses_nobody(trial: Try) -> None:
    """Where requests time out and are answered when sent again, those that are not sent again do not count either."""

    def lost(call: Call) -> Any:
        with call.served.lock:
            call.served.notes["bad"] = call.served.notes.get("bad", 0) + bad(call)
            early = bad(call) and call.served.notes["bad"] <= len(SEVERAL)
        return silent(call) if early else conformant(call)

    tried = trial(lost, *SEVERAL, in_flight=4)
    assert not tried.unmet
    assert all(result.blocked for result in tried.results.values())


def test_a_target_that_hangs_from_some_moment_on_accuses_nobody(trial: Try) -> None:
    """When the control is not answered either, whatever else was not answered in the same batch is blocked."""
    tried = trial(wrong_from(1, silent), *SEVERAL, in_flight=4)
    assert not tried.unmet
    assert all("the target went away" in result.blocked for result in tried.results.values())


def test_a_target_that_goes_away_accuses_nobody(trial: Try) -> None:
    """Where the control gets no answer either, the case is blocked, and nothing more is sent."""
    tried = trial(wrong_from(1, dropping))
    assert "the target went away" in tried.result.blocked
    assert not tried.unmet
    assert tried.certification.state.stopped == tried.result.blocked


def test_nothing_is_sent_after_the_target_went_away(trial: Try) -> None:
    """Later rounds are blocked with the same reason, without a request."""
    tried = trial(wrong_from(1, dropping))
    calls = len(tried.served.calls)
    later = tried.certification.group("methods").opened(authenticate())
    assert later.blocked == tried.result.blocked
    assert len(tried.served.calls) == calls


def test_a_poisoned_connection_is_the_finding_of_the_request_before(trial: Try) -> None:
    """Where a bad request spoils its connection, the control behind it shows that, and the bad request is named."""

    def poisoned(call: Call) -> HttpAnswer:
        spoilt = call.served.notes.setdefault("spoilt", set())
        if call.connection in spoilt:
            return plain(500, b"previous body left over")
        if bad(call) and call.served.notes.setdefault("spoiler", call.signature) == call.signature:
            spoilt.add(call.connection)
        return conformant(call)

    tried = trial(poisoned, RANDOM, "authenticate.signature.other-key")
    assert tried.breached == {"klas.robustness.recovers"}
    assert not tried.unmet
    seen = tried.round.observed["klas.robustness.recovers"]
    assert seen.breach is not None
    assert "random hex digits" in seen.breach.expected


@pytest.mark.parametrize(("always", "breached"), [(True, set()), (False, {"klas.robustness.recovers"})])
def test_a_connection_that_is_closed_in_silence(trial: Try, always: bool, breached: set[str]) -> None:  # noqa: FBT001 - parametrised
    """A server may close after any answer; one that does so after bad requests only was spoilt by them."""

    def closing(call: Call) -> Answer:
        if call.nth and call.served.notes.get(f"closed {call.connection}"):
            return b""
        call.served.notes[f"closed {call.connection}"] = always or bad(call)
        return conformant(call)

    tried = trial(closing, "authenticate.methods.put", group="methods")
    assert tried.breached == breached


def kept(held: list[float], seconds: float) -> bool:
    """Hold for no time at all, and remember for how long it should have been."""
    held.append(seconds)
    return True


def test_a_rate_limit_is_waited_for(trial: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with Retry-After holds the run back for as long, and the request is sent again until it is answered."""
    held: list[float] = []
    monkeypatch.setattr(transport.Pace, "hold", lambda _, seconds: kept(held, seconds))
    limited = wrong_once(bad, lambda _: plain(429, b"", (b"Retry-After", b"3")))
    tried = trial(limited)
    assert held == [3.0]
    assert not tried.unmet
    assert not tried.result.blocked


@pytest.mark.parametrize(
    ("asked", "held"),
    [(b"86400", []), (b"45", [10.0]), (b"0", [0.05]), (b"soon", [0.5]), (b"\xb2", [0.5]), (b"Wed, 21 Oct", [0.5])],
)
def test_a_rate_limit_s_wish_is_bounded(
    trial: Try, monkeypatch: pytest.MonkeyPatch, asked: bytes, held: list[float]
) -> None:
    """Nobody is waited for as long as a day, nor not at all, nor for what cannot be read."""
    waits: list[float] = []
    monkeypatch.setattr(transport.Pace, "hold", lambda _, seconds: kept(waits, seconds))
    tried = trial(wrong_once(bad, lambda _: plain(503, b"", (b"Retry-After", asked))))
    assert waits == held
    assert bool(tried.result.blocked) is not bool(held)


def test_a_run_is_not_patient_for_ever(trial: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the patience of the whole run is used up, what is asked to come later is blocked at once."""
    monkeypatch.setattr(transport, "PATIENCE_S", 0.0)
    tried = trial(wrong_where(bad, lambda _: plain(429)))
    assert "set limits.requests_per_second" in tried.result.blocked
    assert len([call for call in tried.served.calls if bad(call)]) == 1


def test_a_rate_limit_without_end_blocks(trial: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a bounded number of times the case is blocked, not failed."""
    monkeypatch.setattr(transport.Pace, "hold", lambda *_: True)
    tried = trial(wrong_where(bad, lambda _: plain(429)))
    assert "rate limit" in tried.result.blocked
    assert not tried.unmet
    assert len([call for call in tried.served.calls if bad(call)]) == courier.PATIENCE + 1


def test_a_rate_limit_of_the_second_answer_blocks(trial: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be confirmed for the rate limit is blocked."""
    monkeypatch.setattr(transport.Pace, "hold", lambda *_: True)

    def later_limited(call: Call) -> HttpAnswer:
        if not bad(call):
            return conformant(call)
        call.served.notes["bad"] = call.served.notes.get("bad", 0) + 1
        return open_to_all(call) if call.served.notes["bad"] == 1 else plain(429)

    tried = trial(later_limited)
    assert "rate limit" in tried.result.blocked


def test_what_is_refused_to_the_last_attempt_counts(trial: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that was asked to come later each time it was sent is one that the rate limit turned away."""
    monkeypatch.setattr(transport.Pace, "hold", lambda *_: True)
    tried = trial(wrong_where(bad, lambda _: plain(429)))
    assert tried.certification.courier.turned_away == 1
