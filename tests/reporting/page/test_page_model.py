"""What a page says of a run is what its result and its journal say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certhook.errors import UsageError
from certhook.recording.results import write_result
from certhook.reporting.page.exchanges import exchanges_of
from certhook.reporting.page.latency import WIDTH, Timings
from certhook.reporting.page.messages import shown_exchange
from certhook.reporting.page.model import Column, Fact, Unjudged
from certhook.values import Level, Outcome, Verdict
from tests.recording.lines import (
    MUST,
    SHOULD,
    Line,
    case_line,
    doctor_line,
    end_line,
    exchange_line,
    finding,
    journal_at,
    outcome,
    requirement,
    run_line,
    text_body,
    waiver,
)
from tests.reporting.page.pages import page_from

THIRD = "klas.signature.prefix"
BOTH = (requirement(MUST), requirement(SHOULD, "SHOULD"))


def failed(id: str = MUST, **changed: int | None) -> Line:
    """A case in which a requirement was not met."""
    return case_line(outcome(id, "failed") | {"finding": finding() | changed})


def test_a_certified_run(tmp_path: Path) -> None:
    """The verdict, its sentence, and how many requirements of each level came to what."""
    page = page_from(tmp_path, run_line(*BOTH), doctor_line(), case_line(outcome(), outcome(SHOULD)), end_line())
    assert page.verdict is Verdict.CERTIFIED
    assert page.sentence == "Every MUST that applies and was tested was met."
    assert page.counted == (Fact("MUST", "1 passed"), Fact("SHOULD", "1 passed"))
    assert (page.document, page.target, page.day) == (
        "Klas Gaming, Authenticate",
        "http://target.example/",
        "20 November 2026",
    )
    assert page.unmet == ()


def test_a_failed_run_says_how_many(tmp_path: Path) -> None:
    """Failed MUSTs are counted among those that apply; what made the run incomplete besides is there as well."""
    does_not_apply = requirement(THIRD, outcome="not_applicable", reason="no such thing")
    page = page_from(tmp_path, run_line(*BOTH, does_not_apply), failed())
    assert page.sentence == "1 of 1 MUST requirements was not met."
    assert page.doubts == ("the run did not end: its journal has no end line",)
    assert [one.id for one in page.unmet] == [MUST]


def test_an_incomplete_run_says_why(tmp_path: Path) -> None:
    """Where nothing could be said, the page says that and gives the reasons."""
    page = page_from(tmp_path, run_line(), doctor_line(ok=False, reason="dead"), end_line())
    assert page.sentence == "It could not be determined whether the target meets the document:"
    assert page.doubts[-1] == f"{MUST} blocked: dead"
    assert page.unjudged == (Unjudged(Outcome.BLOCKED, "dead", (MUST,)),)
    assert [(one.name, one.ok, one.says) for one in page.checks] == [("TCP", False, "looked")]


@pytest.mark.parametrize(
    ("expired", "outcome_", "standing"),
    [(False, "failed", "used"), (False, "passed", "waives nothing"), (True, "failed", "expired")],
)
def test_waivers(tmp_path: Path, outcome_: str, standing: str, *, expired: bool) -> None:
    """Each waiver is shown with its reason, its owner, its last day, and what became of it."""
    line = failed() if outcome_ == "failed" else case_line()
    page = page_from(tmp_path, run_line(waivers=[waiver(expired=expired)]), line, end_line())
    (shown,) = page.waivers
    assert (shown.requirement, shown.reason, shown.owner, shown.expires) == (MUST, "agreed", "Ada", "2027-01-31")
    assert shown.standing == standing
    assert (page.sentence == "Every MUST that applies and was tested was met or is waived.") == (standing == "used")


def test_the_matrix_counts_by_group_level_and_outcome(tmp_path: Path) -> None:
    """Columns that nothing falls into are not there; the worst outcome of a level comes first."""
    page = page_from(tmp_path, run_line(*BOTH, requirement(THIRD)), failed(), case_line(outcome(THIRD)), end_line())
    must, should = Level.MUST, Level.SHOULD
    assert page.matrix.columns == (
        Column(must, Outcome.FAILED),
        Column(must, Outcome.PASSED),
        Column(should, Outcome.BLOCKED),
    )
    assert page.matrix.rows == (("signature", (1, 1, 0)), ("timestamp", (0, 0, 1)))
    assert page.matrix.totals == (1, 1, 1)
    assert page.matrix.spans == ((must, 2), (should, 1))
    assert page.matrix.edges == {0, 2}


def test_a_finding_has_its_exchange_and_its_commands(tmp_path: Path) -> None:
    """What was sent, expected and observed, the exchange of that number, and how to repeat it."""
    page = page_from(tmp_path, run_line(), exchange_line(1), exchange_line(2), failed(exchange=2), end_line())
    (found,) = page.groups[0].requirements[0].findings
    assert (found.message, found.expected, found.observed) == ("accepted", "a refusal", "OK")
    assert found.exchange is not None
    assert found.exchange.request.text == "POST http://target.example/authenticate\n\n{}"
    assert (found.replay, found.curl) == ("certhook replay reports/night 2", "curl http://x")


@pytest.mark.parametrize("number", [7, None])
def test_a_finding_without_an_exchange(tmp_path: Path, number: int | None) -> None:
    """Where the exchange is not in the journal, there is nothing to replay."""
    page = page_from(tmp_path, run_line(), exchange_line(1), failed(exchange=number), end_line())
    (found,) = page.groups[0].requirements[0].findings
    assert (found.exchange, found.replay) == (None, "")


def test_a_result_without_its_journal(tmp_path: Path) -> None:
    """The page can be made of a result alone: without exchanges, and without the histogram."""
    journal_at(tmp_path / "journal.ndjson", run_line(), exchange_line(), failed(), end_line())
    result = write_result(tmp_path)
    (tmp_path / "journal.ndjson").unlink()
    exchanges = exchanges_of(tmp_path, result)
    assert (exchanges.shown, exchanges.timings) == ({}, {})


def test_a_journal_of_another_run(tmp_path: Path) -> None:
    """A journal that is not the result's is named, and nothing is made of it."""
    journal_at(tmp_path / "journal.ndjson", run_line(), end_line())
    result = write_result(tmp_path)
    journal_at(tmp_path / "journal.ndjson", run_line(seed=8), end_line())
    with pytest.raises(UsageError, match="is the journal of another run than the result"):
        exchanges_of(tmp_path, result)


