"""What a person sees while a night goes on: a live table on a terminal, a line per finished operator elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from certhook.fleet.night import Watcher
from certhook.fleet.operator import Operator
from certhook.fleet.standing import OperatorResult, Standing
from certhook.reporting.escaping import visible

STYLES = {
    Standing.CERTIFIED: "green",
    Standing.NOT_CERTIFIED: "red",
    Standing.INCOMPLETE: "magenta",
    Standing.UNREACHABLE: "yellow",
    Standing.NOT_RUN: "yellow",
}
_LATEST = 8
"""Finished operators in the live table."""

_SHOWN = 20
"""Operators under way in the live table."""


class Face(Watcher, Protocol):
    """A watcher that is shown from the beginning of a block to its end."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""


def face(console: Console, total: int, done: int) -> Face:
    """What fits the console; `done` of `total` operators have ended before."""
    return LiveTable(console, total, done) if console.is_terminal else Lines(console, total, done)


class Lines:
    """A line for each operator that has ended."""

    def __init__(self, console: Console, total: int, done: int) -> None:
        self._console = console
        self._total = total
        self._done = done

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def began(self, operator: Operator) -> None:
        pass

    def lost(self, operator: Operator, why: str) -> None:
        self._say(f"{operator.name}: {visible(why)}; it is tried again")

    def ended(self, ended: OperatorResult) -> None:
        self._done += 1
        why = f": {ended.why}" if ended.why else ""
        count = f"{self._done:>{len(str(self._total))}}/{self._total}"
        self._say(f"{count} {ended.operator} {ended.standing} in {ended.seconds:.1f} s{why}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True, highlight=False)


class LiveTable:
    """How many came out how, who is under way for how long, and who ended last."""

    def __init__(self, console: Console, total: int, done: int) -> None:
        self._total = total
        self._done = done
        self._counts: Counter[Standing] = Counter()
        self._under_way: dict[str, float] = {}
        self._latest: list[OperatorResult] = []
        self._live = Live(console=console, get_renderable=self._shown, refresh_per_second=2, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def began(self, operator: Operator) -> None:
        self._under_way = {**self._under_way, operator.name: time.monotonic()}

    def lost(self, operator: Operator, why: str) -> None:
        self._drop(operator.name)
        self._live.console.print(Text(f"{operator.name}: {visible(why)}; it is tried again"))

    def ended(self, ended: OperatorResult) -> None:
        self._drop(ended.operator)
        self._done += 1
        self._counts[ended.standing] += 1
        self._latest = [*self._latest[1 - _LATEST :], ended]

    def refresh(self) -> None:
        """Draw it now; it is drawn twice a second anyway."""
        self._live.refresh()

    def _drop(self, name: str) -> None:
        # Replaced as a whole: the table is drawn by another thread.
        self._under_way = {other: began for other, began in self._under_way.items() if other != name}

    def _shown(self) -> Group:
        counts = Text(f"{self._done} of {self._total}")
        for standing, style in STYLES.items():
            if self._counts[standing]:
                counts.append(f"  {self._counts[standing]} {standing}", style=style)
        return Group(counts, self._table())

    def _table(self) -> Table:
        table = Table("operator", "standing", "seconds", box=None)
        table.add_column("why", no_wrap=True, overflow="ellipsis")
        for ended in self._latest:
            standing = Text(ended.standing, style=STYLES[ended.standing])
            table.add_row(ended.operator, standing, f"{ended.seconds:.1f}", Text(ended.why))
        now, under_way = time.monotonic(), self._under_way
        for name, began in list(under_way.items())[:_SHOWN]:
            table.add_row(name, Text("under way", style="dim"), f"{now - began:.0f}", "")
        return table
