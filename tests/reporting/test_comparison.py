"""A comparison says what got worse in a way that matters, and what did not."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.recording.results import result_of
from certhook.reporting.comparison import (
    LATENCY_FACTOR,
    LATENCY_STEP_MS,
    NEW_SUITE,
    OTHER_SELECTION,
    Comparison,
    Comparisons,
    DifferenceKind,
    compared,
    kind_of,
)
from certhook.values import Level, Outcome, Verdict
from tests.recording.lines import (
    MUST,
    SHOULD,
    Line,
    case_line,
    end_line,
    exchange_line,
    journal_at,
    outcome,
    requirement,
    run_line,
    schema,
)

BREACHES = {Outcome.WARNED, Outcome.FAILED}
UNKNOWN = {Outcome.BLOCKED, Outcome.NOT_TESTED}
PAIRS = [(*pair, level) for pair in product(Outcome, Outcome) for level in Level]


@pytest.fixture
def result(tmp_path: Path) -> Any:
    """The result of a run with those lines."""

    def build(*lines: Line, **head: Any) -> Line:
        requirements = [requirement(MUST), requirement(SHOULD, "SHOULD")]
        return result_of(journal_at(tmp_path / "journal.ndjson", run_line(*requirements, **head), *lines, end_line()))

    return build


def said(must: str = "passed", should: str = "passed", reason: str = "", observed: str | None = None) -> Line:
    """What one case says of both requirements."""
    shown = observed or ("x" if must in BREACHES else None)
    return case_line(
        outcome(MUST, must, reason, shown), outcome(SHOULD, should, "", "x" if should == "warned" else None)
    )


def of(comparison: Comparison, kind: DifferenceKind) -> list[str]:
    """The ids of the differences of one kind."""
    return [one.id for one in comparison.of_kind(kind)]


@pytest.mark.parametrize(("before", "now", "level"), PAIRS)
def test_a_new_breach_is_a_regression(before: Outcome, now: Outcome, level: Level) -> None:
    """A breach that the run before did not show, or that fails the certification only now, is one at either level."""
    expected = now in BREACHES and (before not in BREACHES or (before, now) == (Outcome.WARNED, Outcome.FAILED))
    if expected:
        assert kind_of(before, now, level) is DifferenceKind.REGRESSION
    elif kind_of(before, now, level) is DifferenceKind.REGRESSION:
        assert level is Level.MUST
        assert before in {Outcome.PASSED, Outcome.WAIVED}
        assert now in UNKNOWN


@pytest.mark.parametrize(("before", "now", "level"), PAIRS)
def test_only_a_pass_is_a_fix(before: Outcome, now: Outcome, level: Level) -> None:
    """What is blocked, waived or no longer tested has not been mended."""
    mended = now is Outcome.PASSED and before not in {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    assert (kind_of(before, now, level) is DifferenceKind.FIX) is mended
    assert (kind_of(before, now, level) is None) is (before is now)


@pytest.mark.parametrize("now", sorted(UNKNOWN))
@pytest.mark.parametrize("before", [Outcome.PASSED, Outcome.WAIVED])
def test_what_is_no_longer_known_counts_for_a_must(before: Outcome, now: Outcome) -> None:
    """A MUST that was met and cannot be said to be any more is a regression, a SHOULD is not."""
    assert kind_of(before, now, Level.MUST) is DifferenceKind.REGRESSION
    assert kind_of(before, now, Level.SHOULD) is DifferenceKind.OTHER


def test_a_regression_and_its_fix(result: Any) -> None:
    """A MUST that fails now is a regression with its finding; the other way round it is a fix."""
    good, bad = result(said()), result(said("failed", observed="HTTP 200 with OK"))
    worse, better = compared(good, bad), compared(bad, good)
    assert (of(worse, DifferenceKind.REGRESSION), worse.regressed, worse.verdict_regressed) == ([MUST], True, True)
    (difference,) = worse.differences
    assert difference.now.finding is not None
    assert difference.now.finding.observed == "HTTP 200 with OK"
    assert (of(better, DifferenceKind.FIX), better.regressed, better.new.verdict) == ([MUST], False, Verdict.CERTIFIED)


def test_a_warning_is_a_regression_of_a_certified_target(result: Any) -> None:
    """A SHOULD that is broken now is a regression, though the target stays certified."""
    comparison = compared(result(said()), result(said(should="warned")))
    assert of(comparison, DifferenceKind.REGRESSION) == [SHOULD]
    assert comparison.regressed
    assert not comparison.verdict_regressed


def test_a_certificate_lost_is_a_regression_by_itself(result: Any) -> None:
    """No longer certified is worse, even where every requirement has kept its outcome."""
    interrupted = {**result(said()), "verdict": "incomplete"}
    comparison = compared(result(said()), interrupted)
    assert not comparison.differences
    assert comparison.regressed
    assert not compared(interrupted, {**interrupted, "verdict": "not-certified"}).regressed


def test_a_level_that_changed_is_told(result: Any) -> None:
    """A requirement with the same outcome at another level is another change, and alarms nobody."""
    lowered = result(said())
    lowered["requirements"][0]["level"] = "SHOULD"
    comparison = compared(result(said()), lowered)
    assert of(comparison, DifferenceKind.OTHER) == [MUST]
    assert not comparison.regressed


def test_the_same_run_does_not_differ_from_itself(result: Any) -> None:
    """Nothing is told of a run that is held against itself."""
    run = result(said("failed"), exchange_line())
    comparison = compared(run, run)
    assert not any((comparison.differences, comparison.appeared, comparison.gone, comparison.latency))
    assert not comparison.regressed


@pytest.mark.parametrize(
    ("head", "why"),
    [({}, OTHER_SELECTION), ({"pack_digest": "e"}, NEW_SUITE), ({"versions": {"certhook": "9"}}, NEW_SUITE)],
    ids=["same suite", "other pack", "other version"],
)
def test_requirements_of_one_run_only_have_a_reason(result: Any, head: Line, why: str) -> None:
    """A requirement that came or went is no regression: the suite is another, or the selection is."""
    whole, part = result(said()), result(said(), **head)
    del part["requirements"][1]
    gone, appeared = compared(whole, part), compared(part, whole)
    assert [(one.id, one.why) for one in gone.gone] == [(SHOULD, why)]
    assert [(one.id, one.why) for one in appeared.appeared] == [(SHOULD, why)]
    assert not gone.regressed


STEP = LATENCY_STEP_MS


@pytest.mark.parametrize(
    ("before", "now", "named"),
    [
        (STEP * 2, STEP * 2 * LATENCY_FACTOR, True),
        (STEP * 2 * LATENCY_FACTOR, STEP * 2, True),
        (STEP * 4, STEP * 5, False),
        (1.0, 10.0, False),
        (STEP, STEP, False),
    ],
    ids=["slower", "faster", "too small a factor", "too few milliseconds", "the same"],
)
def test_a_shift_of_latency_is_named_where_it_is_large(result: Any, before: float, now: float, *, named: bool) -> None:
    """Factor and milliseconds have both to be exceeded; a shift is told, and no regression."""
    comparison = compared(*(result(said(), exchange_line(1, elapsed)) for elapsed in (before, now)))
    assert [(one.before_ms, one.now_ms) for one in comparison.latency] == ([(before, now)] if named else [])
    assert not comparison.regressed


def test_an_operation_of_one_run_only_has_no_shift(result: Any) -> None:
    """Where nothing was measured, nothing shifted."""
    comparison = compared(result(said()), result(said(), exchange_line(1, 9_999.0)))
    assert comparison.latency == ()


def test_flaky_requirements_are_named(result: Any) -> None:
    """Two answers to one request are told of either run; a target that merely says "flaky" is not believed."""
    blocked = result(said("blocked", reason="flaky: first no HTTP answer; sent again: HTTP 200"))
    broken = result(said("failed", observed="HTTP 500 (flaky: sent again, HTTP 200)"))
    comparison = compared(blocked, broken)
    assert [(one.id, one.in_new) for one in comparison.flaky] == [(MUST, True), (MUST, False)]
    assert compared(*[result(said("failed", observed="I am flaky"))] * 2).flaky == ()


def test_two_protocols_are_not_compared(result: Any) -> None:
    """Two documents have no requirement in common."""
    with pytest.raises(UsageError, match="klas in OLD, evi in NEW"):
        compared(result(said()), result(said(), protocol="evi"))


def test_the_json_is_what_its_schema_says(result: Any) -> None:
    """Every part of a comparison is in its schema, whatever it holds."""
    runs = [
        result(said(), exchange_line(1, 1.0)),
        result(said("failed", "warned", observed="HTTP 500 (flaky: sent again, x)"), exchange_line(1, 999.0)),
        result(said("blocked", reason="flaky: first a; sent again: b"), pack_digest=None, versions={}),
    ]
    del runs[1]["requirements"][0]
    for old, new in product(runs, runs):
        comparisons = Comparisons((compared(old, new),), ("evi",), ())
        schema("comparison").validate(json.loads(json.dumps(comparisons.as_json())))
        assert comparisons.regressed


def test_a_protocol_that_was_not_run_again_is_a_regression() -> None:
    """Nothing is known of it any more; one that was not run before makes nothing worse."""
    assert Comparisons((), only_in_old=("evi",)).regressed
    assert not Comparisons((), only_in_new=("evi",)).regressed
