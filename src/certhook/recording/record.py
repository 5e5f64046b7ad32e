"""An exchange as the journal's line: redacted and bounded here, and nowhere else."""

from __future__ import annotations

import codecs
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

from certhook.exchange import Exchange, Failure, Request, Response
from certhook.recording.redaction import Redactor

REQUEST_BODY_LIMIT = 64 * 1024
RESPONSE_BODY_LIMIT = 16 * 1024
DETAIL_LIMIT = 500


def timestamp(moment: datetime) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record_of(exchange: Exchange, url: str, redactor: Redactor) -> dict[str, Any]:
    """Return the fields of an exchange's line but for its kind; `url` is the whole one that was asked for.

    A `redactor` that remembers masks in the answer what stood under a masked name in the request, and in the answer's
    headers what stood so in its body. The request's `chunks` stand only where it was sent in chunks.
    """
    answer = exchange.answer
    return {
        "number": exchange.number,
        "case": exchange.case,
        "operation": exchange.request.operation,
        "started": timestamp(exchange.started),
        "elapsed_ms": round(exchange.elapsed_s * 1000, 3),
        "lane": exchange.lane,
        "nth": exchange.nth,
        "request": _request(exchange.request, url, redactor),
        "response": _response(answer, redactor) if isinstance(answer, Response) else None,
        "failure": _failure(answer, redactor) if isinstance(answer, Failure) else None,
    }


def _request(request: Request, url: str, redactor: Redactor) -> dict[str, Any]:
    record: dict[str, Any] = {
        "method": redactor.text(request.method),
        "url": redactor.text(url),
        "headers": _headers(request.headers, redactor),
        "body": body_record(request.body, REQUEST_BODY_LIMIT, redactor),
    }
    if request.chunks:
        record["chunks"] = list(request.chunks)
    return record


def _response(response: Response, redactor: Redactor) -> dict[str, Any]:
    headers = tuple((name, _header_bytes(value)) for name, value in response.headers)
    body = body_record(response.body, RESPONSE_BODY_LIMIT, redactor, response.size)
    return {
        "status": response.status,
        "http_version": response.http_version,
        "headers": _headers(headers, redactor),
        "body": body,
    }


def _failure(failure: Failure, redactor: Redactor) -> dict[str, Any]:
    return {"kind": failure.kind.value, "detail": redactor.text(failure.detail)[:DETAIL_LIMIT]}


def _header_bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")


def _headers(headers: tuple[tuple[str, bytes], ...], redactor: Redactor) -> list[list[str]]:
    # Latin-1 gives every byte a character of its own, so that a recorded header can be sent again as it was.
    return [[redactor.text(name), redactor.header(name, value).decode("latin-1")] for name, value in headers]


def body_record(body: bytes, limit: int, redactor: Redactor, size: int | None = None) -> dict[str, Any]:
    """Return a body as `text` where it is UTF-8, else as `base64`.

    `bytes` is its true length, `size` where that is given; `cut` says that not all of it is here.
    """
    size = len(body) if size is None else size
    cut = size > limit
    shown = _cut(body, limit, redactor) if cut else redactor.data(body)
    record: dict[str, Any]
    try:
        record = {"text": codecs.getincrementaldecoder("utf-8")().decode(shown, final=not cut)}
    except UnicodeDecodeError:
        record = {"base64": b64encode(shown).decode()}
    record["bytes"] = size
    return record | {"cut": True} if cut else record


def body_bytes(body: dict[str, Any]) -> bytes:
    """The recorded bytes of a body, whether they stand there as text or in base64."""
    if "base64" in body:
        return b64decode(body["base64"])
    return str(body["text"]).encode("utf-8", "surrogatepass")


def _cut(body: bytes, limit: int, redactor: Redactor) -> bytes:
    # A secret across the end of what was looked at would not be found: what it can fill is dropped.
    redacted = redactor.data(body[: limit + redactor.reach])
    return redacted[: max(0, min(limit, len(redacted) - redactor.reach))]
