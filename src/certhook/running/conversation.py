"""A flow: several valid requests, one after the other, that together show whether a requirement is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from certhook.building.pool import Exhausted
from certhook.changes import CONTROL, Change, Scope, around, known_values, parameters, robustness, second
from certhook.errors import Nonconformance
from certhook.exchange import Failure
from certhook.judging.answers import Kind, status_fits
from certhook.running.cases import Case
from certhook.running.items import Blocked, Item, conclude
from certhook.running.settling import CaseResult
from certhook.sending.courier import Delivery, Errand
from certhook.values import CaseOutcome, Outcome

SIDE_BY_SIDE = 8
"""Valid requests for each of two players that are sent together: a target may mix up whom it is answering."""


class NotTested(Exception):
    """A flow needs something that the target does not offer; the message says what."""


class Conversation:
    """Valid requests of a flow, one after the other. Each must be accepted, else the flow is blocked."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.certification = item.certification
        self.deliveries: list[Delivery] = []

    @property
    def profile(self) -> Any:
        return self.certification.profile

    @property
    def scope(self) -> Scope:
        """What changes of the item's own operation are made for."""
        return Scope(self.certification.pack, self.item.operation, self.certification.profile)

    def control(self, operation: str | None = None) -> Delivery:
        """Send a valid request of an operation (the item's own by default). Raises Blocked unless it is accepted."""
        (delivery,) = self.controls(1, operation)
        return delivery

    def opening(self) -> Delivery:
        """The accepted control that the round began with. Raises Blocked where there is none."""
        round = self.certification.group(self.item.group).opened(self.item.operation)
        if round.opening is None or round.blocked:
            raise Blocked(round.blocked or "the round has no opening control")
        if round.opening not in self.deliveries:
            self.deliveries.append(round.opening)
        return round.opening

    def controls(self, count: int, operation: str | None = None) -> list[Delivery]:
        """Several valid requests at once. Raises Blocked unless each is accepted."""
        deliveries = self.send_each([CONTROL] * count, operation)
        refused = next((one for one in deliveries if not one.accepted), None)
        if refused is not None:
            raise Blocked(f"a valid request was not accepted: {refused.answer.says}")
        return deliveries

    def known(self, operation: str) -> Delivery:
        """The accepted delivery of a valid request that an earlier flow sent, or of one that is sent now."""
        kept = self.certification.kept
        if operation not in kept:
            kept[operation] = self.control(operation)
        elif kept[operation] not in self.deliveries:
            self.deliveries.append(kept[operation])
        return kept[operation]

    def ask(self, operation: str | None = None, **fields: Any) -> Delivery:
        """Send a request that is valid but for the values of some fields. Raises Blocked unless it is answered."""
        (delivery,) = self.ask_each([fields], operation)
        return delivery

    def ask_each(self, requests: Iterable[Mapping[str, Any]], operation: str | None = None) -> list[Delivery]:
        """The same for several requests, sent at once; the deliveries are in the order of the requests."""
        changes = [parameters.replaced(**fields) for fields in requests]
        deliveries = self.send_each(changes, operation)
        return [self._answered(one, delivery, operation) for one, delivery in zip(changes, deliveries, strict=True)]

    def send(self, change: Change, operation: str | None = None) -> Delivery:
        """Send a changed request, whatever comes; its answer is held against the rules that hold for every answer."""
        (delivery,) = self.send_each([change], operation)
        return delivery

    def send_each(self, changes: Sequence[Change], operation: str | None = None) -> list[Delivery]:
        """The same for several: one goes over a connection of its own, several at once over those of the run."""
        round = self.certification.group(self.item.group).opened(self.item.operation)
        if round.blocked:
            raise Blocked(round.blocked)
        wanted = self.certification.pack.operation(operation) if operation else self.item.operation
        errands = [Errand(wanted, change, self.item.id) for change in changes]
        courier = self.certification.courier
        try:
            sent = courier.deliver_all(errands) if len(errands) > 1 else [courier.deliver(one) for one in errands]
        except Exhausted as reason:
            raise Blocked(str(reason)) from None
        self.deliveries += sent
        for change, delivery in zip(changes, sent, strict=True):
            result = round.settle(Case(self.item.id, wanted, self.item.group, change, ()), delivery)
            exchanges = (delivery.exchange.number, *result.exchanges)
            self.certification.sent_beside_cases |= dict.fromkeys(exchanges, change)
        return sent

    def brought(self, changes: Sequence[Change]) -> list[Delivery]:
        """What changes brought as cases of the group, where they were sent as those, or what they bring now."""
        group = self.certification.group(self.item.group)
        own = [
            one
            for one in self.certification.cases
            if (one.operation, one.group) == (self.item.operation, self.item.group)
        ]
        results = {case.change.name: group.result(case) for case in own}
        brought = {name: result.deliveries[0] for name, result in results.items() if result.deliveries}
        waiting = [change for change in changes if change.name not in brought]
        self.deliveries += [brought[change.name] for change in changes if change.name in brought]
        brought |= {one.name: delivery for one, delivery in zip(waiting, self.send_each(waiting), strict=True)}
        return [brought[change.name] for change in changes]

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

    def second_player(self) -> None:
        """The second player is asked for what the first is. Raises Nonconformance, NotTested, or Blocked."""
        change = second.valid(self.scope)
        first = self._answered(change, self.send(change), None)
        if not first.accepted:
            raise NotTested(
                f"a valid request for the profile's second player was not accepted: {first.answer.says}; "
                "check that this player exists and has the session given"
            )
        self.send_each([CONTROL, change] * SIDE_BY_SIDE)  # what each is told is held against its own account
        for wrong in second.wrong(self.scope):
            self._not_accepted(wrong)

    def repeated_exactly(self) -> None:
        """What was accepted, sent again byte for byte, must be answered. Raises Nonconformance, or Blocked."""
        self._survived(robustness.repeated(self.opening().exchange.request))

    def known_again(self) -> None:
        """What is known from an accepted request must be answered when it comes again; as `repeated_exactly`."""
        for one in self._known():
            if not one.tolerated:
                self._survived(one.signed())

    def known_unsigned(self) -> None:
        """What is known from an accepted request is no signature. Raises Nonconformance, or Blocked."""
        for one in self._known():
            self._not_accepted(one.unsigned())

    def _known(self) -> Iterator[known_values.Known]:
        """Values of the caller's own that were just accepted. Raises Blocked where none is."""
        nothing = True
        for one in known_values.known(self.scope):
            first = self._answered(one.first(), self.send(one.first()), None)
            if first.accepted:
                nothing = False
                yield one
        if nothing:
            raise Blocked("no valid request with a value of the caller's own was accepted")

    def _survived(self, change: Change) -> None:
        """Send a changed request, which must be answered, and not with 5xx. Raises Nonconformance, or Blocked."""
        delivery = self.send(change)
        if _fails(delivery):
            delivery = self.send(change)  # nobody is accused for a hiccup of the network
        if delivery.answer.kind is Kind.LIMITED:
            raise Blocked(f"a request {change.says} was answered with {delivery.answer.says}")
        if _fails(delivery):
            raise Nonconformance(
                change.sentence(self.item.operation.name),
                expected="any answer other than a 5xx",
                observed=delivery.answer.says,
                exchange=delivery.exchange,
            )

    def repeated_unsigned(self) -> None:
        """What was accepted, sent again with a wrong signature, must not be. Raises Nonconformance, or Blocked."""
        self._not_accepted(around.repeated(self.opening().exchange.request, self.certification.pack.signing.header))

    def _not_accepted(self, change: Change) -> None:
        """Send a changed request, which must not be accepted. Raises Nonconformance, or Blocked."""
        delivery = self.send(change)
        if delivery.accepted:
            raise Nonconformance(
                change.sentence(self.item.operation.name),
                expected="anything but the success marker",
                observed=delivery.answer.says,
                exchange=delivery.exchange,
            )

    def _answered(self, change: Change, delivery: Delivery, operation: str | None) -> Delivery:
        """The delivery, or a second one where the first brought no answer."""
        if isinstance(delivery.exchange.answer, Failure):
            delivery = self.send(change, operation)
        if isinstance(delivery.exchange.answer, Failure) or delivery.answer.kind is Kind.LIMITED:
            raise Blocked(f"a request {change.says} was not answered: {delivery.answer.says}")
        return delivery

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


def _fails(delivery: Delivery) -> bool:
    """No HTTP answer came, or that of a crash."""
    if isinstance(delivery.exchange.answer, Failure):
        return True
    return delivery.answer.kind is not Kind.LIMITED and status_fits(delivery.answer.status, ("5xx",))
