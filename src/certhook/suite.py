"""What the suites are written with: which cases a test is for, and how a case is judged.

@refusals("signature")
def test_a_wrong_signature_is_refused(case):
    certify(case)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from certhook.exchange import Exchange
from certhook.running.certification import Certification
from certhook.running.conversation import Conversation, NotTested
from certhook.running.items import Blocked, Item, concerned, conclude
from certhook.running.watch import Observed
from certhook.values import CaseOutcome, Outcome

__all__ = [
    "Blocked",
    "Conversation",
    "Item",
    "NotTested",
    "acceptances",
    "certify",
    "end",
    "endings",
    "explorations",
    "flow",
    "observations",
    "observe",
    "refusals",
]

Test = TypeVar("Test", bound=Callable[..., None])


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
    result = certification.group(item.group).result(item.case)
    sent = item.case.change.sentence(item.operation.name)
    if result.blocked:
        outcomes = [CaseOutcome(id, Outcome.BLOCKED, result.blocked) for id in concerned(item)]
    elif item.case.asks:
        outcomes = certification.outcomes_of(result, sent)
    else:
        outcomes = [certification.outcome_of(one, sent, result.flaky) for one in result.observations]
    conclude(item, outcomes, result)


def observe(item: Item) -> None:
    """Judge one rule by all answers of the round so far."""
    __tracebackhide__ = True
    certification, (id,) = item.certification, item.requirements
    round = certification.group(item.group).opened(item.operation)
    seen = round.observed.get(id)
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
    round = certification.group(item.group).closed(item.operation)
    if item.group == "robustness":
        round.judge_latency()
    outcomes = [observation(certification, seen) for seen in round.observed.values()]
    recovers = certification.judge.requirement_of("recovers")
    if round.blocked and recovers:
        outcomes.append(CaseOutcome(recovers.id, Outcome.BLOCKED, round.blocked))
    conclude(item, outcomes)


def observation(certification: Certification, seen: Observed) -> CaseOutcome:
    """What many answers say of one requirement."""
    judgement = seen.breach or seen.met
    assert judgement is not None  # noqa: S101 - made with the first of the two
    return certification.outcome_of(judgement, _sent_with(certification, judgement.exchange))


_CONTROLS = {
    "opening-control": "before the others",
    "lane-control": "over a connection of the others",
    "closing-control": "after the others",
}
"""Valid requests that are sent beside the cases of a group."""


def _sent_with(certification: Certification, exchange: Exchange) -> str:
    """What was sent, in words, where only the exchange is known."""
    case = certification.cases_by_id.get(exchange.case)
    if case is not None:
        return case.change.sentence(case.operation.name)
    operation = exchange.request.operation
    group, _, which = exchange.case.removeprefix(f"{operation}.").partition(".")
    if which in _CONTROLS:
        return f"a valid {operation} request, {_CONTROLS[which]} of the group {group}"
    change = certification.sent_beside_cases.get(exchange.number)
    if change is not None:
        return change.sentence(operation)
    return f"the {operation} request of the case {exchange.case}"
