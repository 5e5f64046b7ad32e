"""A round: the cases of one group on one operation, sent between two controls.

    opening control -> batches of cases, several in flight -> flows, and fuzzed bodies -> closing control

Where a group's requests may spoil a connection, a control goes over each one after every batch. A control that is not
accepted before the cases blocks them all. What the answers say of rules that hold for every answer is gathered, and
judged when the round ends. Who sends the cases is `GroupRun`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from certhook.building.change import CONTROL
from certhook.exchange import Failure, FailureKind
from certhook.judging.answers import Kind
from certhook.judging.judge import Judge, Judgement
from certhook.pack.model import Operation
from certhook.running.cases import Case
from certhook.running.settling import PACE, CaseResult, Settler, spoilt
from certhook.running.watch import Observed, Watch
from certhook.running.worker_state import WorkerState
from certhook.sending.courier import Courier, Delivery, Errand
from certhook.values import Requirement, flaky

PATIENCE_FOR_TIMEOUTS = 6
"""Time-outs in one round after which the rest of it is given up."""

MOST_TIMEOUTS = 16
"""Time-outs of one worker, requests that were sent again included, after which it sends nothing more."""

MOST_TURNED_AWAY = 16
"""Requests of one worker that the target's rate limit refused for longer than anybody waits, after which likewise."""


_AS_BEFORE = "the control accepted, as before the group"


