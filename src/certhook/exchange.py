"""One request and what came back. Frozen, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

KEPT = 32 * 1024
"""Bytes of an answer's body that are kept when it has been judged."""


@dataclass(frozen=True, slots=True)
class Request:
    """The exact bytes that go out, but for what HTTP/1.1 framing adds.

    `target` is the percent-encoded path with its query, below the profile's URL. Header values are bytes, because some
    violations are not text. `chunks`, where given, are the pieces in which the body is sent (chunked transfer).
    """

    operation: str
    method: str
    target: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    chunks: tuple[int, ...] = ()

    def header(self, name: str) -> bytes | None:
        """The value of the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_header(self, name: str, value: bytes | None) -> Request:
        """A copy with that header set, or without it where `value` is None."""
        kept = tuple((key, old) for key, old in self.headers if key.lower() != name.lower())
        headers = kept if value is None else (*kept, (name, value))
        return replace(self, headers=headers)

    def with_query(self, more: str) -> Request:
        """A copy with more pairs, percent-encoded already, at the end of its query."""
        return replace(self, target=f"{self.target}{'&' if '?' in self.target else '?'}{more}") if more else self


@dataclass(frozen=True)
class Response:
    """An HTTP answer, its body decompressed and bounded by the limits of the transport.

    `cut_from` is how many bytes the body had, where only its beginning was kept.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str = "HTTP/1.1"
    cut_from: int | None = None

    @property
    def size(self) -> int:
        """How many bytes the body had."""
        return len(self.body) if self.cut_from is None else self.cut_from

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @cached_property
    def media_type(self) -> str:
        """The media type without parameters, in lower case, or the empty string."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()


class FailureKind(StrEnum):
    """How an exchange ended without an HTTP answer. DROPPED: not a byte of it came; CUT_SHORT: it ended too early.

    OVERRUN: more came than the length that the answer says it has.
    NOT_PACKED: its body is not what its Content-Encoding says, so that no caller can read it.
    """

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    DROPPED = "dropped"
    CUT_SHORT = "cut-short"
    NOT_HTTP = "not-http"
    OVERRUN = "overrun"
    NOT_PACKED = "not-packed"
    TOO_LARGE = "too-large"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Failure:
    """No HTTP answer came: how, and what the client library said."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True)
class Exchange:
    """A request, its answer, when it was sent (UTC) and how long it took (seconds).

    `number` is unique within a run. `lane` is which of its process's connections it went over, 0 where that was a fresh
    one of its own; `nth` is how many exchanges that connection had before. A lane that was closed is opened again.
    """

    number: int
    case: str
    request: Request
    answer: Response | Failure
    started: datetime
    elapsed_s: float
    lane: int = 0
    nth: int = 0

    def abridged(self) -> Exchange:
        """The exchange with the beginning of a long answer: enough for reports, where hundreds are kept."""
        answer = self.answer
        if isinstance(answer, Failure) or len(answer.body) <= KEPT:
            return self
        return replace(self, answer=replace(answer, body=answer.body[:KEPT], cut_from=answer.size))
