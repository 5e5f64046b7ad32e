"""Progress is shown to people, and to nobody else."""

from __future__ import annotations

import io

from rich.console import Console

from certhook.reporting.progress import LiveProgress
from certhook.values import Outcome


def _shown(*, terminal: bool) -> str:
    file = io.StringIO()
    with LiveProgress(Console(file=file, width=100, force_terminal=terminal, color_system=None)) as progress:
        progress.planned(3)
        progress.ended("signature", [Outcome.PASSED, Outcome.FAILED])
        progress.ended("timestamp", [Outcome.WARNED])
        progress.ended("fields", [])
    return file.getvalue()


def test_on_a_terminal() -> None:
    """A terminal shows cases done, failures, warnings and the group."""
    shown = _shown(terminal=True)
    for part in ("3/3", "1 failed, 1 warned", "fields"):
        assert part in shown


def test_anywhere_else() -> None:
    """A file gets nothing."""
    assert not _shown(terminal=False).strip()
