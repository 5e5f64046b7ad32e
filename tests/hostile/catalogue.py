"""What a hostile target is made of: generators of steps, by name, each with a line that says what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from certhook.reference.wire import Headers, HttpAnswer, HttpRequest


class End(Enum):
    """How a connection ends after the last step; where none is said, it stays open for the next request."""

    CLOSE = auto()
    RESET = auto()
    HANG = auto()


Step = bytes | float | End
"""Bytes to send, seconds to wait, or how it ends."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a hostile target has before it: the request as it was read and as it came.

    `number` counts from 0 over all connections, `connection` counts those. `right` is what a conformant target answers,
    `valid` whether that is a success. `elsewhere` is a URL that nobody may ever ask for.
    """

    request: HttpRequest
    raw: bytes
    number: int
    connection: int
    right: HttpAnswer
    valid: bool
    url: str
    elsewhere: str


Behaviour = Callable[[Call], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One way of being hostile.

    `always` are the exit statuses that a run may have against a target that is so to every request, `refusing` against
    one that is so only where it should refuse; empty where there is no such target. `door`: it does not even read the
    request.
    """

    name: str
    says: str
    behave: Behaviour
    always: tuple[int, ...]
    refusing: tuple[int, ...]
    door: bool


VARIANTS: dict[str, Hostile] = {}


def hostile(
    *, always: tuple[int, ...] = (3,), refusing: tuple[int, ...] = (1,), door: bool = False
) -> Callable[[Behaviour], Behaviour]:
    """Register a behaviour under its function's name; its docstring is the line that says what it does."""

    def register(behave: Behaviour) -> Behaviour:
        name = behave.__name__.replace("_", "-")
        VARIANTS[name] = Hostile(name, inspect.getdoc(behave) or "", behave, always, () if door else refusing, door)
        return behave

    return register


def framed(status: int, body: bytes = b"", headers: Headers = (), *, length: int | None = None) -> bytes:
    """An answer in bytes; `length` is what Content-Length says in place of the truth."""
    lines = [b"HTTP/1.1 %d Whatever" % status, *(b"%b: %b" % header for header in headers)]
    lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def head(*fields: bytes, status: int = 200) -> bytes:
    """The head of an answer."""
    return b"\r\n".join([b"HTTP/1.1 %d Whatever" % status, *fields, b"", b""])


def right(call: Call) -> bytes:
    """What a conformant target answers."""
    return framed(call.right.status, call.right.body, call.right.headers)


JSON: Headers = ((b"Content-Type", b"application/json"),)
