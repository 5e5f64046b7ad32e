"""Targets that say again what they were told."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from tests.hostile.catalogue import JSON, Call, Step, framed, hostile


def told(call: Call) -> bytes:
    """Everything that came with the request, in every form that comes to mind."""
    raw = call.raw
    return json.dumps(
        {
            "status_code": raw.decode("latin-1"),
            "status": raw.decode("utf-8", "replace"),
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in call.request.headers},
            "body": call.request.body.decode("latin-1"),
            "message": f"bad request: {call.request.body!r} with {call.request.headers!r}",
            "url": quote_from_bytes(raw, safe=""),
            "url_lower": quote_from_bytes(raw, safe="").lower(),
            "query": call.request.query,
            "base64": base64.b64encode(raw).decode(),
            "base64url": base64.urlsafe_b64encode(call.request.body).decode().rstrip("="),
            "shifted": base64.b64encode(b"x" + raw).decode(),
            "hex": raw.hex(),
            "HEX": call.request.body.hex().upper(),
        }
    ).encode()


def _back(call: Call) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of the request, and a word of its body, as headers of the answer."""
    headers = [(b"X-Echo-" + name, value) for name, value in call.request.headers]
    return (*headers, (b"X-Body", quote_from_bytes(call.request.body[:2000]).encode()))


@hostile()
def echoes(call: Call) -> Iterator[Step]:
    """Sends everything that it received back: as text, escaped, in base64, in hex, in headers."""
    yield framed(200, told(call), (*JSON, *_back(call)))


@hostile()
def echoes_in_an_error(call: Call) -> Iterator[Step]:
    """Sends everything that it received back in a page of an error."""
    yield framed(500, b"<pre>" + call.raw + b"</pre>" + told(call), ((b"Content-Type", b"text/html"), *_back(call)))


@hostile()
def echoes_as_no_http(call: Call) -> Iterator[Step]:
    """Sends everything that it received back in place of an answer."""
    yield call.raw + call.request.body
