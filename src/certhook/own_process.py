"""Modules of certhook in processes of their own."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO, cast

_STANDING_BACK = 10
"""How nice a helper is to other processes, of 19."""

_ROOM = 1024 * 1024
"""Bytes that a helper is handed before it has looked at any: its starter does not wait for it meanwhile."""


def command_of(module: str, *words: str) -> list[str]:
    """What runs a module: this interpreter, and nothing that lies in the current folder, whatever its name."""
    return [sys.executable, "-P", "-m", module, *words]


def start(module: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a module that speaks with its starter through its standard streams.

    What interrupts a run leaves it to its starter, which ends it. Where cores are scarce, it stands back.
    """
    # A child begins with what is blocked.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        child = subprocess.Popen(  # noqa: S603 - this interpreter, and a module of certhook's own
            command_of(module, *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    # Nobody waits for a helper as they do for a request; and the target may be on this machine, too.
    os.setpriority(os.PRIO_PROCESS, child.pid, _STANDING_BACK)
    with suppress(AttributeError, OSError):  # not every system can; and a user's pipes may have so much in all
        fcntl.fcntl(cast("IO[bytes]", child.stdin), fcntl.F_SETPIPE_SZ, _ROOM)
    return child