def test_an_exchange_that_was_changed(tmp_path: Path) -> None:
    """A line that is not as certhook writes it is named by its file and kind."""
    journal_at(tmp_path / "journal.ndjson", run_line(), end_line())
    result = write_result(tmp_path)
    journal_at(tmp_path / "journal.ndjson", run_line(), {"kind": "exchange", "operation": "authenticate"})
    with pytest.raises(UsageError, match=r"journal.ndjson: a line \(exchange\) is not as certhook writes it"):
        exchanges_of(tmp_path, result)


def test_the_profile_is_shown_by_place(tmp_path: Path) -> None:
    """Every leaf of the profile but the target and the waivers, which stand elsewhere; None is left out."""
    profile = {
        "protocol": "klas",
        "target": {"url": "http://x"},
        "credentials": {"secret": "***"},
        "limits": {"in_flight": 8, "requests_per_second": None},
        "subject": {"tokens": ["a", "b"]},
    }
    page = page_from(tmp_path, run_line(profile=profile), case_line(), end_line())
    assert {fact.name: fact.value for fact in page.profile} == {
        "credentials.secret": "***",
        "limits.in_flight": "8",
        "subject.tokens": json.dumps(["a", "b"]),
    }
    assert page_from(tmp_path, run_line(profile=None), case_line(), end_line()).profile == ()


def test_the_facts_of_a_run(tmp_path: Path) -> None:
    """What was run, when, and how it can be told from another run."""
    run = run_line(command="certhook run klas", seed=None)
    page = page_from(tmp_path, run, exchange_line(), case_line(), end_line("Ctrl-C"))
    facts = {fact.name: fact.value for fact in page.facts}
    assert facts == {
        "Target": "http://target.example/",
        "Document": "Klas Gaming, Authenticate (klas)",
        "Started": "20 November 2026, 10:00:00 UTC",
        "Duration": "12.5 s, 1 requests",
        "Ended early": "Ctrl-C",
        "Seed": "none",
        "Command": "certhook run klas",
        "SHA-256 of the protocol's data": "d",
        "SHA-256 of result.json": "d" * 64,
    }
    bare = {fact.name for fact in page_from(tmp_path, run_line(pack_digest=None), case_line(), end_line()).facts}
    assert not bare & {"Command", "Ended early", "SHA-256 of the protocol's data"}


