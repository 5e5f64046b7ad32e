"""Commands in processes of their own, measured from outside."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

METER = Path(__file__).with_name("meter.py")
LIMIT_S = 900.0
LOG_SHOWN = 2_000
STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"


class Unusable(Exception):
    """A command did not end as it should, so there is nothing to measure; the message holds the end of its output."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A command that ended: when it began (seconds since 1970), its wall time, and the peak memory of one process."""

    began: float
    wall_s: float
    status: int
    peak_mb: float


def measured(
    command: Sequence[str],
    folder: Path,
    *,
    expected: Sequence[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Measured:
    """Run a command in `folder` and measure it. Raises Unusable for any exit status but those expected.

    No run finds what an earlier one kept for the next.
    """
    shutil.rmtree(Path(os.environ.get(STORAGE, folder)) / "examples", ignore_errors=True)
    result, log = folder / "measured.json", folder / "output.log"
    subprocess.run(  # noqa: S603 - this project's own commands
        [sys.executable, "-S", str(METER), str(result), str(log), *command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        check=True,
        timeout=LIMIT_S,
    )
    run = Measured(**json.loads(result.read_text(encoding="utf-8")))
    if run.status not in expected:
        text = log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:]
        raise Unusable(f"{' '.join(command)} ended with status {run.status}:\n{text}")
    return run


def script(name: str) -> str | None:
    """The path of a command of this Python's environment, or None where it is not installed."""
    path = Path(sys.executable).with_name(name)
    return str(path) if path.exists() else None


def certhook(*words: str) -> list[str]:
    """A certhook command."""
    own = script("certhook")
    return [own, *words] if own else [sys.executable, "-m", "certhook", *words]


def scratch() -> Path:
    """A new folder for one command, taken away when this process ends.

    Not sooner: ext4 makes files many times slower while others were deleted just before.
    """
    return Path(tempfile.mkdtemp(dir=_scratch()))


@cache
def _scratch() -> str:
    folder = tempfile.mkdtemp(prefix="certhook-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def ordinary_environment() -> Iterator[None]:
    """For the commands within: compiled modules and what Hypothesis keeps of them stay, as they do for a user."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="certhook-bench-") as storage:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ[STORAGE] = storage
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
