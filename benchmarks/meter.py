"""Runs one command and writes down how long it took and how much memory it had.

    python -S meter.py RESULT LOG COMMAND...

A small process of its own, because a child's peak memory begins with that of the process that it was forked from.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the command, its output going to LOG, and write what was measured to RESULT as JSON."""
    result, log, *command = sys.argv[1:]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    outputs = [(os.POSIX_SPAWN_DUP2, descriptor, stream) for stream in (1, 2)]
    began, clock = time.time(), time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=outputs)
    _, status, usage = os.wait4(child, 0)
    measured = {
        "began": began,
        "wall_s": time.perf_counter() - clock,
        "status": os.waitstatus_to_exitcode(status),
        "peak_mb": usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024),
    }
    Path(result).write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