def test_response_times(tmp_path: Path) -> None:
    """The figures are the result's; what was not answered is counted, and is not in the histogram."""
    lines = [exchange_line(number, elapsed) for number, elapsed in enumerate((1.0, 1.0, 50.0))]
    lost = exchange_line(4, 9999.0, response=None, failure={"kind": "timeout", "detail": "after 10 s"})
    (latency,) = page_from(tmp_path, run_line(), *lines, lost, case_line(), end_line()).latencies
    assert (latency.operation, latency.p50, latency.max) == ("authenticate", 1.0, 50.0)
    assert (latency.answered, latency.unanswered) == (3, 1)
    assert latency.histogram is not None
    assert [bar.height for bar in latency.histogram.bars] == [100, 50]
    assert [tick.label for tick in latency.histogram.ticks] == [
        "1 ms",
        "2 ms",
        "5 ms",
        "10 ms",
        "20 ms",
        "50 ms",
        "100 ms",
    ]
    assert [mark.label for mark in latency.histogram.marks] == ["p50", "p95", "max"]
    assert latency.histogram.marks[0].x == 0


@pytest.mark.parametrize("elapsed", [0, 0.0001, 1, 9.99, 1000, 123_456, 10**12])
def test_a_histogram_stays_in_its_drawing(elapsed: float) -> None:
    """However long an answer took, its bar and its mark are between the ends of the axis, and its ticks can be read."""
    timings = Timings()
    for each in (elapsed, 1.0):
        timings.add(exchange_line(elapsed_ms=each))
    histogram = timings.histogram({"max": elapsed})
    assert histogram is not None
    places = [bar.x for bar in histogram.bars] + [bar.x + bar.width for bar in histogram.bars]
    places += [mark.x for mark in (*histogram.marks, *histogram.ticks)]
    assert all(0 <= place <= WIDTH + 0.1 for place in places)
    assert all(bar.width > 0 for bar in histogram.bars)
    assert 2 <= len(histogram.ticks) <= 12


def test_nothing_answered_has_no_histogram() -> None:
    """Where no answer came there is nothing to draw."""
    timings = Timings()
    timings.add(exchange_line(response=None))
    assert timings.histogram({}) is None


def test_an_exchange_is_shown_as_recorded() -> None:
    """First line, headers, an empty line and the body, whose own lines stay lines; a header's do not."""
    body = text_body('{\n  "a": 1\r\n}')
    request = {
        "method": "PUT",
        "url": "http://x/",
        "headers": [["A", "1\n2"]],
        "body": body,
    }
    shown = shown_exchange(exchange_line(request=request | {"chunks": [5, 7]}))
    assert shown.request.text == 'PUT http://x/\nA: 1\\n2\n\n{\n  "a": 1\\r\n}'
    assert shown.request.whole
    assert shown.response is not None
    assert shown.response.text == "HTTP/1.1 200\n\n{}"
    assert shown.remarks == ("The body was sent in chunks of 5, 7 bytes.",)


def test_a_lost_answer_is_none() -> None:
    """Where no answer came, the line says how, and there is no answer to show."""
    failure = {"kind": "timeout", "detail": "after 10 s"}
    shown = shown_exchange(exchange_line(9, response=None, failure=failure))
    assert (shown.line, shown.response) == ("exchange 9: POST -> no answer: timeout (after 10 s)", None)


def test_bytes_are_shown_in_hexadecimal() -> None:
    """A body that is not UTF-8 stands there as rows of eight bytes with the characters among them."""
    response = {
        "status": 200,
        "http_version": "HTTP/1.1",
        "headers": [],
        "body": {"base64": "//5hYmNkZWZnaA==", "bytes": 10},
    }
    shown = shown_exchange(exchange_line(response=response))
    assert shown.response is not None
    rows = ["0000  ff fe 61 62 63 64 65 66  ..abcdef", "0008  67 68                    gh"]
    assert shown.response.text.splitlines()[2:] == rows


def test_a_body_that_was_cut_when_it_was_recorded() -> None:
    """It is not whole, and its true length is said."""
    body = {"text": "abc", "bytes": 99_999, "cut": True}
    response = {"status": 200, "http_version": "HTTP/1.1", "headers": [], "body": body}
    shown = shown_exchange(exchange_line(response=response))
    assert shown.response is not None
    assert (shown.response.whole, shown.response.elsewhere[:28]) == (False, "The body has 99,999 bytes; e")
