"""Carries requests to the target and answers back: at the run's pace, numbered, recorded as they happen.

With a fast target they are recorded batch by batch, some thirty exchanges at a time, rather than one by one.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from certhook.building.builder import Builder
from certhook.building.change import CONTROL, Change
from certhook.building.pool import Exhausted, Stock
from certhook.exchange import Exchange, Failure, FailureKind, Request, Response
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

STALE_S = 1.0
"""Seconds after which a request that was not sent yet is built again: there may be a time in it."""

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
    is the exchange as it was recorded, redacted and bounded. `repeated`: a request for the same with the same body, and
    so with the same signature, was sent before, or at the same time.
    """

    errand: Errand
    exchange: Exchange
    answer: Answer
    valid: Mapping[str, Any]
    record: dict[str, Any]
    before: Errand | None = None
    repeated: bool = False

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


@dataclass(frozen=True, slots=True)
class _Letter:
    """An errand with its request, the valid fields that this was made from, and when it was built, monotonic.

    `content` is what its signature is made from, as a number, where another request may have the same.
    """

    errand: Errand
    request: Request
    valid: Mapping[str, Any]
    built_s: float
    content: int | None


@dataclass(frozen=True, slots=True)
class _Posted:
    """A request that was sent, over which connection, and after what."""

    letter: _Letter
    sent: Sent
    started: datetime
    lane: int
    before: Errand | None


