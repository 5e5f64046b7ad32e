"""Lines of a journal, made short: every builder takes what a test is about and fills in the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from certhook.exchange import Exchange, Failure, Request, Response
from certhook.places import schemas_dir

STARTED = "2026-11-20T10:00:00.000Z"
ENDED = "2026-11-20T10:00:12.500Z"
MUST = "klas.signature.header-missing"
SHOULD = "klas.timestamp.future"

Line = dict[str, Any]


def requirement(name: str = MUST, level: str = "MUST", **changed: Any) -> Line:
    """A requirement as the run line has it."""
    group = name.split(".")[1]
    line = {
        "id": name,
        "title": f"about {name}",
        "group": group,
        "level": level,
        "basis": "document",
        "citation": "p § 1",
    }
    return {**line, "outcome": None, "reason": "", **changed}


def run_line(*requirements: Line, **changed: Any) -> Line:
    """The first line; without requirements it has one, a MUST."""
    line: Line = {
        "kind": "run",
        "format": 1,
        "protocol": "klas",
        "document": "Klas Gaming, Authenticate",
        "target": "http://target.example/",
        "started": STARTED,
    }
    line |= {"seed": 7, "versions": {"certhook": "0"}, "profile": {}, "pack_digest": "d", "require_all": False}
    line |= {"workers": 1, "requirements": list(requirements or [requirement()])}
    return {**line, "waivers": [], "errata": [], "notices": [], **changed}


def doctor_line(*, ok: bool = True, reason: str = "") -> Line:
    """What the doctor found."""
    return {"kind": "doctor", "ok": ok, "reason": reason, "checks": [{"name": "TCP", "ok": ok, "says": "looked"}]}


def plan_line(**cases: Iterable[str]) -> Line:
    """What was collected: the requirements of each case."""
    planned = [{"case": name, "requirements": list(ids)} for name, ids in cases.items()]
    return {"kind": "plan", "cases": planned}


def outcome(name: str = MUST, what: str = "passed", reason: str = "", observed: str | None = None) -> Line:
    """What a case says of one requirement; with a finding where something was observed."""
    line = {"requirement": name, "outcome": what, "reason": reason}
    return line if observed is None else line | {"finding": finding(observed)}


def finding(observed: str = "OK", **changed: Any) -> Line:
    """A breach."""
    found = {
        "message": "accepted",
        "expected": "a refusal",
        "observed": observed,
        "curl": "curl http://x",
        "exchange": 1,
    }
    return {**found, **changed}


def case_line(*outcomes: Line, case: str = "case") -> Line:
    """A case that ended."""
    line = {"kind": "case", "case": case, "group": "signature", "operation": "authenticate"}
    return {**line, "outcomes": list(outcomes or [outcome()]), "exchanges": [1], "ended": ENDED}


def exchange_line(number: int = 1, elapsed_ms: float = 5.0, **changed: Any) -> Line:
    """An exchange that was answered with {}."""
    request = {"method": "POST", "url": "http://target.example/authenticate", "headers": [], "body": text_body("{}")}
    response = {"status": 200, "http_version": "HTTP/1.1", "headers": [], "body": text_body("{}")}
    line = {"kind": "exchange", "number": number, "case": "case", "operation": "authenticate", "started": STARTED}
    line |= {"elapsed_ms": elapsed_ms, "lane": 0, "nth": 0, "request": request, "response": response, "failure": None}
    return {**line, **changed}


def text_body(text: str) -> Line:
    """A recorded body that is text."""
    return {"text": text, "bytes": len(text.encode())}


def end_line(interrupted: str | None = None) -> Line:
    """The last line."""
    return {"kind": "end", "ended": ENDED, "interrupted": interrupted}


def waiver(name: str = MUST, *, expired: bool = False) -> Line:
    """An accepted deviation."""
    return {"requirement": name, "reason": "agreed", "owner": "Ada", "expires": "2027-01-31", "expired": expired}


def journal_at(path: Path, *lines: Line) -> Path:
    """Write those lines as a journal."""
    path.write_bytes(b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines))
    return path


def exchange(
    answer: Response | Failure | None = None, *, body: bytes = b"{}", headers: tuple[tuple[str, bytes], ...] = ()
) -> Exchange:
    """An exchange with that request body and those headers, answered with {} where no answer is given."""
    request = Request("authenticate", "POST", "/authenticate", headers, body)
    answered = answer or Response(200, (("Content-Type", "application/json"),), b"{}")
    return Exchange(1, "case", request, answered, datetime(2026, 11, 20, 10, tzinfo=UTC), 0.0123456)


@cache
def schema(name: str) -> Draft202012Validator:
    """The validator for one of the project's schemas."""
    text = (schemas_dir() / f"{name}.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))
