"""What several processes do at once in a test: quick to import, since each of them has to."""

from __future__ import annotations

from pathlib import Path

from certhook.recording.journal import Journal
from certhook.recording.redaction import Redactor


def append(path: Path, count: int, name: str) -> None:
    """Append `count` lines of more than two memory pages each."""
    with Journal(path, Redactor([], [], b"")) as journal:
        for number in range(count):
            journal.write("plan", cases=[{"case": f"{name}-{number}", "requirements": []}], padding=name * 9_000)
