"""The processes that somebody has started and not seen end, so that they can be ended together."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from subprocess import Popen
from threading import Lock


class Leash:
    """Leaders of process groups that run; once it is cut, they are killed, and so is who comes later."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._led: set[int] = set()
        self._is_cut = False

    def take(self, child: Popen[bytes]) -> None:
        """Hold on to a child that leads its group."""
        with self._lock:
            self._led.add(child.pid)
            if self._is_cut:
                _kill(child.pid)

    def end(self, child: Popen[bytes]) -> None:
        """Kill the child and its group where it has not ended by itself, wait for it, and let go."""
        with self._lock:
            self._led.discard(child.pid)
            if child.returncode is None:
                _kill(child.pid)
        child.wait()

    def cut(self) -> None:
        """Kill them all."""
        with self._lock:
            self._is_cut = True
            for pid in self._led:
                _kill(pid)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
