"""Transport: a request goes out as it is, and its answer comes back bounded, or as a failure."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import httpx
import pytest

from certhook.exchange import Failure, FailureKind, Request, Response
from certhook.reference.wire import HttpAnswer
from certhook.sending.transport import MAX_BODY, Lane, Pace, Sent, failure_of
from tests.targets import Call, conformant, dropping, plain, serving, silent

REQUEST = Request("authenticate", "POST", "/authenticate", (("X-Odd", b"\xff\xe9"), ("Content-Type", b"a/b")), b"{}")


def sent_to(url: str, request: Request = REQUEST, timeout_s: float = 2.0, most: int = MAX_BODY) -> Sent:
    """Send once over a connection of its own."""
    lane = Lane(url, timeout_s)
    try:
        return lane.send(request, most)
    finally:
        lane.close()


def failure(answer: Response | Failure) -> FailureKind:
    """The kind of a failure; fails where an answer came."""
    assert isinstance(answer, Failure), answer
    return answer.kind


@contextmanager
def raw(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A listener that treats its first connection as `behave` says, once the request began to come."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                behave(connection, ending)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ending.set()
        thread.join()


def test_the_bytes_go_out_as_they_are() -> None:
    """Path, header values that are no text, and the body reach the target unchanged."""
    with serving(conformant) as served:
        answer = sent_to(served.url + "/").answer
    assert isinstance(answer, Response)
    (call,) = served.calls
    assert (call.request.method, call.request.path, call.request.body) == ("POST", "/authenticate", b"{}")
    assert call.request.header("x-odd") == "\xff\xe9"
    assert call.request.header("accept-encoding") == "identity"
    assert answer.media_type == "application/json"


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
@pytest.mark.parametrize("body", [b"", b"{}"])
@pytest.mark.parametrize("headers", [(), (("host", b"example"), ("Content-length", b"9"), ("Accept", b"*/*"))])
def test_the_head_is_as_the_client_library_would_make_it(
    method: str, body: bytes, headers: tuple[tuple[str, bytes], ...]
) -> None:
    """Host and length are added where they are not given, and where the library would add them."""
    request = Request("authenticate", method, "/authenticate?a=1", headers, body)
    lane = Lane("http://127.0.0.1:1", 1.0)
    made = lane._message(request)
    wanted = [*((name.encode(), value) for name, value in headers), (b"Accept-Encoding", b"identity")]
    library_s = httpx.Request(method, "http://127.0.0.1:1/authenticate?a=1", headers=wanted, content=body or None)
    assert sorted(made.headers.raw) == sorted(library_s.headers.raw)
    assert (made.url, made.method, made.read()) == (library_s.url, library_s.method, library_s.read())
    lane.close()


def test_chunks_are_sent_in_pieces() -> None:
    """A chunked request has no length, and its body arrives whole."""
    request = Request("authenticate", "POST", "/", (), b"0123456789" * 5, chunks=(1, 7, 2))
    with serving(conformant) as served:
        sent_to(served.url, request)
    (call,) = served.calls
    assert call.request.header("transfer-encoding") == "chunked"
    assert call.request.header("content-length") is None
    assert call.request.body == request.body


def test_a_connection_is_kept_and_counted() -> None:
    """The second request goes over the first one's connection, and a failure begins a new one."""
    with serving(lambda call: dropping(call) if call.number == 2 else conformant(call)) as served:
        lane = Lane(served.url, 2.0)
        places = [lane.send(REQUEST).nth for _ in range(4)]
        lane.close()
    assert places == [0, 1, 2, 0]
    assert [call.connection for call in served.calls] == [0, 0, 0, 1]


