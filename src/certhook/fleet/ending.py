"""What a person reads when a night is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from certhook.fleet.changes import Morning, Row
from certhook.fleet.morning import MARKDOWN_NAME, PAGE_NAME, regressions
from certhook.fleet.standing import Standing
from certhook.fleet.watching import STYLES
from certhook.reporting.escaping import visible


def print_morning(console: Console, morning: Morning, folder: Path) -> None:
    """Print who is not certified and who regressed, the counts, and where the reports are."""
    table = Table("operator", "standing", "failed", "why", box=None)
    for row in morning.rows:
        if row.ended.standing is not Standing.CERTIFIED or row.regressed:
            table.add_row(*_cells(row))
    if table.row_count:
        console.print(table)
    counts = [f"{len(rows)} {standing}" for standing in Standing if (rows := morning.of(standing))]
    regressed = "what changed is not known" if morning.unentered else f"{len(morning.regressed)} regressed"
    _line(console, f"{len(morning.rows)} operators: {', '.join(counts)}; {regressed}")
    _line(console, f"Reports: {folder}  ({PAGE_NAME}, {MARKDOWN_NAME})")


def _cells(row: Row) -> Iterator[Text]:
    ended = row.ended
    yield Text(ended.operator)
    yield Text(ended.standing, style=STYLES[ended.standing])
    yield Text(str(ended.counts.get("failed", "")))
    lines = [ended.why, *(f"regressed: {visible(line)}" for line in (regressions(row) if row.regressed else ()))]
    yield Text("\n".join(filter(None, lines)))


def _line(console: Console, text: str) -> None:
    console.print(Text(text), soft_wrap=True)
