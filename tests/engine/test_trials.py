"""Each finding is looked for again in the way that can show it, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from certhook.reference import target_class
from certhook.reference.wire import HttpAnswer
from certhook.replaying.trials import TRIES, Trials
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.values import Finding
from tests.certifying import certifying
from tests.targets import (
    Answering,
    Call,
    Served,
    conformant,
    dropping,
    open_to_all,
    plain,
    refusing,
    serving,
    wrong_from,
    wrong_where,
)

RANDOM = "authenticate.signature.random"
OTHER = "authenticate.signature.other-key"
CONTROL = "authenticate.status.control"
IS_RANDOM = "klas.signature.random"
RECOVERS = "klas.robustness.recovers"
LATENCY = "klas.robustness.latency"
ACCEPTED = "klas.status.valid-accepted"


class Trying:
    """A served target, and the trials of cases against it."""

    def __init__(self, served: Served, certification: Certification) -> None:
        self.served = served
        self.certification = certification
        self.cases = {case.id: case for case in certification.cases}

    def of(self, case: Case | str, requirement: str, observed: str = "x", **more: Any) -> Trials:
        """The trials for one finding of an exchange of a case."""
        findings = {requirement: Finding("sent", "expected", observed, "", 1)}
        one = self.cases[case] if isinstance(case, str) else case
        return Trials(one, findings, self.certification, **({"before": None, "alone": False} | more))

    @property
    def sent(self) -> int:
        """How many requests the target got."""
        return len(self.served.calls)


Try = Callable[..., Trying]


@pytest.fixture
def trying(tmp_path: Path) -> Iterator[Try]:
    """Serve a target, one request at a time, so that what comes before what is known."""
    with ExitStack() as stack:

        def serve(target: Answering, **sections: Any) -> Trying:
            served = stack.enter_context(serving(target))
            data = served.profile(limits={"in_flight": 1, "timeout_s": 0.2}, **sections)
            return Trying(served, stack.enter_context(certifying(tmp_path, data)))

        yield serve


def bad(call: Call) -> bool:
    """Whether a call is no valid request."""
    return not call.valid


def faulty(name: str) -> Answering:
    """The reference target with a fault, one for all calls, since some remember."""
    target = target_class("klas", [name])()
    answer: Callable[[Any], HttpAnswer] = target.answer
    return lambda call: answer(call.request)


def test_an_answer_that_is_as_wrong_as_before(trying: Try) -> None:
    """The request is sent once more, as in a run, and nothing else."""
    tried = trying(open_to_all)
    trial = tried.of(RANDOM, IS_RANDOM).of(IS_RANDOM)
    assert trial.breaks(IS_RANDOM)
    assert tried.sent == 2
    assert "success marker" in trial.says


def test_an_answer_that_is_as_it_should_be(trying: Try) -> None:
    """One refusal is enough."""
    tried = trying(conformant)
    trial = tried.of(RANDOM, IS_RANDOM).of(IS_RANDOM)
    assert not trial.breaks(IS_RANDOM)
    assert not trial.blocked
    assert tried.sent == 1


def test_the_first_answer_counts_where_the_second_is_wrong_in_another_way(trying: Try) -> None:
    """A second answer that breaks another requirement does not excuse the first."""

    def in_turn(call: Call) -> HttpAnswer:
        return plain(500) if call.number else open_to_all(call)

    assert trying(in_turn).of(RANDOM, IS_RANDOM).of(IS_RANDOM).breaks(IS_RANDOM)


def test_a_flaky_answer_is_tried_often(trying: Try) -> None:
    """What came once and not again is looked for several times, until it comes."""
    tried = trying(lambda call: open_to_all(call) if call.number == TRIES // 2 else conformant(call))
    assert tried.of(RANDOM, IS_RANDOM, "OK (flaky: first)").of(IS_RANDOM).breaks(IS_RANDOM)
    assert tried.sent == TRIES // 2 + 2


def test_a_target_that_goes_away_blocks(trying: Try) -> None:
    """Where no request is answered, nothing can be told."""
    trial = trying(dropping).of(RANDOM, IS_RANDOM).of(IS_RANDOM)
    assert "the target went away" in trial.blocked


def poisoned(call: Call) -> HttpAnswer:
    """Lose track of a connection after a request that is not valid."""
    spoilt = call.served.notes.setdefault("spoilt", set())
    if call.connection in spoilt:
        return plain(500, b"previous body left over")
    if bad(call):
        spoilt.add(call.connection)
    return conformant(call)


def test_the_next_request_goes_over_the_same_connection(trying: Try) -> None:
    """A request that spoils its connection is shown by the control behind it; both are shown."""
    trial = trying(poisoned).of(RANDOM, RECOVERS).of(RECOVERS)
    assert trial.breaks(RECOVERS)
    assert [exchange.nth for exchange in trial.exchanges] == [0, 1]


def test_a_connection_that_is_closed_is_not_spoilt(trying: Try) -> None:
    """A server may close the connection after a bad request: the control then goes over a fresh one."""

    def closing(call: Call) -> HttpAnswer:
        answer = conformant(call)
        return HttpAnswer(answer.status, answer.headers, answer.body, close=bad(call))

    trial = trying(closing).of(RANDOM, RECOVERS).of(RECOVERS)
    assert not trial.breaks(RECOVERS)
    assert "a fresh connection" in trial.says


def test_a_control_that_fails_on_a_fresh_connection_tells_nothing(trying: Try) -> None:
    """Nobody is said to have spoilt a connection that was not there."""
    tried = trying(lambda _: HttpAnswer(500, (), b"", close=True))
    assert "a control alone was not accepted" in tried.of(RANDOM, RECOVERS).of(RECOVERS).blocked


def test_a_victim_of_the_request_before_it_is_sent_behind_that(trying: Try) -> None:
    """An answer that came over a spoilt connection does not come alone, and comes again behind the same request."""
    tried = trying(poisoned)
    trials = tried.of(RANDOM, IS_RANDOM, before=tried.cases[OTHER])
    trial = trials.of(IS_RANDOM)
    assert not trials.answered.breaks(IS_RANDOM)
    assert trial.breaks(IS_RANDOM)
    assert [exchange.case for exchange in trial.exchanges] == [OTHER, RANDOM]


def test_what_is_wrong_neither_alone_nor_behind_another_is_gone(trying: Try) -> None:
    """Both ways are told, and the request alone is shown."""
    tried = trying(conformant)
    trial = tried.of(RANDOM, IS_RANDOM, before=tried.cases[OTHER]).of(IS_RANDOM)
    assert not trial.breaks(IS_RANDOM)
    assert f"after a request of {OTHER}" in trial.says
    assert len(trial.exchanges) == 1


def test_a_control_after_a_group_is_sent_after_the_group(trying: Try) -> None:
    """What bad requests do to the valid one that ends the group shows only with them."""
    closing = Case("authenticate.fields.closing-control", *_control(trying(conformant)))
    trials = trying(faulty("locked-out")).of(closing, RECOVERS)
    assert trials.takes_several(RECOVERS)
    assert trials.of(RECOVERS).breaks(RECOVERS)
    after = trying(conformant).of(closing, RECOVERS).of(RECOVERS)
    assert not after.breaks(RECOVERS)
    assert "requests of the group fields" in after.says


def _control(tried: Trying) -> tuple[Any, str, Any, tuple[Any, ...]]:
    case = tried.cases[CONTROL]
    return case.operation, "fields", case.change, case.asks


@pytest.mark.parametrize(("bound", "slow"), [(0.001, True), (10_000, False)])
def test_latency_is_that_of_a_group(trying: Try, bound: float, *, slow: bool) -> None:
    """The control that a finding about latency names stands for all answers of the last group."""
    tried = trying(conformant, options={"max_p95_ms": bound})
    case = Case("authenticate.methods.closing-control", *_control(tried))
    trial = tried.of(case, LATENCY).of(LATENCY)
    assert trial.breaks(LATENCY) is slow
    assert "group robustness" in trial.says


def resentful(call: Call) -> HttpAnswer:
    """Refuse valid requests, too, once a bad one has come."""
    resents = call.served.notes.setdefault("bad ones", [])
    if bad(call):
        resents.append(call.number)
    return refusing(call) if resents else conformant(call)


def test_a_valid_request_is_sent_among_others(trying: Try) -> None:
    """One that is accepted alone may have been refused for what went before it: its group shows that."""
    case, requirement = "authenticate.signature.accepted.header-name-case:upper", "klas.signature.header-name-case"
    trials = trying(resentful).of(case, requirement)
    trial = trials.of(requirement)
    assert not trials.answered.breaks(requirement)
    assert trial.breaks(requirement)
    assert [exchange.case for exchange in trial.exchanges] == [case]
    assert not trying(resentful).of(case, requirement, alone=True).of(requirement).breaks(requirement)


def test_a_valid_request_that_is_accepted_either_way_is_mended(trying: Try) -> None:
    """Both ways are told."""
    trial = trying(conformant).of(CONTROL, ACCEPTED).of(ACCEPTED)
    assert not trial.breaks(ACCEPTED)
    assert "the success marker; with the" in trial.says


def test_a_group_that_cannot_be_judged_blocks(trying: Try) -> None:
    """Where the control before the group is refused, nothing can be told of the one after it."""
    closing = Case("authenticate.fields.closing-control", *_control(trying(conformant)))
    assert "the control was not accepted" in trying(refusing).of(closing, RECOVERS).of(RECOVERS).blocked


FLOW = "klas.semantics.same-balance"


@pytest.mark.parametrize("fault", ["balance-drifts", ""])
def test_a_flow_is_had_again(trying: Try, fault: str) -> None:
    """What several answers show together, the suite's own flow shows again."""
    tried = trying(faulty(fault) if fault else conformant)
    case = Case(f"authenticate.semantics.flow.{FLOW}", *_control(tried))
    trials = tried.of(case, FLOW)
    trial = trials.of(FLOW)
    assert trials.takes_several(FLOW)
    assert trial.breaks(FLOW) is bool(fault)
    assert [exchange.case for exchange in trial.exchanges] == [case.id] * 2


def test_a_flow_that_cannot_be_had_blocks(trying: Try) -> None:
    """Where a valid request of the flow is refused, nothing can be told."""
    tried = trying(wrong_from(1, refusing))
    case = Case(f"authenticate.semantics.flow.{FLOW}", *_control(tried))
    assert "a valid request was not accepted" in tried.of(case, FLOW).of(FLOW).blocked


def test_a_dropped_request_is_broken_beside_a_living_control(trying: Try) -> None:
    """A request that is never answered while controls are is as broken as it was."""
    answers = "klas.robustness.answers"
    assert trying(wrong_where(bad, dropping)).of(RANDOM, answers).of(answers).breaks(answers)
