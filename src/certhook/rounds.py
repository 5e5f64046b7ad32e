"""A round: the cases of one group on one operation, sent between two controls.

    opening control -> all cases, several in flight -> what failed, once more and alone -> closing control

A control that is not accepted before the cases blocks them all. A case whose answer breaks a MUST is sent again, alone and
over a fresh connection, before anybody is accused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from certhook.answers import Kind
from certhook.cases import Case
from certhook.changes.change import CONTROL, Change
from certhook.courier import Courier, Delivery, Errand
from certhook.exchange import Failure, FailureKind
from certhook.judging import Judge, Judgement
from certhook.pack.model import Operation
from certhook.values import Level, Requirement

PATIENCE_FOR_TIMEOUTS = 6
"""Time-outs in one round after which the rest of it is given up."""

LATENCY_SAMPLE = 20
"""Answers below which no 95th percentile is judged; the round sends controls until it has as many."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case came to. `blocked` says why it could not be judged; `flaky` that its second answer was another."""

    deliveries: tuple[Delivery, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    observations: tuple[Judgement, ...] = ()
    blocked: str = ""
    flaky: str = ""

    @property
    def exchanges(self) -> tuple[int, ...]:
        return tuple(delivery.exchange.number for delivery in self.deliveries)


@dataclass(slots=True)
class Pulse:
    """Whether the target is alive, for all rounds of a worker. `stopped` says why nothing more is sent."""

    stopped: str = ""


class Round:
    """Runs its cases when the first result is asked for."""

    def __init__(
        self,
        operation: Operation,
        group: str,
        cases: Iterable[Case],
        *,
        courier: Courier,
        judge: Judge,
        levels: dict[str, Requirement],
        pulse: Pulse,
        max_p95_ms: float | None = None,
    ) -> None:
        self._operation = operation
        self._group = group
        self._cases = tuple(cases)
        self._courier = courier
        self._judge = judge
        self._requirements = levels
        self._pulse = pulse
        self._max_p95_ms = max_p95_ms
        self._results: dict[str, CaseResult] | None = None
        self._observed: dict[str, list[Judgement]] = {}
        self._confirmed: set[str] = set()
        self._timeouts = 0
        self._elapsed_ms: list[float] = []
        self.blocked = ""
        self.opening: Delivery | None = None

    @property
    def name(self) -> str:
        return f"{self._operation.name}.{self._group}"

    def result(self, case: Case) -> CaseResult:
        """What that case came to."""
        if self._results is None:
            self._results = {}
            self._run()
        return self._results.get(case.id) or CaseResult(blocked=self.blocked or "it was not sent")

    def open(self) -> None:
        """Send the opening control, unless the round has begun."""
        if self.opening is not None or self.blocked:
            return
        if self._pulse.stopped:
            self.blocked = self._pulse.stopped
            return
        self.opening = self._control("opening")
        self.blocked = self._why_blocked(self.opening)

    def observed(self) -> dict[str, list[Judgement]]:
        """What the answers of the round so far say of the rules that hold for every answer, by requirement."""
        return self._observed

    def send(self, errand: Errand) -> CaseResult:
        """Send one more request within the round, and judge its answer by the rules that hold for every answer."""
        return self.settle(
            Case(errand.case, errand.operation, self._group, errand.change, ()), self._courier.deliver(errand)
        )

    def deliver(self, case: Case, changes: list[Change]) -> list[Delivery]:
        """Send several changes at once in the name of a case, for judging elsewhere."""
        return list(self._courier.deliver_all([Errand(case.operation, change, case.id) for change in changes]))

    def close(self) -> None:
        """Send the closing control and judge what it says of the target."""
        self.open()
        if self.blocked:
            return
        closing = self._control("closing")
        failed = "" if closing.accepted else closing.answer.says
        if failed and _unreachable(closing):
            self.blocked = self._pulse.stopped = f"the target went away: {failed}"
            return
        requirement = self._rule("recovers")
        if requirement:
            expected = "the control accepted, as before the group"
            self._note(Judgement(requirement.id, expected, failed or None, closing.exchange))

    def judge_latency(self) -> None:
        """Judge the 95th percentile of the round's answers against the profile's bound."""
        requirement = self._rule("latency")
        if requirement is None or self._max_p95_ms is None or self.opening is None:
            return
        while len(self._elapsed_ms) < LATENCY_SAMPLE:
            self._control("latency")
        p95 = sorted(self._elapsed_ms)[max(0, -(-len(self._elapsed_ms) * 95 // 100) - 1)]
        slow = f"{p95:.0f} ms" if p95 > self._max_p95_ms else None
        self._note(Judgement(requirement.id, f"at most {self._max_p95_ms:g} ms", slow, self.opening.exchange))

    # ------------------------------------------------------------------ the parts

    def _run(self) -> None:
        assert self._results is not None
        self.open()
        if self.blocked:
            self._results.update(self._from_opening())
            return
        waiting = list(self._cases)
        while waiting and not self.blocked:
            # In batches, so that a target that stops answering costs a batch of time-outs and not all of them.
            batch, waiting = waiting[: self._courier.width * 4], waiting[self._courier.width * 4 :]
            errands = [Errand(case.operation, case.change, case.id) for case in batch]
            for case, delivery in zip(batch, self._courier.deliver_all(errands), strict=True):
                self._results[case.id] = self.settle(case, delivery)
            if self._timeouts >= PATIENCE_FOR_TIMEOUTS and waiting:
                self.blocked = f"given up after {self._timeouts} time-outs in this group"

    def _from_opening(self) -> dict[str, CaseResult]:
        """Cases that are the control itself are judged by the opening control, where it says something of the target."""
        if self.opening is None or self.opening.answer.kind is not Kind.UNMARKED:
            return {}
        return {case.id: self._judged(case, self.opening) for case in self._cases if case.change is CONTROL}

    def _control(self, which: str) -> Delivery:
        errand = self._courier.control(self._operation, f"{self.name}.{which}-control")
        delivery = self._courier.deliver(errand)
        if not delivery.accepted:
            delivery = self._courier.deliver(errand)  # once more: nobody is accused for a hiccup
        if not isinstance(delivery.exchange.answer, Failure):
            self._elapsed_ms.append(delivery.exchange.elapsed_s * 1000)
        if delivery.answer.kind in (Kind.ACCEPTED, Kind.UNMARKED):
            self._note_all(self._judge.invariants(delivery.exchange, delivery.answer, CONTROL))
        return delivery

    def _why_blocked(self, control: Delivery) -> str:
        if control.accepted:
            return ""
        reason = f"the control was not accepted: {control.answer.says}"
        if isinstance(control.exchange.answer, Failure):
            self._pulse.stopped = reason
        return reason

    def _judged(self, case: Case, *deliveries: Delivery, flaky: str = "") -> CaseResult:
        """The result of a case, from those of its deliveries that count."""
        asked: list[Judgement] = []
        observed: list[Judgement] = []
        for one in deliveries:
            asked += self._judge.asks(case.asks, one.exchange, one.answer, case.change)
            observed += self._judge.invariants(one.exchange, one.answer, case.change)
        return CaseResult(tuple(deliveries), tuple(asked), tuple(observed), flaky=flaky)

    def settle(self, case: Case, first: Delivery) -> CaseResult:
        """Judge a case; where it breaks a MUST, by what comes when it is sent again."""
        result = self._settled(case, first)
        self._note_all(list(result.observations))
        self._elapsed_ms += [
            one.exchange.elapsed_s * 1000 for one in result.deliveries if not isinstance(one.exchange.answer, Failure)
        ]
        return result

    def _settled(self, case: Case, first: Delivery) -> CaseResult:
        if first.answer.kind is Kind.LIMITED:
            return CaseResult((first,), blocked=f"the target's rate limit: {first.answer.says}, again and again")
        result = self._judged(case, first)
        if not self._to_be_confirmed(result, first):
            return result
        second = self._courier.deliver(first.errand)
        if second.answer.kind is Kind.LIMITED:
            return CaseResult((first, second), blocked=f"the target's rate limit: {second.answer.says}")
        again = self._judged(case, second)
        if self._breaches(again):
            return self._attributed(case, first, second)
        return self._not_repeated(case, first, second, again)

    def _attributed(self, case: Case, first: Delivery, second: Delivery) -> CaseResult:
        """A breach that repeats is the target's; without an answer, only if the control shows that it is alive."""
        if isinstance(second.exchange.answer, Failure):
            control = self._courier.deliver(self._courier.control(case.operation, case.id))
            if not control.accepted and isinstance(control.exchange.answer, Failure):
                self.blocked = self._pulse.stopped = f"the target went away: {control.answer.says}"
                return CaseResult((first, second, control), blocked=self.blocked)
        self._confirmed |= {one.requirement for one in self._judged(case, second).observations if not one.met}
        return self._judged(case, second)

    def _not_repeated(self, case: Case, first: Delivery, second: Delivery, again: CaseResult) -> CaseResult:
        """The second answer is as it should be: was it the request before on the connection, the network, or chance?"""
        if first.before is not None and not first.before.change.legal and self._poisons(first.before):
            return again
        failure = first.exchange.answer
        if isinstance(failure, Failure):
            if failure.kind is FailureKind.DROPPED and first.exchange.nth:
                return again  # a server may close an idle connection at any time (RFC 9112, section 9.3.1)
            both = f"flaky: {first.answer.says}; sent again: {second.answer.says}"
            return CaseResult((first, second), blocked=both, flaky=both)
        both = f"flaky: first {first.answer.says}; sent again: {second.answer.says}"
        return self._judged(case, first, second, flaky=both)

    def _poisons(self, suspect: Errand) -> bool:
        """Whether a control on the same connection right after that request fails; then that is noted."""
        control = self._courier.control(suspect.operation, suspect.case)
        bad, after = self._courier.deliver_in_turn([suspect, control])
        if after.accepted or after.exchange.nth == 0:
            return False
        requirement = self._rule("recovers")
        if requirement:
            expected = f"the next request on the connection accepted, after one {suspect.change.says}"
            self._note(Judgement(requirement.id, expected, after.answer.says, bad.exchange))
        return True

    def _to_be_confirmed(self, result: CaseResult, delivery: Delivery) -> bool:
        if isinstance(delivery.exchange.answer, Failure) and delivery.exchange.answer.kind is FailureKind.TIMEOUT:
            self._timeouts += 1
            return self._timeouts <= 2  # each costs a whole time limit
        return bool(self._breaches(result) - self._confirmed)

    def _breaches(self, result: CaseResult) -> set[str]:
        """The MUST requirements that a result breaks."""
        unmet = {one.requirement for one in (*result.judgements, *result.observations) if not one.met}
        return {id for id in unmet if self._requirements[id].level is Level.MUST}

    def _rule(self, name: str) -> Requirement | None:
        return self._judge.requirement_of(name)

    def _note(self, judgement: Judgement) -> None:
        self._observed.setdefault(judgement.requirement, []).append(judgement)

    def _note_all(self, judgements: list[Judgement]) -> None:
        for one in judgements:
            self._note(one)


def _unreachable(delivery: Delivery) -> bool:
    answer = delivery.exchange.answer
    return isinstance(answer, Failure) and answer.kind is FailureKind.UNREACHABLE
