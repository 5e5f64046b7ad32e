"""A row of the table: what was measured, what came out, what was to be reached, and whether it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`met` is None where nothing is to be reached, or nothing could be measured."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "**not met**", None: ""}[self.met]


def at_most(what: str, value: float, bound: float, unit: str, *, digits: int = 2) -> Row:
    """A row for a value that is to be low."""
    return Row(what, f"{value:.{digits}f} {unit}", f"at most {bound:g} {unit}", value <= bound)


def at_least(what: str, value: float, bound: float, details: str) -> Row:
    """A row for a ratio that is to be high."""
    return Row(what, f"{value:.2f} ({details})", f"at least {bound:g}", value >= bound)


def markdown(rows: Iterable[Row]) -> list[str]:
    """The table in lines of Markdown."""
    head: list[Sequence[str]] = [("what", "measured", "target", "met"), ("---",) * 4]
    body = [(row.what, row.measured, row.target, row.verdict) for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in (*head, *body)]
