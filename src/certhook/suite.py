"""What the suites are written with: which cases a test is for, and how a case is judged.

@refusals("signature")
def test_a_wrong_signature_is_refused(case):
    certify(case)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from certhook.building.pool import Exhausted
from certhook.changes import CONTROL, Change, parameters
from certhook.errors import Nonconformance
from certhook.exchange import Failure
from certhook.judging.answers import Kind
from certhook.judging.invariants import INVARIANTS
from certhook.pack.model import Operation
from certhook.reporting.escaping import visible
from certhook.reporting.exchange_text import exchange_line, exchange_text
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.running.rounds import Observed
from certhook.running.settling import CaseResult
from certhook.sending.courier import Delivery
from certhook.values import CaseOutcome, Outcome

Test = TypeVar("Test", bound=Callable[..., None])


class Blocked(Exception):
    """A case could not be judged. The message begins with `blocked: `."""


@dataclass(frozen=True)
class Item:
    """What one collected test is about: a case, a rule for every answer, the end of a round, or a flow.

    `id` is stable from run to run and begins with `operation.group.`, which names its round; `requirements` are the ids
    that it can say something of.
    """

    id: str
    certification: Certification
    group: str
    operation: Operation
    requirements: tuple[str, ...]
    case: Case | None = None


def _mark(kind: str, **details: Any) -> Callable[[Test], Test]:
    return pytest.mark.certhook(kind, **details)


def refusals(group: str) -> Callable[[Test], Test]:
    """The test takes each `case` of the group whose request is not valid."""
    return _mark("cases", group=group, legal=False)


def acceptances(group: str) -> Callable[[Test], Test]:
    """The test takes each `case` of the group whose request is valid."""
    return _mark("cases", group=group, legal=True)


def observations(group: str) -> Callable[[Test], Test]:
    """The test takes, as `rule`, each requirement of the group that holds for every answer."""
    return _mark("rules", group=group)


def explorations(group: str) -> Callable[[Test], Test]:
    """The test takes, as `exploration`, each operation whose bodies are to be fuzzed."""
    return _mark("explorations", group=group)


def endings() -> Callable[[Test], Test]:
    """The test takes the `ending` of every round: its closing control, and what all its answers had in common."""
    return _mark("endings")


def flow(requirement: str) -> Callable[[Test], Test]:
    """The test is how that requirement is tested; it takes a `conversation`."""
    return _mark("flow", requirement=requirement)


def certify(item: Item) -> None:
    """Send the case, record what its answer says of each requirement, and pass, fail or warn accordingly."""
    __tracebackhide__ = True
    if item.case is None:
        raise TypeError(f"{item.id} has no case")
    certification = item.certification
    result = certification.round(item.operation, item.group).result(item.case)
    sent = sentence(item.operation, item.case.change)
    if result.blocked:
        outcomes = [CaseOutcome(id, Outcome.BLOCKED, result.blocked) for id in concerned(item)]
    elif item.case.asks:
        outcomes = certification.outcomes_of(result, sent)
    else:
        outcomes = [certification.outcome_of(one, sent, result.flaky) for one in result.observations]
    conclude(item, outcomes, result)


def concerned(item: Item) -> tuple[str, ...]:
    """The requirements that cannot be called met where an item was not judged.

    A request that is only to be survived is sent for no requirement of its own: then the rules of its group are.
    """
    if item.requirements:
        return item.requirements
    rules = [one.requirement for one in item.certification.selected_open if is_rule(one.entry.check.invariant)]
    own = [rule.id for rule in rules if rule.group == item.group]
    return tuple(own or [rule.id for rule in rules if rule.group == "robustness"])


def observe(item: Item) -> None:
    """Judge one rule by all answers of the round so far."""
    __tracebackhide__ = True
    certification, (id,) = item.certification, item.requirements
    round = certification.round(item.operation, item.group)
    round.open()
    seen = round.observed().get(id)
    if seen is None and round.blocked:
        outcomes = [CaseOutcome(id, Outcome.BLOCKED, round.blocked)]
    elif seen is None:
        reason = "no answer of the kind that it is about came in this group"
        outcomes = [CaseOutcome(id, Outcome.NOT_APPLICABLE, reason)]
    else:
        outcomes = [observation(certification, seen)]
    conclude(item, outcomes)


def end(item: Item) -> None:
    """Send the round's closing control, and judge every rule by all answers of the round."""
    __tracebackhide__ = True
    certification = item.certification
    round = certification.round(item.operation, item.group)
    round.close()
    if item.group == "robustness":
        round.judge_latency()
    outcomes = [observation(certification, seen) for seen in round.observed().values()]
    recovers = certification.judge.requirement_of("recovers")
    if round.blocked and recovers:
        outcomes.append(CaseOutcome(recovers.id, Outcome.BLOCKED, round.blocked))
    conclude(item, outcomes)


