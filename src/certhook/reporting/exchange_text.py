"""A recorded exchange as text for people: what went out, what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from certhook.reporting.escaping import visible

BODY_LIMIT = 4 * 1024
"""Characters of a body that are shown; exchanges.har has the rest."""


def exchange_line(record: dict[str, Any]) -> str:
    """An exchange's line of the journal in one line: number, method, answer and time."""
    return visible(f"exchange {record['number']}: {record['request']['method']} -> {_answer(record)}")


def exchange_text(record: dict[str, Any]) -> str:
    """An exchange's line of the journal as HTTP, the request behind `>` and the answer behind `<`."""
    lines = [exchange_line(record), f"case {visible(record['case'])}, sent {record['started']}", "", http_text(record)]
    return "\n".join([*lines, ""])


def evidence_text(records: Iterable[dict[str, Any]], deciding: dict[str, Any]) -> str:
    """What a case rests on: its exchanges in a line each, and the one that decided it in full."""
    return "\n".join([*map(exchange_line, records), "", exchange_text(deciding)])


def http_text(record: dict[str, Any]) -> str:
    """The request and the answer alone."""
    request, response = record["request"], record["response"]
    lines = [f"> {line}" for line in _message(f"{request['method']} {request['url']}", request)]
    if response is None:
        return "\n".join([*lines, "", f"< {visible(_answer(record))}"])
    lines += ["", *(f"< {line}" for line in _message(f"{response['http_version']} {response['status']}", response))]
    return "\n".join(lines)


def _answer(record: dict[str, Any]) -> str:
    if record["response"] is None:
        failure = record["failure"] or {"kind": "unknown", "detail": ""}
        return f"no answer: {failure['kind']} ({failure['detail']})"
    return f"HTTP {record['response']['status']} in {record['elapsed_ms']:.0f} ms"


def _message(first: str, part: dict[str, Any]) -> Iterator[str]:
    yield visible(first)
    for name, value in part["headers"]:
        yield visible(f"{name}: {value}")
    body = part["body"]
    if body["bytes"]:
        yield ""
        yield visible(body.get("text", body.get("base64", "")), BODY_LIMIT)
    if "base64" in body:
        yield f"(base64 of {body['bytes']} bytes, which are not UTF-8)"
    elif body.get("cut"):
        yield f"(cut; it had {body['bytes']} bytes)"
