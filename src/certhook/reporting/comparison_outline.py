"""What there is to say of a comparison, in order, before it becomes text for a terminal or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from certhook.reporting.comparison import (
    Comparison,
    Difference,
    DifferenceKind,
    Flaky,
    LatencyShift,
    RequirementState,
    Unpaired,
)
from certhook.values import Finding, Verdict

_HEADINGS = {
    DifferenceKind.REGRESSION: "regressions",
    DifferenceKind.FIX: "fixes",
    DifferenceKind.OTHER: "other changes",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its name, what is said of it in certhook's own words, and what came from elsewhere, by a label each.

    `finding` is the breach in the new run, where there is one to be seen.
    """

    name: str
    says: str
    details: tuple[tuple[str, str], ...] = ()
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind, at least one."""

    heading: str
    entries: tuple[Entry, ...]


def sections_of(comparison: Comparison) -> Iterator[Section]:
    """Everything that differs, the worst first."""
    for kind, heading in _HEADINGS.items():
        yield from _section(heading, map(_of_difference, comparison.of_kind(kind)))
    yield from _section("new requirements", map(_of_unpaired, comparison.appeared))
    yield from _section("gone requirements", map(_of_unpaired, comparison.gone))
    yield from _section("shifts of latency", map(_of_shift, comparison.latency))
    yield from _section("flaky", map(_of_flaky, comparison.flaky))


def remarks_on(comparison: Comparison) -> Iterator[str]:
    """What should be known before two runs are compared at all."""
    if comparison.old.target != comparison.new.target:
        yield "the targets differ"
    if comparison.old.suite != comparison.new.suite:
        yield f"the suite changed: {comparison.old.suite} -> {comparison.new.suite}"


def verdict_on(comparison: Comparison) -> str:
    """The one sentence that a hurried reader takes away."""
    count = len(comparison.of_kind(DifferenceKind.REGRESSION))
    found = f"{count} regression{'s' if count > 1 else ''}" if count else "no requirement regressed"
    if comparison.verdict_regressed:
        return f"{found}, and the target is no longer certified"
    still = "" if comparison.new.verdict is Verdict.CERTIFIED else f"; the verdict is {comparison.new.verdict}"
    return found + still


def _section(heading: str, entries: Iterator[Entry]) -> Iterator[Section]:
    found = tuple(entries)
    if found:
        yield Section(heading, found)


def _of_difference(one: Difference) -> Entry:
    before, now = one.before, one.now
    level = now.level.value if now.level is before.level else f"{before.level} -> {now.level}"
    outcomes = "" if now.outcome is before.outcome else f"{_words(before)} -> "
    return Entry(one.id, f"{level} {outcomes}{_words(now)}", tuple(_details(now)), now.finding)


def _of_unpaired(one: Unpaired) -> Entry:
    return Entry(one.id, f"{one.standing.level} {_words(one.standing)} ({one.why})")


def _of_shift(shift: LatencyShift) -> Entry:
    word = "slower" if shift.now_ms > shift.before_ms else "faster"
    return Entry(shift.operation, f"{word}: p95 {shift.before_ms:g} ms -> {shift.now_ms:g} ms")


def _of_flaky(one: Flaky) -> Entry:
    return Entry(one.id, "in the new run" if one.in_new else "in the old run", (("observed", one.says),))


def _words(standing: RequirementState) -> str:
    return standing.outcome.replace("_", " ")


def _details(standing: RequirementState) -> Iterator[tuple[str, str]]:
    if standing.finding is not None:
        yield "expected", standing.finding.expected
        yield "observed", standing.finding.observed
    if standing.reason:
        yield "reason", standing.reason
