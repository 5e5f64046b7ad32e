"""The one place from which requests go to a target.

A request goes out as it is and its answer comes back bounded in time and size, or as a Failure. Nothing is followed, no
cookie is kept, and nothing is sent to any host but the profile's.

| limit                                                | where it is passed, the answer is |
|------------------------------------------------------|-----------------------------------|
| a connection within CONNECT_LIMIT_S                  | unreachable                       |
| the whole exchange within the profile's timeout_s    | timeout                           |
| MAX_HEAD bytes of heads, interim answers (1xx) and all | too-large                       |
| MAX_FIELDS header fields                             | too-large                         |
| MAX_BODY bytes, or fewer, of body, also unpacked     | too-large                         |
| not a byte behind the answer                         | overrun                           |
| a body that its Content-Encoding, gzip or deflate, is true of | not-packed               |
"""

from __future__ import annotations

import re
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import httpx

from certhook.exchange import Failure, FailureKind, Request, Response
from certhook.profile.route import Route
from certhook.sending.allowance import Allowance, TooMuch, bind, left_over
from certhook.sending.turns import Turns

MAX_HEAD = 64 * 1024
MAX_FIELDS = 256
MAX_BODY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer, how long it took in seconds, and the place of the request on its connection (0: a fresh one)."""

    answer: Response | Failure
    elapsed_s: float
    nth: int


class Lane:
    """One keep-alive connection to the target, opened when it is first needed. Not for several threads at once.

    Where one of those that take `turns` sends over it, others go on while it waits for the answer.
    """

    def __init__(self, url: str, timeout_s: float, route: Route | None = None, turns: Turns | None = None) -> None:
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._allowance = Allowance(turns or Turns())
        self._transport = httpx.HTTPTransport(
            verify=_verification(url, route or Route()),
            proxy=route.proxy if route else None,
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
        bind(self._transport, self._allowance)
        self._nth = 0

    def send(self, request: Request, most: int = MAX_BODY) -> Sent:
        """Send once; the answer's body may have so many bytes. Whatever goes wrong on the way is a Failure.

        Raises what the client library does for a request that cannot be sent at all: certhook made it.
        """
        started = time.perf_counter()
        self._allowance.begin(self._timeout_s, in_pieces=bool(request.chunks))
        nth, self._nth = self._nth, self._nth + 1
        answer: Response | Failure
        try:
            answer = self._exchange(request, most)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            raise  # a request that cannot be sent is our fault
        except (httpx.TransportError, ssl.SSLError, OSError, TooMuch) as error:
            answer = failure_of(error, begun=self._allowance.received > 0)
        if _ends_connection(answer) or request.chunks:
            # Where a server knows no chunks, what it left of them would be taken for the next request.
            self.close()
        return Sent(answer, time.perf_counter() - started, nth)

    def close(self) -> None:
        """Close the connection; the next request opens a fresh one."""
        self._transport.close()
        self._nth = 0

    def _exchange(self, request: Request, most: int) -> Response | Failure:
        self._allowance.grant(MAX_HEAD, f"a head, interim answers and all, of more than {MAX_HEAD // 1024} KiB")
        response = self._transport.handle_request(self._message(request))
        try:
            fields = response.headers.raw
            if len(fields) > MAX_FIELDS:
                return _too_large(response, f"more than {MAX_FIELDS} header fields")
            too_long = f"a body of more than {most // 1024} KiB"
            raw = self._read(response, most)
            encoding = _encoding_in(fields)
            body = None if raw is None else unpacked(raw, encoding, most)
            if body is None:
                return _too_large(response, too_long)
            if not request.chunks and left_over(self._transport):
                says = "and bytes behind its end, which would be taken for the next answer"
                return Failure(FailureKind.OVERRUN, f"HTTP {response.status_code}, {says}")
        except zlib.error:
            says = f"a body that is not {encoding.strip().lower()}, as its Content-Encoding says"
            return Failure(FailureKind.NOT_PACKED, f"HTTP {response.status_code} with {says}")
        finally:
            response.close()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
        return Response(response.status_code, headers, body, response.http_version)

    def _message(self, request: Request) -> httpx.Request:
        url = _parsed(self._url + request.target)
        headers = [(name.encode("ascii"), value) for name, value in (*request.headers, _IDENTITY)]
        if request.chunks:
            return httpx.Request(request.method, url, headers=headers, content=_pieces(request))
        # httpx would add these by itself, which takes it a tenth of an exchange.
        given = {name.lower() for name, _ in headers}
        if b"host" not in given:
            headers.insert(0, (b"Host", url.netloc))
        if b"content-length" not in given and (request.body or request.method in _WITH_A_BODY):
            headers.append((b"Content-Length", b"%d" % len(request.body)))
        return httpx.Request(request.method, url, headers=headers, stream=httpx.ByteStream(request.body))

    def _read(self, response: httpx.Response, most: int) -> bytes | None:
        """The body as it comes, or None where it is too long. Chunks of no size may not take the limit's double."""
        self._allowance.grant(2 * most + MAX_HEAD, f"HTTP {response.status_code} with a body in countless chunks")
        raw = bytearray()
        for piece in response.iter_raw():
            raw += piece
            if len(raw) > most:
                return None
        return bytes(raw)


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    """Most requests go to the same few URLs, and parsing one takes longer than all that is said of it here."""
    return httpx.URL(url)


