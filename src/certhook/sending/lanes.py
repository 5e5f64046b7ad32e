"""The connections of a run: each carries one request at a time, and remembers what went over it last."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from certhook.profile.route import Route
from certhook.sending.transport import Lane
from certhook.sending.turns import Turns

Item = TypeVar("Item")
Result = TypeVar("Result")

QUICK_S = 0.004
"""Where a quarter of the answers come this fast, the client is the bottleneck: more lanes than a few take turns."""

_FEW = 3
"""Lanes that keep a fast target and the client busy."""

_LATEST = 32
"""Answers by whose times that is judged. One alone may be that of a server in front of a slow application."""


@dataclass(slots=True)
class TrackedLane:
    """A connection, its number in the run (0: one of its own), and the last errand that went over it."""

    number: int
    lane: Lane
    last: Any = None


class Lanes:
    """Up to `in_flight` connections of one process.

    `one_by_one` is for targets that serve one connection at a time: none is kept, and none runs beside another.
    """

    def __init__(
        self, url: str, timeout_s: float, in_flight: int, *, one_by_one: bool = False, route: Route | None = None
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._route = route
        self._in_flight = self._most_threads = in_flight
        self.one_by_one = one_by_one
        self._idle: SimpleQueue[TrackedLane] = SimpleQueue()
        self._open: list[Lane] = []
        self._lock = threading.Lock()
        self._turns = Turns()
        self._threads: ThreadPoolExecutor | None = None
        self._times_s: deque[float] = deque(maxlen=_LATEST)

    @property
    def width(self) -> int:
        """How many requests are in flight at once."""
        if self.one_by_one:
            return 1
        return min(self._in_flight, _FEW) if self.quick else self._in_flight

    @property
    def quick(self) -> bool:
        """Whether the client is the bottleneck."""
        times_s = sorted(self._times_s)
        return bool(times_s) and times_s[len(times_s) // 4] < QUICK_S

    def ease(self) -> None:
        """Have half as many requests in flight from now on, and no connection open that is not in use.

        The target has said that it is too much.
        """
        self._in_flight = max(1, self.width // 2)
        for count, lane in enumerate(self._taken()):
            lane.lane.close()
            if count < self._in_flight:
                self._idle.put(lane)

    def took(self, elapsed_s: float) -> None:
        """Take account of how long an answer took."""
        self._times_s.append(elapsed_s)

    @contextmanager
    def alone(self, timeout_s: float | None = None) -> Iterator[TrackedLane]:
        """A fresh connection, closed afterwards."""
        lane = Lane(self._url, timeout_s or self._timeout_s, self._route, self._turns)
        try:
            yield TrackedLane(0, lane)
        finally:
            lane.close()

    @property
    def kept(self) -> int:
        """How many connections are open and idle."""
        return self._idle.qsize()

    def spread(
        self,
        carry: Callable[[Item, TrackedLane], Result],
        items: Iterable[Item],
        *,
        fresh: bool = False,
        in_turns: bool = False,
    ) -> list[Result]:
        """Carry items, several at once, and return the results in the order of the items.

        `fresh`: each over a connection of its own, closed afterwards. `in_turns`: all in this thread, which is for
        what waits for nothing but answers, of a target that keeps the client busy.
        """
        waiting = deque(enumerate(items))
        results: dict[int, Result] = {}

        def carry_what_waits() -> None:
            # One item after the other: to hand over each by itself takes as long as to send it.
            while waiting:
                try:
                    place, item = waiting.popleft()
                except IndexError:  # another thread was quicker
                    return
                with self.alone() if fresh else self._borrowed() as lane:
                    results[place] = carry(item, lane)

        try:
            self._run([carry_what_waits] * min(self.width, len(waiting)), in_turns=in_turns)
        finally:
            waiting.clear()
        return [result for _, result in sorted(results.items(), key=itemgetter(0))]

    def over_each(
        self, carry: Callable[[Item, TrackedLane], Result], items: Sequence[Item], *, in_turns: bool = False
    ) -> list[Result]:
        """Carry items at once, each over another of the connections that are open and idle; no more than those."""
        lanes = list(self._taken(len(items)))
        results: dict[int, Result] = {}

        def carry_over(lane: TrackedLane, item: Item) -> None:
            results[lane.number] = carry(item, lane)

        try:
            self._run([partial(carry_over, *pair) for pair in zip(lanes, items, strict=False)], in_turns=in_turns)
        finally:
            for lane in lanes:
                self._idle.put(lane)
        return [results[lane.number] for lane in lanes]

    def _run(self, tasks: Sequence[Callable[[], None]], *, in_turns: bool) -> None:
        """Run tasks at once, and wait until all of them have ended."""
        if len(tasks) <= 1:
            for task in tasks:
                task()
        elif in_turns:
            self._turns.run(tasks)
        else:
            for run in [self._pool().submit(task) for task in tasks]:
                run.result()

    def close(self) -> None:
        """Close all connections."""
        if self._threads:
            self._threads.shutdown(wait=True, cancel_futures=True)
        for lane in self._open:
            lane.close()

    @contextmanager
    def _borrowed(self) -> Iterator[TrackedLane]:
        if self.one_by_one:
            with self.alone() as lane:
                yield lane
            return
        lane = next(iter(self._taken(1)), None) or self._new()
        try:
            yield lane
        finally:
            self._idle.put(lane)

    def _taken(self, most: int | None = None) -> Iterable[TrackedLane]:
        """Take idle connections out of the queue: all, or the first so many."""
        taken: list[TrackedLane] = []
        while most is None or len(taken) < most:
            try:
                taken.append(self._idle.get_nowait())
            except Empty:
                break
        return taken

    def _new(self) -> TrackedLane:
        lane = Lane(self._url, self._timeout_s, self._route, self._turns)
        with self._lock:
            self._open.append(lane)
            return TrackedLane(len(self._open), lane)

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._most_threads, thread_name_prefix="lane")
        return self._threads
