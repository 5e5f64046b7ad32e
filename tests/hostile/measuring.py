"""Runs a command and says in JSON how it ended, how long it took, and the most memory that it and its children had.

    python -m tests.hostile.measuring REPORT COMMAND...

A process of its own, because a child's peak begins with that of the process that forked it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 240


@dataclass(frozen=True, slots=True)
class Measured:
    """How `certhook ...` ended: exit status, seconds, megabytes at most of its largest process, and what it said."""

    status: int
    seconds: float
    megabytes: float
    out: str
    err: str


def certhook_measured(*words: str, cwd: Path, **environment: str) -> Measured:
    """Run `certhook ...` to its end in a folder, where its output is kept in files."""
    report = cwd / "measured.json"
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", __name__, str(report), sys.executable, "-m", "certhook", *words]
    with (cwd / "stdout").open("wb") as out, (cwd / "stderr").open("wb") as err:
        subprocess.run(
            command,
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": path} | environment,
            stdout=out,
            stderr=err,
            check=True,
            timeout=LIMIT_S,
        )
    said = [(cwd / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")]
    return Measured(**json.loads(report.read_bytes()), out=said[0], err=said[1])


def _measure(command: list[str]) -> dict[str, float]:
    started = time.monotonic()
    status = subprocess.call(command)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    megabytes = peak / (1024 if sys.platform.startswith("linux") else 1024 * 1024)
    return {"status": status, "seconds": round(time.monotonic() - started, 2), "megabytes": round(megabytes)}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(_measure(sys.argv[2:])), encoding="utf-8")
