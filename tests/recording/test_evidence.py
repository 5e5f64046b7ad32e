"""One exchange is found again in a journal, with everything that was found in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.exchange import Failure, FailureKind, Response
from certhook.replaying.evidence import Evidence, answer_of, evidence_of
from tests.recording.lines import MUST, SHOULD, Line, case_line, exchange_line, finding, journal_at, run_line


@pytest.fixture
def evidence(tmp_path: Path) -> Any:
    """What a journal with those lines says of an exchange."""

    def build(number: int, *lines: Line, **head: Any) -> Evidence:
        journal_at(tmp_path / "journal.ndjson", run_line(**head), *lines)
        return evidence_of(tmp_path, number)

    return build


def found(number: int, requirement: str = MUST, **changed: Any) -> Line:
    """An outcome with a finding that names an exchange."""
    return {"requirement": requirement, "outcome": "failed", "finding": finding(exchange=number, **changed)}


def test_findings_are_those_that_name_the_exchange(evidence: Any) -> None:
    """A rule that was judged elsewhere names the exchange that broke it; each requirement has one finding."""
    lines = (
        exchange_line(1),
        exchange_line(2, case="other"),
        case_line(found(2, SHOULD), found(1), case="authenticate.fields.ending"),
        case_line(found(2, MUST, observed="first"), case="other"),
        case_line(found(2, MUST, observed="second"), case="authenticate.fields.rule"),
    )
    shown = evidence(2, *lines)
    assert {id: one.observed for id, one in shown.findings.items()} == {SHOULD: "OK", MUST: "first"}
    assert shown.record["case"] == "other"
    assert list(evidence(1, *lines).findings) == [MUST]


def test_a_request_that_was_sent_twice_shows_the_case_s_findings(evidence: Any) -> None:
    """The first of two answers broke the same requirement, though the finding names the second."""
    lines = (exchange_line(1), exchange_line(2), case_line(found(2)))
    assert list(evidence(1, *lines).findings) == [MUST]


def test_fuzzed_bodies_have_findings_of_their_own(evidence: Any) -> None:
    """Another body of the same fuzzed case shows nothing."""
    case = "authenticate.malformed.fuzzed"
    lines = (exchange_line(1, case=case), exchange_line(2, case=case), case_line(found(2), case=case))
    assert not evidence(1, *lines).findings
    assert evidence(2, *lines).findings


def test_the_exchange_before_is_that_of_the_same_connection(evidence: Any) -> None:
    """Each worker numbers its lanes for itself; the first request of a connection, or one alone, has none before it."""
    lines = [
        exchange_line(number, lane=lane, nth=nth)
        for number, lane, nth in ((1, 1, 0), (2, 1, 0), (3, 1, 1), (4, 1, 1), (5, 1, 0), (6, 0, 0), (7, 2, 0))
    ]
    before = {number: evidence(number, *lines, workers=2).before for number in range(1, 8)}
    numbers = {number: one["number"] if one else None for number, one in before.items()}
    assert numbers == {1: None, 2: None, 3: 1, 4: 2, 5: None, 6: None, 7: None}


def test_an_unknown_number_says_which_there_are(evidence: Any) -> None:
    """One line with the numbers of the run, and those that are worth a look."""
    lines = [exchange_line(number) for number in range(3, 30)]
    with pytest.raises(UsageError, match=r"no exchange 2; they go from 3 to 29; findings are in 7$"):
        evidence(2, *lines, case_line(found(7)))
    many = [case_line(found(number), case=f"c{number}") for number in range(3, 30)]
    with pytest.raises(UsageError, match=r"findings are in 3, 4, .*, 14, \.\.\.$"):
        evidence(99, *lines, *many)
    with pytest.raises(UsageError, match="the run sent nothing"):
        evidence(1)


def test_what_is_no_run_is_named(tmp_path: Path, evidence: Any) -> None:
    """A folder of runs, one without a journal, and what is no journal are one line each."""
    with pytest.raises(UsageError, match="no journal to read"):
        evidence_of(tmp_path, 1)
    for name in ("klas", "evi"):
        (tmp_path / "all" / name).mkdir(parents=True)
        journal_at(tmp_path / "all" / name / "journal.ndjson", run_line())
    with pytest.raises(UsageError, match="holds several runs; name the folder of one: evi, klas"):
        evidence_of(tmp_path / "all", 1)
    with pytest.raises(UsageError, match="does not begin like a journal"):
        evidence(1, exchange_line(), format=2)
    with pytest.raises(UsageError, match=r"journal.ndjson: holds a line that no run of certhook writes"):
        evidence(1, {"kind": "exchange"})


def test_an_answer_is_read_back() -> None:
    """A recorded answer is a response again, or the way in which there was none."""
    assert answer_of(exchange_line()) == Response(200, (), b"{}")
    failed = exchange_line(response=None, failure={"kind": "timeout", "detail": "late"})
    assert answer_of(failed) == Failure(FailureKind.TIMEOUT, "late")
