"""What changed for each operator since the last night that examined it, and the night as one value for its readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certhook.fleet.history import History
from certhook.fleet.standing import OperatorResult, Standing
from certhook.fleet.state import Head, State
from certhook.fleet.tables import HistoryGone
from certhook.recording.file_names import PAGE_NAME, RESULT_NAME
from certhook.recording.folders import stored_run
from certhook.reporting.comparison import Comparison, Difference, DifferenceKind, compared

OPERATORS = "operators"
"""The folder of the runs' folders, in that of the night."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the run that began at `since` (RFC 3339); `lost` says that the target was certified then."""

    since: str
    was: str
    lost: bool
    regressions: tuple[Difference, ...]
    fixes: tuple[Difference, ...]

    @property
    def regressed(self) -> bool:
        """Whether anything got worse in a way that matters."""
        return self.lost or bool(self.regressions)


@dataclass(frozen=True, slots=True)
class Row:
    """An operator's night. `changes` is None where there is nothing to compare; `page` the file to open, if any."""

    ended: OperatorResult
    changes: Changes | None
    page: str | None

    @property
    def regressed(self) -> bool:
        return self.changes is not None and self.changes.regressed


@dataclass(frozen=True, slots=True)
class Morning:
    """A night that is over, operators in the order of the fleet's file.

    `unentered` says why the history has not got it, and what changed is not known; it is empty otherwise.
    """

    head: Head
    rows: tuple[Row, ...]
    unentered: str = ""

    @property
    def regressed(self) -> tuple[Row, ...]:
        """Those for whom something got worse."""
        return tuple(row for row in self.rows if row.regressed)

    def of(self, *standings: Standing) -> tuple[Row, ...]:
        """Those who came out like that."""
        return tuple(row for row in self.rows if row.ended.standing in standings)

    @property
    def exit_status(self) -> int:
        """2 where it is not known what changed, 1 for a regression, else 3 where somebody was not examined, else 0."""
        if self.unentered:
            return 2
        if self.regressed:
            return 1
        return 3 if self.of(Standing.UNREACHABLE, Standing.NOT_RUN) else 0


def morning_of(state: State, history: History) -> Morning:
    """Hold every run of a night against the one before, and enter it into the history, where it then stands once.

    Where the history is gone, nothing is held against anything: the morning says how each came out, and why not more.
    """
    try:
        return Morning(state.head, tuple(_rows(state, history)))
    except HistoryGone as error:
        return Morning(state.head, tuple(_rows(state, None)), unentered=str(error))


def _rows(state: State, history: History | None) -> Iterator[Row]:
    for name in state.head.operators:
        ended = state.done[name]
        folder = state.folder / OPERATORS / name
        changes = None if history is None else _entered(state.head.night, ended, folder, history)
        yield Row(ended, changes, _page(folder))


def _entered(night: str, ended: OperatorResult, folder: Path, history: History) -> Changes | None:
    """Enter an operator's run, and say what changed since the one before."""
    result = None if ended.standing is Standing.NOT_RUN else stored_run(folder).result
    before = history.before(night, ended) if ended.standing.examined else None
    comparison = None if result is None else compared(before or result, result)
    flaky = {one.id for one in comparison.flaky if one.in_new} if comparison else set()
    history.record(night, ended, result, flaky)
    return _changes(comparison) if before and comparison else None


def _changes(comparison: Comparison) -> Changes:
    return Changes(
        since=comparison.old.started,
        was=comparison.old.verdict.value,
        lost=comparison.verdict_regressed,
        regressions=comparison.of_kind(DifferenceKind.REGRESSION),
        fixes=comparison.of_kind(DifferenceKind.FIX),
    )


def _page(folder: Path) -> str | None:
    """The file of a run that shows it best, as a path from the night's folder."""
    names = (name for name in (PAGE_NAME, RESULT_NAME) if (folder / name).is_file())
    return next((f"{OPERATORS}/{folder.name}/{name}" for name in names), None)
