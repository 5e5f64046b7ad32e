"""Carries requests to the target and answers back: at the run's pace, numbered, recorded as they happen."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from certhook.building.builder import Builder
from certhook.building.change import CONTROL, Change
from certhook.building.pool import Stock
from certhook.exchange import Exchange, Failure, FailureKind, Response
from certhook.judging.answers import Answer, Kind
from certhook.judging.judge import Judge
from certhook.pack.model import Operation
from certhook.profile.profile import Limits
from certhook.profile.route import Route
from certhook.recording.journal import Journal
from certhook.sending.lanes import Lanes, TrackedLane
from certhook.sending.transport import MAX_BODY, Pace, Sent

PATIENCE = 5
"""How often a request that the target's rate limit refused is sent again."""

LONGEST_HOLD_S = 10.0
"""The longest that a Retry-After is honoured for at a time, in seconds."""

LONGEST_WISH_S = 60.0
"""A target that asks to wait for longer than this is not waited for at all."""

LARGEST_REFUSAL = 256 * 1024
"""Bytes that the answer may have to what is to be refused, where no success of the operation was larger."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to send: a change of an operation's request, in the name of a case."""

    operation: Operation
    change: Change
    case: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An errand that was run: the exchange and how its answer reads.

    `valid` are the fields that the request was made from; `before` went over the same connection just before; `record`
    is the exchange as it was recorded, redacted and bounded.
    """

    errand: Errand
    exchange: Exchange
    answer: Answer
    valid: Mapping[str, Any]
    record: dict[str, Any]
    before: Errand | None = None

    @property
    def accepted(self) -> bool:
        return self.answer.kind is Kind.ACCEPTED

    @property
    def refused(self) -> bool:
        return self.answer.kind is Kind.REFUSED

    def abridged(self) -> Delivery:
        """The delivery with the beginning of a long answer."""
        exchange = self.exchange.abridged()
        return self if exchange is self.exchange else replace(self, exchange=exchange, answer=self.answer.abridged())


class Courier:
    """Delivers errands for one worker process of a run. `worker` counts from 0 among `workers`.

    `numbered` is the last number that an exchange of the run has; `timeouts` is how many requests were not answered in
    time so far.
    """

    def __init__(  # noqa: PLR0913 - each is a part of its own, and named
        self,
        *,
        url: str,
        limits: Limits,
        builder: Builder,
        judge: Judge,
        journal: Journal,
        stock: Stock,
        worker: int = 0,
        workers: int = 1,
        one_by_one: bool = False,
        route: Route | None = None,
        numbered: int = 0,
    ) -> None:
        self._url = url.rstrip("/")
        self._limits = limits
        self._builder = builder
        self._judge = judge
        self._journal = journal
        self._stock = stock
        rate = limits.requests_per_second
        self._pace = Pace(rate / workers if rate else None)
        self.numbered = numbered
        self._numbers = itertools.count(numbered + worker + 1, workers)
        self._lock = threading.Lock()
        self._largest: dict[str, int] = {}
        self.timeouts = 0
        self._lanes = Lanes(self._url, limits.timeout_s, limits.in_flight, one_by_one=one_by_one, route=route)

    @property
    def width(self) -> int:
        """How many requests are in flight at once."""
        return self._lanes.width

    def deliver(self, errand: Errand) -> Delivery:
        """Send one errand alone, over a fresh connection."""
        with self._lanes.alone() as lane:
            return self._carry(errand, lane)

    def deliver_in_turn(self, errands: Iterable[Errand]) -> list[Delivery]:
        """Send errands one after the other over one fresh connection."""
        with self._lanes.alone() as lane:
            return [self._carry(errand, lane) for errand in errands]

    def deliver_all(self, errands: list[Errand]) -> Iterator[Delivery]:
        """Send errands, several at once, and yield the deliveries in the order of the errands."""
        return self._lanes.spread(self._carry, errands)

    def deliver_apart(self, errands: list[Errand]) -> list[Delivery]:
        """The same, each over a fresh connection."""
        return list(self._lanes.spread(self._carry, errands, fresh=True))

    def deliver_over_each_lane(self, errands: list[Errand]) -> list[Delivery]:
        """Send an errand over every connection that is open: the first over the first, and so on, time and again."""
        return self._lanes.over_each(self._carry, itertools.cycle(errands))

    def deliver_beside(
        self, errand: Errand, beside: Errand, patience_s: float, *, sound: Callable[[Delivery], bool]
    ) -> tuple[Delivery, Delivery | None]:
        """Send one errand over a fresh connection and, where it came out sound, another one while that stays open."""
        with self._lanes.alone() as held, self._lanes.alone(patience_s) as other:
            first = self._carry(errand, held)
            return first, self._carry(beside, other) if sound(first) else None

    def control(self, operation: Operation, case: str) -> Errand:
        """A control request of an operation, in the name of a case."""
        return Errand(operation, CONTROL, case)

    def close(self) -> None:
        """Close all connections."""
        self._lanes.close()

    def _carry(self, errand: Errand, lane: TrackedLane) -> Delivery:
        """Run an errand with values of its own of whatever a success uses up. Raises Exhausted."""
        with self._stock.lend(errand.operation) as loan:
            delivery = self._sent(errand, lane, loan.values)
            loan.used = delivery.answer.kind not in (Kind.REFUSED, Kind.LIMITED)
        return delivery

    def _sent(self, errand: Errand, lane: TrackedLane, drawn: Mapping[str, Any]) -> Delivery:
        """Build, send, record and read; again, up to PATIENCE times, where the target says "later"."""
        for attempt in itertools.count(1):
            request, valid = self._builder.build_from(errand.operation, errand.change, drawn)
            self._pace.wait()
            started = datetime.now(UTC)
            sent = lane.lane.send(request, self._room(errand))
            exchange = Exchange(
                self._number(), errand.case, request, sent.answer, started, sent.elapsed_s, lane.number, sent.nth
            )
            record = self._journal.exchange(exchange, self._url + request.target)
            answer = self._judge.read(exchange, errand.change)
            if answer.kind is not Kind.LIMITED or attempt > PATIENCE:
                break
            hold_s = _hold_s(sent, attempt)
            if hold_s is None or not self._pace.hold(hold_s):
                break
        self._lanes.took(sent.elapsed_s)
        self._measure(errand, answer.kind, sent.answer)
        before, lane.last = (lane.last if sent.nth else None), errand
        return Delivery(errand, exchange, answer, valid, record, before)

    def _room(self, errand: Errand) -> int:
        """Bytes that the answer's body may have. Hundreds of refusals of any size would take time and memory."""
        if errand.change.legal:
            return MAX_BODY
        return min(MAX_BODY, max(LARGEST_REFUSAL, 2 * self._largest.get(errand.operation.name, 0)))

    def _measure(self, errand: Errand, kind: Kind, answer: Response | Failure) -> None:
        name = errand.operation.name
        with self._lock:
            if isinstance(answer, Failure):
                self.timeouts += answer.kind is FailureKind.TIMEOUT
            elif kind is Kind.ACCEPTED:
                self._largest[name] = max(self._largest.get(name, 0), answer.size)

    def _number(self) -> int:
        with self._lock:
            self.numbered = next(self._numbers)
            return self.numbered


def _hold_s(sent: Sent, attempt: int) -> float | None:
    """What Retry-After asks for, in seconds, within bounds; a little more each time where it says nothing usable.

    None where it asks for more than anybody waits.
    """
    asked = (sent.answer.header("retry-after") or "").strip() if isinstance(sent.answer, Response) else ""
    seconds = float(asked) if asked.isascii() and asked.isdigit() else 0.25 * 2**attempt
    return min(max(seconds, 0.05), LONGEST_HOLD_S) if seconds <= LONGEST_WISH_S else None
