"""The search for stack traces: what it finds is tested with the invariants; here, that no answer makes it long."""

from __future__ import annotations

import time

import pytest

from certhook.judging.traces import trace_in

SHORT, LONG = 2**14, 2**18


def seconds(part: bytes, size: int) -> float:
    """How long a body of so many bytes takes that is made of one part."""
    body = part * (size // len(part))
    began = time.perf_counter()
    trace_in(body)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    "part",
    [
        b"/usr",
        b"/usr/a.",
        b"at ",
        b"at a.js:1",
        b".js:1:1 ",
        b"C:\\a",
        b'File "',
        b"\\n/var",
        b"goroutine 1",
        b"a.php",
        b"panicked at '",
        b"at a.p",
        b"(a",
        b"a-",
        b".a(b c",
    ],
)
def test_what_nearly_is_a_trace_costs_no_more_than_its_size(part: bytes) -> None:
    """Sixteen times as much takes sixteen times as long, not 256 times: each place is not compared with each."""
    assert seconds(part, LONG) < 64 * seconds(part, SHORT) + 0.5


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"message":"in app/models/player.rb:17:in `find"}', b"app/models/player.rb:17:in `find"),
        (b'{"message":"no such file: /srv/api/auth.ex:12"}', b"/srv/api/auth.ex:12"),
        (b"<pre>com.example.Wallet.find(Wallet.kt:12)</pre>", b"com.example.Wallet.find(Wallet.kt:12)"),
    ],
)
def test_what_is_found_is_shown_whole(body: bytes, found: bytes) -> None:
    """A sign is a part of a word; whoever reads it wants the path, the line and the method."""
    assert trace_in(body) == found
