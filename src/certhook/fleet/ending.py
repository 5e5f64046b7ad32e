"""What a person reads when a night is over."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from certhook.fleet.changes import Morning
from certhook.fleet.morning import MARKDOWN_NAME, PAGE_NAME, regressions
from certhook.fleet.standing import Standing
from certhook.fleet.watching import STYLES
from certhook.reporting.escaping import visible


def print_morning(console: Console, morning: Morning, folder: Path) -> None:
    """Print who is not certified and who regressed, the counts, and where the reports are."""
    table = Table("operator", "standing", "failed", "why", box=None)
    for row in morning.rows:
        ended = row.ended
        if ended.standing is not Standing.CERTIFIED or row.regressed:
            lines = (
                [ended.why, *(f"regressed: {visible(line)}" for line in regressions(row))]
                if row.regressed
                else [ended.why]
            )
            failed = str(ended.counts.get("failed", ""))
            table.add_row(
                ended.operator,
                Text(ended.standing, style=STYLES[ended.standing]),
                failed,
                Text("\n".join(filter(None, lines))),
            )
    if table.row_count:
        console.print(table)
    counts = [f"{len(rows)} {standing}" for standing in Standing if (rows := morning.of(standing))]
    console.print(
        Text(f"{len(morning.rows)} operators: {', '.join(counts)}; {len(morning.regressed)} regressed"), soft_wrap=True
    )
    console.print(Text(f"Reports: {folder}  ({PAGE_NAME}, {MARKDOWN_NAME})"), soft_wrap=True)