def observation(certification: Certification, seen: Observed) -> CaseOutcome:
    """What many answers say of one requirement."""
    judgement = seen.breach or seen.met
    assert judgement is not None  # noqa: S101 - made with the first of the two
    sent = f"a {judgement.exchange.request.operation} request of the case {judgement.exchange.case}"
    return certification.outcome_of(judgement, sent)


def sentence(operation: Operation, change: Change) -> str:
    """What was sent, in words."""
    return f"a valid {operation.name} request" + ("" if change is CONTROL else f", but {change.says}")


def conclude(item: Item, outcomes: list[CaseOutcome], result: CaseResult | None = None) -> None:
    """Record a case's outcomes and end the test in the way that fits the worst of them."""
    __tracebackhide__ = True
    exchanges = (
        result.exchanges
        if result
        else tuple(outcome.finding.exchange for outcome in outcomes if outcome.finding and outcome.finding.exchange)
    )
    item.certification.record(item.id, item.group, item.operation.name, outcomes, exchanges)
    _concluded[item.id] = outcomes
    _evidence[item.id] = result.deliveries if result else ()
    worst = max(outcomes, key=lambda one: one.outcome.severity, default=None)
    if worst is None or worst.outcome is Outcome.PASSED:
        return
    message = f"{worst.outcome.replace('_', ' ')}: {explained(worst, item.certification)}"
    if worst.outcome is Outcome.FAILED:
        pytest.fail(message, pytrace=False)
    if worst.outcome is Outcome.WARNED:
        pytest.xfail(message)
    if worst.outcome is Outcome.BLOCKED:
        raise Blocked(message)
    pytest.skip(message)


_concluded: dict[str, list[CaseOutcome]] = {}
"""Outcomes by item, until the plugin has put them into the test's report."""


def concluded(id: str) -> list[CaseOutcome]:
    """The outcomes of an item that has ended; asked for once."""
    return _concluded.pop(id, [])


_evidence: dict[str, tuple[Delivery, ...]] = {}
"""As above: what was sent for an item, and came back."""


def evidence(item: Item) -> str:
    """The exchanges of an item that has ended, in a line each, and the one that decided it in full, redacted.

    Asked for once; empty where nothing was sent for the item and nothing was found.
    """
    exchanges = [delivery.exchange for delivery in _evidence.pop(item.id, ())]
    outcomes = _concluded.get(item.id, [])
    worst = max((one for one in outcomes if one.finding), key=lambda one: one.outcome.severity, default=None)
    found = item.certification.shown(worst.finding.exchange) if worst and worst.finding else None
    deciding = found or (exchanges[-1] if exchanges else None)
    if deciding is None:
        return ""
    lines = [exchange_line(item.certification.recorded(one)) for one in exchanges]
    return "\n".join([*lines, "", exchange_text(item.certification.recorded(deciding))])


