"""A reference target in a child process, for as long as a context lasts."""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Any, Self, cast

from certhook.own_process import command_of
from certhook.reference import catalogue

START_LIMIT_S = 15.0
STOP_LIMIT_S = 5.0


class TargetDied(Exception):
    """The reference target ended, or said nothing in time, before it was ready; the message holds its stderr."""


class Embedded:
    """A reference target that runs in a child process between `start()` and `stop()`.

    `start()` returns at once; `url` and `profile` wait until the target is ready. As a context manager it starts,
    waits, and stops. The child ends with this process too, however that ends: it watches a pipe that only this
    process holds.
    """

    def __init__(self, protocol: str, faults: Sequence[str], variants: Sequence[str], latency_ms: int) -> None:
        self.protocol = protocol
        self.faults = tuple(faults)
        self.variants = tuple(variants)
        self.latency_ms = latency_ms
        self._child: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._url: str | None = None
        self._deadline = 0.0

    def start(self) -> Self:
        """Start the child without waiting for it."""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._deadline = time.monotonic() + START_LIMIT_S
        self._child = subprocess.Popen(  # noqa: S603 - this package's own command
            self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr
        )
        return self

    def stop(self) -> None:
        """End the child; whatever it complained of goes to stderr."""
        if self._child is None:
            return
        self._end(self._child)
        complaints = self._complaints()
        if complaints and self._url is not None:
            sys.stderr.write(complaints + "\n")
        if self._stderr is not None:
            self._stderr.close()
        self._child = self._stderr = self._url = None

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._running().pid

    @property
    def url(self) -> str:
        """The target's base URL. Waits until it is ready; raises TargetDied."""
        if self._url is None:
            self._url = self._ready_line(self._running())
        return self._url

    @property
    def profile(self) -> dict[str, Any]:
        """The profile to test it with. Waits until it is ready; raises TargetDied."""
        return catalogue.profile(self.protocol, self.url, self.faults, self.variants)

    def __enter__(self) -> Self:
        self.start()
        try:
            _ = self.url
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        command = command_of("certhook.reference", self.protocol, "--until-end-of-input")
        for name in self.faults:
            command += ["--fault", name]
        for name in self.variants:
            command += ["--variant", name]
        return [*command, "--latency-ms", str(self.latency_ms)]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise RuntimeError("the reference target has not been started")
        return self._child

    def _ready_line(self, child: subprocess.Popen[bytes]) -> str:
        output = cast("IO[bytes]", child.stdout)
        left = max(0.0, self._deadline - time.monotonic())
        spoke = bool(select.select([output], [], [], left)[0])
        line = output.readline().decode().strip() if spoke else ""
        if not line:
            self._end(child)
            raise TargetDied(self._obituary(child, in_time=spoke))
        return line

    def _obituary(self, child: subprocess.Popen[bytes], *, in_time: bool) -> str:
        how = f"ended with status {child.returncode}" if in_time else f"was not ready within {START_LIMIT_S:.0f} s"
        return f"the reference target for {self.protocol} {how}: {self._complaints() or 'nothing on stderr'}"

    def _complaints(self) -> str:
        if self._stderr is None:
            return ""
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip()

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        child.terminate()
        try:
            child.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def embedded(protocol: str, faults: Sequence[str] = (), variants: Sequence[str] = (), latency_ms: int = 0) -> Embedded:
    """A reference target in a child process, not started yet: use it in a `with`, or call `start()` and `stop()`."""
    return Embedded(protocol, faults, variants, latency_ms)
