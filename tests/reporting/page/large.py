"""A run in which everything that could be found wrong was: every finding has an exchange of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certhook.exchange import Exchange, Request, Response
from certhook.recording.journal import Journal
from certhook.recording.redaction import Redactor
from certhook.recording.tally import FINDINGS_SHOWN
from certhook.reporting.curl import curl_command
from tests.recording.lines import Line, case_line, doctor_line, end_line, finding, outcome, requirement, run_line

GROUPS = ("fields", "status", "signature", "timestamp", "parameters", "malformed", "semantics", "methods", "robustness")
URL = "https://staging.operator.example/webhook/authenticate"


def large_run(folder: Path, findings: int) -> Path:
    """Write the journal of a run with so many findings, of requests as a run sends them, and return its folder."""
    ids = list(map(id_of, range(findings // FINDINGS_SHOWN)))
    with Journal(folder / "journal.ndjson", Redactor([], ["X-Signature"], b"salt")) as journal:
        journal.write(**run_line(*map(requirement, ids)))
        journal.write(**doctor_line())
        for number in range(len(ids) * FINDINGS_SHOWN):
            record = journal.exchange(_exchange(number), URL)
            journal.write(**_case(record, ids[number // FINDINGS_SHOWN]))
        journal.write(**end_line())
    return folder


def id_of(number: int) -> str:
    """The id of a requirement of such a run; each has as many findings as a result shows."""
    return f"klas.{GROUPS[number % len(GROUPS)]}.made-{number}"


def _exchange(number: int) -> Exchange:
    fields = {"request_id": f"ac93c0d8-765d-4f1e-8789-{number:012}", "timestamp": 1_795_257_947 + number}
    fields |= {"session_id": "7b0f3a52-6d0c-4f9e-9a38-2f6f5d1c8e01", "player_id": "12001"}
    body = json.dumps(fields, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "certhook/0.1.0"}
    sent = tuple((name, value.encode()) for name, value in headers.items())
    request = Request("authenticate", "POST", "/authenticate", (*sent, ("X-Signature", b"%064x" % number)), body)
    answer = json.dumps({"currency": "EUR", "balance": f"{number}.00", "status_code": "OK"}).encode()
    signed = (("Content-Type", "application/json"), ("X-Signature", f"{number:064x}"), ("Content-Length", "58"))
    started = datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(milliseconds=3 * number)
    return Exchange(
        number, f"case-{number}", request, Response(200, signed, answer), started, 0.001 + number % 97 / 1e4
    )


def _case(record: Line, id: str) -> Line:
    number = record["number"]
    message = f"a valid authenticate request, but with digit {number} of its signature changed"
    found = finding(
        f"HTTP 200 with OK: the success marker, {number}", message=message, curl=curl_command(record), exchange=number
    )
    return case_line(outcome(id, "failed") | {"finding": found}, case=f"case-{number}")