def explained(outcome: CaseOutcome, certification: Certification) -> str:
    """An outcome in a few lines: requirement, clause, what was sent, expected and observed."""
    requirement = certification.requirements[outcome.requirement]
    lines = [f"{requirement.id} ({requirement.level}): {requirement.title}", f"  clause:   {requirement.citation}"]
    if outcome.reason:
        lines.append(f"  reason:   {certification.said(outcome.reason)}")
    if outcome.finding:
        finding = outcome.finding
        lines += [
            f"  sent:     {finding.message}",
            f"  expected: {finding.expected}",
            f"  observed: {finding.observed}",
            f"  again:    {finding.curl}",
        ]
    return "\n".join(map(visible, lines))


class Conversation:
    """Valid requests of a flow, one after the other. Each must be accepted, else the flow is blocked."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.certification = item.certification
        self.deliveries: list[Delivery] = []

    @property
    def profile(self) -> Any:
        return self.certification.profile

    def control(self, operation: str | None = None) -> Delivery:
        """Send a valid request of an operation (the item's own by default). Raises Blocked unless it is accepted."""
        delivery = self.send(CONTROL, operation)
        if not delivery.accepted:
            raise Blocked(f"a valid request was not accepted: {delivery.answer.says}")
        return delivery

    def ask(self, operation: str | None = None, **fields: Any) -> Delivery:
        """Send a request that is valid but for the values of some fields. Raises Blocked unless it is answered."""
        change = parameters.replaced(**fields)
        delivery = self.send(change, operation)
        if isinstance(delivery.exchange.answer, Failure):
            delivery = self.send(change, operation)
        if isinstance(delivery.exchange.answer, Failure) or delivery.answer.kind is Kind.LIMITED:
            raise Blocked(f"a request {change.says} was not answered: {delivery.answer.says}")
        return delivery

    def send(self, change: Change, operation: str | None = None) -> Delivery:
        """Send a changed request, whatever comes; its answer is held against the rules that hold for every answer."""
        if self.certification.pulse.stopped:
            raise Blocked(self.certification.pulse.stopped)
        wanted = self.certification.pack.operation(operation) if operation else self.item.operation
        errand = self.certification.courier.control(wanted, self.item.id)
        try:
            delivery = self.certification.courier.deliver(type(errand)(wanted, change, self.item.id))
        except Exhausted as reason:
            raise Blocked(str(reason)) from None
        self.deliveries.append(delivery)
        round = self.certification.round(self.item.operation, self.item.group)
        round.settle(Case(self.item.id, wanted, self.item.group, change, ()), delivery)
        return delivery

    def unchanged(self, member: str, whose: str) -> None:
        """Two valid requests in a row must show the same member. Raises Nonconformance, or Blocked."""
        first, second = self.control(), self.control()
        before, after = first.answer.members.get(member), second.answer.members.get(member)
        if before != after:
            raise Nonconformance(
                f"two valid requests for the same {whose}, one after the other",
                expected=f"the same {member} in both answers",
                observed=f"{before!r}, then {after!r}",
                exchange=second.exchange,
            )

    def run(self, test: Callable[[Conversation], None]) -> None:
        """Run a flow and record what it says of its requirement."""
        __tracebackhide__ = True
        (id,) = self.item.requirements
        try:
            test(self)
            outcome = CaseOutcome(id, Outcome.PASSED)
        except Blocked as blocked:
            outcome = CaseOutcome(id, Outcome.BLOCKED, str(blocked))
        except NotTested as reason:
            outcome = CaseOutcome(id, Outcome.NOT_TESTED, str(reason))
        except Nonconformance as breach:
            finding = self.certification.finding(str(breach), breach.expected, breach.observed, breach.exchange)
            outcome = CaseOutcome(id, self.certification.requirements[id].breach, "", finding)
        conclude(self.item, [outcome], CaseResult(tuple(self.deliveries)))


class NotTested(Exception):
    """A flow needs something that the target does not offer; the message says what."""


def is_rule(name: str) -> bool:
    """Whether an invariant is judged answer by answer."""
    return bool(name) and INVARIANTS[name].per_answer