class Round:
    """What the cases of a group came to on one operation, and what is known of the target meanwhile."""

    def __init__(  # noqa: PLR0913 - each is a part of its own, and named
        self,
        operation: Operation,
        group: str,
        cases: Iterable[Case],
        *,
        courier: Courier,
        judge: Judge,
        requirements: Mapping[str, Requirement],
        state: WorkerState,
        max_p95_ms: float | None = None,
    ) -> None:
        self.operation = operation
        self.cases = tuple(cases)
        self._name = f"{operation.name}.{group}"
        self._courier = courier
        self._judge = judge
        self._settler = Settler(courier, judge, requirements)
        self._state = state
        self._max_p95_ms = max_p95_ms
        self._watch = Watch()
        self.opening: Delivery | None = None
        """The control before the first case: its own, or the one that ended the group before on its operation."""
        self._given_up = ""
        self._lane_control: Delivery | None = None
        self._sent_by_then = 0
        self.ended = False

    # ------------------------------------------------------------- what it came to

    @property
    def begun(self) -> bool:
        """Whether its opening control was sent."""
        return self.opening is not None

    @property
    def blocked(self) -> str:
        """Why the rest of it cannot be judged; empty where it can."""
        return self._given_up or self._state.stopped

    @property
    def observed(self) -> Mapping[str, Observed]:
        """What the answers so far say of the rules that hold for every answer, by requirement."""
        return self._watch.by_requirement

    @property
    def broken(self) -> frozenset[str]:
        """The MUST requirements that some answer so far has broken."""
        return frozenset(self._settler.broken)

    @property
    def gone(self) -> bool:
        """Whether the target went away during a case."""
        return bool(self._settler.gone)

    # ------------------------------------------------------------------ its cases

    def settle(self, case: Case, first: Delivery, second: Delivery | None = None) -> CaseResult:
        """What a case comes to, given its first answer, and its second where it was sent twice already."""
        with self._state.while_supplied():
            return self._noted(self._settler.settle(case, first, second))
        return CaseResult((first,), blocked=self.blocked)

    def _noted(self, result: CaseResult) -> CaseResult:
        self._watch.note(result.observations)
        self._watch.note(self._settler.poisonings)
        self._watch.time(result.deliveries)
        if self._settler.gone:
            self._state.stopped = self._settler.gone
        elif self._courier.timeouts >= MOST_TIMEOUTS:
            self._state.stopped = f"given up after {MOST_TIMEOUTS} time-outs"
        elif self._courier.turned_away >= MOST_TURNED_AWAY:
            self._state.stopped = f"given up after {MOST_TURNED_AWAY} requests met the target's rate limit: {PACE}"
        elif self._settler.timeouts >= PATIENCE_FOR_TIMEOUTS:
            self._given_up = f"given up after {PATIENCE_FOR_TIMEOUTS} time-outs in this group"
        return result

    def results_of_opening(self) -> dict[str, CaseResult]:
        """Cases that are the control itself are judged by the opening control, where that says something."""
        opening = self.opening
        if opening is None or opening.answer.kind is not Kind.UNMARKED:
            return {}
        return {case.id: self._settler.judged(case, opening) for case in self.cases if case.change is CONTROL}

    # --------------------------------------------------------------- its controls

    def control(self, which: str) -> Errand:
        """One of its controls, named as what it is."""
        return self._courier.control(self.operation, f"{self._name}.{which}-control")

    def begin(self, control: Delivery) -> None:
        """Take account of the opening control, or of the one that ended the round before on this operation."""
        self.opening = control
        if not control.accepted:
            self._given_up = f"the control was not accepted: {control.answer.says}"
            if isinstance(control.exchange.answer, Failure):
                self._state.stopped = self._given_up

    def checked(self, first: Delivery, *, closing: bool = False) -> Delivery:
        """A control that was sent; sent once more where it was not accepted."""
        delivery = first
        if not first.accepted:
            delivery = self._courier.deliver(first.errand)  # nobody is accused for a hiccup of the network
            self._note_refused(first, delivery, closing=closing)
        self._look_at(delivery)
        return delivery

    def _look_at(self, control: Delivery) -> None:
        self._watch.time([control])
        if control.answer.kind in (Kind.ACCEPTED, Kind.UNMARKED):
            self._watch.note(self._judge.invariants(control.exchange, control.answer, CONTROL))

    def check_lanes(self, controls: Sequence[Delivery], *, after_all: bool) -> None:
        """Take account of controls over connections: no bad request on this operation may have spoilt one.

        `after_all`: they went out when everything else had been answered. Then, unless more is sent, the first on this
        operation says what a closing control would say.
        """
        for control in filter(spoilt, controls):
            suspect = control.before
            if suspect is None or suspect.operation is not self.operation or suspect.change.legal:
                continue
            if not self._settler.poisons(suspect) and control.refused:
                self._note_refused(control, self._courier.deliver(control.errand), closing=True)
        self._watch.note(self._settler.poisonings)
        own = [one for one in controls if one.errand.operation is self.operation]
        for control in own:
            self._look_at(control)
        self._lane_control = own[0] if after_all and own and all(one.accepted for one in controls) else None
        self._sent_by_then = self._courier.numbered

    @property
    def last_control(self) -> Delivery | None:
        """A control that was accepted after everything that was sent; None where something was sent after it."""
        return self._lane_control if self._courier.numbered == self._sent_by_then else None

    def end(self, closing: Delivery) -> None:
        """Judge by the closing control whether the target recovered from the group."""
        self.ended = True
        if closing.answer.kind is Kind.LIMITED:
            self._given_up = f"the closing control was answered with {closing.answer.says}: {PACE}"
            return
        failed = None if closing.accepted else closing.answer.says
        if failed and isinstance(closing.exchange.answer, Failure):
            timeout = closing.exchange.answer.kind is FailureKind.TIMEOUT
            hint = f"; if it serves few connections at once, {PACE}" if timeout else ""
            self._state.stopped = f"the target went away: {failed}{hint}"
            return
        if closing.accepted:
            self._state.closing[self.operation.name] = closing
        requirement = self._judge.requirement_of("recovers")
        if requirement:
            self._watch.note([Judgement(requirement.id, _AS_BEFORE, failed, closing.exchange)])

    def judge_latency(self) -> None:
        """Judge the 95th percentile of the round's answers against the profile's bound."""
        requirement = self._judge.requirement_of("latency")
        if requirement is None or self._max_p95_ms is None or self.opening is None or self.blocked:
            return
        with self._state.while_supplied():
            for _ in range(self._watch.lacking):
                self.checked(self._courier.deliver(self.control("latency")))
            if self._watch.lacking:  # not all of them were answered
                return
            p95_ms, bound_ms = self._watch.p95_ms, self._max_p95_ms
            of = f"the 95th percentile of {len(self._watch.elapsed_ms)} answers, whichever of them is shown"
            slow = f"{p95_ms:.0f} ms, {of}" if p95_ms > bound_ms else None
            self._watch.note([Judgement(requirement.id, f"at most {bound_ms:g} ms", slow, self.opening.exchange)])

    def _note_refused(self, first: Delivery, second: Delivery, *, closing: bool) -> None:
        """A valid request that was refused, and accepted when it was sent again, was refused all the same."""
        if not second.accepted or first.answer.kind is not Kind.REFUSED:
            return
        requirement = self._judge.requirement_of("recovers") if closing else self._judge.requirement_of_control()
        if requirement:
            expected = _AS_BEFORE if closing else "the success marker"
            observed = flaky(first.answer.says, second.answer.says)
            self._watch.note([Judgement(requirement.id, expected, observed, first.exchange)])
