"""The processes that somebody has started and not seen end, so that they can be ended together."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from subprocess import Popen
from threading import Lock


class ProcessGroups:
    """The leaders of the process groups that run. After `kill_all`, whatever is added is killed at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._leaders: set[int] = set()
        self._all_killed = False

    def add(self, child: Popen[bytes]) -> None:
        """Take in a child that leads its group."""
        with self._lock:
            self._leaders.add(child.pid)
            if self._all_killed:
                _kill(child.pid)

    def end(self, child: Popen[bytes]) -> None:
        """Kill the child and its group where it has not ended by itself, wait for it, and forget it."""
        with self._lock:
            self._leaders.discard(child.pid)
            if child.returncode is None:
                _kill(child.pid)
        child.wait()

    def kill_all(self) -> None:
        """Kill every group that is left."""
        with self._lock:
            self._all_killed = True
            for pid in self._leaders:
                _kill(pid)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
