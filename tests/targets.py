"""Tiny targets over real sockets: each is a function from a call to an answer, served on a thread.

`conformant` is the reference target for klas; the others are made from it and named for what is wrong with them.
"""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from certhook.reference.klas.target import KlasTarget
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest

JSON: Headers = ((b"Content-Type", b"application/json"),)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a target sees it: `nth` counts from 0 on its connection, `number` from 0 over all of them.

    `served` is the target itself, for those that remember or wait.
    """

    request: HttpRequest
    number: int
    connection: int
    nth: int
    served: Served

    @property
    def signature(self) -> str | None:
        return self.request.header("X-Signature")

    @property
    def valid(self) -> bool:
        """Whether the conformant target accepts it."""
        return b'"OK"' in conformant(self).body


Answer = HttpAnswer | bytes | None
"""An HTTP answer, raw bytes after which the connection is closed, or None: the connection is dropped."""
Answering = Callable[[Call], Answer]


@dataclass
class Served:
    """A target while it is served: its URL, the calls so far, and `ending`, which is set when it is to stop."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    notes: dict[str, Any] = field(default_factory=dict)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def profile(self, **sections: Any) -> dict[str, Any]:
        """The profile with which klas is tested here; `sections` are laid over those of the same name."""
        whole = KlasTarget.profile(self.url)
        return whole | {name: {**whole.get(name, {}), **values} for name, values in sections.items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Answering, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.served = Served(f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}")
        if context is not None:
            # The handshake is left to the threads: a client that is not content with the certificate ends it.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.nth = -1
        with self.server.served.lock:
            self.connection_number = self.server.served.connections
            self.server.served.connections += 1

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client went away
            self.close_connection = True

    def parse_request(self) -> bool:
        parsed = super().parse_request()
        if parsed:
            setattr(self, f"do_{self.command}", self._take)
        return parsed

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _take(self) -> None:
        self.nth += 1
        served = self.server.served
        headers = tuple((name.encode(), value.encode("latin-1")) for name, value in self.headers.items())
        path, _, query = self.path.partition("?")
        request = HttpRequest(self.command, path, headers, self._body(), query)
        with served.lock:
            call = Call(request, len(served.calls), self.connection_number, self.nth, served)
            served.calls.append(call)
        self._give(self.server.answer(call))

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _give(self, given: Answer) -> None:
        if isinstance(given, HttpAnswer):
            self.wfile.write(_written(given))
            self.close_connection = self.close_connection or given.close
        else:
            self.wfile.write(given or b"")
            self.close_connection = True


def _written(answer: HttpAnswer) -> bytes:
    lines = [b"HTTP/1.1 %d Whatever" % answer.status]
    lines += [b"%b: %b" % pair for pair in answer.headers]
    lines += [b"Content-Length: %d" % len(answer.body)] + [b"Connection: close"] * answer.close
    return b"\r\n".join(lines) + b"\r\n\r\n" + answer.body


@contextmanager
def serving(answer: Answering, context: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve a target on loopback as long as the context lasts; over TLS where there is a context for that."""
    server = _Server(answer, context)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.served
    finally:
        server.served.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


# ---------------------------------------------------------------------- targets


def conformant(call: Call) -> HttpAnswer:
    """Do all that the klas document asks for."""
    return KlasTarget().answer(call.request)


def refusing(call: Call) -> HttpAnswer:
    """Refuse everything, in the documented way, as a target with another secret does."""
    return signed(b'{"status_code":"ERR_INTEGRITY_CHECK_FAILED"}')


def open_to_all(call: Call) -> HttpAnswer:
    """Accept everything, whoever signed it."""
    return signed(b'{"status_code":"OK","currency":"EUR","balance":"30"}')


def silent(call: Call) -> Answer:
    """Take the request and never answer."""
    call.served.ending.wait(30)
    return None


def dropping(call: Call) -> Answer:
    """Close the connection in place of answering."""
    return None


def signed(body: bytes, status: int = 200, headers: Headers = ()) -> HttpAnswer:
    """An answer with a right signature."""
    signature = KlasTarget().signature(body).encode()
    return HttpAnswer(status, (*JSON, (b"X-Signature", signature), *headers), body)


def plain(status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> HttpAnswer:
    """An answer of an HTTP server that knows nothing of the protocol."""
    return HttpAnswer(status, headers, body)


def wrong_from(first: int, how: Answering) -> Answering:
    """Be conformant for so many calls, and then answer in another way."""
    return lambda call: how(call) if call.number >= first else conformant(call)


def wrong_where(bad: Callable[[Call], bool], how: Answering) -> Answering:
    """Be conformant but for some calls."""
    return lambda call: how(call) if bad(call) else conformant(call)


def wrong_once(bad: Callable[[Call], bool], how: Answering) -> Answering:
    """Be conformant but for the first such call."""

    def answer(call: Call) -> Answer:
        with call.served.lock:
            first = bad(call) and not call.served.notes.get("was wrong")
            call.served.notes["was wrong"] = call.served.notes.get("was wrong") or first
        return how(call) if first else conformant(call)

    return answer
