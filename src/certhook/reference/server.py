"""Serves a reference target on the loopback interface.

A server of its own over h11, in place of an ASGI one: faults need header names as they were spelled, control over
when a connection is dropped, and answers without the headers that a server adds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

import h11

from certhook.reference.wire import Connection, Dropped, HttpAnswer, HttpRequest, Target

MAX_HEADERS = 64 * 1024
MAX_BODY = 1024 * 1024
MAX_DISCARDED = 64 * 1024 * 1024
READ_SIZE = 64 * 1024


class _Refused(Exception):
    """The bytes are no request that the server takes: `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Gone(Exception):
    """The client closed the connection."""


class _Session:
    """One TCP connection and its requests, one after the other."""

    def __init__(
        self, target: Target, latency_s: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.target = target
        self.latency_s = latency_s
        self.reader = reader
        self.writer = writer
        self.http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEADERS)
        self.memory = Connection()

    async def run(self) -> None:
        """Serve requests until either side closes."""
        try:
            while await self._exchange():
                self.http.start_next_cycle()
        except (_Gone, Dropped, ConnectionError):
            pass
        finally:
            self.writer.close()

    async def _exchange(self) -> bool:
        """One request and its answer; whether the connection stays open."""
        try:
            request = await self._read()
        except _Refused as refused:
            return await self._refuse(refused.status)
        except h11.RemoteProtocolError as error:
            return await self._refuse(error.error_status_hint)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        answer = await self._ask(request)
        await self._write(answer, head=request.method == "HEAD")
        return not answer.close and self.http.our_state is h11.DONE and self.http.their_state is h11.DONE

    async def _refuse(self, status: int) -> bool:
        await self._write(replace(self.target.refuse_http(status), close=True))
        return False

    async def _ask(self, request: HttpRequest) -> HttpAnswer:
        try:
            return await self.target.respond(request, self.memory)
        except Dropped:
            raise
        except Exception:  # noqa: BLE001 - a bug of the target itself: shown, and answered as any server would
            traceback.print_exc(file=sys.stderr)
            return HttpAnswer(500, ((b"Content-Type", b"text/plain"),), b"Internal Server Error")

    async def _read(self) -> HttpRequest:
        head = await self._event()
        if isinstance(head, h11.ConnectionClosed) or not isinstance(head, h11.Request):
            raise _Gone
        body = await self._body()
        path, _, query = head.target.decode("latin-1").partition("?")
        headers = tuple(head.headers.raw_items())
        return HttpRequest(head.method.decode("ascii"), path, headers, body, query)

    async def _body(self) -> bytes:
        """The whole body. One that is too large is read to its end, so that the client sees the refusal."""
        body, size = bytearray(), 0
        while isinstance(event := await self._event(), h11.Data):
            size += len(event.data)
            if size <= MAX_BODY:
                body += event.data
            elif size > MAX_DISCARDED:
                raise _Gone
        if not isinstance(event, h11.EndOfMessage):
            raise _Gone
        if size > MAX_BODY:
            raise _Refused(413)
        return bytes(body)

    async def _event(self) -> object:
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self.http.they_are_waiting_for_100_continue:
                self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self.http.receive_data(await self.reader.read(READ_SIZE))

    async def _write(self, answer: HttpAnswer, *, head: bool = False) -> None:
        if self.http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        headers = [*answer.headers, (b"Date", formatdate(usegmt=True).encode("ascii"))]
        if not answer.chunked and answer.status != 204:
            headers.append((b"Content-Length", b"%d" % len(answer.body)))
        if answer.close:
            headers.append((b"Connection", b"close"))
        pieces = () if head or answer.status == 204 else _pieces(answer)
        self._send(
            h11.Response(status_code=answer.status, headers=headers, reason=b""),
            *(h11.Data(data=piece) for piece in pieces),
            h11.EndOfMessage(),
        )
        await self.writer.drain()

    def _send(self, *events: h11.Event) -> None:
        # In one piece: each by itself would cost a packet, and its reader a look at it.
        self.writer.write(b"".join(self.http.send(event) or b"" for event in events))


def _pieces(answer: HttpAnswer) -> tuple[bytes, ...]:
    """A chunked body goes out in two chunks, any other in one piece."""
    if not answer.chunked:
        return (answer.body,)
    middle = len(answer.body) // 2
    return answer.body[:middle], answer.body[middle:]


async def _serve(target: Target, port: int, latency_s: float, ready: Callable[[str], None]) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Session(target, latency_s, reader, writer).run()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    ready(f"http://127.0.0.1:{port}")
    await server.serve_forever()


def _exit_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def print_url(url: str) -> None:
    """Say on standard output, in one line, where the target is."""
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


def serve(
    target: Target,
    port: int = 0,
    latency_ms: int = 0,
    *,
    ready: Callable[[str], None] = print_url,
    until_end_of_input: bool = False,
) -> None:
    """Serve `target` on 127.0.0.1 until interrupted; `ready` gets its URL when it takes connections.

    Port 0 takes any free one. `until_end_of_input` ends the process when its standard input does, so that a child
    whose parent holds the pipe cannot outlive it, however the parent dies.
    """
    if until_end_of_input:
        threading.Thread(target=_exit_at_end_of_input, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(target, port, latency_ms / 1000, ready))
