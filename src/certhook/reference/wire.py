"""What a reference target sees of HTTP and what it says back. Frozen, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One complete request. Header names are spelled as they were sent; path and query are still percent-encoded."""

    method: str
    path: str
    headers: Headers
    body: bytes
    query: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name in any case, its bytes read as Latin-1."""
        wanted = name.lower().encode("ascii")
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer. `chunked` leaves Content-Length out; `close` ends the connection after it."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    chunked: bool = False
    close: bool = False


@dataclass(slots=True)
class Connection:
    """What a target remembers of one TCP connection."""

    notes: set[str] = field(default_factory=set)


class Dropped(Exception):
    """Raised by a target that closes the connection in place of answering."""


class Target(Protocol):
    """What the server asks of a target."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        """Answer one request, or raise `Dropped`."""

    def refuse_http(self, status: int) -> HttpAnswer:
        """The answer to what is no acceptable HTTP request: 400, 413 or 431."""
