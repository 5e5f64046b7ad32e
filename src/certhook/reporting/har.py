"""exchanges.har: every exchange of a run as HAR 1.2, streamed from the journal.

HAR has no word for an exchange without an answer, nor for a binary request: fields that begin with an underscore, which
it reserves for such additions, say so, and a comment says it to people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import certhook
from certhook.recording.file_names import HAR_NAME, JOURNAL_NAME
from certhook.recording.journal import read_journal
from certhook.recording.wholefile import whole_file

_UNKNOWN = -1
_COMPACT = json.JSONEncoder(separators=(",", ":"))


def write_har(directory: Path) -> Path:
    """Write DIR/exchanges.har from DIR/journal.ndjson, holding one exchange at a time; return its path."""
    with har_in(directory) as add:
        for record in read_journal(directory / JOURNAL_NAME, "exchange"):
            add(record)
    return directory / HAR_NAME


@contextmanager
def har_in(directory: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Write DIR/exchanges.har of the exchanges' lines that are added; the file is there whole or not at all."""
    between = b"\n"

    def add(record: dict[str, Any]) -> None:
        nonlocal between
        file.write(between + _json(entry_of(record)))
        between = b",\n"

    with whole_file(directory / HAR_NAME) as file:
        creator = {"name": "certhook", "version": certhook.__version__}
        file.write(b'{"log":{"version":"1.2","creator":%b,"entries":[' % _json(creator))
        yield add
        file.write(b"\n]}}\n")


def entry_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the HAR entry of an exchange's line of the journal."""
    elapsed = record["elapsed_ms"]
    entry = {
        "startedDateTime": record["started"],
        "time": elapsed,
        "request": _request(record["request"]),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "_exchange": record["number"],
        "_case": record["case"],
        "_operation": record["operation"],
        # No `connection`: a lane opens more than one, and lane 0 is a fresh one each time.
        "_lane": record["lane"],
        "_nth": record["nth"],
    }
    comment = _comment(record)
    return entry | {"comment": comment} if comment else entry


def _request(request: dict[str, Any]) -> dict[str, Any]:
    query = parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True, encoding="latin-1")
    built = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request["headers"]),
        "queryString": _pairs(query),
        "headersSize": _UNKNOWN,
        "bodySize": request["body"]["bytes"],
    }
    return built | {"postData": _post_data(request)} if request["body"]["bytes"] else built


def _post_data(request: dict[str, Any]) -> dict[str, Any]:
    body = request["body"]
    data = {"mimeType": _media_type(request["headers"]), "params": [], "text": body.get("text", "")}
    return data | {"text": body["base64"], "_encoding": "base64"} if "base64" in body else data


def _response(record: dict[str, Any]) -> dict[str, Any]:
    response = record["response"]
    if response is None:
        empty = {"status": 0, "http_version": "", "headers": [], "body": {"text": "", "bytes": 0}}
        return _answer(empty) | {"_error": _failure(record)}
    return _answer(response)


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    headers = response["headers"]
    return {
        "status": response["status"],
        "statusText": _PHRASES.get(response["status"], ""),
        "httpVersion": response["http_version"],
        "cookies": [],
        "headers": _pairs(headers),
        "content": _content(response),
        "redirectURL": next((value for name, value in headers if name.lower() == "location"), ""),
        "headersSize": _UNKNOWN,
        "bodySize": response["body"]["bytes"] if response["status"] else _UNKNOWN,
    }


def _content(response: dict[str, Any]) -> dict[str, Any]:
    body = response["body"]
    content = {"size": body["bytes"], "mimeType": _media_type(response["headers"]), "text": body.get("text", "")}
    return content | {"text": body["base64"], "encoding": "base64"} if "base64" in body else content


def _comment(record: dict[str, Any]) -> str:
    said = [] if record["failure"] is None else [_failure(record)]
    for side in ("request", "response"):
        body = (record[side] or {}).get("body", {})
        if body.get("cut"):
            said.append(f"the {side}'s body is cut; it had {body['bytes']} bytes")
    return "; ".join(said)


def _failure(record: dict[str, Any]) -> str:
    failure = record["failure"] or {"kind": "unknown", "detail": ""}
    return f"{failure['kind']}: {failure['detail']}"


_PHRASES = {one.value: one.phrase for one in HTTPStatus}


def _media_type(headers: list[list[str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _pairs(pairs: list[Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _json(value: Any) -> bytes:
    return _COMPACT.encode(value).encode()
