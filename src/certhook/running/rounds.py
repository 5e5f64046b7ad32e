"""A round: the cases of one group on one operation, sent between two controls.

    opening control -> batches of cases, several in flight, each with a control per connection -> closing control

A control that is not accepted before the cases blocks them all. What the answers say of rules that hold for every
answer is gathered, and judged when the round ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from certhook.building.pool import Exhausted
from certhook.changes.change import CONTROL, Change
from certhook.exchange import Failure
from certhook.judging.answers import Kind
from certhook.judging.judge import Judge, Judgement
from certhook.pack.model import Operation
from certhook.running.cases import Case
from certhook.running.settling import CaseResult, Settler, spoilt
from certhook.sending.courier import Courier, Delivery, Errand
from certhook.values import Requirement

Sent = TypeVar("Sent")

PATIENCE_FOR_TIMEOUTS = 6
"""Time-outs in one round after which the rest of it is given up."""

PATIENCE_OF_A_RUN = 16
"""Time-outs of one worker, those of requests that were sent again among them, after which nothing more is sent."""

LATENCY_SAMPLE = 20
"""Answers below which no 95th percentile is judged; the round sends controls until it has as many."""

LATENCY_KEPT = 10_000

FEWEST_PER_LANE, MOST_PER_LANE = 4, 16
"""Cases per connection that go out together: twice as many after each batch in which every case was answered."""

SPOILING = ("malformed", "robustness")


@dataclass(slots=True)
class Pulse:
    """What the rounds of a worker hand on: that the target is gone, the control that ended the last round, and trust.

    `stopped` says why nothing more is sent; `per_lane` is how many cases go out at once, over each connection.
    """

    stopped: str = ""
    closing: Delivery | None = None
    per_lane: int = FEWEST_PER_LANE

    def answered(self, deliveries: Iterable[Delivery]) -> None:
        """Take account of a batch: a target that stops answering costs one batch of time-outs, so it must be small."""
        failed = any(isinstance(one.exchange.answer, Failure) for one in deliveries)
        self.per_lane = FEWEST_PER_LANE if failed else min(2 * self.per_lane, MOST_PER_LANE)

    def control_of(self, operation: Operation) -> Delivery | None:
        """The control that ended the round before, where that was one of the same operation."""
        closing, self.closing = self.closing, None
        return closing if closing is not None and closing.errand.operation is operation else None


@dataclass(slots=True)
class Observed:
    """What many answers say of one rule: one that met it, and the first that did not."""

    met: Judgement | None = None
    breach: Judgement | None = None


@dataclass(slots=True)
class Watch:
    """What the answers of a round have in common. Its size does not grow with their number."""

    by_requirement: dict[str, Observed] = field(default_factory=dict)
    elapsed_ms: list[float] = field(default_factory=list)

    def note(self, judgements: Iterable[Judgement]) -> None:
        """Take account of what an answer says of some rules."""
        for one in judgements:
            observed = self.by_requirement.setdefault(one.requirement, Observed())
            if one.met:
                observed.met = observed.met or one
            else:
                observed.breach = observed.breach or one

    def time(self, deliveries: Iterable[Delivery]) -> None:
        """Take account of how long answers took."""
        for one in deliveries:
            if not isinstance(one.exchange.answer, Failure) and len(self.elapsed_ms) < LATENCY_KEPT:
                self.elapsed_ms.append(one.exchange.elapsed_s * 1000)


class Round:
    """Runs its cases when the first result is asked for. `blocked` says why the rest of it cannot be judged."""

    def __init__(  # noqa: PLR0913 - each is a part of its own, and named
        self,
        operation: Operation,
        group: str,
        cases: Iterable[Case],
        *,
        courier: Courier,
        judge: Judge,
        requirements: Mapping[str, Requirement],
        pulse: Pulse,
        max_p95_ms: float | None = None,
    ) -> None:
        self._operation = operation
        self._group = group
        self._name = f"{operation.name}.{group}"
        self._cases = tuple(cases)
        self._courier = courier
        self._judge = judge
        self._settler = Settler(courier, judge, requirements)
        self._pulse = pulse
        self._max_p95_ms = max_p95_ms
        self._results: dict[str, CaseResult] | None = None
        self._watch = Watch()
        self._opening: Delivery | None = None
        self._lane_control: Delivery | None = None
        self.blocked = ""

    def result(self, case: Case) -> CaseResult:
        """What that case came to."""
        if self._results is None:
            self._results = {}
            self._run(self._results)
        return self._results.get(case.id) or CaseResult(blocked=self.blocked or "it was not sent")

    def open(self) -> None:
        """Send the opening control, unless the round has begun."""
        if self._opening is not None or self.blocked:
            return
        if self._pulse.stopped:
            self.blocked = self._pulse.stopped
            return
        # The control between two rounds of an operation is the end of one and the beginning of the other.
        before = self._pulse.control_of(self._operation)
        self._opening = before or self._while_supplied(lambda: self._control("opening"))
        if self._opening is not None and not self._opening.accepted:
            self.blocked = f"the control was not accepted: {self._opening.answer.says}"
            if isinstance(self._opening.exchange.answer, Failure):
                self._pulse.stopped = self.blocked

    def observed(self) -> Mapping[str, Observed]:
        """What the answers of the round so far say of the rules that hold for every answer, by requirement."""
        return self._watch.by_requirement

    @property
    def batch_size(self) -> int:
        """How many requests go out together."""
        return self._courier.width * self._pulse.per_lane

    def deliver(self, case: Case, changes: list[Change]) -> list[Delivery]:
        """Send several changes at once in the name of a case, to be settled one by one; none where `blocked` is set."""
        errands = [Errand(case.operation, change, case.id) for change in changes]
        self._lane_control = None
        return self._while_supplied(lambda: self._delivered(errands)) or []

    def settle(self, case: Case, first: Delivery) -> CaseResult:
        """What a case comes to, given its first answer."""
        result = self._while_supplied(lambda: self._settler.settle(case, first))
        if result is None:
            return CaseResult((first,), blocked=self.blocked)
        self._watch.note(result.observations)
        self._watch.note(self._settler.poisonings)
        self._watch.time(result.deliveries)
        if len(result.deliveries) > 1:
            self._lane_control = None
        if self._settler.gone:
            self.blocked = self._pulse.stopped = self._settler.gone
        elif self._courier.timeouts >= PATIENCE_OF_A_RUN:
            self.blocked = self._pulse.stopped = f"given up after {PATIENCE_OF_A_RUN} time-outs"
        elif self._settler.timeouts >= PATIENCE_FOR_TIMEOUTS:
            self.blocked = f"given up after {PATIENCE_FOR_TIMEOUTS} time-outs in this group"
        return result

    def broken(self) -> frozenset[str]:
        """The MUST requirements that some answer of the round so far has broken."""
        return frozenset(self._settler.broken)

    def close(self) -> None:
        """Send the closing control and judge what it says of the target."""
        self.open()
        if self.blocked:
            return
        closing = self._lane_control or self._while_supplied(lambda: self._control("closing"))
        if closing is None:
            return
        self._pulse.closing = closing if closing.accepted else None
        failed = None if closing.accepted else closing.answer.says
        if failed and isinstance(closing.exchange.answer, Failure):
            self.blocked = self._pulse.stopped = f"the target went away: {failed}"
            return
        requirement = self._judge.requirement_of("recovers")
        if requirement:
            expected = "the control accepted, as before the group"
            self._watch.note([Judgement(requirement.id, expected, failed, closing.exchange)])

    def judge_latency(self) -> None:
        """Judge the 95th percentile of the round's answers against the profile's bound."""
        requirement = self._judge.requirement_of("latency")
        if requirement is None or self._max_p95_ms is None or self._opening is None or self.blocked:
            return
        lacking = range(LATENCY_SAMPLE - len(self._watch.elapsed_ms))
        if self._while_supplied(lambda: [self._control("latency") for _ in lacking]) is None:
            return
        ordered = sorted(self._watch.elapsed_ms)
        p95 = ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] if ordered else 0.0
        slow = f"{p95:.0f} ms" if p95 > self._max_p95_ms else None
        self._watch.note([Judgement(requirement.id, f"at most {self._max_p95_ms:g} ms", slow, self._opening.exchange)])

    # ------------------------------------------------------------------ the parts

    def _while_supplied(self, send: Callable[[], Sent]) -> Sent | None:
        """What is sent, or None: test data that is used up blocks the rest of the round, and all after it."""
        try:
            return send()
        except Exhausted as reason:
            self.blocked = self._pulse.stopped = str(reason)
            return None

    def _run(self, results: dict[str, CaseResult]) -> None:
        self.open()
        if self.blocked:
            results.update(self._from_opening())
            return
        waiting = list(self._cases)
        while waiting and not self.blocked:
            size = self.batch_size
            batch, waiting = waiting[:size], waiting[size:]
            self._while_supplied(partial(self._run_batch, batch, results))

    def _run_batch(self, batch: list[Case], results: dict[str, CaseResult]) -> None:
        deliveries = self._delivered([Errand(case.operation, case.change, case.id) for case in batch])
        if self._group in SPOILING and not all(case.change.legal for case in batch):
            self._check_lanes()
        for case, delivery in zip(batch, deliveries, strict=True):
            if self._settler.gone:
                return  # what did not come any more is nobody's fault, and cannot be asked for again
            results[case.id] = self.settle(case, delivery)

    def _delivered(self, errands: list[Errand]) -> list[Delivery]:
        deliveries = list(self._courier.deliver_all(errands))
        self._pulse.answered(deliveries)
        return deliveries

    def _check_lanes(self) -> None:
        """A control over every connection: whatever bad request went over it last must not have spoilt it."""
        control = self._courier.control(self._operation, f"{self._name}.lane-control")
        deliveries = self._courier.deliver_over_each_lane(control)
        # Where nothing is sent after them, they say what a closing control would say.
        self._lane_control = deliveries[0] if deliveries and all(one.accepted for one in deliveries) else None
        for delivery in deliveries:
            if spoilt(delivery) and delivery.before is not None and not delivery.before.change.legal:
                self._settler.poisons(delivery.before)
        self._watch.note(self._settler.poisonings)

    def _from_opening(self) -> dict[str, CaseResult]:
        """Cases that are the control itself are judged by the opening control, where that says something."""
        opening = self._opening
        if opening is None or opening.answer.kind is not Kind.UNMARKED:
            return {}
        return {case.id: self._settler.judged(case, opening) for case in self._cases if case.change is CONTROL}

    def _control(self, which: str) -> Delivery:
        errand = self._courier.control(self._operation, f"{self._name}.{which}-control")
        delivery = self._courier.deliver(errand)
        if not delivery.accepted:
            first, delivery = delivery, self._courier.deliver(errand)  # nobody is accused for a hiccup of the network
            self._note_refused(first, delivery)
        self._watch.time([delivery])
        if delivery.answer.kind in (Kind.ACCEPTED, Kind.UNMARKED):
            self._watch.note(self._judge.invariants(delivery.exchange, delivery.answer, CONTROL))
        return delivery

    def _note_refused(self, first: Delivery, second: Delivery) -> None:
        """A valid request that was refused, and accepted when it was sent again, was refused all the same."""
        requirement = self._judge.requirement_of_control()
        if requirement and second.accepted and first.answer.kind is Kind.REFUSED:
            observed = f"{first.answer.says} (flaky: sent again, {second.answer.says})"
            self._watch.note([Judgement(requirement.id, "the success marker", observed, first.exchange)])
