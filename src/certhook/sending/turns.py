"""Exchanges that take turns in one thread: while one waits for its answer, another goes on.

Threads would do the same, but each hand-over from one to another takes half as long as to send a request.
"""

from __future__ import annotations

import select
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpcore
from greenlet import getcurrent, greenlet


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A task that waits for something to read, and until when, monotonic."""

    task: greenlet
    until_s: float


class Turns:
    """Tasks that take turns, and the connections that they wait for. Whoever else waits here just goes on."""

    def __init__(self) -> None:
        self._thread = getcurrent()
        self._tasks: list[greenlet] = []
        self._waiting: dict[int, _Waiting] = {}
        self._poll = select.poll()

    def run(self, tasks: Iterable[Callable[[], None]]) -> None:
        """Run tasks to their ends. Raises what one of them does; the others are ended then, where they wait."""
        self._thread = getcurrent()
        self._tasks = [greenlet(task) for task in tasks]
        able = self._tasks
        try:
            while able or self._waiting:
                for task in able:
                    task.switch()
                able = self._able() if self._waiting else []
        finally:
            for one in list(self._waiting.values()):
                one.task.throw()
            self._tasks = []

    def wait(self, stream: httpcore.NetworkStream, seconds: float) -> None:
        """Let the other tasks go on until there is something to read, or so many seconds are over."""
        task = getcurrent()
        if task not in self._tasks or not _is_told_of(stream):
            return
        number = stream.get_extra_info("socket").fileno()
        self._waiting[number] = _Waiting(task, time.monotonic() + seconds)
        self._poll.register(number, select.POLLIN)
        try:
            self._thread.switch()
        finally:
            self._poll.unregister(number)
            del self._waiting[number]

    def _able(self) -> list[greenlet]:
        """The tasks that can go on; waits for one, or for a while."""
        left_s = min(one.until_s for one in self._waiting.values()) - time.monotonic()
        if found := self._poll.poll(max(0.0, left_s * 1000)):
            return [self._waiting[number].task for number, _ in found]
        now = time.monotonic()
        return [one.task for one in self._waiting.values() if one.until_s <= now]


def _is_told_of(stream: httpcore.NetworkStream) -> bool:
    """Whether the system tells of all that has come over a connection and was not read."""
    if isinstance(stream.get_extra_info("ssl_object"), ssl.SSLObject):
        return False  # TLS within a proxy's TLS, which keeps to itself what it has read of the outer one
    connection = stream.get_extra_info("socket")
    return not (isinstance(connection, ssl.SSLSocket) and connection.pending())
