"""From the first answer to a case to what it came to: before anybody is accused, the request is sent again, alone.

| first answer        | second answer  | what it comes to                                                     |
|---------------------|----------------|----------------------------------------------------------------------|
| as it should be     | (not sent)     | met                                                                  |
| breaks a MUST       | breaks one too | the target's; where none came, only if a control shows it to be alive |
| breaks a MUST       | is as it should be | the request before it poisoned the connection: that one's finding |
| dropped, reused connection | is as it should be | nothing: a server may close an idle connection            |
| none, or cut short  | is as it should be | blocked: flaky                                                    |
| a crash, or no HTTP | is as it should be | flaky, and not met as for the rules that hold for every answer    |
| breaks a MUST       | is as it should be | not met, and flaky: what was seen was seen                        |

What is to be sent twice is sent again where it was refused, and its second answer read as a first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from certhook.building.change import Change
from certhook.exchange import Failure, FailureKind
from certhook.judging.answers import Kind
from certhook.judging.judge import Judge, Judgement
from certhook.running.cases import Case
from certhook.sending.courier import Courier, Delivery, Errand
from certhook.values import Level, Requirement, flaky

CONFIRMATIONS = 2
"""How often a case is sent again that breaks another requirement each time."""

CONFIRMED_TIMEOUTS = 2
"""Time-outs of a round that are confirmed by sending again: each costs a whole time limit."""

CONTROLS_BEHIND = 6
"""Pairs of valid requests on one connection, by which it is seen whether the target keeps one open."""

DROPS_REPEATED = 2
"""How often a request that was dropped behind a bad one must be dropped again: a server may close without a word, and
whether that is seen in time is chance."""

UNCONFIRMED = f"no answer in time, as to {CONFIRMED_TIMEOUTS} requests before it, which were answered when sent again"

_ITS_OWN_BYTES = (FailureKind.NOT_HTTP, FailureKind.OVERRUN, FailureKind.NOT_PACKED, FailureKind.TOO_LARGE)
"""What the target wrote, and no network made of it."""

PACE = "set limits.requests_per_second, or a smaller limits.in_flight"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case came to. `blocked` says why it could not be judged; `flaky` that its second answer was another.

    `judgements` are those that the case was sent for, `observations` those of rules that hold for every answer.
    `reading` says, of two readings of the document, which one the target was found to follow.
    """

    deliveries: tuple[Delivery, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    observations: tuple[Judgement, ...] = ()
    blocked: str = ""
    flaky: str = ""
    reading: str = ""

    @property
    def exchanges(self) -> tuple[int, ...]:
        return tuple(delivery.exchange.number for delivery in self.deliveries)

    def abridged(self) -> CaseResult:
        """The result without what nobody needs any more of long answers: a round keeps hundreds of results."""
        deliveries = tuple(one.abridged() for one in self.deliveries)
        if all(short is one for short, one in zip(deliveries, self.deliveries, strict=True)):
            return self
        kept = {one.exchange.number: one.exchange for one in deliveries}
        judgements, observations = (
            tuple(replace(one, exchange=kept.get(one.exchange.number, one.exchange)) for one in those)
            for those in (self.judgements, self.observations)
        )
        return replace(self, deliveries=deliveries, judgements=judgements, observations=observations)


def spoilt(control: Delivery) -> bool:
    """Whether a control failed for the request before it, on the same connection; a fresh one has none before it.

    One that the target's rate limit turned away says nothing of either.
    """
    return not control.accepted and control.answer.kind is not Kind.LIMITED and control.exchange.nth > 0


def _dropped(delivery: Delivery) -> bool:
    """Whether the connection was closed before any of the answer came."""
    answer = delivery.exchange.answer
    return isinstance(answer, Failure) and answer.kind is FailureKind.DROPPED


def goes_twice(case: Case, first: Delivery) -> bool:
    """Whether a case is to be sent again for its second answer, given its first one."""
    return case.change.twice and first.refused


class Settler:
    """Settles the cases of one round.

    `timeouts` counts those so far; `broken` are the MUST requirements that were not met; `gone` says that, and how, the
    target went away; `poisonings` are what was found about the requests before.
    """

    def __init__(self, courier: Courier, judge: Judge, requirements: Mapping[str, Requirement]) -> None:
        self._courier = courier
        self._judge = judge
        self._requirements = requirements
        self._confirmed: set[str] = set()
        self._hangs = False
        self.broken: set[str] = set()
        self.timeouts = 0
        self.gone = ""
        self.poisonings: list[Judgement] = []

    def settle(self, case: Case, first: Delivery, second: Delivery | None = None) -> CaseResult:
        """Judge a case; where it breaks a MUST, by what comes when it is sent again.

        `second` is what came when one that is to be sent twice was sent again, where it was already.
        """
        if first.answer.kind is Kind.LIMITED:
            return CaseResult((first,), blocked=f"{first.answer.says}: {PACE}")
        result = self._settled(case, first)
        if goes_twice(case, first) and not result.blocked and not self._breaches(result):
            result = self._sent_twice(case, first, second or self._courier.deliver(first.errand), result)
        self.broken |= self._breaches(result)
        return result.abridged()

    def _sent_twice(self, case: Case, first: Delivery, second: Delivery, result: CaseResult) -> CaseResult:
        """What a request that was refused comes to when it is sent again: how it is refused then is open."""
        if second.answer.kind is Kind.LIMITED:
            return CaseResult((first, second), blocked=f"{second.answer.says}: {PACE}")
        again = self._settled(case if second.accepted else replace(case, asks=()), second)
        said = f"; when it came first, {first.answer.says}"
        told = (one if one.met else replace(one, observed=f"{one.observed}{said}") for one in again.judgements)
        return replace(
            again,
            deliveries=(first, *again.deliveries),
            judgements=(*result.judgements, *told),
            observations=(*result.observations, *again.observations),
        )

    def _settled(self, case: Case, first: Delivery) -> CaseResult:
        result = self.judged(case, first)
        doubted = self._to_be_confirmed(case, result, first)
        if not doubted:
            return result if self._may_count(first) else CaseResult((first,), blocked=UNCONFIRMED)
        if case.change.otherwise is not None:
            by_other_reading = self._by_other_reading(case, case.change.otherwise, first)
            if by_other_reading is not None:
                return by_other_reading
        return self._confirmed_or_not(case, first, doubted, CONFIRMATIONS)

    def _confirmed_or_not(self, case: Case, first: Delivery, doubted: set[str], left: int) -> CaseResult:
        """What the case comes to when it is sent again; once more where it then breaks something else."""
        second = self._courier.deliver(first.errand)
        if second.answer.kind is Kind.LIMITED:
            return CaseResult((first, second), blocked=f"{second.answer.says}: {PACE}")
        again = self.judged(case, second)
        broken = self._breaches(again)
        if broken & doubted:
            return self._repeated(case, first, second, again)
        if broken and left > 1:
            return self._confirmed_or_not(case, second, broken, left - 1)
        return self._not_repeated(case, first, second, again)

    def _by_other_reading(self, case: Case, change: Change, first: Delivery) -> CaseResult | None:
        """What the case comes to by the other reading of the document, where that is the one that is accepted."""
        second = self._courier.deliver(Errand(case.operation, change, case.id))
        if not second.accepted:
            return None
        result = self.judged(replace(case, change=change), second)
        return replace(result, deliveries=(first, second))

    def judged(self, case: Case, *deliveries: Delivery, flaky: str = "") -> CaseResult:
        """The result of a case by those of its deliveries that count."""
        asked: list[Judgement] = []
        observed: list[Judgement] = []
        for one in deliveries:
            asked += self._judge.asks(case.asks, one.exchange, one.answer, case.change)
            observed += self._judge.invariants(one.exchange, one.answer, case.change)
        accepted = bool(deliveries) and all(one.accepted for one in deliveries)
        reading = case.change.reading if accepted else ""
        return CaseResult(deliveries, tuple(asked), tuple(observed), flaky=flaky, reading=reading)

    def poisons(self, suspect: Errand) -> bool:
        """Whether a control on the same connection right after that request fails; then that is a finding about it."""
        control = self._courier.control(suspect.operation, suspect.case)
        bad, after = self._courier.deliver_in_turn([suspect, control])
        if not spoilt(after) or not self._courier.deliver(control).accepted:
            return False  # where a fresh connection is no better, it is not the connection
        if _dropped(after) and self._drops_anyway(suspect, control):
            return False
        requirement = self._judge.requirement_of("recovers")
        if requirement:
            expected = f"a valid request accepted right behind one {suspect.change.says}, on the same connection"
            self.poisonings.append(Judgement(requirement.id, expected, after.answer.says, bad.exchange))
        return True

    def _drops_anyway(self, suspect: Errand, control: Errand) -> bool:
        """Whether a request is also dropped behind a valid one, or not each time: a server may close any connection."""
        behind = (self._courier.deliver_in_turn([suspect, control])[1] for _ in range(DROPS_REPEATED))
        if not all(map(_dropped, behind)):
            return True
        return any(_dropped(self._courier.deliver_in_turn([control, control])[1]) for _ in range(CONTROLS_BEHIND))

    def _repeated(self, case: Case, first: Delivery, second: Delivery, again: CaseResult) -> CaseResult:
        answer = second.exchange.answer
        if isinstance(answer, Failure):
            control = self._courier.deliver(self._courier.control(case.operation, case.id))
            if not control.accepted and isinstance(control.exchange.answer, Failure):
                after = f"a {case.operation.name} request {case.change.says}, sent twice"
                self.gone = f"the target went away after {after}: {control.answer.says}"
                return CaseResult((first, second, control), blocked=self.gone)
            self._hangs = self._hangs or answer.kind is FailureKind.TIMEOUT
        self._confirmed |= {one.requirement for one in again.observations if not one.met}
        return again

    def _not_repeated(self, case: Case, first: Delivery, second: Delivery, again: CaseResult) -> CaseResult:
        if first.before is not None and not first.before.change.legal and self.poisons(first.before):
            return again
        failure = first.exchange.answer
        both = flaky(first.answer.says, second.answer.says)
        if isinstance(failure, Failure) and failure.kind not in _ITS_OWN_BYTES:
            if _dropped(first) and first.exchange.nth:
                return again  # RFC 9112, section 9.3.1
            return CaseResult((first, second), blocked=both, flaky=both)
        result = self.judged(case, first, second, flaky=both)
        if first.answer.kind is not Kind.BROKEN:
            return result
        # That it crashed once says nothing of how it takes what it was sent.
        judgements = tuple(one for one in result.judgements if one.exchange is not first.exchange)
        return replace(result, judgements=judgements)

    def _to_be_confirmed(self, case: Case, result: CaseResult, delivery: Delivery) -> set[str]:
        """The breaches that nobody is accused of before they have come twice."""
        answer, broken = delivery.exchange.answer, self._breaches(result)
        if isinstance(answer, Failure) and answer.kind is FailureKind.TIMEOUT:
            self.timeouts += 1
            return broken if self.timeouts <= CONFIRMED_TIMEOUTS else set()
        # A fuzzed body tells no new story about what is broken already, and is one of very many.
        told = self._confirmed | self.broken if case.fuzzed else self._confirmed
        return broken - told

    def _may_count(self, delivery: Delivery) -> bool:
        """Time-outs that are not confirmed count only where others were, and a control showed the target alive."""
        answer = delivery.exchange.answer
        return self._hangs or not (isinstance(answer, Failure) and answer.kind is FailureKind.TIMEOUT)

    def _breaches(self, result: CaseResult) -> set[str]:
        """The MUST requirements that a result breaks."""
        unmet = {one.requirement for one in (*result.judgements, *result.observations) if not one.met}
        return {id for id in unmet if self._requirements[id].level is Level.MUST}
