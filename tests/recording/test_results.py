"""result.json says of a run what its journal shows, and never more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certhook.errors import UsageError
from certhook.recording.results import result_of, write_result
from certhook.values import Outcome
from tests.recording.lines import (
    MUST,
    SHOULD,
    Line,
    case_line,
    doctor_line,
    end_line,
    exchange_line,
    journal_at,
    outcome,
    plan_line,
    requirement,
    run_line,
    schema,
    waiver,
)

BOTH = (requirement(MUST), requirement(SHOULD, "SHOULD"))


@pytest.fixture
def result(tmp_path: Path) -> Any:
    """The result of a journal with those lines, checked against its schema."""

    def build(*lines: Line) -> Line:
        built = result_of(journal_at(tmp_path / "journal.ndjson", *lines))
        schema("result").validate(built)
        return built

    return build


def _one(result: Line, name: str = MUST) -> Line:
    return next(item for item in result["requirements"] if item["id"] == name)


def test_certified(result: Any) -> None:
    """A run in which every MUST passed is certified."""
    built = result(run_line(), doctor_line(), plan_line(case=[MUST]), exchange_line(), case_line(), end_line())
    assert built["verdict"] == "certified"
    assert built["incomplete_because"] == []
    assert (built["requests"], built["duration_s"], built["counts"]["passed"]) == (1, 12.5, 1)


def test_failed(result: Any) -> None:
    """A failed MUST is not certified, even in a run that is incomplete besides."""
    built = result(run_line(), case_line(outcome(what="failed", observed="OK")))
    assert built["verdict"] == "not-certified"
    assert built["incomplete_because"]
    assert _one(built)["findings"][0]["observed"] == "OK"


def test_warned(result: Any) -> None:
    """A SHOULD that was not met leaves the run certified."""
    built = result(run_line(*BOTH), case_line(outcome(), outcome(SHOULD, "warned", observed="x")), end_line())
    assert (built["verdict"], _one(built, SHOULD)["outcome"]) == ("certified", "warned")


def test_nothing_sent(result: Any) -> None:
    """A MUST of which no case speaks is blocked, and the run incomplete; a SHOULD is blocked only."""
    built = result(run_line(*BOTH), case_line(outcome()), end_line())
    assert (_one(built, SHOULD)["outcome"], _one(built, SHOULD)["reason"]) == ("blocked", "nothing was sent for it")
    assert built["verdict"] == "certified"
    assert result(run_line(*BOTH), case_line(outcome(SHOULD)), end_line())["verdict"] == "incomplete"


def test_sent_and_not_refused(result: Any) -> None:
    """A requirement of refusals alone is blocked where there was none, and nobody says that nothing was sent."""
    built = result(run_line(*BOTH), plan_line(case=[MUST, SHOULD]), exchange_line(), case_line(outcome()), end_line())
    assert _one(built, SHOULD)["outcome"] == "blocked"
    assert _one(built, SHOULD)["reason"].startswith("what was sent for it was not refused")


def test_a_planned_case_that_never_ended(result: Any) -> None:
    """A requirement is blocked where one of its cases did not end, though others passed."""
    built = result(run_line(), plan_line(case=[MUST], lost=[MUST], found=[MUST]), case_line(), end_line())
    assert (_one(built)["outcome"], built["verdict"]) == ("blocked", "incomplete")
    assert _one(built)["reason"] == "not finished when the run ended: found and 1 more"


def test_a_failure_outweighs_a_lost_case(result: Any) -> None:
    """A requirement stays failed where another of its cases did not end."""
    built = result(run_line(), plan_line(lost=[MUST]), case_line(outcome(what="failed", observed="x")), end_line())
    assert _one(built)["outcome"] == "failed"


@pytest.mark.parametrize("fixed", ["not_tested", "not_applicable"])
def test_fixed_before_the_run(result: Any, fixed: str) -> None:
    """What the run line says of a requirement stands, also when nothing else could be done."""
    lines = (
        run_line(requirement(outcome=fixed, reason="no second player"), BOTH[1]),
        case_line(outcome(SHOULD)),
        end_line(),
    )
    assert (_one(result(*lines))["outcome"], _one(result(*lines))["reason"]) == (fixed, "no second player")
    assert result(*lines)["verdict"] == "certified"
    assert _one(result(lines[0], doctor_line(ok=False, reason="dead")))["outcome"] == fixed


def test_require_all(result: Any) -> None:
    """With require_all, a MUST that was not tested makes the run incomplete."""
    run = run_line(requirement(outcome="not_tested", reason="no player"), BOTH[1], require_all=True)
    built = result(run, case_line(outcome(SHOULD)), end_line())
    assert built["verdict"] == "incomplete"
    assert built["incomplete_because"] == [f"{MUST} not tested: no player"]


def test_nothing_judged(result: Any) -> None:
    """A run that judged no requirement certifies nothing."""
    built = result(run_line(requirement(outcome="not_applicable")), end_line())
    assert (built["verdict"], built["incomplete_because"]) == ("incomplete", ["no requirement was judged"])


def test_doctor(result: Any) -> None:
    """Where the doctor says no, everything is blocked for its reason, said once."""
    more = [requirement(f"klas.signature.n-{letter}") for letter in "ab"]
    built = result(run_line(*more), doctor_line(ok=False, reason="the control was refused"), end_line())
    assert {item["outcome"] for item in built["requirements"]} == {"blocked"}
    blocked = "2 MUST requirements (klas.signature.n-a, ...) blocked: the control was refused"
    assert built["incomplete_because"] == ["no requirement was judged", blocked]


def test_interrupted(result: Any) -> None:
    """An interrupted run is incomplete and says by what."""
    built = result(run_line(), case_line(), end_line("Ctrl-C"))
    assert (built["verdict"], built["interrupted"]) == ("incomplete", "Ctrl-C")


def test_no_end(result: Any) -> None:
    """A run without an end is incomplete, though everything passed."""
    built = result(run_line(), case_line())
    assert (built["verdict"], built["duration_s"]) == ("incomplete", 12.5)
    assert result(run_line())["duration_s"] == 0


def test_waived(result: Any) -> None:
    """A waiver makes a failure a deviation that is accepted and shown."""
    built = result(run_line(waivers=[waiver()]), case_line(outcome(what="failed", observed="x")), end_line())
    item = _one(built)
    assert (built["verdict"], item["outcome"], len(item["findings"])) == ("certified", "waived", 1)
    assert item["reason"] == "waived until 2027-01-31 by Ada: agreed"


def test_a_waiver_covers_what_was_seen(result: Any) -> None:
    """A waiver does not cover a case that could not be judged."""
    lines = (outcome(what="failed", observed="x"), outcome(what="blocked", reason="dropped"))
    built = result(run_line(waivers=[waiver()]), case_line(*lines), end_line())
    assert (built["verdict"], _one(built)["outcome"], _one(built)["reason"]) == ("incomplete", "blocked", "dropped")


def test_expired_waiver(result: Any) -> None:
    """An expired waiver waives nothing, and makes the run incomplete where the requirement is met."""
    run = run_line(waivers=[waiver(expired=True)])
    assert result(run, case_line(outcome(what="failed", observed="x")), end_line())["verdict"] == "not-certified"
    built = result(run, case_line(), end_line())
    assert built["incomplete_because"] == [f"the waiver of {MUST} expired on 2027-01-31"]
    assert built["verdict"] == "incomplete"


def test_unused_waiver(result: Any) -> None:
    """A waiver that waives nothing makes the run incomplete."""
    built = result(run_line(waivers=[waiver()]), case_line(), end_line())
    assert (built["verdict"], built["incomplete_because"]) == ("incomplete", [f"the waiver of {MUST} waived nothing"])


def test_findings(result: Any) -> None:
    """The first five different findings are kept, and all are counted."""
    cases = [case_line(outcome(what="failed", observed=f"{number // 2}"), case=f"c{number}") for number in range(14)]
    item = _one(result(run_line(), *cases, end_line()))
    assert [found["observed"] for found in item["findings"]] == ["0", "1", "2", "3", "4"]
    assert item["findings_total"] == 14


def test_findings_of_many_parameters(result: Any) -> None:
    """One parameter does not hide the others: the last findings about it make room for theirs."""
    places = [f"nick={number}" for number in range(7)] + ["sessionId=1", "sessionId=2", "lang", "nick=8"]
    cases = [case_line(outcome(what="failed", observed=one), case=f"op.signature.x:{one}") for one in places]
    item = _one(result(run_line(), *cases, end_line()))
    assert [found["observed"] for found in item["findings"]] == [
        "nick=0",
        "nick=1",
        "sessionId=1",
        "sessionId=2",
        "lang",
    ]
    assert item["findings_total"] == 11


def test_requirements_not_selected(result: Any) -> None:
    """What a case says of a requirement that was not selected is not in the result."""
    built = result(run_line(), case_line(outcome(), outcome(SHOULD, "warned", observed="x")), end_line())
    assert [item["id"] for item in built["requirements"]] == [MUST]


def test_latency(result: Any) -> None:
    """Response times are those of answered exchanges, per operation."""
    answered = [exchange_line(number, float(number)) for number in range(1, 101)]
    failed = exchange_line(101, 9999.0, response=None, failure={"kind": "timeout", "detail": ""})
    other = exchange_line(102, 1234.56, operation="list")
    built = result(run_line(), *answered, failed, other, case_line(), end_line())
    assert built["latency_ms"] == {
        "authenticate": {"p50": 50, "p95": 95, "max": 100},
        "list": {"p50": 1230, "p95": 1230, "max": 1234.56},
    }
    assert built["requests"] == 102


def test_other_formats(result: Any) -> None:
    """A journal of another format, or without a run line, is a usage error."""
    with pytest.raises(UsageError, match="format 2"):
        result(run_line(format=2))
    with pytest.raises(UsageError, match="no run line"):
        result(case_line())


def test_what_no_run_writes(result: Any) -> None:
    """A line that lacks what every run writes into it is a usage error that names the journal."""
    for line in ({"kind": "run", "format": 1}, {"kind": "exchange"}, {"kind": "case", "case": 1, "ended": 2}):
        with pytest.raises(UsageError, match=r"journal.ndjson: holds a line that no run of certhook writes"):
            result(run_line(), line)


def test_written_whole(tmp_path: Path) -> None:
    """The written file is the result, and no other file is left beside it."""
    journal_at(tmp_path / "journal.ndjson", run_line(notices=["\ud800"]), case_line(), end_line())
    built = write_result(tmp_path)
    assert json.loads((tmp_path / "result.json").read_bytes()) == built
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.ndjson", "result.json"]


outcomes = st.sampled_from(["not_tested", "passed", "warned", "blocked", "failed"])


@given(said=st.lists(outcomes, min_size=1, max_size=8), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_worst_case_counts(result: Any, said: list[str], data: st.DataObject) -> None:
    """A requirement's outcome is the worst of its cases, in whatever order they ended."""
    order = data.draw(st.permutations(said))
    built = result(
        run_line(), *(case_line(outcome(what=what), case=str(at)) for at, what in enumerate(order)), end_line()
    )
    assert _one(built)["outcome"] == max(map(Outcome, said), key=lambda each: each.severity)


@given(said=st.lists(outcomes, max_size=4), waived=st.booleans(), planned=st.booleans(), ended=st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_certified_means_certified(result: Any, said: list[str], *, waived: bool, planned: bool, ended: bool) -> None:
    """A certified run ended, lost no case, and has no breach of a MUST that nobody accepted."""
    lines = [run_line(waivers=[waiver()] if waived else [])]
    lines += [plan_line(lost=[MUST])] if planned else []
    lines += [case_line(outcome(what=what), case=str(at)) for at, what in enumerate(said)]
    built = result(*lines, *([end_line()] if ended else []))
    if built["verdict"] == "certified":
        assert ended
        assert not planned
        assert "blocked" not in said
        assert waived == bool({"failed", "warned"} & set(said)) if waived else "failed" not in said
        assert {"passed", "warned", "failed"} & set(said)
    elif built["verdict"] == "incomplete":
        assert built["incomplete_because"]