def test_a_redirect_is_not_followed() -> None:
    """Nothing is sent to a place that the target names."""
    with serving(conformant) as elsewhere:
        target = plain(302, b"", (b"Location", elsewhere.url.encode() + b"/authenticate"))
        with serving(lambda _: target) as served:
            answer = sent_to(served.url).answer
    assert isinstance(answer, Response)
    assert answer.status == 302
    assert elsewhere.calls == []


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell says about proxies does not lead a run elsewhere."""
    with serving(conformant) as proxy, serving(conformant) as served:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(sent_to(served.url).answer, Response)
    assert proxy.calls == []
    assert len(served.calls) == 1


def test_no_answer_in_time_is_a_time_out() -> None:
    """A target that takes the request and says nothing costs the limit and no more."""
    with serving(silent) as served:
        sent = sent_to(served.url, timeout_s=0.1)
    assert failure(sent.answer) is FailureKind.TIMEOUT
    assert sent.elapsed_s < 1


def test_a_slow_drip_is_a_time_out() -> None:
    """Each byte in time does not make the whole answer in time."""

    def drip(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not ending.wait(0.02):
            try:
                connection.sendall(b"x")
            except OSError:
                return

    with raw(drip) as url:
        sent = sent_to(url, timeout_s=0.15)
    assert failure(sent.answer) is FailureKind.TIMEOUT
    assert sent.elapsed_s < 1


def test_a_slow_drip_of_headers_is_a_time_out() -> None:
    """The limit counts from the request, not from the last byte of an endless head."""

    def drip(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ending.wait(0.02):
            try:
                connection.sendall(b"X: y\r\n")
            except OSError:
                return

    with raw(drip) as url:
        sent = sent_to(url, timeout_s=0.15)
    assert failure(sent.answer) is FailureKind.TIMEOUT
    assert sent.elapsed_s < 1


def test_a_body_beyond_the_bound_is_cut_off() -> None:
    """A target cannot fill the memory of a run; of what was too large the status is told."""
    with serving(lambda _: HttpAnswer(500, (), b"x" * 5000)) as served:
        answer = sent_to(served.url, most=4096).answer
    assert answer == Failure(FailureKind.TOO_LARGE, "HTTP 500 with a body of more than 4 KiB")


def test_a_body_that_grows_when_unpacked_is_bounded() -> None:
    """The bound counts what is unpacked, not what came over the wire."""
    bomb = plain(200, gzip.compress(b"x" * 10_000_000), (b"Content-Encoding", b"gzip"))
    with serving(lambda _: bomb) as served:
        assert failure(sent_to(served.url, most=100_000).answer) is FailureKind.TOO_LARGE


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 100_000, "a head, interim answers and all, of more than 64 KiB"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000, "a head, interim answers and all, of more than 64 KiB"),
        (
            b"HTTP/1.1 200 OK\r\n" + b"a:\r\n" * 257 + b"Content-Length: 0\r\n\r\n",
            "HTTP 200 with more than 256 header fields",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000,
            "HTTP 200 with a body in countless chunks",
        ),
    ],
    ids=["one header", "interim answers", "many headers", "tiny chunks"],
)
def test_each_part_of_an_answer_has_a_bound(sent: bytes, what: str) -> None:
    """A head, what comes before it, and how a body is cut up may each take so many bytes and no more."""

    def pour(connection: socket.socket, ending: threading.Event) -> None:
        with suppress(OSError):
            connection.sendall(sent)
        ending.wait()

    with raw(pour) as url:
        assert sent_to(url, most=60_000).answer == Failure(FailureKind.TOO_LARGE, what)


def test_what_comes_behind_an_answer_is_never_taken_for_the_next_one() -> None:
    """An answer with bytes behind its end is none, and the next request goes over a connection of its own."""
    two = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * 2

    def pour(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(two)
        ending.wait()

    with raw(pour) as url:
        lane = Lane(url, 2.0)
        answers = [lane.send(REQUEST)]
        assert lane.send(REQUEST, most=0).nth == 0
        lane.close()
    assert failure(answers[0].answer) is FailureKind.OVERRUN


def test_cookies_are_not_kept() -> None:
    """Nothing that a target sets goes out with the next request."""
    with serving(lambda _: plain(200, b"{}", (b"Set-Cookie", b"a=b; Path=/"))) as served:
        lane = Lane(served.url, 2.0)
        for _ in range(2):
            lane.send(REQUEST)
        lane.close()
    assert [call.request.header("cookie") for call in served.calls] == [None, None]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", b'{"a":1}'),
        (b"deflate", b'{"a":1}'),
        (b"gzip", gzip.compress(b'{"a":1}', mtime=0)[:-8]),
        (b"deflate", zlib.compress(b'{"a":1}')[:-4]),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_no_answer(encoding: bytes, body: bytes) -> None:
    """Bytes that are not what Content-Encoding says, or not all of them, can be read by no caller."""
    with serving(lambda _: plain(200, body, (b"Content-Encoding", encoding))) as served:
        answer = sent_to(served.url).answer
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.NOT_PACKED
    assert answer.detail == f"HTTP 200 with a body that is not {encoding.decode()}, as its Content-Encoding says"


@pytest.mark.parametrize(
    ("encoding", "sent", "read"),
    [
        (b"gzip", b"", b""),
        (b"GZIP", gzip.compress(b"{}", mtime=0), b"{}"),
        (b"deflate", zlib.compress(b"{}"), b"{}"),
        (b"deflate", zlib.compress(b"{}")[2:-4], b"{}"),
        (b"identity", b"{}", b"{}"),
        (b"br", b"{}", b"{}"),
    ],
)
def test_a_body_is_unpacked_as_callers_do(encoding: bytes, sent: bytes, read: bytes) -> None:
    """An empty one is none, whatever is said of it; deflate comes with and without its head; other encodings stay."""
    with serving(lambda _: plain(200, sent, (b"Content-Encoding", encoding))) as served:
        answer = sent_to(served.url).answer
    assert isinstance(answer, Response)
    assert answer.body == read


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (lambda connection, _: connection.sendall(b"220 mail.example ESMTP\r\n\r\n"), FailureKind.NOT_HTTP),
        (
            lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
            FailureKind.CUT_SHORT,
        ),
        (lambda *_: None, FailureKind.DROPPED),
        (
            lambda connection, _: connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)),
            FailureKind.DROPPED,
        ),
    ],
    ids=["another protocol", "cut short", "closed", "reset"],
)
def test_what_is_no_http_answer_is_a_failure(
    behave: Callable[[socket.socket, threading.Event], None], kind: FailureKind
) -> None:
    """Another protocol, an answer cut short, a closed and a reset connection are each told apart."""
    with raw(behave) as url:
        assert failure(sent_to(url).answer) is kind


def test_a_refused_connection_is_unreachable() -> None:
    """Where nobody listens, the target is unreachable."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(sent_to(f"http://127.0.0.1:{port}").answer) is FailureKind.UNREACHABLE


