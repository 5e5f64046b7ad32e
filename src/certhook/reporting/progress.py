"""One live line while a run goes on, on a terminal; silent anywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from certhook.values import Outcome


class LiveProgress:
    """Cases done of all, how many failed or warned, and the group that is being tested.

    >>> with LiveProgress(Console(), total=2) as progress:
    ...     progress.ended("signature", [Outcome.PASSED])
    """

    def __init__(self, console: Console, total: int = 0) -> None:
        text = "{task.fields[failed]} failed, {task.fields[warned]} warned  {task.fields[group]}"
        columns = (BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn(text), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=total, failed=0, warned=0, group="")
        self._failed = 0
        self._warned = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Show the line, from now until `stop`."""
        self._progress.start()

    def stop(self) -> None:
        """Take the line away; a second call does nothing."""
        self._progress.stop()

    def planned(self, total: int) -> None:
        """Say how many cases there are."""
        self._progress.update(self._task, total=total)

    def ended(self, group: str, outcomes: list[Outcome]) -> None:
        """Count a case that ended with those outcomes; the worst of them counts."""
        worst = max(outcomes, key=lambda outcome: outcome.severity, default=Outcome.PASSED)
        self._failed += worst is Outcome.FAILED
        self._warned += worst is Outcome.WARNED
        self._progress.update(self._task, advance=1, group=group, failed=self._failed, warned=self._warned)
