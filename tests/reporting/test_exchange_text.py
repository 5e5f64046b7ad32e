"""An exchange as text: what went out and what came back, harmless to show."""

from __future__ import annotations

from typing import Any

from certhook.reporting.exchange_text import BODY_LIMIT, exchange_line, exchange_text
from tests.recording.lines import exchange_line as recorded
from tests.recording.lines import text_body


def answered(body: dict[str, Any]) -> dict[str, Any]:
    """A recorded exchange that was answered with that body."""
    response = {"status": 200, "http_version": "HTTP/1.1", "headers": [["Content-Type", "text/plain"]], "body": body}
    return recorded(17, 3.4, response=response)


def test_an_exchange_reads_as_http() -> None:
    """The request stands behind `>`, the answer behind `<`, each with its headers and body."""
    lines = exchange_text(answered(text_body("hello"))).splitlines()
    assert lines[0] == "exchange 17: POST -> HTTP 200 in 3 ms"
    assert "> POST http://target.example/authenticate" in lines
    assert lines[-4:] == ["< HTTP/1.1 200", "< Content-Type: text/plain", "< ", "< hello"]


def test_a_failure_reads_as_one() -> None:
    """Where no answer came, the line says how."""
    record = recorded(response=None, failure={"kind": "timeout", "detail": "after 10 s"})
    assert exchange_text(record).endswith("< no answer: timeout (after 10 s)\n")
    assert "no answer: unknown" in exchange_line(recorded(response=None))


def test_what_is_no_text_is_named() -> None:
    """Bytes stand in base64 and a cut body says how long it was."""
    assert "base64 of 2 bytes" in exchange_text(answered({"base64": "//4=", "bytes": 2}))
    assert "cut; it had 99999 bytes" in exchange_text(answered(text_body("x") | {"bytes": 99_999, "cut": True}))


def test_what_a_target_sends_is_made_harmless() -> None:
    """Control characters are escaped, and a long body is shortened."""
    text = exchange_text(answered(text_body("\x1b[31m\u202e" + "a" * 2 * BODY_LIMIT)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 2 * BODY_LIMIT
