"""The one place that opens a socket.

A request goes out as it is and its answer comes back bounded in time and size, or as a Failure. Nothing is followed, no
proxy is taken from the environment, and nothing is sent to any host but the profile's.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from certhook.exchange import Failure, FailureKind, Request, Response
from certhook.profile.route import Route
from certhook.sending.deadline import Deadline, bind

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a response body, decompressed, beyond which an answer is cut off."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer, how long it took in seconds, and the place of the request on its connection (0: a fresh one)."""

    answer: Response | Failure
    elapsed_s: float
    nth: int


class Lane:
    """One keep-alive connection to the target, opened when it is first needed. Not for several threads at once."""

    def __init__(self, url: str, timeout_s: float, route: Route | None = None) -> None:
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._timeouts = httpx.Timeout(timeout_s).as_dict()
        self._clock = Deadline()
        transport = httpx.HTTPTransport(
            verify=_verification(url, route or Route()),
            proxy=route.proxy if route else None,
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
        bind(transport, self._clock)
        self._client = httpx.Client(transport=transport, follow_redirects=False, trust_env=False)
        self._nth = 0

    def send(self, request: Request) -> Sent:
        """Send once. Whatever goes wrong on the way is a Failure."""
        started = time.perf_counter()
        self._clock.set(self._timeout_s)
        nth, self._nth = self._nth, self._nth + 1
        answer: Response | Failure
        try:
            answer = self._exchange(request)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, OSError) as error:
            answer = failure_of(error)
        if _ends_connection(answer):
            self._nth = 0
        return Sent(answer, time.perf_counter() - started, nth)

    def close(self) -> None:
        """Close the connection; the next request opens a fresh one."""
        self._client.close()

    def _exchange(self, request: Request) -> Response | Failure:
        message = httpx.Request(
            request.method,
            self._url + request.target,
            headers=[(name.encode("ascii"), value) for name, value in (*request.headers, _IDENTITY)],
            content=(_pieces(request) if request.chunks else request.body) or None,
            extensions={"timeout": self._timeouts},
        )
        response = self._client.send(message, stream=True)
        raw = bytearray()
        try:
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > MAX_BODY:
                    return _too_large()
        finally:
            response.close()
        body = unpacked(bytes(raw), response.headers.get("content-encoding", ""))
        if body is None:
            return _too_large()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        return Response(response.status_code, headers, body, response.http_version)


_IDENTITY = ("Accept-Encoding", b"identity")


def _too_large() -> Failure:
    return Failure(FailureKind.TOO_LARGE, f"a body of more than {MAX_BODY} bytes")


def _ends_connection(answer: Response | Failure) -> bool:
    """Whether the next request needs a new connection."""
    if isinstance(answer, Failure):
        return True
    return answer.http_version == "HTTP/1.0" or "close" in (answer.header("connection") or "").lower()


def unpacked(raw: bytes, encoding: str) -> bytes | None:
    """A body without its gzip or deflate encoding; None where it is larger than MAX_BODY.

    One that is not what its encoding says, or has an encoding that nobody asked for, is left as it came.
    """
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return raw
    try:
        body = zlib.decompressobj(wbits=47).decompress(raw, MAX_BODY + 1)
    except zlib.error:
        return raw
    return body if len(body) <= MAX_BODY else None


def _verification(url: str, route: Route) -> ssl.SSLContext | bool:
    """Where no certificate will come, the cost of loading the trusted ones is spared."""
    return route.trust() if url.lower().startswith("https:") else False


def _pieces(request: Request) -> Iterator[bytes]:
    """The body in pieces of the given sizes, the last one repeated until all is sent."""
    at, sizes = 0, list(request.chunks)
    while at < len(request.body):
        size = sizes.pop(0) if len(sizes) > 1 else max(sizes[0], len(request.body) // 8)
        yield request.body[at : at + size]
        at += size


def failure_of(error: Exception) -> Failure:
    """What an exception of the client library says of the exchange."""
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FailureKind], ...] = (
        (ssl.SSLError, FailureKind.TLS),
        ((httpx.ConnectError, httpx.ConnectTimeout), FailureKind.UNREACHABLE),
        (httpx.TimeoutException, FailureKind.TIMEOUT),
        (
            (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError, OSError),
            FailureKind.DROPPED,
        ),
        (httpx.DecodingError, FailureKind.NOT_HTTP),
    )
    kind = next((kind for types, kind in kinds if isinstance(error, types)), FailureKind.NOT_HTTP)
    if kind is FailureKind.UNREACHABLE and "CERTIFICATE" in str(error).upper():
        kind = FailureKind.TLS
    if (
        isinstance(error, httpx.RemoteProtocolError)
        and "disconnected" not in str(error).lower()
        and "closed" not in str(error).lower()
    ):
        kind = FailureKind.NOT_HTTP
    return Failure(kind, str(error) or type(error).__name__)


class Pace:
    """Says when the next request may go out, over all lanes of this process.

    `per_second` bounds the rate; a target that asks to wait makes everybody wait.
    """

    def __init__(self, per_second: float | None = None) -> None:
        self._gap_s = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap_s
        if turn > now:
            time.sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nothing go out for so long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)
