"""What one exchange may take: time, so that an answer that drips in does not outlast it, and bytes.

httpx limits single reads, and the size of nothing. Here every read and write of a connection gets only what is left of
the exchange's time, and no more is read than the exchange may still have.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx

from certhook.sending.turns import Turns

CONNECT_LIMIT_S = 5.0
"""Seconds for a connection to be made, of the time that an exchange has."""

_PIECE = 16 * 1024
"""Bytes that are written at a time: the time that is left is looked at in between."""


class TooMuch(Exception):
    """The answer takes more bytes than it may; the message says what it was that took them."""


class Allowance:
    """What is left to the exchange under way. `received` counts the bytes that came of its answer.

    `in_pieces`: what is written goes out at once, however small. While it waits, others of the `turns` go on.
    """

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self._until = float("inf")
        self._most = 0
        self._what = ""
        self.received = 0
        self.in_pieces = False

    def begin(self, seconds: float, *, in_pieces: bool = False) -> None:
        """Give the exchange that begins now so many seconds, and no bytes yet."""
        self.in_pieces = in_pieces
        self._until = time.monotonic() + seconds
        self._most = self.received = 0

    def grant(self, count: int, what: str) -> None:
        """Allow so many more bytes to come; where more come, `what` is too large."""
        self._most, self._what = self.received + count, what

    def seconds(self, error: type[Exception]) -> float:
        """Seconds left. Raises `error` where there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise error("no time is left")
        return left

    def bytes(self, wanted: int) -> int:
        """How many of the wanted bytes may be read. Raises TooMuch where none may."""
        if self.received >= self._most:
            raise TooMuch(self._what)
        return min(wanted, self._most - self.received)


class _Stream(httpcore.NetworkStream):
    """A stream that takes no more than the allowance."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the allowance is shorter
        with suppress(httpcore.WriteError):  # a server may answer what it has not read to the end, and close
            self._flush()
        count = self._allowance.bytes(max_bytes)
        self._allowance.turns.wait(self._stream, self._allowance.seconds(httpcore.ReadTimeout))
        data = self._stream.read(count, self._allowance.seconds(httpcore.ReadTimeout))
        self._allowance.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        """What is small goes out with what follows it: head and body in one packet rather than in two."""
        self._unsent += buffer
        if len(self._unsent) > _PIECE or self._allowance.in_pieces:
            self._flush()

    def _flush(self) -> None:
        unsent, self._unsent = bytes(self._unsent), bytearray()
        for start in range(0, len(unsent), _PIECE):
            left = self._allowance.seconds(httpcore.WriteTimeout)
            self._stream.write(unsent[start : start + _PIECE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        left = self._allowance.seconds(httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens streams that take no more than the allowance."""

    def __init__(self, allowance: Allowance) -> None:
        self._backend = httpcore.SyncBackend()
        self._allowance = allowance

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - as above
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = min(self._allowance.seconds(httpcore.ConnectTimeout), CONNECT_LIMIT_S)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._allowance)


def bind(transport: httpx.HTTPTransport, allowance: Allowance) -> None:
    """Let no connection of a transport take more than the allowance."""
    # httpcore takes a network backend in public; httpx, which makes the pool, does not hand one on.
    transport._pool._network_backend = _Backend(allowance)  # noqa: SLF001


def left_over(transport: httpx.HTTPTransport) -> bool:
    """Whether bytes have come that belong to no answer: they would be taken for the next one."""
    # Neither httpx nor httpcore tells: below the proxy's layers, if any, is the parser, which has them.
    for layer in transport._pool.connections:  # noqa: SLF001
        inner: Any = layer
        while inner is not None and not hasattr(inner, "_h11_state"):
            inner = getattr(inner, "_connection", None)
        if inner is not None and inner._h11_state.trailing_data[0]:  # noqa: SLF001
            return True
    return False