class Courier:
    """Delivers errands for one worker process of a run. `worker` counts from 0 among `workers`.

    `numbered` is the last number that an exchange of the run has; `timeouts` is how many requests were not answered in
    time so far, `turned_away` how many the target's rate limit refused for longer than anybody waits.
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
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._reusable: dict[str, bool] = {}
        self._largest: dict[str, int] = {}
        # Nothing of it is forgotten: a target may know what it was sent hours ago.
        self._contents: set[int] = set()
        self._repeated: set[int] = set()
        self.timeouts = 0
        self.turned_away = 0
        self._lanes = Lanes(self._url, limits.timeout_s, limits.in_flight, one_by_one=one_by_one, route=route)

    @property
    def width(self) -> int:
        """How many requests are in flight at once."""
        return self._lanes.width

    @property
    def one_by_one(self) -> bool:
        """Whether requests go out one after the other, each over a connection of its own."""
        return self._lanes.one_by_one

    def send_one_by_one(self) -> None:
        """Do so from now on."""
        self._lanes.one_by_one = True

    def deliver(self, errand: Errand) -> Delivery:
        """Send one errand alone, over a fresh connection."""
        with self._lanes.alone() as lane:
            return self._carry(errand, lane)

    def deliver_in_turn(self, errands: Iterable[Errand]) -> list[Delivery]:
        """Send errands one after the other over one fresh connection."""
        with self._lanes.alone() as lane:
            return [self._carry(errand, lane) for errand in errands]

    def deliver_all(self, errands: Iterable[Errand]) -> list[Delivery]:
        """Send errands, several at once; the deliveries are in the order of the errands."""
        return self._delivered_by(self._lanes.spread, list(errands))

    def deliver_apart(self, errands: Iterable[Errand]) -> list[Delivery]:
        """The same, each over a fresh connection."""
        return self._delivered_by(partial(self._lanes.spread, fresh=True), list(errands))

    def deliver_followed(self, pairs: Iterable[tuple[Errand, Errand]]) -> list[tuple[Delivery, Delivery | None]]:
        """Send pairs of errands, several at once: those of a pair one after the other over one fresh connection.

        Where the first has no body, which the target might leave unread, nothing follows it.
        """

        def carry(pair: tuple[Errand, Errand], lane: TrackedLane) -> tuple[Delivery, Delivery | None]:
            first = self._carry(pair[0], lane)
            return first, self._carry(pair[1], lane) if first.exchange.request.body else None

        return self._lanes.spread(carry, pairs, fresh=True)

    def deliver_over_each_lane(self, errands: list[Errand]) -> list[Delivery]:
        """Send an errand over every connection that is open: the first over the first, and so on, time and again."""
        each = itertools.islice(itertools.cycle(errands), self._lanes.kept)
        return self._delivered_by(self._lanes.over_each, list(each))

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

    def _delivered_by(self, way: Callable[..., list[Any]], errands: list[Errand]) -> list[Delivery]:
        """Send errands by one of the ways of the lanes, in bulk where they may go so."""
        return self._in_bulk(way, errands) if self._go_in_bulk(errands) else way(self._carry, errands)

    def _go_in_bulk(self, errands: list[Errand]) -> bool:
        """Whether it is our own time that counts, and nothing that a killed run would have to know of is used up."""
        used_up = any(self._stock.draws_for(errand.operation) for errand in errands)
        return self._lanes.quick and not used_up and self._limits.requests_per_second is None

    def _in_bulk(self, way: Callable[..., list[_Posted]], errands: list[Errand]) -> list[Delivery]:
        """Build all, then send all, then read all: that takes half the time of doing so with each, one by one.

        What the target wants to have later goes again, over any lane.
        """
        letters = [self._letter(errand, {}) for errand in errands]
        posted = way(self._posted_fresh, letters, in_turns=True)
        deliveries = [self._read(one) for one in posted]
        held = [self._held(one.sent, delivery, 1) for one, delivery in zip(posted, deliveries, strict=True)]
        again = iter(self._lanes.spread(partial(self._carry, attempt=2), itertools.compress(errands, held)))
        return [next(again) if later else one for one, later in zip(deliveries, held, strict=True)]

    def _carry(self, errand: Errand, lane: TrackedLane, attempt: int = 1) -> Delivery:
        """Run an errand with values of its own of whatever a success uses up. Raises Exhausted."""
        try:
            return self._carry_lent(errand, lane, attempt)
        except Exhausted:
            if not self._takes_again(errand.operation):
                raise
            return self._carry_lent(errand, lane, attempt)

    def _takes_again(self, operation: Operation) -> bool:
        """Whether the target takes values of lists that it took before: asked once, when all of them are used up."""
        with self._asking:
            if operation.name not in self._reusable:
                spent = self._stock.last_spent(operation)
                with self._lanes.alone() as lane:
                    control = self.control(operation, f"{operation.name}.doctor")
                    taken = bool(spent) and self._sent(control, lane, spent, 1).accepted
                if taken:
                    self._stock.reuse(operation)
                self._reusable[operation.name] = taken
            return self._reusable[operation.name]

    def _carry_lent(self, errand: Errand, lane: TrackedLane, attempt: int) -> Delivery:
        with self._stock.lend(errand.operation) as loan:
            delivery = self._sent(errand, lane, loan.values, attempt)
            loan.used = delivery.answer.kind not in (Kind.REFUSED, Kind.LIMITED)
        return delivery

    def _sent(self, errand: Errand, lane: TrackedLane, drawn: Mapping[str, Any], attempt: int) -> Delivery:
        """Build, send, record and read; again, up to PATIENCE times, where the target says "later"."""
        while True:
            self._pace.wait()  # before it is built: there may be a time in it
            posted = self._posted(self._letter(errand, drawn), lane)
            delivery = self._read(posted)
            if not self._held(posted.sent, delivery, attempt):
                return delivery
            attempt += 1

    def _letter(self, errand: Errand, drawn: Mapping[str, Any]) -> _Letter:
        """Build the request of an errand, with values that were drawn for it."""
        request, valid = self._builder.build_from(errand.operation, errand.change, drawn)
        content = hash((request.target, request.body)) if self._builder.may_repeat(request, valid) else None
        if content is not None:
            self._note(content)
        return _Letter(errand, request, valid, time.monotonic(), content)

    def _posted_fresh(self, letter: _Letter, lane: TrackedLane) -> _Posted:
        """Send a request at the run's pace, built again where that or others took so long that its times are old."""
        self._pace.wait()
        stale = time.monotonic() - letter.built_s > STALE_S
        return self._posted(self._letter(letter.errand, {}) if stale else letter, lane)

    def _posted(self, letter: _Letter, lane: TrackedLane) -> _Posted:
        """Send a request, now."""
        started = datetime.now(UTC)
        sent = lane.lane.send(letter.request, self._room(letter.errand))
        if isinstance(sent.answer, Response):
            self._lanes.took(sent.elapsed_s)
        before, lane.last = (lane.last if sent.nth else None), letter.errand
        return _Posted(letter, sent, started, lane.number, before)

    def _read(self, posted: _Posted) -> Delivery:
        """Number and record an exchange, and read its answer."""
        letter, sent = posted.letter, posted.sent
        errand, request = letter.errand, letter.request
        exchange = Exchange(
            self._number(), errand.case, request, sent.answer, posted.started, sent.elapsed_s, posted.lane, sent.nth
        )
        record = self._journal.exchange(exchange, self._url + request.target)
        answer = self._judge.read(exchange, errand.change)
        self._measure(errand, answer.kind, sent.answer)
        repeated = letter.content in self._repeated
        return Delivery(errand, exchange, answer, letter.valid, record, posted.before, repeated)

    def _held(self, sent: Sent, delivery: Delivery, attempt: int) -> bool:
        """Whether the target said "later", and nothing goes out for as long as it wants."""
        if delivery.answer.kind is not Kind.LIMITED:
            return False
        self._lanes.ease()
        hold_s = _hold_s(sent, attempt) if attempt <= PATIENCE else None
        waited = hold_s is not None and self._pace.hold(hold_s)
        if not waited:
            with self._lock:
                self.turned_away += 1
        return waited

    def _note(self, content: int) -> None:
        """Remember what a signature was made from, and whether that was so before."""
        with self._lock:
            if content in self._contents:
                self._repeated.add(content)
            self._contents.add(content)

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
