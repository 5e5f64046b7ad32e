"""A journal holds whole lines, redacted and bounded, whatever happens to those who write it."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from certhook.errors import UsageError
from certhook.exchange import Failure, FailureKind, Request, Response
from certhook.recording.journal import Journal, read_journal
from certhook.recording.record import REQUEST_BODY_LIMIT, RESPONSE_BODY_LIMIT, body_record, record_of
from certhook.recording.redaction import Redactor
from tests.recording.appending import append
from tests.recording.lines import (
    case_line,
    doctor_line,
    end_line,
    exchange,
    exchange_line,
    journal_at,
    outcome,
    plan_line,
    run_line,
    schema,
)

REDACTOR = Redactor(["the-secret"], ["X-Signature"], b"salt")
URL = "http://target.example/authenticate"
WHOLE = b"".join(
    json.dumps(line, separators=(",", ":")).encode() + b"\n"
    for line in (run_line(), exchange_line(), case_line(), end_line())
)


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    """What several processes append at once is read back whole."""
    path = tmp_path / "journal.ndjson"
    start = multiprocessing.get_context("spawn").Process
    processes = [start(target=append, args=(path, 40, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    cases = [entry["cases"][0]["case"] for entry in read_journal(path)]
    assert sorted(cases) == sorted(f"{name}-{number}" for name in "abc" for number in range(40))


def test_everything_written_is_redacted(tmp_path: Path) -> None:
    """No kind of line holds a secret."""
    path = tmp_path / "journal.ndjson"
    failure = Failure(FailureKind.DROPPED, "after the-secret")
    with Journal(path, REDACTOR) as journal:
        journal.write("doctor", ok=True, reason="the-secret", checks=[{"says": ["the-secret"]}])
        journal.exchange(exchange(failure, body=b"the-secret", headers=(("A", b"the-secret"),)), URL + "?a=the-secret")
        journal.exchange(exchange(Response(200, (("B", "the-secret"),), b"\xffthe-secret")), URL)
    assert b"the-secret" not in path.read_bytes()
    assert path.read_bytes().count(b"***") == 8 - 1  # one of them stands within base64


@pytest.mark.parametrize("secret", ["passed", "pass", "klas", "MUST", "2026", "10", "a"])
def test_a_secret_that_is_one_of_our_words_harms_no_line(tmp_path: Path, secret: str) -> None:
    """What stands in a journal by certhook's own doing stays, whatever the secrets of a profile are."""
    path = tmp_path / "journal.ndjson"
    lines = [run_line(), doctor_line(), plan_line(a=["klas.fields.signed"]), case_line(outcome()), end_line()]
    with Journal(path, Redactor([secret], [], b"salt")) as journal:
        for line in lines:
            journal.write(**line)
    for line, written in zip(lines, read_journal(path), strict=True):
        schema("journal").validate(written)
        said = {"target": "", "reason": "", "checks": [], "profile": {}, "interrupted": "", "versions": {}}
        assert {**written, **said, "outcomes": []} == {**line, **said, "outcomes": []}


def test_exchange_lines_follow_the_schema(tmp_path: Path) -> None:
    """The line of an exchange is the record that was returned, and is as the schema says."""
    path = tmp_path / "journal.ndjson"
    with Journal(path, REDACTOR) as journal:
        answered = journal.exchange(exchange(), URL)
        failed = journal.exchange(exchange(Failure(FailureKind.TIMEOUT, "10 s")), URL)
    lines = list(read_journal(path))
    assert lines == [{"kind": "exchange", **answered}, {"kind": "exchange", **failed}]
    for line in lines:
        schema("journal").validate(line)
    assert (answered["started"], answered["elapsed_ms"]) == ("2026-11-20T10:00:00.000Z", 12.346)


def test_built_lines_follow_the_schema() -> None:
    """The lines that these tests are made of are as the schema says."""
    for line in (run_line(), exchange_line(), case_line(), end_line()):
        schema("journal").validate(line)


def test_what_makes_a_request_unusual_is_recorded() -> None:
    """The pieces of a chunked body are recorded, and a header's every byte."""
    request = Request("o", "POST", "/", (("A", b"\xff\x00"),), b"abcd", chunks=(1, 3))
    plain = exchange()
    unusual = type(plain)(2, "case", request, plain.answer, plain.started, 0.1)
    record = record_of(unusual, URL, REDACTOR)
    schema("journal").validate({"kind": "exchange", **record})
    assert record["request"]["headers"] == [["A", "\xff\x00"]]
    assert record["request"]["chunks"] == [1, 3]


def test_response_headers_beyond_latin_1() -> None:
    """A response header with any character is recorded."""
    record = record_of(exchange(Response(200, (("A", "\u20ac"),), b"")), URL, REDACTOR)
    assert record["response"]["headers"] == [["A", "\u20ac".encode().decode("latin-1")]]


