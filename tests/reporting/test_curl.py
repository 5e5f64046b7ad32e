"""The curl command of a finding sends what was sent."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certhook.exchange import Request
from certhook.recording.record import record_of
from certhook.recording.redaction import Redactor
from certhook.reporting.curl import BODY_LIMIT, curl_command
from tests.recording.lines import exchange

URL = "http://target.example/authenticate"
BASH = shutil.which("bash")
# A curl that says what it was given: its arguments, then its input where it asks for it.
FAKE = 'curl() { printf "%s\\0" "$@"; case " $* " in *" @- "*) cat;; esac; }\n'

needs_bash = pytest.mark.skipif(BASH is None, reason="there is no bash to run the command in")


def _command(body: bytes = b"", *headers: tuple[str, bytes], url: str = URL, **request: Any) -> str:
    sent = Request("o", request.pop("method", "POST"), "/", headers, body, **request)
    plain = exchange()
    return curl_command(
        record_of(type(plain)(17, "c", sent, plain.answer, plain.started, 0.1), url, Redactor([], [], b""))
    )


def _run(command: str) -> tuple[list[bytes], bytes]:
    """The arguments that curl gets, and its input."""
    said = subprocess.run([str(BASH), "-c", FAKE + command], capture_output=True, check=True)
    *arguments, given_in = said.stdout.split(b"\0") if b"@-" not in said.stdout else _with_input(said.stdout)
    return arguments, given_in


def _with_input(said: bytes) -> list[bytes]:
    head, _, given_in = said.partition(URL.encode() + b"\0")
    return [*head.split(b"\0")[:-1], URL.encode(), given_in]


def _sent_body(command: str) -> bytes:
    arguments, given_in = _run(command)
    argument = arguments[arguments.index(b"--data-binary") + 1]
    return given_in if argument == b"@-" else argument


@needs_bash
@given(body=st.binary(min_size=1, max_size=60) | st.text(min_size=1, max_size=40).map(str.encode))
@example(body=bytes(range(256)))
@example(body=b"-n %s\\n\\055'\"$HOME`id`!\0")
@example(body=b"-n \\101\n")
@example(body=b"@/etc/passwd")
@example(body="it's \u202e ö".encode())
@settings(deadline=None, max_examples=60)
def test_the_body_arrives(body: bytes) -> None:
    """Whatever the body, a shell hands curl these bytes, and the command is one line without control characters."""
    command = _command(body)
    assert command.isprintable()
    assert _sent_body(command) == body


@needs_bash
@given(value=st.binary(min_size=1, max_size=30).filter(lambda value: b"\0" not in value))
@settings(deadline=None, max_examples=40)
def test_headers_arrive(value: bytes) -> None:
    """A header arrives byte for byte, whatever a shell would make of it."""
    command = _command(b"", ("X-Signature", value))
    assert command.isprintable()
    assert b"X-Signature: " + value in _run(command)[0]


@needs_bash
def test_the_whole_command() -> None:
    """Method, URL and headers stand as they were sent, and what curl would add of its own is switched off."""
    url = "http://target.example/a/../[b]?c=d&e={f}"
    arguments, _ = _run(_command(b"", ("A", b""), ("accept", b"x"), ("Content-Length", b"2"), url=url, method="PUT"))
    switches = [b"--silent", b"--show-error", b"--include", b"--globoff", b"--path-as-is", b"--request", b"PUT"]
    headers = [b"A;", b"accept: x", b"Content-Type:", b"User-Agent:"]
    assert arguments == [*switches, *(word for header in headers for word in (b"--header", header)), url.encode()]


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ({"method": "HEAD"}, "--head"),
        ({"url": "https://target.example/"}, "--http1.1"),
        ({"body": b"ab", "chunks": (1, 1)}, "'Transfer-Encoding: chunked'"),
    ],
)
def test_unusual_requests(request_: dict[str, Any], word: str) -> None:
    """What is unusual about a request is in its command."""
    assert f" {word} " in _command(**request_)


def test_long_bodies() -> None:
    """A long body is not in the command, which says where it is and fails where it is not put."""
    command = _command(b"x" * (BODY_LIMIT + 1))
    assert "--data-binary @exchange-17.body " in command
    assert command.endswith("  # the body, 2049 bytes, is in exchanges.har, exchange 17")
    assert "x" * BODY_LIMIT in _command(b"x" * BODY_LIMIT)


def test_secrets() -> None:
    """What was redacted is redacted in the command."""
    request = exchange(body=b'{"Password":"the-secret"}', headers=(("X-Signature", b"abc"),))
    command = curl_command(record_of(request, URL, Redactor(["the-secret"], ["X-Signature"], b"salt")))
    assert '{"Password":"***"}' in command
    assert "abc" not in command