_IDENTITY = ("Accept-Encoding", b"identity")
_WITH_A_BODY = ("POST", "PUT", "PATCH")
"""Methods by which an empty body is said to be empty."""


def _encoding_in(fields: Iterable[tuple[bytes, bytes]]) -> str:
    return b", ".join(value for name, value in fields if name.lower() == b"content-encoding").decode("latin-1")


def _too_large(response: httpx.Response, what: str) -> Failure:
    return Failure(FailureKind.TOO_LARGE, f"HTTP {response.status_code} with {what}")


def _ends_connection(answer: Response | Failure) -> bool:
    """Whether the next request needs a new connection."""
    if isinstance(answer, Failure):
        return True
    return answer.http_version == "HTTP/1.0" or "close" in (answer.header("connection") or "").lower()


_GZIP_OR_ZLIB, _BARE = 47, -15
"""How zlib is told which head to expect."""


def unpacked(raw: bytes, encoding: str, most: int = MAX_BODY) -> bytes | None:
    """A body without its gzip or deflate encoding; None where it has more bytes than that.

    One that has another encoding, which nobody asked for, is left as it came. Raises zlib.error for one that is not
    what its encoding says; what is called deflate may lack the head of zlib, as it does with some servers.
    """
    named = encoding.strip().lower()
    if named not in ("gzip", "x-gzip", "deflate") or not raw:
        return raw
    try:
        return _decompressed(raw, _GZIP_OR_ZLIB, most)
    except zlib.error:
        if named != "deflate":
            raise
        return _decompressed(raw, _BARE, most)


def _decompressed(raw: bytes, wbits: int, most: int) -> bytes | None:
    """What was compressed; None where it has more bytes than `most`. Raises zlib.error where its end is missing."""
    reader = zlib.decompressobj(wbits)
    body = reader.decompress(raw, most + 1)
    if len(body) > most:
        return None
    if not reader.eof:
        raise zlib.error("it ends too early")
    return body


def _verification(url: str, route: Route) -> ssl.SSLContext:
    """By what the target's certificate is checked; where none will come, loading the trusted ones is spared."""
    return route.trust() if url.lower().startswith("https:") else _no_trust()


@cache
def _no_trust() -> ssl.SSLContext:
    """One for all connections, since httpx would make one for each, which takes as long as a request."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _pieces(request: Request) -> Iterator[bytes]:
    """The body in pieces of the given sizes, the last one repeated until all is sent."""
    at, sizes = 0, list(request.chunks)
    while at < len(request.body):
        size = sizes.pop(0) if len(sizes) > 1 else max(sizes[0], len(request.body) // 8)
        yield request.body[at : at + size]
        at += size


_BYTES = re.compile(r"bytearray\(b(.*)\)", re.DOTALL)
"""How the client library quotes what it could not read."""


def failure_of(error: Exception, *, begun: bool = False) -> Failure:
    """What an exception of the client library says of the exchange; `begun`: some of the answer had come."""
    kind = _kind_of(error, str(error).lower())
    if kind is FailureKind.DROPPED and begun:
        kind = FailureKind.CUT_SHORT
    in_words = {
        FailureKind.TIMEOUT: f"{'the answer was not complete' if begun else 'nothing came'} within the time limit",
        FailureKind.DROPPED: "the connection was lost before any of the answer came",
        FailureKind.CUT_SHORT: "the connection was lost before the answer was complete",
    }
    return Failure(kind, in_words.get(kind) or _BYTES.sub(r"\1", str(error)) or type(error).__name__)


def _kind_of(error: Exception, text: str) -> FailureKind:
    ended = isinstance(error, httpx.RemoteProtocolError) and ("disconnected" in text or "closed" in text)
    encrypted = isinstance(error, ssl.SSLError) or (isinstance(error, httpx.ConnectError) and "ssl" in text)
    kinds = (
        (isinstance(error, TooMuch), FailureKind.TOO_LARGE),
        (encrypted, FailureKind.TLS),
        (isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError), FailureKind.UNREACHABLE),
        (isinstance(error, httpx.TimeoutException), FailureKind.TIMEOUT),
        (isinstance(error, httpx.NetworkError | OSError) or ended, FailureKind.DROPPED),
    )
    return next((kind for fits, kind in kinds if fits), FailureKind.NOT_HTTP)


PATIENCE_S = 40.0
"""Seconds in all that a process waits for a target that says "later"."""


class Pace:
    """Says when the next request may go out, over all lanes of this process.

    `per_second` bounds the rate; a target that asks to wait makes everybody wait, until PATIENCE_S are used up.
    """

    def __init__(self, per_second: float | None = None) -> None:
        self._gap_s = 1 / per_second if per_second else 0.0
        self._patience_s = PATIENCE_S
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

    def hold(self, seconds: float) -> bool:
        """Let nothing go out for so long; whether there was patience for that."""
        with self._lock:
            now = time.monotonic()
            more = max(0.0, now + seconds - max(now, self._next))
            if more > self._patience_s:
                return False
            self._patience_s -= more
            self._next = max(self._next, now + seconds)
            return True
