"""Serves a hostile target on loopback: raw bytes, a thread per connection."""

from __future__ import annotations

import contextlib
import itertools
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import h11

from certhook.exchange import Response
from certhook.judging.answers import Kind, read_answer
from certhook.pack.loading import load_pack
from certhook.reference import target_class
from certhook.reference.wire import HttpAnswer, HttpRequest
from tests.hostile.catalogue import Call, End, Hostile, Step, right

READ_SIZE = 64 * 1024
UNREAD = HttpRequest("", "", (), b"")


class HostileServer(socketserver.ThreadingTCPServer):
    """Is hostile to every request, or only to those that a conformant target would refuse."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, variant: Hostile, protocol: str, *, always: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.variant = variant
        self.always = always
        self.pack = load_pack(protocol)
        self.target: Any = target_class(protocol)()
        self.ending = threading.Event()
        self.numbers = itertools.count()
        self.connections = itertools.count()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.trap = socket.create_server(("127.0.0.1", 0))
        self.trap.setblocking(False)
        self.elsewhere = f"http://127.0.0.1:{self.trap.getsockname()[1]}"

    @property
    def led_astray(self) -> bool:
        """Whether anybody connected to the place that redirects name."""
        try:
            self.trap.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def call(self, request: HttpRequest, raw: bytes, connection: int, answer: HttpAnswer) -> Call:
        """The next call of this target."""
        response = Response(answer.status, (), answer.body)
        valid = read_answer(self.pack, response).kind is Kind.ACCEPTED
        number = next(self.numbers)
        return Call(request, raw, number, connection, answer, valid, self.url, self.elsewhere)


class _Connection(socketserver.BaseRequestHandler):
    server: HostileServer
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client went away
            self._serve(self.server)

    def _serve(self, server: HostileServer) -> None:
        connection = next(server.connections)
        if server.variant.door:
            self._take(server.variant.behave(server.call(UNREAD, b"", connection, HttpAnswer(404))))
            return
        reader = _Reader(self.request)
        while (read := reader.next()) is not None:
            request, raw, refused = read
            answer = server.target.refuse_http(refused) if refused else server.target.answer(request)
            call = server.call(request, raw, connection, answer)
            hostile = server.always or not call.valid
            if not self._take(server.variant.behave(call) if hostile else iter([right(call)])) or refused:
                return

    def _take(self, steps: Iterator[Step]) -> bool:
        """Take the steps; whether the connection stays open."""
        for step in steps:
            if isinstance(step, bytes):
                self.request.sendall(step)
            elif isinstance(step, float):
                if self.server.ending.wait(step):
                    return False
            else:
                self._end(step)
                return False
        return True

    def _end(self, how: End) -> None:
        if how is End.HANG:
            self.server.ending.wait()
        elif how is End.RESET:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()


class _Reader:
    """Reads requests from a connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=READ_SIZE)
        self._raw = b""

    def next(self) -> tuple[HttpRequest, bytes, int] | None:
        """The request, as it came, and the status with which to refuse it, if it is none; None at the end."""
        if self._http.their_state is h11.DONE:
            # What was answered is no business of h11's: it only reads here.
            rest = self._http.trailing_data[0]
            self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=READ_SIZE)
            self._http.receive_data(rest) if rest else None
        self._raw = b""
        try:
            return self._read()
        except h11.RemoteProtocolError as error:
            return UNREAD, self._raw, error.error_status_hint

    def _read(self) -> tuple[HttpRequest, bytes, int] | None:
        asked = self._event()
        if not isinstance(asked, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := self._event(), h11.Data):
            body += event.data
        path, _, query = asked.target.decode("latin-1").partition("?")
        headers = tuple(asked.headers.raw_items())
        return HttpRequest(asked.method.decode("ascii"), path, headers, bytes(body), query), self._raw, 0

    def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            try:
                data = self._connection.recv(READ_SIZE)
            except OSError:
                data = b""
            self._raw += data
            self._http.receive_data(data)
        return event


@contextmanager
def serving_hostile(variant: Hostile, protocol: str = "klas", *, always: bool = True) -> Iterator[HostileServer]:
    """Serve a hostile target as long as the context lasts."""
    with HostileServer(variant, protocol, always=always) as server, server.trap:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()