def test_plain_http_behind_https_is_a_failure() -> None:
    """A target that speaks no TLS gives no answer over https."""
    with serving(conformant) as served:
        answer = sent_to(served.url.replace("http:", "https:")).answer
    assert failure(answer) in (FailureKind.TLS, FailureKind.UNREACHABLE)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ssl.SSLError("bad record"), FailureKind.TLS),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), FailureKind.TLS),
        (httpx.ConnectError("refused"), FailureKind.UNREACHABLE),
        (httpx.ConnectTimeout("slow"), FailureKind.UNREACHABLE),
        (httpx.ProxyError("403 Forbidden"), FailureKind.UNREACHABLE),
        (httpx.ReadTimeout("slow"), FailureKind.TIMEOUT),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), FailureKind.DROPPED),
        (httpx.RemoteProtocolError("illegal status line"), FailureKind.NOT_HTTP),
        (httpx.ReadError(""), FailureKind.DROPPED),
    ],
)
def test_each_exception_has_a_kind(error: Exception, kind: FailureKind) -> None:
    """Whatever the client library raises is named in the words of reports, and never without a detail."""
    found = failure_of(error)
    assert found.kind is kind
    assert found.detail


def test_a_request_that_cannot_be_sent_is_nobody_s_answer() -> None:
    """What the client library refuses to send is certhook's own fault, and never the target's."""
    with serving(conformant) as served, pytest.raises(httpx.LocalProtocolError):
        sent_to(served.url, replace(REQUEST, headers=(("X-Break", b"one\r\ntwo"),)))


def test_an_answer_that_had_begun_is_told_from_none() -> None:
    """What had begun to come and was lost is of another kind than what never came; a time-out has another sentence."""
    lost, late = httpx.ReadError("reset"), httpx.ReadTimeout("slow")
    assert failure_of(lost, begun=True).kind is FailureKind.CUT_SHORT
    assert failure_of(late, begun=True).detail == "the answer was not complete within the time limit"
    assert failure_of(late).detail == "nothing came within the time limit"


def test_bytes_are_quoted_as_nobody_s_objects() -> None:
    """What could not be read is shown without the name of the type that held it."""
    quoted = httpx.RemoteProtocolError(f"illegal status line: {bytearray(b'220 mail')!r}")
    assert failure_of(quoted).detail == "illegal status line: '220 mail'"


def test_the_pace_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """At ten a second the third request waits for two tenths; a target's wish holds everybody back."""
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    pace = Pace(10)
    for _ in range(3):
        pace.wait()
    assert slept == [0.1, 0.2]
    free = Pace()
    free.wait()
    free.hold(5)
    free.wait()
    assert slept == [0.1, 0.2, 5.0]


def test_a_call_s_target_sees_its_place() -> None:
    """The fakes of these tests number connections and calls as a target sees them."""
    seen: list[Call] = []

    def watching(call: Call) -> HttpAnswer:
        seen.append(call)
        return conformant(call)

    with serving(watching) as served:
        sent_to(served.url)
        sent_to(served.url)
    assert [(call.connection, call.nth, call.number) for call in seen] == [(0, 0, 0), (1, 0, 1)]