def test_an_abridged_answer_is_recorded_as_the_whole_one() -> None:
    """What is kept of a long answer, when it has been judged, is enough for its record."""
    whole = exchange(Response(200, (), b"b" * 500_000))
    short = whole.abridged()
    assert record_of(short, URL, REDACTOR) == record_of(whole, URL, REDACTOR)
    assert isinstance(short.answer, Response)
    assert len(short.answer.body) < 50_000
    assert short.abridged() is short
    assert exchange().abridged() == exchange()


def test_the_detail_of_a_failure_is_bounded() -> None:
    """What the parser quotes of a hostile answer does not fill the journal."""
    record = record_of(exchange(Failure(FailureKind.NOT_HTTP, "x" * 100_000)), URL, REDACTOR)
    assert record["failure"] == {"kind": "not-http", "detail": "x" * 500}


@pytest.mark.parametrize("extra", [1, 100_000])
def test_long_bodies_are_cut(extra: int) -> None:
    """A body is recorded up to its limit, with its true length."""
    long = Response(200, (), b"b" * (RESPONSE_BODY_LIMIT + extra))
    record = record_of(exchange(long, body=b"a" * (REQUEST_BODY_LIMIT + extra)), URL, REDACTOR)
    for side, limit in (("request", REQUEST_BODY_LIMIT), ("response", RESPONSE_BODY_LIMIT)):
        body = record[side]["body"]
        assert body["cut"]
        assert body["bytes"] == limit + extra
        assert limit - 2 * REDACTOR.reach <= len(body["text"]) <= limit


@given(at=st.integers(0, 90), limit=st.integers(20, 600))
@settings(deadline=None, max_examples=200)
def test_no_half_secret_at_the_cut(at: int, limit: int) -> None:
    """A secret across the end of a cut body leaves no part of itself."""
    body = b"." * at + b"the-secret" * 200
    shown = body_record(body, limit, REDACTOR)["text"]
    assert set(shown) <= {".", "*"}


def test_a_character_across_the_cut() -> None:
    """Text stays text where the cut goes through a character."""
    redactor = Redactor([], [], b"")
    texts = [body_record("€".encode() * 100, limit, redactor)["text"] for limit in (100, 101, 102)]
    assert all(set(text) == {"€"} for text in texts)


@given(at=st.integers(0, len(WHOLE)))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@example(at=0)
@example(at=len(WHOLE) - 1)
def test_a_journal_cut_anywhere_is_read(tmp_path: Path, at: int) -> None:
    """Of a journal that was cut at any byte, every whole line is read."""
    path = tmp_path / "journal.ndjson"
    path.write_bytes(WHOLE[:at])
    whole = WHOLE[: at + 1].count(b"\n") if at < len(WHOLE) else 4
    assert [entry["kind"] for entry in read_journal(path)] == ["run", "exchange", "case", "end"][:whole]


@given(at=st.integers(0, 400))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_lines_behind_a_cut_one_are_read(tmp_path: Path, at: int) -> None:
    """What a living process wrote behind the cut line of a killed one is read."""
    cut = json.dumps(exchange_line(failure={"kind": "timeout", "detail": ""}), separators=(",", ":")).encode()[:at]
    path = tmp_path / "journal.ndjson"
    path.write_bytes(cut + WHOLE)
    assert [entry["kind"] for entry in read_journal(path)] == ["run", "exchange", "case", "end"]
    assert [entry["kind"] for entry in read_journal(path, "run", "end")] == ["run", "end"]


@pytest.mark.parametrize(
    "broken", [b"nonsense\n", b"[]\n", b'{"kind":"other"}\n', b"\n", b'{"kind":"end"\n', b"nonsense", b"\xff\n"]
)
def test_anything_else_is_refused(tmp_path: Path, broken: bytes) -> None:
    """A line that no journal has is named by file and number, on one line."""
    path = journal_at(tmp_path / "journal.ndjson", run_line())
    path.write_bytes(path.read_bytes() + broken)
    with pytest.raises(UsageError, match=r"journal.ndjson: line 2: ") as caught:
        list(read_journal(path))
    assert "\n" not in str(caught.value)


def test_no_journal(tmp_path: Path) -> None:
    """A journal that is not there is a usage error that says so."""
    with pytest.raises(UsageError, match=r"none.ndjson: no journal to read: No such file"):
        list(read_journal(tmp_path / "none.ndjson"))


def test_only_the_kinds_asked_for(tmp_path: Path) -> None:
    """A reader gets only the kinds that it asks for."""
    path = journal_at(
        tmp_path / "journal.ndjson", run_line(), exchange_line(), case_line(), exchange_line(2), end_line()
    )
    assert [entry["number"] for entry in read_journal(path, "exchange")] == [1, 2]


def test_unknown_kinds_are_not_written(tmp_path: Path) -> None:
    """A kind that no reader knows is a bug of the writer's, and closing twice is none."""
    journal = Journal(tmp_path / "journal.ndjson", REDACTOR)
    with pytest.raises(ValueError, match="gossip"):
        journal.write("gossip")
    journal.close()
    journal.close()
