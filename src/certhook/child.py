"""A module of certhook in a process of its own, which speaks with its starter through its standard streams."""

from __future__ import annotations

import signal
import subprocess
import sys


def start(module: str, *words: str) -> subprocess.Popen[bytes]:
    """Start `python -m module words`. What interrupts a run leaves it to its starter, which ends it."""
    # A child begins with what is blocked.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        command = [sys.executable, "-P", "-m", module, *words]  # whatever lies in the current folder
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this interpreter
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
