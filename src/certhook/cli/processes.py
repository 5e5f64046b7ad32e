"""Commands run one after the other in processes of their own, until a signal says to stop."""

from __future__ import annotations

import signal
import subprocess
from types import FrameType, TracebackType
from typing import Self

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Processes:
    """While its block lasts, Ctrl-C and SIGTERM end the process that runs, which may take its time over it.

    `stopped_by` is the signal that came, if any.
    """

    def __init__(self) -> None:
        self.stopped_by: signal.Signals | None = None
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in _STOPPING}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: list[str]) -> int:
        """The exit status of a command, negative where a signal killed it."""
        # In a group of its own, so that a signal to all of the terminal's group does not reach it twice.
        with subprocess.Popen(command, process_group=0) as self._running:  # noqa: S603 - this package's own commands
            if self.stopped_by:  # while it was being started
                self._running.send_signal(self.stopped_by)
            return self._running.wait()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal calls it
        self.stopped_by = signal.Signals(number)
        if self._running is not None:
            self._running.send_signal(number)
