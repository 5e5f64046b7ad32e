"""exchanges.har is HAR 1.2, with every exchange of the run."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from certhook.exchange import Failure, FailureKind, Response
from certhook.recording.record import RESPONSE_BODY_LIMIT, record_of
from certhook.recording.redaction import Redactor
from certhook.reporting.har import write_har
from tests.recording.lines import Line, end_line, exchange, journal_at, run_line

SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("har-1.2.schema.json").read_text(encoding="utf-8")))
URL = "http://target.example/authenticate?a=1&b=%ff&c="


def _line(answer: Response | Failure | None = None, **sent: Any) -> Line:
    return {"kind": "exchange", **record_of(exchange(answer, **sent), URL, Redactor([], [], b""))}


@pytest.fixture
def entries(tmp_path: Path) -> Any:
    """The entries of the HAR of a journal with those exchanges, checked against the schema of HAR 1.2."""

    def build(*lines: Line) -> Any:
        journal_at(tmp_path / "journal.ndjson", run_line(), *lines, end_line())
        har = json.loads(write_har(tmp_path).read_bytes())
        SCHEMA.validate(har)
        return har["log"]["entries"]

    return build


def test_the_schema_is_one() -> None:
    """The schema that these tests rest on is a schema, and refuses what is no HAR."""
    Draft202012Validator.check_schema(SCHEMA.schema)
    assert not SCHEMA.is_valid({"log": {"version": "1.2"}})


def test_no_exchanges(entries: Any) -> None:
    """A run without exchanges has a HAR without entries."""
    assert entries() == []


def test_an_answered_exchange(entries: Any) -> None:
    """Request and answer are all there."""
    answer = Response(302, (("content-type", "text/html"), ("Location", "/x")), b"moved")
    (entry,) = entries(_line(answer, headers=(("Content-Type", b"application/json"),)))
    assert entry["request"]["postData"] == {"mimeType": "application/json", "params": [], "text": "{}"}
    assert [pair["value"] for pair in entry["request"]["queryString"]] == ["1", "\xff", ""]
    assert entry["response"]["content"] == {"size": 5, "mimeType": "text/html", "text": "moved"}
    assert (entry["response"]["statusText"], entry["response"]["redirectURL"]) == ("Found", "/x")
    assert (entry["time"], entry["_exchange"], entry["_case"]) == (12.346, 1, "case")
    assert (entry["_lane"], entry["_nth"], "connection" in entry) == (0, 0, False)


def test_binary_bodies(entries: Any) -> None:
    """Bodies that are not text are in base64 and say so."""
    (entry,) = entries(_line(Response(299, (), b"\xff\x00"), body=b"\xfe"))
    assert (entry["response"]["content"]["encoding"], entry["request"]["postData"]["_encoding"]) == ("base64", "base64")
    assert base64.b64decode(entry["response"]["content"]["text"]) == b"\xff\x00"
    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xfe"
    assert entry["response"]["statusText"] == ""


def test_failures(entries: Any) -> None:
    """An exchange without an answer has status 0 and says how it ended."""
    (entry,) = entries(_line(Failure(FailureKind.DROPPED, "reset"), body=b""))
    assert entry["comment"] == entry["response"]["_error"] == "dropped: reset"
    assert entry["response"]["status"] == 0
    assert "postData" not in entry["request"]


def test_cut_bodies(entries: Any) -> None:
    """A body that is not all there says how long it was."""
    first, second = entries(_line(Response(200, (), b"x" * (RESPONSE_BODY_LIMIT + 1))), _line())
    assert first["comment"] == "the response's body is cut; it had 16385 bytes"
    assert "comment" not in second
